"""Where somebody stands towards a child's entries: which they are shown, which are theirs to share, who leads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from consent.acting_lead import acts_as_lead
from consent.deciding import Decided
from consent.decision import Asked, Level
from consent.facts import duties_of
from consent.means import CASEWORK, STATUTORY, Means
from hub.people import Practitioner
from projections import involvement, matters
from projections.session import Cursor

ALL: Final = 100_000
"""More than any organisation has children."""

NEVER: Final = "adoption"
ORDINARY: Final = ("ordinary", "concern")

TIED: Final = ("self", "parental", "family")
"""Ties to a child that are not work."""

Ground = tuple[str, str]
"""A purpose and a lawful basis."""

GROUNDS: Final[tuple[Ground, ...]] = tuple((purpose, STATUTORY) for purpose in CASEWORK)


@dataclass(frozen=True, slots=True)
class Held:
    """One entry as somebody holds it at most: its level for them, its labels, and whether their own agency wrote it."""

    level: Level
    person_record: UUID
    agency: str
    category: str
    sensitivity: str
    own: bool
    revision: int
    restricted: bool

    def theirs_to_share(self, *, leads: bool) -> bool:
        """Whether they are shown it and may release it: the agency that keeps it may, and the Lead Professional.

        What is more than a concern only the agency that keeps it releases; an adoption nobody.
        """
        if self.level < Level.SHOWN or self.sensitivity == NEVER:
            return False
        return self.own or (leads and self.sensitivity in ORDINARY)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a reader stands towards one child: what was decided, which entries they hold, and if they act as lead."""

    reader: Practitioner
    decided: tuple[Decided, ...]
    held: dict[UUID, Held]
    leads: bool
    by_ground: Mapping[Ground, Mapping[UUID, Held]] = field(default_factory=dict)

    @property
    def child(self) -> UUID:
        """Whose entries they are."""
        return self.decided[0].child

    @property
    def knows(self) -> bool:
        """Whether sharing it is work of theirs: they work with the child, lead, or have something of it open.

        Not by emergency access, not for somebody of the child's own family, and not without leave to practise.
        """
        if not self.reader.organisation or any(one.facts.relation in TIED for one in self.decided):
            return False
        practises = all(one.facts.registration == "active" for one in self.decided)
        agreed = any(one.facts.agreement == "current" for one in self.decided if one.asked.purpose in CASEWORK)
        return (self.leads and practises and agreed) or any(
            one.works_with or one.levels().reach() >= Level.REDACTED for one in self.decided
        )

    def within(self, purpose: str, bases: Iterable[str]) -> Stand:
        """The same, with the entries as they are held for this purpose and on these bases, and for no other.

        Consent is for whom it is shared with: who shares because of it holds the entry by their own task.
        """
        meant = {(purpose, basis if basis != "consent" else STATUTORY) for basis in bases}
        decided = tuple(one for one in self.decided if (one.asked.purpose, one.asked.basis) in meant)
        return replace(self, decided=decided, held=_most(found for at, found in self.by_ground.items() if at in meant))

    def level(self, entry: UUID) -> Level:
        """How far an entry is open to them at most."""
        return self.held[entry].level if entry in self.held else Level.SEALED


def stand(  # noqa: PLR0913, PLR0917 - who, towards whom, and as of which questions
    means: Means, session: Cursor, reader: Practitioner, child: UUID, entries: Sequence[UUID], also: Iterable[Ground]
) -> Stand:
    """Decide on every usual ground and on those given besides, and look up these entries. The same for every child."""
    known = means.policy(session).domain
    besides = [one for one in also if one[0] in known["purpose"] and one[1] in known["basis"]]
    decided, held = [], dict[Ground, dict[UUID, Held]]()
    for purpose, basis in dict.fromkeys((*GROUNDS, *besides)):
        one = means.decide(session, Asked(reader, purpose, basis), child, lasting=True)
        decided.append(one)
        held[purpose, basis] = {key[0]: _held(one, key) for key in matters.keys_of(session, child, entries)}
    leading = acts_as_lead(session, reader, child, means.today(), means.whose)
    return Stand(reader, tuple(decided), _most(held.values()), leading, held)


def _most(found: Iterable[Mapping[UUID, Held]]) -> dict[UUID, Held]:
    """Each entry as it is held at most."""
    held: dict[UUID, Held] = {}
    for one in found:
        held |= {entry: it for entry, it in one.items() if entry not in held or it.level > held[entry].level}
    return held


def _held(decided: Decided, row: matters.Key) -> Held:
    entry, person, number, restricted, revision = row
    released = entry in decided.facts.released
    key = decided.keys.by_number[decided.keys.counted(number, restricted=restricted, released=released)]
    level = decided.answers[key.number].level
    own = decided.asked.reader.agency.value == key.agency
    return Held(level, person, key.agency, key.category, key.sensitivity, own, revision, restricted)


def caseload(session: Cursor, reader: Practitioner, on: date) -> Iterator[UUID]:
    """The children whom this person or their organisation has on record as theirs; they work with no others."""
    for duty in duties_of(reader):
        yield from involvement.caseload(
            session,
            agency=reader.agency.value,
            duty=duty,
            organisation=reader.organisation,
            worker=reader.worker,
            on=on,
            limit=ALL,
        )
