"""What an inbox, and the list of concerns without an answer, tell: ids, whose, when and how old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from consent.decision import When
from consent.inbox_terms import Term
from hub.people import Agency


@dataclass(frozen=True, slots=True)
class Line:
    """That there is something: of which agency, since which day. Nothing of what it says.

    kind: new, corrected, or passed (somebody passed it to this person's organisation or role). purpose, basis: for
    which, and on which, the reader may read it.
    """

    entry: UUID
    agency: Agency
    kind: str
    received: date
    purpose: str
    basis: str


@dataclass(frozen=True, slots=True)
class ChildNews:
    """What is new of one child, the newest first. name and born are empty where only the existence may be known.

    more: whether there are more lines than are listed.
    """

    child: UUID
    name: str
    born: str
    lines: tuple[Line, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class MyNews:
    """The children of whom there is something new. more: whether there is of others too, who are not listed."""

    children: tuple[ChildNews, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Concern:
    """A concern that waits for an answer, and how many days old it is.

    code: of the shared vocabulary, and summary its words. purpose, basis: as of a line. promised: the day by which it
    was to be acted on, where it has passed and no outcome followed; else None.
    """

    entry: UUID
    agency: Agency
    when: When
    code: str
    summary: str
    significance: str
    received: date
    age: int
    purpose: str
    basis: str
    promised: date | None = None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The concerns of one child without an answer at the end of a day, the oldest first. term: after how many days."""

    child: UUID
    name: str
    born: str
    at: date
    term: Term
    concerns: tuple[Concern, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One concern without an answer, for governance: ids, whose it is, how many days old. No content."""

    entry: UUID
    child: UUID
    agency: Agency
    age: int


@dataclass(frozen=True, slots=True)
class Overseen:
    """The concerns of all children without an answer at the end of a day, in counts; the oldest of them by their ids.

    counts: by agency, how many are of each of `ages`, which are the least numbers of days of each group.
    """

    at: date
    term: Term
    ages: tuple[int, ...]
    counts: dict[Agency, tuple[int, ...]]
    oldest: tuple[Waiting, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(map(sum, self.counts.values()))
