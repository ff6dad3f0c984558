"""The fuzzing of every adapter, and of the hub behind them. Run by `make fuzz`, which writes what was run and found.

`--again N` makes one mutant of an earlier run again; `--keep` saves each finding, made small, to be looked at.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from adapters import sources
from hub.update import Delivery
from tests.accounts.run import house
from tests.fuzz.holding import Finding, canaries_of, held
from tests.fuzz.mutants import chance_of, mutant
from tests.fuzz.smaller import smaller
from tests.fuzz.stories import story
from tests.fuzz.telling import Telling

SEED = 20261122
AGAIN = 3
"""Of one mutant in so many, some records are read again alone."""
STORIES = 0.2
"""The part of the time in which stories are told to a hub."""


@dataclass(slots=True)
class Tally:
    """What was run of one source."""

    source: str
    mutants: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    findings: dict[str, tuple[int, Finding]] = field(default_factory=dict)

    @property
    def updates(self) -> int:
        """How many outcomes were updates."""
        return self.outcomes["update"]

    @property
    def refusals(self) -> int:
        """How many were none."""
        return self.outcomes.total() - self.updates


@dataclass(slots=True)
class Stories:
    """What was told to a hub; `met`: by what was found, the first story in which it was."""

    told: int = 0
    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    met: dict[str, int] = field(default_factory=dict)


def fuzz(source: str, seed: int, *, seconds: float = 0.0, mutants: int = 0) -> Tally:
    """So many mutants of one source, or as many as can be held in so many seconds."""
    canaries = canaries_of(source)  # every file is read for it, so what is loaded at first is no mutant's cost
    tally, begun = Tally(source), time.monotonic()
    for number in _numbers(mutants, begun + seconds):
        found, finding = one(source, seed, number, canaries)
        tally.mutants, tally.outcomes = tally.mutants + 1, tally.outcomes + found
        if finding:
            tally.findings.setdefault(finding.what, (number, finding))
    tally.seconds = time.monotonic() - begun
    return tally


def one(source: str, seed: int, number: int, canaries: Sequence[str]) -> tuple[Counter[str], Finding | None]:
    """The n-th mutant of a source, held to the contract."""
    chance = chance_of(seed, source, number)
    delivery = mutant(chance, source)
    return held(delivery, canaries, chance if number % AGAIN == 0 else None)


def tell(telling: Telling, seed: int, *, seconds: float = 0.0, stories: int = 0) -> Stories:
    """So many stories, or as many as can be told in so many seconds."""
    begun, made = time.monotonic(), Stories()
    for number in _numbers(stories, begun + seconds):
        for what in telling.tell(story(seed, number)):
            made.met.setdefault(what, number)
    made.told, made.files, made.outcomes = telling.stories, telling.files, telling.outcomes
    made.seconds = time.monotonic() - begun
    return made


def _numbers(most: int, until: float) -> Iterator[int]:
    number = 0
    while number < most or (not most and time.monotonic() < until):
        yield number
        number += 1


def keep(folder: Path, number: int, finding: Finding) -> None:
    """Save a finding, made small, and under what name it came."""
    canaries = canaries_of(finding.source)

    def still(delivery: Delivery) -> bool:
        again = held(delivery, canaries)[1]
        return again is not None and again.what == finding.what

    small = smaller(finding.delivery, still) if still(finding.delivery) else finding.delivery
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{finding.source}-{number}").write_bytes(small.content)
    (folder / f"{finding.source}-{number}.name").write_text(small.name, "utf-8", "surrogatepass")


def main(words: Sequence[str]) -> int:
    """Fuzz, and say what was found; 0 when nothing was."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=600.0, help="in all")
    asked.add_argument("--source", action="append", choices=sources.names(), help="this source alone, and no stories")
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--again", type=int, help="the number of one mutant of the one source")
    asked.add_argument("--keep", type=Path, help="a folder for what was found")
    asked.add_argument("--write", action="store_true", help="write docs/fuzzing.md")
    chosen = asked.parse_args(words)
    if chosen.again is not None and chosen.source:
        found, finding = one(chosen.source[0], chosen.seed, chosen.again, canaries_of(chosen.source[0]))
        print(dict(found), finding.what if finding else "Nothing is wrong with it.")
        return bool(finding)
    tallies = list(_each(chosen))
    told = Stories() if chosen.source else _stories(chosen)
    if chosen.write:
        from tests.fuzz.report import write  # noqa: PLC0415 - the report knows the tallies of this module

        write(tallies, told, chosen.seed)
    return bool(told.met or any(tally.findings for tally in tallies))


def _each(chosen: argparse.Namespace) -> Iterator[Tally]:
    wanted = chosen.source or sources.names()
    share = chosen.seconds if chosen.source else chosen.seconds * (1 - STORIES)
    for source in wanted:
        tally = fuzz(source, chosen.seed, seconds=share / len(wanted))
        print(
            f"{source}: {tally.mutants} mutants, {tally.updates} updates, {tally.refusals} refusals,"
            f" {tally.seconds:.0f} s",
            flush=True,
        )
        for what, (number, finding) in tally.findings.items():
            print(f"  FOUND by mutant {number}: {what} ({len(finding.delivery.content)} bytes)", flush=True)
            if chosen.keep:
                keep(chosen.keep, number, finding)
        yield tally


def _stories(chosen: argparse.Namespace) -> Stories:
    with house() as hub:
        made = tell(Telling(hub), chosen.seed, seconds=chosen.seconds * STORIES)
    counted = ", ".join(f"{count} {outcome}" for outcome, count in sorted(made.outcomes.items()))
    print(f"stories: {made.told} of {made.files} files, {counted}, {made.seconds:.0f} s")
    for what, number in made.met.items():
        print(f"  FOUND in story {number}: {what}")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
