"""What was decided about sharing: consent given, refused or withdrawn, for one recipient and one subject."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.events.base import Event, event


@dataclass(frozen=True, kw_only=True)
class ConsentEvent(Event):
    """The stream is child, recipient agency and category. Dates are `YYYY-MM-DD`; until empty: no end.

    recorded_by is a directory id; given_by is child, parent or carer, never a name.
    """

    child: UUID
    recipient: str
    category: str
    recorded_by: str
    given_by: str
    since: str
    until: str = ""


@event("ConsentGiven")
@dataclass(frozen=True, kw_only=True)
class ConsentGiven(ConsentEvent):
    """Consent was given."""


@event("ConsentRefused")
@dataclass(frozen=True, kw_only=True)
class ConsentRefused(ConsentEvent):
    """Consent was asked for and refused."""


@event("ConsentWithdrawn")
@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(ConsentEvent):
    """Consent given before was withdrawn."""
