"""Looking at the access log: for governance leads alone, of their own organisation or all, and each look recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from consent.governing import mandate
from consent.policy import Policy
from hub.audit.trail import Disclosed, Trail
from hub.people import Practitioner
from projections.readings import Readings
from projections.session import Cursor


@dataclass(frozen=True, slots=True)
class Books:
    """What governance reads. auditing: a transaction of its own role. readings: the access log's records.

    compiled: a policy version by its fingerprint, None where it is not kept. capacity_due: for how many children it is
    to be looked at again who decides, of all or of one organisation's. must_govern: raises NotPermitted, and records
    it, for whoever may not look, given what they wanted to do.
    """

    auditing: Callable[[], AbstractContextManager[Cursor]]
    readings: Readings
    compiled: Callable[[Cursor, str], Policy | None]
    capacity_due: Callable[[str | None], int]
    must_govern: Callable[[Practitioner, str], None]


class Auditing:
    """Who may look, and the record of every look."""

    def __init__(self, books: Books, trail: Trail) -> None:
        self._books, self._trail = books, trail

    def _looking(self, reader: Practitioner, action: str) -> AbstractContextManager[Cursor]:
        """A transaction of those who answer for the log; anybody else is refused, and that is recorded."""
        self._books.must_govern(reader, action)
        return self._books.auditing()

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


def answers_for(reader: Practitioner, organisation: str) -> bool:
    """Whether a lead answers for what this organisation's people did; for what names none, the partnership's alone."""
    whose = mandate(reader)
    return whose is None or whose == organisation != ""
