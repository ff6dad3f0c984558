"""Concerns that nobody of another agency answered: a list with their age, for those who may know of them, no score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from consent.card import Card
from consent.deciding import Decided
from consent.decision import Asked, Level, When
from consent.facts import HERE, day_of
from consent.governing import mandate
from consent.inbox_purposes import covered, working
from consent.inbox_shapes import Concern, Overseen, Unanswered, Waiting
from consent.inbox_terms import Terms
from consent.means import STATUTORY, Means
from hub.audit.trail import Told
from hub.directory import Directory
from hub.errors import BadInput
from hub.people import Agency, Practitioner
from hub.vocabulary import terms
from projections import involvement, known_when, second_line, story, unanswered
from projections.session import Cursor
from projections.unanswered import Open, Waits, Wanted

ACTION: Final = "unanswered"
LISTED: Final = 200
DOUBLE: Final = (1, 2, 4)
"""The groups of age, in multiples of the days after which a concern is listed."""


class Concerns:
    """Asked for by those who work with a child, and by governance; each look is recorded."""

    def __init__(
        self, means: Means, auditing: Callable[[], AbstractContextManager[Cursor]], terms: Terms, known: Directory
    ) -> None:
        self._means, self._auditing, self._term, self._grace = means, auditing, terms.answer, terms.grace
        self._card = Card(means, known)

    def of_child(self, reader: Practitioner, child: UUID, at: date | None) -> Unanswered:
        """Those of one child that are open to the reader. Raises NothingToShow as for a child who is not; BadInput."""
        at = self._day(at)
        self._means.must_work_with(reader, child, ACTION)
        found: dict[UUID, Concern] = {}
        name = ("", "")
        with self._means.reading() as session:
            purposes = covered(self._means, session, reader)
            seen = self._seen(session, reader, child, purposes) if purposes else set()
            for decided in working(self._means, session, reader, child, purposes):
                levels = decided.levels()
                open_ = unanswered.of_child(session, child, levels, self._wanted(at), seen)
                new = [one for one in open_ if one.entry not in found]
                name = name if any(name) else story.card(session, child, levels)
                found |= {one.entry: self._concern(decided, one, at) for one in new}
                counted = Counter(_key(decided, one) for one in new)
                told = [Told(one.entry, one.revision, Level.REDACTED) for one in new]
                self._means.record(session, decided, ACTION, counted, found=True, told=told)
        concerns = tuple(sorted(found.values(), key=lambda one: (-one.age, one.entry)))
        return Unanswered(child, *name, at, self._term, concerns)

    def everywhere(self, reader: Practitioner, at: date | None) -> Overseen:
        """Counts by agency and age, and the oldest by their ids. Raises NotPermitted for who is no governance lead.

        The lead of one organisation is told of what their own kind of agency recorded of the children whom the
        organisation's people work with; the partnership's own governance of everything.
        """
        at = self._day(at)
        self._means.must_govern(reader, ACTION)
        with self._auditing() as session:
            found = unanswered.everywhere(session, self._wanted(at))
            line = replace(self._means.line(reader, ACTION, found=True), purpose="audit")
            self._means.trail.record(session, line)
        ages = tuple(self._term.days * times for times in DOUBLE)
        waiting = [_waiting(one, at) for one in self._theirs(reader, found)]
        return Overseen(at, self._term, ages, _counts(waiting, ages), tuple(waiting[:LISTED]))

    def _seen(self, session: Cursor, reader: Practitioner, child: UUID, purposes: Sequence[str]) -> set[str]:
        """The organisations of which the reader may know at least of their agency that it is involved; their own."""
        second_line.about(session, reader, child)
        ever = [one.position for one in known_when.tied(session, child, involvement.NOW)]
        services = self._card.services(session, Asked(reader, purposes[0], STATUTORY), child, ever)
        known = {organisation for (_, organisation), level in services.items() if level > Level.SEALED}
        return {reader.organisation} | known - {""}

    def _wanted(self, at: date) -> Wanted:
        kept = at - timedelta(days=self._grace.days)
        return Wanted(self._end(at), self._before(at), kept.isoformat())

    def _theirs(self, reader: Practitioner, found: Sequence[Waits]) -> list[Waits]:
        whose = mandate(reader)
        if whose is None:
            return list(found)
        own = [one for one in found if one.agency == reader.agency.value]
        children = sorted({one.child for one in own})
        with self._means.looking() as session:
            known = set(involvement.worked_with(session, children, whose, self._means.today())) if whose else set()
        return [one for one in own if one.child in known]

    def _concern(self, decided: Decided, one: Open, at: date) -> Concern:
        return Concern(
            entry=one.entry,
            agency=Agency(one.agency),
            when=When(one.start, one.precision, one.end, one.approximate),
            code=one.code,
            summary=terms()[one.code].label if one.code in terms() else "Entry",
            significance=one.significance,
            received=day_of(one.since),
            age=_age(one.since, at),
            purpose=decided.asked.purpose,
            basis=decided.asked.basis,
            promised=date.fromisoformat(one.promised) if one.promised else None,
        )

    def _day(self, at: date | None) -> date:
        today = self._means.today()
        if at is not None and at > today:
            raise BadInput("That day has not come yet.", "Name a day that has, or none for today.")
        return at or today

    def _end(self, at: date) -> datetime:
        """The last moment of a day, in Scotland."""
        return _begins(at + timedelta(days=1)) - timedelta(microseconds=1)

    def _before(self, at: date) -> datetime:
        """What came before this has stood for as many days as a concern may stand."""
        return _begins(at - timedelta(days=self._term.days - 1))


def _key(decided: Decided, one: Open) -> int:
    return decided.keys.counted(one.key, restricted=one.restricted, released=one.entry in decided.facts.released)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), HERE).astimezone(UTC)


def _age(since: datetime, at: date) -> int:
    return (at - day_of(since)).days


def _waiting(one: Waits, at: date) -> Waiting:
    return Waiting(one.entry, one.child, Agency(one.agency), _age(one.since, at))


def _counts(waiting: Iterable[Waiting], ages: Sequence[int]) -> dict[Agency, tuple[int, ...]]:
    """How many of each agency are in each group of ages, each group up to the next."""
    found = Counter((one.agency, sum(one.age >= least for least in ages) - 1) for one in waiting)
    agencies = {agency for agency, _ in found}
    return {agency: tuple(found[agency, n] for n in range(len(ages))) for agency in Agency if agency in agencies}
