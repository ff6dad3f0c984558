"""What a person sees of a policy at the prompt: its proof, its scenarios, what it changes, and its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from consent.activation import Proof
from consent.decision import Level
from consent.difference import Difference, Moved
from consent.scenarios import Outcome
from consent.stories_changed import StoriesChanged
from consent.versions import SHORT, Activated, Proposal, Term
from consent.what_if import WhatIf
from hub.tables import plain, row, table

Document = dict[str, Any]


def proof_as_json(found: Proof) -> Document:
    """All that was checked, and whether it holds."""
    return {**asdict(found), "holds": found.holds}


def proof(found: Proof) -> RenderableType:
    """The numbers, each promise with its verdict, and what speaks against the policy."""
    verdicts = table("promise", "kept", title=f"Version {found.fingerprint}")
    for verdict in found.properties:
        row(verdicts, verdict.name, "yes" if verdict.holds else f"NO: {verdict.example}.")
    agreed = "not all" if found.differences else "all"
    numbers = (
        f"{found.rules} rules over {found.points:,} combinations of values; {found.classes:,} that the rules can tell "
        f"apart, and {found.hit_sets:,} different sets of rules that match together. casbin was asked about "
        f"{found.compared:,} combinations and agreed on {agreed} of them. It took {found.seconds:.1f} seconds."
    )
    never = f"Rules that never decide: {', '.join(found.never_decide) or 'none'}."
    wrong = (f"- {difference}" for difference in found.differences[:20])
    end = "It may be put in force." if found.holds else "It is refused. The version in force stays in force."
    return Group(verdicts, *map(_text, (numbers, never, *wrong, end)))


def outcomes_as_json(found: Sequence[Outcome]) -> Document:
    """How many stories, how many answers, and what differs."""
    differences = [difference for one in found for difference in one.differences]
    return {"scenarios": len(found), "answers": sum(one.asked for one in found), "differences": differences}


def outcomes(found: Sequence[Outcome]) -> RenderableType:
    """One line for each story, and beneath them what differs."""
    told = table("scenario", "answers", "as told")
    for one in found:
        row(told, one.story.title, str(one.asked), "yes" if one.holds else "NO")
    return Group(told, *(_text(f"- {difference}") for one in found for difference in one.differences))


def difference_as_json(found: Difference) -> Document:
    """Every kind of change; levels by name."""
    moved = [asdict(one) | {"before": _word(one.before), "after": _word(one.after)} for one in found.moved]
    return {**asdict(found), "moved": moved, "rises": found.rises, "falls": found.falls}


def difference(found: Difference) -> RenderableType:
    """What is opened first, then what is closed; and what may be stated that might not, and the other way round."""
    head = _text(f"Version {found.before[:SHORT]} is in force; version {found.after[:SHORT]} is compared with it.")
    parts: list[RenderableType] = [head]
    if found.moved:
        changed = table("change", "combinations", "on record", "for example", "decided by")
        for one in found.moved:
            by = f"{one.was or 'no rule'}, then {one.becomes or 'no rule'}"
            row(changed, _change(one), f"{one.combinations:,}", f"{one.used:,}", one.example, by)
        parts.append(changed)
    parts.append(
        _text(f"Of {found.combinations:,} combinations, {found.rises:,} open further and {found.falls:,} close.")
    )
    if found.stated:
        stated = table("purpose", "basis", "stated by", "from", "before", "then")
        for place in found.stated:
            words = (place.purpose, place.basis, place.controller, f"{place.since:%d %b %Y}", place.before, place.after)
            row(stated, *words)
        parts.append(stated)
    for what, names in (("New", found.added), ("Gone", found.removed), ("Altered", found.altered)):
        if names:
            parts.append(_text(f"{what}: {', '.join(names)}."))
    return Group(*parts)


def stories_as_json(found: StoriesChanged) -> Document:
    """The names of the scenarios left out, and of those told otherwise."""
    return {"scenarios_missing": list(found.missing), "scenarios_retold": list(found.retold)}


def stories(found: StoriesChanged) -> RenderableType:
    """Which scenarios of the version before are left out, and which are told otherwise."""
    said = (("LEFT OUT", found.missing), ("told otherwise", found.retold))
    lines = (f"Scenarios {what}: {', '.join(names)}." for what, names in said if names)
    return Group(*map(_text, lines))


def activated_as_json(found: Activated) -> Document:
    """The proof in short, and the difference."""
    return {
        "fingerprint": found.policy.fingerprint,
        "proof": proof_as_json(found.proof),
        "scenarios": found.scenarios,
        **stories_as_json(found.stories),
        "difference": difference_as_json(found.difference) if found.difference else None,
    }


def activated(found: Activated) -> RenderableType:
    """That it is in force, and what that changed."""
    checked = f"{len(found.proof.properties)} promises and {found.scenarios} scenarios kept"
    line = _text(
        f"Version {found.policy.fingerprint[:SHORT]} is in force: {checked}, {found.proof.seconds:.1f} seconds."
    )
    if found.difference is None:
        unlike = _text("This program does not understand the version before, so they are not compared.")
        return Group(line, stories(found.stories), unlike)
    return Group(line, stories(found.stories), difference(found.difference))


def versions(waiting: Sequence[Proposal], terms: Sequence[Term]) -> RenderableType:
    """What waits for approval, and what was in force when."""
    parts: list[RenderableType] = []
    if waiting:
        proposed = table("waits for approval", "proposed by", "on", "why")
        for one in waiting:
            row(proposed, one.fingerprint[:SHORT], one.author, f"{one.proposed_at:%d %b %Y %H:%M}", one.reason)
        parts.append(proposed)
    held = table("version", "from", "to", "proposed by", "approved by", "why")
    for term in terms:
        until = f"{term.known_to:%d %b %Y %H:%M}" if term.known_to else "in force"
        who = (term.author or "the installation", term.approver or "nobody: it came with the installation")
        row(held, term.fingerprint[:SHORT], f"{term.known_from:%d %b %Y %H:%M}", until, *who, term.reason)
    return Group(*parts, held)


def what_if(found: WhatIf) -> RenderableType:
    """Who would have gained or lost what, how often, and what would become of the uses of emergency access."""
    moved = table("who", "change", "readings", "entries", "readers", "decided by, then by")
    for one in sorted(found.moved, key=lambda one: not one.gains):
        what = f"{'GAINS' if one.gains else 'loses'}: {one.before} to {one.after}"
        rules = "; ".join(
            f"{was or 'no rule'}, {becomes or 'no rule'} ({times:,})" for was, becomes, times in one.rules
        )
        entries = f"{one.entries:,}" if one.entries else "-"
        row(moved, f"{one.role}, {one.agency}", what, f"{one.readings:,}", entries, one.people, rules)
    urgent = found.emergency
    told = (
        f"{found.readings:,} readings on record, {found.changed:,} of which would show something at another level. "
        f"{found.left_out:,} were left out: their record is of an older shape."
    )
    emergencies = (
        f"Emergency access let something out in {urgent.readings:,}: {urgent.needless:,} would not have needed it, "
        f"{urgent.narrowed:,} would show less, {urgent.refused:,} nothing."
    )
    return Group(moved, _text(told), _text(emergencies))


def _change(one: Moved) -> str:
    return f"{'OPENS' if one.rises else 'closes'}: {_word(one.before)} to {_word(one.after)}"


def _word(level: Level) -> str:
    return level.name.lower()


def _text(words: str) -> Text:
    return Text(plain(words))
