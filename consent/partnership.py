"""Putting the directory on record: what governance changed in its file becomes events, and what stayed does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from hub import directory
from hub.directory import Directory
from hub.events.base import Event
from hub.events.partnership import AgreementTerm, OrganisationStated, RegistrationStated, Term
from projections import partnership
from projections.session import Cursor

Made = OrganisationStated | RegistrationStated
MakeAll = Callable[[Cursor, Mapping[UUID, int]], Sequence[Event]]
"""Given a cursor under the ledger's lock and the newest version of each stream: the events."""


@dataclass(frozen=True, slots=True)
class Partnership:
    """What of the directory is on record.

    looking: opens a reader's transaction. stream: the id of a stream, of a kind and its parts. act: intake's way in for
    several streams at once.
    """

    looking: Callable[[], AbstractContextManager[Cursor]]
    stream: Callable[..., UUID]
    act: Callable[[Sequence[UUID], MakeAll], None]

    def apply(self, known: Directory) -> int:
        """Record every difference between the file and what is on record; how many there were.

        In force for the next decision. Whom the file no longer names takes no part, or may practise no longer. Two who
        do it at once record it once: it is looked at again under the ledger's lock.
        """
        with self.looking() as session:
            if not (found := self._changed(session, known)):
                return 0
        recorded = 0

        def make(session: Cursor, heads: Mapping[UUID, int]) -> Sequence[Event]:
            nonlocal recorded
            changed = [replace(one, originator_version=heads.get(one.originator_id, 0) + 1) for one in found]
            standing = {one.originator_id for one in self._changed(session, known)}
            changed = [one for one in changed if one.originator_id in standing]
            recorded = len(changed)
            return changed

        self.act([one.originator_id for one in found], make)
        return recorded

    def _changed(self, session: Cursor, known: Directory) -> list[Made]:
        return [*self._organisations(session, known), *self._people(session, known)]

    def _organisations(self, session: Cursor, known: Directory) -> Iterator[Made]:
        held = partnership.organisations(session)
        stated = {one.code: one for one in known.organisations()}
        for one in stated.values():
            event = self._organisation(one.code, one.agency.value, one.controller.value, one.agreements)
            if held.get(one.code) != (event.agency, event.controller, partnership.agreed(event)):
                yield event
        for code, (agency, controller, agreed) in held.items():
            if code not in stated and agreed:
                yield self._organisation(code, agency, controller, ())

    def _people(self, session: Cursor, known: Directory) -> Iterator[Made]:
        held = partnership.people(session)
        stated = {one.id: known.registration(one.id) for one in known.people()}
        for person, registration in stated.items():
            event = self._registration(person, registration)
            if held.get(person) != partnership.practising(event):
                yield event
        for person, terms in held.items():
            if person not in stated and terms:
                yield self._registration(person, directory.Registration(()))

    def _organisation(
        self, code: str, agency: str, controller: str, agreements: Sequence[directory.Agreement]
    ) -> OrganisationStated:
        return OrganisationStated(
            originator_id=self.stream("organisation", code),
            originator_version=1,
            code=code,
            agency=agency,
            controller=controller,
            agreements=tuple(
                AgreementTerm(tuple(sorted(one.purposes)), _day(one.since), _day(one.until)) for one in agreements
            ),
        )

    def _registration(self, person: str, registration: directory.Registration) -> RegistrationStated:
        registered, suspended = (
            tuple(Term(_day(one.since), _day(one.until)) for one in terms)
            for terms in (registration.registered, registration.suspended)
        )
        return RegistrationStated(
            originator_id=self.stream("registration", person),
            originator_version=1,
            person=person,
            registered=registered,
            suspended=suspended,
        )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
