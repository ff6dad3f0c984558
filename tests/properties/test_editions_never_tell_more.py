"""Random lives of editions: whatever happens, no reading tells more than its copy holds, nor than is open today."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from consent.decision import Disclosure, Entry, Redacted, Shown
from consent.edition_shapes import EditionSaid, EditionView, Member, Written
from hub.errors import BadInput, NothingToShow
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from tests.editing import change, freeze, look, prepare, registered
from tests.fix_hub import TestHub
from tests.stories import consent, on, read, take, told

READERS = ("fiona", "morag", "dr-anwar", "catriona", "callum")
CODES = ("gp.not_brought", "gp.consultation.summary", "gp.parent.mental_health.impact", "gp.registered")
STEPS = 12


@dataclass
class Life:
    """One hub and what happened in it so far. frozen: each edition with its audience, basis and what each was told."""

    hub: TestHub
    child: UUID
    dice: random.Random
    versions: dict[str, int] = field(default_factory=dict)
    frozen: dict[UUID, tuple[set[str], str]] = field(default_factory=dict)
    held: dict[tuple[UUID, str], dict[UUID, int]] = field(default_factory=dict)

    def step(self) -> None:
        """Something happens."""
        self.dice.choice((self.recorded, self.revised, self.agreed, self.edited, self.edited))()

    def recorded(self) -> None:
        """The practice records something."""
        record = f"made-{len(self.versions)}"
        self.versions[record] = 1
        day = on(f"2025-0{self.dice.randint(1, 9)}-1{self.dice.randint(0, 9)}")
        take(self.hub, [told("gp", record, code=self.dice.choice(CODES), occurred=day)])

    def revised(self) -> None:
        """It says it otherwise, or takes it back."""
        for record in self.dice.sample(sorted(self.versions), min(1, len(self.versions))):
            self.versions[record] += 1
            newer = {"version": str(self.versions[record]), "order": f"2026-01-{self.versions[record]:02}T00:00:00Z"}
            action = self.dice.choice(("assert", "assert", "retract"))
            code, day = self.dice.choice(CODES), on("2025-05-05")
            take(self.hub, [told("gp", record, **newer, action=action, code=code, occurred=day)])

    def agreed(self) -> None:
        """Consent to share with education is given, or withdrawn."""
        category = self.dice.choice(("health", "social-work"))
        consent(self.hub, self.dice.choice((ConsentGiven, ConsentWithdrawn)), self.child, category)

    def edited(self) -> None:
        """An edition is made for some of them."""
        audience = set(self.dice.sample(READERS[1:], self.dice.randint(1, 3)))
        basis = self.dice.choice(("public-task", "consent"))
        said = EditionSaid("lac-review", tuple(Member(one) for one in sorted(audience)), basis=basis)
        edition = prepare(self.hub, self.child, said).edition
        view = look(self.hub, "fiona", self.child, edition)
        every = [one.entry.entry for one in (*view.entries, *view.left_out)]
        some = self.dice.sample(every, self.dice.randint(1, len(every)))
        change(self.hub, self.child, edition, include=tuple(some), reason="It matters.")
        change(self.hub, self.child, edition, written=(Written("patterns", "Together.", tuple(some)),))
        freeze(self.hub, self.child, edition)
        self.frozen[edition] = (audience, basis)

    def check(self) -> None:
        """Every reader of every edition."""
        for edition, (audience, basis) in self.frozen.items():
            for who in READERS:
                self.check_one(edition, who, meant=who in {*audience, "fiona"}, basis=basis)

    def check_one(self, edition: UUID, who: str, *, meant: bool, basis: str) -> None:
        """What one is told of one edition."""
        try:
            view = look(self.hub, who, self.child, edition)
        except NothingToShow:
            assert not meant
            return
        assert meant
        assert view.whole
        told_of = levels(view)
        first = self.held.setdefault((edition, who), told_of)
        open_now = feed(read(self.hub, who, self.child, basis="public-task" if who == "fiona" else basis))
        gone = {one.entry.entry for one in (*view.entries, *view.left_out) if one.since == "taken-back"}
        for entry, level in told_of.items():
            assert level <= first.get(entry, 0), "more than its copy holds"
            assert level <= open_now.get(entry, 0) or entry in gone, "more than is open today"
        assert set(view.written["patterns"].cites) <= told_of.keys()
        if any(level < first[entry] for entry, level in told_of.items()) or first.keys() - told_of.keys():
            assert view.closed


def level_of(entry: Entry) -> int:
    """On which step of the ladder it is shown; whether it may be taken out is not looked at."""
    return 3 if isinstance(entry, Shown) else 2 if isinstance(entry, Redacted) else 1


def levels(view: EditionView) -> dict[UUID, int]:
    """How far each entry is told."""
    return {one.entry.entry: level_of(one.entry) for one in (*view.entries, *view.left_out)}


def feed(found: Disclosure) -> dict[UUID, int]:
    """The same of a chronology."""
    return {entry.entry: level_of(entry) for entry in found.entries}


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_no_edition_tells_more_than_it_holds_or_than_is_open_today(hub: TestHub, seed: int) -> None:
    life = Life(hub, registered(hub), random.Random(seed))  # noqa: S311 - dice, not a secret
    life.edited()
    for _ in range(STEPS):
        try:
            life.step()
        except BadInput as refused:
            pytest.fail(refused.message)
        hub.house.catch_up()
        life.check()
    assert len(life.frozen) > 2
