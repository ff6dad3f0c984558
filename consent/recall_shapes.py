"""What people are told of a correction, and what those who answer for it are told of the people. Nothing of content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub.people import Agency

CORRECTED, TAKEN_BACK, OTHER_CHILD = "corrected", "taken-back", "other-child"


@dataclass(frozen=True, slots=True)
class Recall:
    """What a reader was told of an entry no longer stands. Ids, times and whom to ask.

    what: corrected; taken-back by its agency; or other-child, the record is not of the child under whom it was told.
    revision: of the entry's versions, the first of what stands instead; it is what the reader takes note of. told_at:
    the first time the reader was told otherwise; at: since when it is so, its day alone (00:00 UTC) by_day, where the
    reader was not shown the whole entry. agency: that keeps the record, None where
    the reader was never told. works: whether the reader works with the child today and may look. noted_at: when they
    took note of it, None while they have not.
    """

    child: UUID
    entry: UUID
    revision: int
    what: str
    told_at: datetime
    at: datetime
    agency: Agency | None
    ask: str
    works: bool
    by_day: bool
    noted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ToldOtherwise:
    """One person who was told, under one child, a version that no longer stands.

    level: how far, 0 announced to 4. revision: the newest such version, 0 where only that there is an entry. person and
    organisation are empty where these would give a kept address away to whoever asks, and child is None where it is
    another than theirs. noted_at as in a `Recall`.
    """

    person: str
    organisation: str
    agency: str
    child: UUID | None
    level: int
    revision: int
    told_at: datetime
    what: str
    at: datetime
    noted_at: datetime | None


@dataclass(frozen=True, slots=True)
class FrozenWith:
    """A frozen edition that tells a version of the entry which no longer stands."""

    edition: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class Account:
    """Who was told a version of one entry that no longer stands, whether they know it now, and the editions with it.

    The longest waiting come first, and whoever took note last of all.
    """

    entry: UUID
    told: tuple[ToldOtherwise, ...]
    editions: tuple[FrozenWith, ...] = ()

    @property
    def noted(self) -> int:
        """How many took note."""
        return sum(one.noted_at is not None for one in self.told)

    @property
    def oldest(self) -> datetime | None:
        """Since when the one who has waited longest has not taken note; None where everybody has."""
        return min((one.at for one in self.told if one.noted_at is None), default=None)
