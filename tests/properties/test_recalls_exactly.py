"""Whatever was read, corrected, taken back, moved and noted in whatever order: exactly those are told who must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import LiteralString
from uuid import UUID

import pytest

from hub.errors import NothingToShow
from hub.update import Marks, Person, Update
from tests.builders import somebody, stage, works_with
from tests.fix_hub import TestHub
from tests.recall_oracle import oracle
from tests.recalling import moved, open_ones
from tests.stories import NUMBER, OTHER_NUMBER, everyone, on, read, take, told

READERS = ("fiona", "callum", "catriona", "dr-anwar")
ROUNDS = 21
# Of people of whom no record says who works with them, so that everybody goes on working with both children.
OF_PLAY: LiteralString = (
    "select stream from read.entries where author like 'canary-r_-author%' order by author, revision"
)
RECORDS = 8


@dataclass(slots=True)
class Play:
    """One random history. turns: how often each record was sent."""

    hub: TestHub
    dice: Random
    children: list[UUID] = field(default_factory=list)
    turns: dict[int, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Two children with whom the same people work, and records of both."""
        finn = somebody("gp-finn", OTHER_NUMBER, "Baird", "Finn", "2024-01-05")
        allocated = works_with("allocated-social-worker", "la-990", "SW-0417")
        theirs = (allocated, works_with("gp-practice", "Z99104"), works_with("school", "SCH-ROWANBANK"))
        ties = [
            told("gp", "finn-joined", person=finn, code="gp.registered", facts=theirs[1:2]),
            told("sw", "finn-planned", person=_finn("sw"), code="sw.plan.agreed", facts=(theirs[0], stage("plan"))),
            told("school", "finn-enrolled", person=_finn("school"), code="ed.enrolled", facts=theirs[2:]),
        ]
        take(self.hub, [*everyone(), *ties, *(self.version(record) for record in range(RECORDS))])
        self.children = self.hub.children()
        assert len(self.children) == 2

    def version(self, record: int) -> Update:
        """The next version of a record: like the one before, corrected, taken back, or older than it."""
        turn = self.turns[record] = self.turns.get(record, 0) + 1
        order = turn if self.dice.random() < 0.9 else self.dice.randrange(turn + 1)
        marks = self.dice.choice([None, Marks(assertion="fact"), Marks(assertion="opinion", seen="seen")])
        return told(
            "gp",
            f"r{record}",
            # Records of the same person move together.
            person=somebody(f"gp-isla-{record % 3}", NUMBER),
            code="gp.not_brought" if record % 4 == 3 else "gp.consultation.summary",
            version=f"{turn}",
            order=f"2026-01-01T00:{order:02d}:00Z",
            action="retract" if turn > 1 and self.dice.random() < 0.2 else "assert",
            occurred=on(self.dice.choice(["2024-09-01", "2024-09-02"])),
            headline=self.dice.choice(["An ear", "The other ear"]),
            detail="As told.",
            marks=marks,
            mapping=f"m{turn}",
            original=b'{"turn": %d}' % turn,
        )

    def round(self) -> None:
        """Some of what can happen, in any order; now and then somebody reads before a correction is taken in."""
        records = self.dice.sample(range(RECORDS), self.dice.randrange(3))
        self.hub.house.hub.intake.receive([self.version(record) for record in records])
        if self.dice.random() < 0.7:
            self.hub.house.catch_up()
        for who in self.dice.sample(READERS, self.dice.randrange(3)):
            self.look(who)
        self.hub.house.catch_up()
        if self.dice.random() < 0.2:
            self.move()
        if self.dice.random() < 0.6:
            self.note(self.dice.choice(READERS))

    def look(self, who: str) -> None:
        """A reading of either child."""
        try:
            read(self.hub, who, self.dice.choice(self.children))
        except NothingToShow:
            pytest.fail("everybody here works with both children")

    def move(self) -> None:
        """One of the records of persons is found to be of this child or of that."""
        with self.hub.as_owner() as owner:
            rows = owner.execute(OF_PLAY).fetchall()
        moved(self.hub, self.dice.choice(rows)[0], self.dice.choice(self.children))

    def note(self, who: str) -> None:
        """Somebody takes note of some of what they are told."""
        for one in open_ones(self.hub, who):
            if self.dice.random() < 0.5:
                self.hub.house.hub.knowing.acknowledge(self.hub.person(who), one.entry, one.revision, one.what)


def _finn(agency: str) -> Person:
    return somebody(f"{agency}-finn", OTHER_NUMBER, "Baird", "Finn", "2024-01-05")


@pytest.mark.parametrize("seed", range(3))
def test_exactly_those_are_told_who_were_told_otherwise(hub: TestHub, seed: int) -> None:
    play = Play(hub, Random(seed))  # noqa: S311 - a random history, and no secret
    play.begin()
    seen = set()
    for turn in range(ROUNDS):
        play.round()
        if turn % 5:
            continue
        hub.house.catch_up()
        told_now = {(who, one.child, one.entry, one.what) for who in READERS for one in open_ones(hub, who)}
        hub.house.catch_up()
        expected = oracle(hub).open()
        assert sorted(told_now ^ expected, key=str) == []
        seen |= {what for *_, what in told_now}
    assert seen == {"corrected", "taken-back", "other-child"}
