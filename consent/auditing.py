"""Looking at the access log: for governance leads alone, of their own organisation or all, and each look recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from consent.policy import Policy
from hub.audit.trail import Disclosed, Trail
from hub.errors import NotPermitted
from hub.people import Agency, Practitioner, Role
from projections.readings import Readings
from projections.session import Cursor


@dataclass(frozen=True, slots=True)
class Books:
    """What governance reads. auditing: a transaction of its own role. readings: the access log's records.

    compiled: a policy version by its fingerprint, None where it is not kept. capacity_due: for how many children it is
    to be looked at again who decides, of all or of one organisation's.
    """

    auditing: Callable[[], AbstractContextManager[Cursor]]
    readings: Readings
    compiled: Callable[[Cursor, str], Policy | None]
    capacity_due: Callable[[str | None], int]


class Auditing:
    """Who may look, and the record of every look."""

    def __init__(self, books: Books, trail: Trail) -> None:
        self._books, self._trail = books, trail

    def _looking(self, reader: Practitioner, action: str) -> AbstractContextManager[Cursor]:
        """A transaction of those who answer for the log; anybody else is refused, and that is recorded."""
        if reader.role == Role.GOVERNANCE_LEAD:
            return self._books.auditing()
        with self._books.auditing() as session:
            self._trail.record(session, self._look(reader, action, "refused"))
        raise NotPermitted("Only a governance lead may read the access log.", "Ask your agency's governance lead.")

    def _look(self, reader: Practitioner, action: str, outcome: str) -> Disclosed:
        return Disclosed(
            originator_id=self._trail.next_reading(),
            originator_version=1,
            reader=reader.id,
            role=reader.role.value,
            agency=reader.agency.value,
            organisation=reader.organisation,
            action=action,
            outcome=outcome,
            purpose="audit",
        )


def mandate(reader: Practitioner) -> str | None:
    """The organisation whose readings a lead answers for; None for all of them."""
    return None if reader.agency == Agency.OVERSIGHT else reader.organisation


def answers_for(reader: Practitioner, organisation: str) -> bool:
    """Whether a lead answers for what this organisation's people did; for what names none, the partnership's alone."""
    whose = mandate(reader)
    return whose is None or whose == organisation != ""
