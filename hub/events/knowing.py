"""What people did with what they were told of a correction: that they took note of it, once."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from hub.events.base import Act, event


@event("CorrectionAcknowledged")
@dataclass(frozen=True, kw_only=True)
class CorrectionAcknowledged(Act):
    """Somebody took note that what they were told of an entry no longer stands. The stream is theirs, of that entry.

    child: under whom they were told of it. entry, revision: the record's stream, and the version since which it is so.
    what: corrected, taken-back or other-child. by: a directory id; organisation, agency: theirs at the time.
    """

    child: UUID
    entry: UUID
    revision: int
    what: str
    by: str
    organisation: str
    agency: str
