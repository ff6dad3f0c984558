"""Who leads for a child: the Lead Professionals as stated, and the allocated social worker as agencies record it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from consent.decision import Asked
from consent.facts import ALLOCATED
from consent.means import CASEWORK, STATUTORY, Means
from consent.statements import LEAD
from hub.people import Practitioner
from projections import casework, involvement, second_line
from projections.session import Cursor


@dataclass(frozen=True, slots=True)
class Leading:
    """Asked about today. `reader` is whoever asks: the database tells them of this one child."""

    means: Means

    def leads(self, reader: Practitioner, child: UUID) -> bool:
        """Whether somebody who works with the child is the allocated worker, or the or a Lead Professional today."""
        with self.means.reading() as session:
            second_line.about(session, reader, child)
            professional = self._is_professional(session, reader, child)
        return professional or self.relation(reader, child) == "allocated"

    def relation(self, reader: Practitioner, child: UUID) -> str:
        """What the reader is to the child."""
        with self.means.reading() as session:
            return self.means.facts(session, Asked(reader, CASEWORK[0], STATUTORY), child).relation

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
            return self._is_professional(session, person, child) or any(
                one.duty == ALLOCATED and one.organisation == person.organisation and one.worker == person.worker != ""
                for one in involved
            )

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
