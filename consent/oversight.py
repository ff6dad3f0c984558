"""The access log for those who answer for it: who read what, and that this was looked at too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import fields
from datetime import datetime
from typing import Any

from consent.decision import Reading
from hub.audit.trail import Disclosed, Trail
from hub.errors import NotPermitted
from hub.people import Practitioner, Role
from projections import access_log
from projections.session import Cursor

FIELDS = tuple(field.name for field in fields(Reading))


class Governance:
    """Reading the access log. Only a governance lead may, and each look is itself recorded."""

    def __init__(self, auditing: Callable[[], AbstractContextManager[Cursor]], trail: Trail) -> None:
        self._auditing, self._trail = auditing, trail

    def readings(self, reader: Practitioner, *, limit: int = 50) -> tuple[Reading, ...]:
        """The newest readings, newest first. Raises NotPermitted for anyone else; that is recorded as well."""
        may = reader.role == Role.GOVERNANCE_LEAD
        with self._auditing() as session:
            rows = access_log.tail(session, max(1, min(limit, 1000))) if may else []
            self._trail.record(session, self._look(reader, "shown" if may else "refused"))
        if not may:
            raise NotPermitted("Only a governance lead may read the access log.", "Ask your agency's governance lead.")
        return tuple(_reading(row) for row in rows)

    def _look(self, reader: Practitioner, outcome: str) -> Disclosed:
        return Disclosed(
            originator_id=self._trail.next_reading(),
            originator_version=1,
            reader=reader.id,
            role=reader.role.value,
            agency=reader.agency.value,
            organisation=reader.organisation,
            action="access-log",
            outcome=outcome,
            purpose="audit",
        )


def _reading(row: tuple[Any, ...]) -> Reading:
    # The columns of the log are the fields of a reading, in their order; only the last ones need unpacking.
    values = dict(zip(FIELDS, row, strict=True))
    known_at = datetime.fromisoformat(values["known_at"]) if values["known_at"] else None
    return Reading(**values | {"rules": tuple(values["rules"]), "known_at": known_at})
