"""What a look at the quality of a chronology is given, and the advice that it gives back.

A look is given entries only as one reader may know of them, so that no advice can tell of anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from consent.beside import cites
from consent.decision import ChildCard, Entry, Redacted, Shown
from consent.edition_shapes import Reviewed
from consent.quality_words import Guide
from hub.people import Agency


@dataclass(frozen=True, slots=True)
class Invited:
    """An organisation that was asked to contribute to an edition, and what it answered (`edition_shapes.Answered`)."""

    name: str
    agency: Agency | None
    answer: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What an edition that is being prepared says besides its entries.

    analysis: its answers to the five questions and its note, together. limit: the most entries that the stage of the
    process calls for, 0 for none.
    """

    analysis: str = ""
    child_view: str = ""
    parent_view: str = ""
    limit: int = 0
    asked: tuple[Invited, ...] = ()


@dataclass(frozen=True, slots=True)
class Chronology:
    """What is looked at: a chronology as one reader may know of it, or an edition while it is prepared.

    entries are oldest first. today: the day of the look, or the day as known on. agencies: those that work with the
    child, as far as the reader may know. reviewed: when the whole was last looked at, None where that was not asked.
    edition: its own statements, None for a chronology.
    """

    entries: tuple[Entry, ...]
    today: date
    agencies: tuple[Agency, ...] = ()
    reviewed: Reviewed | None = None
    edition: Stated | None = None

    def told(self) -> list[Shown | Redacted]:
        """The entries whose summary at least is open to the reader."""
        return [one for one in self.entries if isinstance(one, Shown | Redacted)]

    def shown(self) -> list[Shown]:
        """The entries that are wholly open: nothing is said of words that the reader may not read."""
        return [one for one in self.entries if isinstance(one, Shown)]

    def cited_by(self, codes: Sequence[str]) -> set[UUID]:
        """The entries that an entry of one of these codes is about."""
        return {cited for one in self.told() if one.code in codes for cited in cites(one)}


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: a sentence, the entries that it is about, and what to do next."""

    sentence: str
    entries: tuple[UUID, ...]
    next_step: str


Look = Callable[[Chronology, Guide], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its fixed name, the failure that inspectors report, the requirement and guidance behind it."""

    name: str
    title: str
    source: str
    look: Look


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice. It never stops anybody from doing anything."""

    check: str
    title: str
    sentence: str
    entries: tuple[UUID, ...]
    next_step: str
    source: str


def ids(entries: Sequence[Entry]) -> tuple[UUID, ...]:
    """Which entries these are, in their order."""
    return tuple(one.entry for one in entries)


@dataclass(frozen=True, slots=True)
class Looked:
    """What could be better in a child's chronology, exactly as recorded in the access log under its reading.

    about: the entries that the advice names, as the reader may know of them.
    """

    reading: UUID
    card: ChildCard
    advice: tuple[Advice, ...]
    about: Mapping[UUID, Entry]
    entries: int
    known_at: datetime | None
    purpose: str
    basis: str
    policy: str
