"""Who may act as governance: a governance lead who may practise today. Whoever else asks is refused, on record.

Every door of governance asks here, so that none of them forgets a part of the question.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from consent.decision import Asked
from consent.facts import gather
from hub.audit.trail import Disclosed, Trail
from hub.errors import NotPermitted
from hub.people import Agency, Practitioner, Role
from projections import second_line
from projections.session import Cursor

MAY_NOT: Final = "Only a governance lead who may practise today may do this."
MAY_NOT_NEXT: Final = "Ask your agency's governance lead."
NOT_OF_THE_PARTNERSHIP: Final = "Only a governance lead of the partnership itself may do this."
NOT_OF_THE_PARTNERSHIP_NEXT: Final = "Ask the partnership's own governance: it answers for every organisation."
NOBODY: Final = UUID(int=0)
"""No child: whether somebody may practise is so of any child alike."""


@dataclass(frozen=True, slots=True)
class Governing:
    """What asking needs. reading: opens one transaction on one moment of the database; trail: the access log."""

    reading: Callable[[], AbstractContextManager[Cursor]]
    trail: Trail
    now: Callable[[], datetime]

    def must(  # noqa: PLR0913 - who, what for, and each part of the record named
        self,
        reader: Practitioner,
        action: str,
        *,
        child: UUID | None = None,
        entry: UUID | None = None,
        of_partnership: bool = False,
        listed: bool = True,
    ) -> None:
        """Raise NotPermitted, and record it, for whoever may not act as governance, or not for the whole partnership.

        child, entry: what they asked about, for the record alone. listed: whether the directory says so of them too,
        where that was asked. What is shown to whoever may, the door records.
        """
        with self.reading() as session:
            governs = listed and governs_today(session, reader, self.now())
            may = governs and (reader.agency is Agency.OVERSIGHT or not of_partnership)
            if not may:
                line = replace(self.look(reader, action, "refused"), child=child, entry=entry)
                self.trail.record(session, line)
        if not governs:
            raise NotPermitted(MAY_NOT, MAY_NOT_NEXT)
        if not may:
            raise NotPermitted(NOT_OF_THE_PARTNERSHIP, NOT_OF_THE_PARTNERSHIP_NEXT)

    def look(self, reader: Practitioner, action: str, outcome: str) -> Disclosed:
        """The record of one look, or step, of governance."""
        return Disclosed(
            originator_id=self.trail.next_reading(),
            originator_version=1,
            reader=reader.id,
            role=reader.role.value,
            agency=reader.agency.value,
            organisation=reader.organisation,
            action=action,
            outcome=outcome,
            purpose="audit",
        )


def governs_today(session: Cursor, reader: Practitioner, now: datetime) -> bool:
    """Whether somebody is a governance lead and may practise."""
    return reader.role is Role.GOVERNANCE_LEAD and practises(session, reader, now)


def practises(session: Cursor, reader: Practitioner, now: datetime) -> bool:
    """Whether somebody's registration is active."""
    second_line.about(session, reader, NOBODY)
    return gather(session, Asked(reader, "audit", "public-task"), NOBODY, now=now).registration == "active"


def mandate(reader: Practitioner) -> str | None:
    """The organisation whose people a lead answers for; None for everybody's, where they are of the partnership's."""
    return None if reader.agency is Agency.OVERSIGHT else reader.organisation
