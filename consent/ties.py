"""Ties of people to children: declared by themselves, or stated of others by who leads or governs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn
from uuid import UUID

from consent import statements
from consent.governing import mandate
from consent.leading import Leading
from consent.means import Means
from consent.statements import TieSaid
from hub.directory import Directory
from hub.errors import NotPermitted, TooMany
from hub.events.base import Event
from hub.events.circumstances import TieStated
from hub.people import Practitioner, Role
from projections import casework
from projections.session import Cursor

ACTION: Final = "tie"
TOLD: Final = ("notify-governance",)
A_DAY: Final = 20
"""So many ties one person may state within 24 hours: more are no declarations, and would bury those that are."""
AN_HOUR: Final = 3600
ASK_LEAD: Final = "Ask the Lead Professional or the allocated social worker to record it."
ASK_GOVERNANCE: Final = "Ask their organisation's governance lead, or the partnership's, to record it."


@dataclass(frozen=True, slots=True)
class Ties:
    """Recording ties. One about a child whom nobody knows is kept like any other, so that nothing is learnt by it."""

    means: Means
    known: Directory
    leading: Leading

    def record(self, reader: Practitioner, child: UUID, said: TieSaid) -> None:
        """See `consent.casework.Casework.record_tie`."""
        said = statements.tie(said, self.means.today())
        if said.person == reader.id:
            # Whatever was stated before of the days from then on, this takes its place and has no end.
            said = replace(said, tie="family", since=min(said.since, self.means.today().isoformat()), until="")
        else:
            self._may_state(reader, child, said.person)
        try:
            self._state(reader, child, said)
        except TooMany:
            # Of no child: it is the same of every one, and governance is told of it in one line.
            self._log(reader, None, "refused", said.person)
            raise
        self._log(reader, child, "recorded", said.person)

    def _state(self, reader: Practitioner, child: UUID, said: TieSaid) -> None:
        stream = self.means.stream("tie", str(child), said.person)

        def decided(session: Cursor, version: int) -> Sequence[Event]:
            if casework.ties_of_a_day(session, reader.id) >= A_DAY:
                raise TooMany(
                    AN_HOUR,
                    f"One person may state {A_DAY} ties a day, and you have.",
                    "State the others tomorrow, or tell your governance lead.",
                )
            event = TieStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since=said.since,
                until=said.until,
                recorded_by=reader.id,
                reason=said.reason,
                person=said.person,
                tie=said.tie,
            )
            return [event]

        self.means.act(stream, decided)

    def _may_state(self, reader: Practitioner, child: UUID, person: str) -> None:
        """Governance of its own people, the partnership's of everybody; who leads, of those who do not lead too."""
        if reader.role is Role.GOVERNANCE_LEAD:
            self.means.must_govern(reader, ACTION, child=child)
            if mandate(reader) not in {None, self.known.person(person).organisation}:
                self._refuse(reader, child, "This person is of another organisation.", ASK_GOVERNANCE)
            return
        self.means.must_work_with(reader, child, ACTION)
        if not self.leading.leads(reader, child):
            self._refuse(reader, child, "Somebody else's tie is not yours to state.", ASK_LEAD)
        if self.leading.led_by(reader, self.known.person(person), child):
            self._refuse(reader, child, "Of who leads for a child, governance alone states a tie.", ASK_GOVERNANCE)

    def _refuse(self, reader: Practitioner, child: UUID, message: str, next_step: str) -> NoReturn:
        with self.means.reading() as session:
            line = replace(self.means.line(reader, ACTION, found=True), child=child, outcome="refused")
            self.means.trail.record(session, line)
        raise NotPermitted(message, next_step)

    def _log(self, reader: Practitioner, child: UUID | None, outcome: str, person: str) -> None:
        """That it was stated, or one too many; governance is told, with the id of whom it is about."""
        with self.means.reading() as session:
            line = replace(self.means.line(reader, ACTION, found=True), child=child, outcome=outcome)
            about = (("person", person, 0),)
            self.means.trail.record(session, replace(line, obligations=TOLD, facts=about))
