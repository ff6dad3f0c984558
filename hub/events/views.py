"""What people said of two entries: that they tell of one happening, that they do not, or that this is open again.

The stream is of the two entries, whichever is named first: two people who race meet in the same version. Nothing is
changed in the entries, and nobody sees more or less of them for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub.events.base import Act, event


@dataclass(frozen=True, kw_only=True)
class Comparing(Act):
    """Somebody who may read both compared them. entries: the lesser id first. by: a directory id; agency: theirs."""

    HOLDER: ClassVar[str] = "child"
    SEALED: ClassVar[tuple[str, ...]] = ("reason",)

    child: UUID
    entries: tuple[UUID, UUID]
    by: str
    organisation: str
    agency: str
    reason: str = ""


@event("EntriesJoined")
@dataclass(frozen=True, kw_only=True)
class EntriesJoined(Comparing):
    """The two tell of one happening."""


@event("EntriesKeptApart")
@dataclass(frozen=True, kw_only=True)
class EntriesKeptApart(Comparing):
    """The two tell of two happenings."""


@event("EntriesComparedAnew")
@dataclass(frozen=True, kw_only=True)
class EntriesComparedAnew(Comparing):
    """What was said of the two no longer stands; whether they are one is open again."""
