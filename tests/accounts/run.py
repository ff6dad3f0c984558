"""The accounts: every published sample goes in, and every record of it is accounted for. Run by `make accounts`.

Each folder's records are counted apart from the adapters; then all goes in, twice, and a third time shuffled. It fails
when the six counts of a row do not add up, when a unit of a file is missing, when the second or the shuffled run
changes anything that is kept, or when two people meet in one child's story.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

from hub.events.identity import PersonDetailsStated, PersonRecordLinked
from hub.identity import identifiers
from hub.receipt import Outcome, Receipt
from hub.settings import Settings
from hub.update import Delivery, Identifier, Translated
from hub.wiring import House, build
from tests.accounts.counting import FORMATS, Format, files

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared" / "samples"
PAGE = ROOT / "docs" / "accounts.md"
SEED = 20261122
KEPT: tuple[LiteralString, ...] = (
    "read.entries",
    "read.involvement",
    "read.status",
    "identity.links",
    "identity.identifiers",
    "identity.statements",
    "identity.questions",
    "intake.revisions",
    "intake.quarantine",
    "ledger.events",
)


@dataclass(slots=True)
class Account:
    """One row of the table: one folder's files of one source."""

    of: Format
    files: int = 0
    units: int = 0
    whole: int = 0
    records: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)

    @property
    def faults(self) -> list[str]:
        """Why this row does not add up; empty when it does."""
        found = []
        if sum(self.outcomes.values()) != self.records:
            found.append("the six counts are not its records")
        if self.of.exact and self.records != self.units:
            found.append(f"{self.records} records of {self.units} counted")
        if not self.of.exact and self.records < self.units:
            found.append(f"only {self.records} records of {self.units} counted")
        if self.again["duplicate"] != self.records:
            found.append("the second run was not all duplicates")
        return found


def take(house: House, of: Format, file: Path, account: Account) -> None:
    """One file goes in for the first time. One refused as a whole is one record, however many rows it has."""
    content = file.read_bytes()
    receipt = house.hub.intake.receive(house.translate(delivery(of, file, content)), whole=True)
    counted = of.count(content)
    if len(receipt.results) == 1 < counted and receipt.results[0].outcome is Outcome.QUARANTINED:
        account.whole += 1
        counted = 1
    account.files += 1
    account.units += counted
    account.records += len(receipt.results)
    account.outcomes += Counter(result.outcome.value for result in receipt.results)
    account.reasons += Counter(receipt.reasons())


def delivery(of: Format, file: Path, content: bytes) -> Delivery:
    """As it comes to the door."""
    return Delivery(of.source, of.name(file.name), content)


def outcomes(receipt: Receipt) -> Counter[str]:
    """How many records ended as what."""
    return Counter(result.outcome.value for result in receipt.results)


def shuffled(house: House, formats: Sequence[Format]) -> Iterator[Translated]:
    """Every record of every source in an order that no agency would send."""
    every = [
        one
        for of in formats
        for file in files(SAMPLES, of)
        for one in house.translate(delivery(of, file, file.read_bytes()))
    ]
    random.Random(SEED).shuffle(every)  # noqa: S311 - an order, not a secret
    yield from every


def kept(house: House) -> dict[str, str]:
    """A digest of every table that a reader's answer rests on."""
    house.catch_up()
    found = {}
    for table in KEPT:
        role = "hub_writer" if table.startswith(("intake", "identity")) else "hub_projector"
        with house._database.transaction(role) as cursor:
            digest = hashlib.sha256()
            for (row,) in cursor.execute("select md5(t::text) from " + table + " t order by 1"):  # noqa: S608 - own names
                digest.update(row.encode())
        found[table] = digest.hexdigest()
    return found


def strangers(house: House) -> list[str]:
    """Children in whose story two people may have met: two valid NHS numbers, or nothing of the name in common.

    Told from what the agencies stated and how the records were linked, not from how the hub matches.
    """
    stated: dict[object, list[PersonDetailsStated]] = {}
    child_of: dict[object, object] = {}
    ledger, after = house._ledgers["ledger"], 0
    with house._database.transaction("hub_projector") as cursor:
        while batch := ledger.read(cursor, after=after):
            after = batch[-1].position
            for one in batch:
                if isinstance(one.event, PersonDetailsStated):
                    stated.setdefault(one.stream, []).append(one.event)
                if isinstance(one.event, PersonRecordLinked):
                    child_of[one.stream] = one.event.child
    of_child: dict[object, list[PersonDetailsStated]] = {}
    for record, child in child_of.items():
        of_child.setdefault(child, []).extend(stated.get(record, []))
    return [why for found in of_child.values() if (why := _met(found))]


def _met(stated: Sequence[PersonDetailsStated]) -> str:
    right = {identifiers.normalised(n) for s in stated for n in s.identifiers if n.system == "nhs-number"}
    right = {n for n in right if identifiers.valid(Identifier("nhs-number", n))}
    if len(right) > 1:
        return f"{len(right)} valid NHS numbers, stated by {', '.join(sorted({s.source for s in stated}))}"
    born = {day[:10] for s in stated for day in s.birth_dates}
    given = {name.upper() for s in stated for name in s.given[:1] if name}
    if len(born) > 1 and len(given) > 1:
        return (
            f"{len(born)} birth dates and {len(given)} given names by {', '.join(sorted({s.source for s in stated}))}"
        )
    return ""


@contextmanager
def house() -> Iterator[House]:
    """A hub of its own, thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hub-accounts-"))
    folder.chmod(0o711)  # PostgreSQL's own user must be able to enter it where we are root
    made = build(Settings(folder, ROOT / "policies", ROOT / "hub" / "demo" / "directory.toml", demo=True))
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder, ignore_errors=True)


def audit(formats: Sequence[Format]) -> tuple[list[Account], list[str]]:
    """The accounts of these formats, and what is wrong with them beyond single rows."""
    faults: list[str] = []
    accounts = [Account(of) for of in formats]
    with house() as hub:
        for account in accounts:
            for file in files(SAMPLES, account.of):
                take(hub, account.of, file, account)
        before = kept(hub)
        for account in accounts:
            for file in files(SAMPLES, account.of):
                translated = hub.translate(delivery(account.of, file, file.read_bytes()))
                account.again += outcomes(hub.hub.intake.receive(translated, whole=True))
        faults += [f"the second run changed {name}" for name, digest in kept(hub).items() if digest != before[name]]
        again = outcomes(hub.hub.intake.receive(shuffled(hub, formats)))
        if set(again) - {"duplicate"}:
            faults.append(f"shuffled: {dict(again)}")
        faults += [f"the shuffled run changed {name}" for name, digest in kept(hub).items() if digest != before[name]]
        faults += [f"strangers in one story: {why}" for why in strangers(hub)]
    return accounts, faults


def table(accounts: Sequence[Account]) -> str:
    """The table, in Markdown."""
    heads = ["folder", "source", "files", "counted", "records", *(outcome.value for outcome in Outcome), "reasons"]
    lines = [heads, ["---"] * 2 + ["--:"] * 9 + ["---"]]
    for one in accounts:
        counted = f"{one.units}" + ("" if one.of.exact else " or more")
        reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(one.reasons.items()))
        if one.whole:
            reasons += f" ({one.whole} files refused as a whole)"
        numbers = [str(one.outcomes[outcome.value]) for outcome in Outcome]
        lines.append(
            [
                f"{one.of.folder}/{one.of.pattern}",
                one.of.source,
                str(one.files),
                counted,
                str(one.records),
                *numbers,
                reasons,
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(words: Sequence[str]) -> int:
    """Print the table and what is wrong; 0 when nothing is."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", action="append", help="a folder of the samples")
    asked.add_argument("--write", action="store_true", help="write docs/accounts.md")
    chosen = asked.parse_args(words)
    if not SAMPLES.is_dir():
        print(
            "The published samples (../shared/samples) are not beside the project, so there is nothing to account for."
        )
        return 1
    formats = [of for of in FORMATS if not chosen.only or of.folder in chosen.only]
    begun = time.monotonic()
    accounts, faults = audit(formats)
    made = table(accounts)
    print(made)
    faults += [f"{one.of.folder} ({one.of.source}): {fault}" for one in accounts for fault in one.faults]
    total = sum(one.records for one in accounts)
    print(f"\n{total} records, three times over, in {time.monotonic() - begun:.0f} s.")
    print(
        "\n".join(f"NOT RIGHT: {fault}" for fault in faults)
        or "Everything adds up; the second and the shuffled run changed nothing."
    )
    if chosen.write and not faults:
        PAGE.write_text(f"# The accounts\n\n{__doc__}\n\n{made}\n", encoding="utf-8")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
