"""What people said they do about an entry that they were told of: seen, acting on it, or passed on to somebody else.

The stream is of one entry and one person: each version is that person's newest word on it. It is nobody else's, so that
two colleagues never stand in each other's way; what a whole organisation said is what its people said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub.events.base import Act, event


@event("EntryAcknowledged")
@dataclass(frozen=True, kw_only=True)
class EntryAcknowledged(Act):
    """Somebody says what they do about one version of an entry. what: seen, acting or not-for-me.

    entry, revision: the record's stream, and the version of it that stood. by: a directory id; organisation, agency:
    theirs at the time. doing: what they do, and due: by when, YYYY-MM-DD, where they act. passed_to: whose it is
    instead, an organisation's code or a role, where it is not for them. Both texts are sealed under the child's key.
    """

    HOLDER: ClassVar[str] = "child"
    SEALED: ClassVar[tuple[str, ...]] = ("doing", "passed_to")

    child: UUID
    entry: UUID
    revision: int
    by: str
    organisation: str
    agency: str
    what: str
    due: str = ""
    doing: str = ""
    passed_to: str = ""
