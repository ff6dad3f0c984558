"""The last part of the demo's story: what those who answer for the log and for the rules can ask of both."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from consent import activation
from consent.decision import Disclosure, Level, Withheld
from consent.policy import Policy, load
from hub.demo.deciding import Teller

GOVERNANCE: Final = "eilidh"
CELL: Final = ("plan-teacher-concern", "level", "2")
"""The one cell of the draft: class teachers would see of a concern its summary, and not only that it is there."""


def one_entry(story: Teller, seen: Disclosure) -> None:
    """Why one entry was closed to a reader, and the single change that would lawfully open it."""
    closed = next((entry for entry in seen.entries if isinstance(entry, Withheld)), None)
    if closed is None:
        return
    story.chapter("Why one entry stayed closed to Callum, as governance has it explained")
    lead = story.acting(GOVERNANCE)
    found = story.house.hub.governance.decision(lead, seen.reading, entry=closed.entry)
    story.say(f"{closed.when.start[:10]}, {closed.agency.label}: {found.decisions[0].level} by {closed.rule}.")
    behind = [f"{fact.name} {fact.value} ({fact.kind} {fact.position})" for fact in found.facts if fact.kind]
    story.say(f"On record: {', '.join(behind)}.")
    for way in found.decisions[0].changes:
        if way.becomes > Level.WITHHELD:
            story.say(
                f"What alone would open it lawfully: {way.words} ({way.who}). Then it is {way.becomes.name.lower()}."
            )
    story.see(f"hub audit explain {seen.reading} --entry {closed.entry} --as {GOVERNANCE}")


def rules(story: Teller) -> None:
    """The proof of the rules in a line, a draft tried on the readings that just happened, and all of them replayed."""
    story.chapter("The rules themselves: proven, tried before they change, and replayed")
    proof = activation.proof_of(load(story.house.settings.policies))
    kept = sum(verdict.holds for verdict in proof.properties)
    story.say(
        f"{proof.rules} rules, {kept} of {len(proof.properties)} promises kept over {proof.points:,} combinations, "
        f"{proof.seconds:.1f} seconds."
    )
    story.see("hub policy check; on the pages: The rules; Who sees what")
    story.house.catch_up()
    _what_if(story)
    again = story.house.hub.governance.replay(story.acting(GOVERNANCE))
    story.say(
        f"Replayed from the log alone: {again.equal} of {again.readings} recorded readings, {again.decisions:,} "
        "decisions, come out as they were recorded."
    )
    story.see(f"hub audit replay --as {GOVERNANCE}")


def _what_if(story: Teller) -> None:
    rule, column, value = CELL
    with TemporaryDirectory() as folder:
        draft = draft_of(story.house.settings.policies, Path(folder))
        found = story.house.hub.governance.what_if(story.acting(GOVERNANCE), draft)
    story.say(f"A draft with one cell changed ({rule}, {column} {value}), over the {found.readings} readings so far:")
    for one in found.moved:
        gains = "would gain" if one.gains else "would lose"
        story.say(
            f"- {one.role} {gains}: {one.before} to {one.after}, {one.entries} entries in {one.readings} readings"
        )
    story.see(f"hub policy what-if DRAFT --as {GOVERNANCE}")


def draft_of(policies: Path, folder: Path) -> Policy:
    """The policy of the settings with one cell changed, in a folder of its own."""
    rule, column, value = CELL
    for file in policies.iterdir():
        if file.is_file():
            shutil.copy(file, folder / file.name)
    table = folder / "rules.csv"
    with table.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.reader(opened))
    place = rows[0].index(column)
    changed = [[*row[:place], value, *row[place + 1 :]] if row[0] == rule else row for row in rows]
    with table.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened, lineterminator="\n").writerows(changed)
    return load(folder)
