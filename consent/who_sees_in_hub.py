"""Who sees this entry, asked of the hub itself by those who answer for it: people, levels and rules, and no content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from consent.deciding import Keys
from consent.decision import Asked, Level
from consent.governing import mandate
from consent.means import CASEWORK, STATUTORY, Means
from consent.who_sees import Candidate, Seen, who_sees
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow
from hub.people import Practitioner
from projections import chronology, story
from projections.session import Cursor
from projections.story import Levels

ACTION: Final = "who-sees"
REASONS: Final = ("complaint", "subject-access", "breach", "case-review", "policy-review")
"""Why governance asks. Words of one's own would bring what they say into the access log, which holds no content."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One person who would be shown something of the entry today, for one purpose on a public task."""

    purpose: str
    reader: Practitioner
    level: Level
    rule: str


class WhoSees:
    """Asked from the entry's side. people: everybody of the directory."""

    def __init__(self, means: Means, people: Callable[[], Sequence[Practitioner]]) -> None:
        self._means, self._people = means, people

    def ask(self, reader: Practitioner, child: UUID, entry: UUID, *, reason: str) -> tuple[Sight, ...]:
        """Everybody to whom the entry opens at all for work with the child; recorded, whatever comes of it.

        A lead of one organisation learns of its own people alone; the partnership's own governance of everybody.
        Raises NotPermitted for anybody but a governance lead, BadInput for a reason that is none, NothingToShow for an
        entry that is not this child's.
        """
        self._means.must_govern(reader, ACTION, child=child, entry=entry)
        if reason not in REASONS:
            raise BadInput("The reason is not one of those there are.", f"Give one of: {', '.join(REASONS)}.")
        with self._means.reading() as session:
            found = self._sights(session, reader, child, entry)
            line = replace(self._means.line(reader, ACTION, found=found is not None), child=child, entry=entry)
            self._means.trail.record(session, replace(line, purpose="audit", facts=(("reason", reason, 0),)))
        if found is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return found

    def _sights(self, session: Cursor, lead: Practitioner, child: UUID, entry: UUID) -> tuple[Sight, ...] | None:
        whose = mandate(lead)
        people = [one for one in self._people() if whose in (None, one.organisation)]
        found = [
            Sight(purpose, one.reader, one.answer.level, one.answer.rule)
            for purpose in CASEWORK
            for one in of_entry(self._means, session, people, (child, entry), (purpose, STATUTORY)) or ()
        ]
        return tuple(found) if held(session, child, entry) else None


def of_entry(
    means: Means, session: Cursor, people: Sequence[Practitioner], of: tuple[UUID, UUID], ground: tuple[str, str]
) -> list[Seen] | None:
    """The people to whom an entry opens today. of: child and entry; ground: purpose and basis; None: no such entry."""
    (child, entry), (purpose, basis) = of, ground
    key = held(session, child, entry)
    if key is None:
        return None
    policy, rows = means.policy(session), chronology.keys(session)
    usual, shared = Keys(rows), Keys(rows, released=True)

    def candidates() -> Iterator[Candidate]:
        for person in people:
            facts = means.facts(session, Asked(person, purpose, basis), child)
            stated, _ = policy.ground(purpose, basis, facts.controller, means.today())
            released = entry in facts.released
            keys = shared if released else usual
            counted = keys.counted(key[0], restricted=key[1], released=released)
            yield Candidate(person, replace(facts, ground=stated), keys.by_number[counted])

    return list(who_sees(policy, purpose, basis, candidates()))


def held(session: Cursor, child: UUID, entry: UUID) -> tuple[int, bool] | None:
    """An entry's kind, and whether its agency marks the person as restricted; None where it is not this child's."""
    every = [int(Level.WITHHELD)] * max((number for number, *_ in chronology.keys(session)), default=0)
    # The labels alone are looked at, and of whichever kind: for this look the second line has to let it through.
    story.confine(session, child, Levels(every, every))
    return story.key_of(session, child, entry)
