"""Emergency access: that somebody opened it, why, that it ended early, who was told, and what the review found.

The stream is of one child and one person, so two openings at once meet in it and become one. `emergency` is the id by
which one opening is known; `by` whoever acted, a directory id; `at` when, by the hub's clock, to the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from hub.events.base import Act, event


@dataclass(frozen=True, kw_only=True)
class EmergencyEvent(Act):
    """Something that happened to one emergency access. Reasons and notes are sealed under the child's own key."""

    HOLDER: ClassVar[str] = "child"

    child: UUID
    emergency: UUID
    by: str
    at: datetime


@event("EmergencyOpened")
@dataclass(frozen=True, kw_only=True)
class EmergencyOpened(EmergencyEvent):
    """Somebody opened it, for themself alone. It is over at `until`, without anything more being recorded."""

    role: str
    agency: str
    organisation: str
    until: datetime


@event("EmergencyReasonGiven")
@dataclass(frozen=True, kw_only=True)
class EmergencyReasonGiven(EmergencyEvent):
    """Whoever opened it said why."""

    SEALED: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str = ""


@event("EmergencyEnded")
@dataclass(frozen=True, kw_only=True)
class EmergencyEnded(EmergencyEvent):
    """Whoever opened it ended it before its time."""


@event("EmergencyAcknowledged")
@dataclass(frozen=True, kw_only=True)
class EmergencyAcknowledged(EmergencyEvent):
    """Somebody who had to be told has taken note."""


@event("EmergencyReviewed")
@dataclass(frozen=True, kw_only=True)
class EmergencyReviewed(EmergencyEvent):
    """A governance lead looked at it afterwards. finding: justified, not-justified, needs-follow-up.

    The last of them leaves the task open until another review closes it.
    """

    SEALED: ClassVar[tuple[str, ...]] = ("note",)

    finding: str
    note: str = ""
