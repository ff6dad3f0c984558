"""What is told of an emergency access: to whoever opened it, to those who must know, and to those who review it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

LONGEST: Final = timedelta(hours=3)
REASON_WITHIN: Final = timedelta(hours=24)
FINDINGS: Final = ("justified", "not-justified", "needs-follow-up")


@dataclass(frozen=True, slots=True)
class Emergency:
    """One emergency access. person is a directory id; until when it ends, or ended.

    reason_due: by when the reason must be given, None once it was.
    """

    id: UUID
    child: UUID
    person: str
    role: str
    agency: str
    organisation: str
    opened_at: datetime
    until: datetime
    reason_due: datetime | None

    def left(self, now: datetime) -> timedelta:
        """How much of it is left at a moment; nothing from its last second on."""
        return max(self.until - now, timedelta())

    def reason_overdue(self, now: datetime) -> bool:
        """Whether more than a day went by without its reason."""
        return self.reason_due is not None and now > self.reason_due


@dataclass(frozen=True, slots=True)
class EmergencyReading:
    """One reading under an emergency access: how many entries were shown whole, as a summary, and withheld."""

    reading: UUID
    at: datetime
    action: str
    outcome: str
    shown: int
    redacted: int
    withheld: int


@dataclass(frozen=True, slots=True)
class ReviewTask:
    """An emergency access that somebody has to look at: what was said for it, and what was opened; no content.

    finding and note: an earlier review's that left it open, else empty.
    """

    emergency: Emergency
    reason: str
    finding: str
    note: str
    readings: tuple[EmergencyReading, ...]

    @property
    def opened(self) -> tuple[int, int, int]:
        """How many entries in all its readings were shown whole, as a summary, and withheld."""
        seen = self.readings
        return sum(r.shown for r in seen), sum(r.redacted for r in seen), sum(r.withheld for r in seen)
