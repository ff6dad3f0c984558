"""Who leads for a child: the Lead Professionals as stated, and the allocated social worker as agencies record it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from consent.acting_lead import acts_as_lead, is_allocated
from consent.facts import ALLOCATED
from consent.means import Means
from consent.statements import LEAD, DutySaid
from hub.people import Practitioner
from projections import casework, involvement, second_line
from projections.session import Cursor


@dataclass(frozen=True, slots=True)
class Leading:
    """Asked about today. `reader` is whoever asks: the database tells them of this one child."""

    means: Means

    def leads(self, reader: Practitioner, child: UUID) -> bool:
        """Whether somebody who works with the child is the allocated worker, or may act as a Lead Professional."""
        with self.means.reading() as session:
            second_line.about(session, reader, child)
            acts = acts_as_lead(session, reader, child, self.means.today(), self.means.whose)
        return acts or self.allocated(reader, child)

    def allocated(self, reader: Practitioner, child: UUID) -> bool:
        """Whether somebody is the child's allocated worker, as agencies' own records say."""
        with self.means.reading() as session:
            second_line.about(session, reader, child)
            return is_allocated(reader, involvement.of_child(session, child, self.means.today()))

    def ends(self, reader: Practitioner, child: UUID, said: DutySaid) -> bool:
        """Whether it gives a last day to a lead duty that was stated before."""
        stream = self.means.stream("duty", str(child), said.duty, said.organisation, said.worker)
        with self.means.reading() as session:
            second_line.about(session, reader, child)
            return said.duty == LEAD and bool(said.until) and casework.standing(session, stream) is not None

    def led(self, reader: Practitioner, child: UUID) -> bool:
        """Whether the child has a Lead Professional or an allocated social worker today."""
        with self.means.reading() as session:
            second_line.about(session, reader, child)
            involved = involvement.of_child(session, child, self.means.today())
            return bool(self._professionals(session, child)) or any(one.duty == ALLOCATED for one in involved)

    def led_by(self, reader: Practitioner, person: Practitioner, child: UUID) -> bool:
        """Whether another person leads for the child, whatever tie of their own is stated of them already."""
        with self.means.reading() as session:
            second_line.about(session, reader, child)
            involved = involvement.of_child(session, child, self.means.today())
            return self._is_professional(session, person, child) or is_allocated(person, involved)

    def _is_professional(self, session: Cursor, person: Practitioner, child: UUID) -> bool:
        return any(
            one["organisation"] == person.organisation and one["worker"] in ("", person.worker)
            for one in self._professionals(session, child)
        )

    def _professionals(self, session: Cursor, child: UUID) -> list[dict[str, str]]:
        today = self.means.today().isoformat()
        casework.for_deciding(session)
        duties = casework.on_day(casework.of_child(session, child, ["duty"]), today)
        return [one.said for one in duties if one.said["duty"] == LEAD and one.in_force(today)]
