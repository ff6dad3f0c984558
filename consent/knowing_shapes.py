"""Who knew what when, as it is handed over: for each entry and agency, organisation and person, four moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment until another; until None: still so at the moment that was asked about."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Knower:
    """What one agency, one organisation of it (else empty) or one person of that (else empty) knew of an entry.

    recorded: when they recorded it themselves. available: when somebody of theirs who worked with the child could have
    been shown at least its summary. delivered: when it was first announced or shown to any of them in any way. opened:
    when any of them first read at least its summary, and revision which version. acknowledged: when any of them first
    said what they do about it, and what: seen, acting or not-for-me. Each is None, or empty, where it did not happen.
    """

    agency: str
    organisation: str = ""
    person: str = ""
    recorded: datetime | None = None
    available: tuple[Span, ...] = ()
    delivered: datetime | None = None
    opened: datetime | None = None
    revision: int = 0
    acknowledged: datetime | None = None
    what: str = ""

    @property
    def available_now(self) -> bool:
        """Whether it was open to them at the very moment that was asked about."""
        return bool(self.available) and self.available[-1].until is None


@dataclass(frozen=True, slots=True)
class EntryKnown:
    """One entry. agency keeps it; received: when the hub first held it as this child's.

    by_day: of something that the reader is not shown whole, every moment is told as its day alone (00:00 UTC). knowers:
    agencies in their order, each before its organisations, each of these before its people.
    """

    entry: UUID
    agency: str
    received: datetime
    by_day: bool
    knowers: tuple[Knower, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who knew what when of one child's entries, oldest received first, as recorded in the access log under reading.

    at: the moment that was asked about, None for now. cursor: fetches the next page, empty where there is none.
    """

    reading: UUID
    child: UUID
    at: datetime | None
    entries: tuple[EntryKnown, ...]
    cursor: str = ""
