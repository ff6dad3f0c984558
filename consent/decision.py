"""The answer to "may this person see this entry?", and the facts that the answer rests on.

Nothing here fetches anything: the same facts give the same answer, whenever they are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Literal
from uuid import UUID

from consent.emergency_shapes import Emergency
from hub.people import Agency, Practitioner
from hub.update import Account, Marks

Order = Literal["oldest", "newest"]
"""Which entries of a story come first; what has no time comes last in both."""


class Level(IntEnum):
    """The disclosure ladder. Each level includes those below it."""

    SEALED = 0
    WITHHELD = 1
    REDACTED = 2
    SHOWN = 3
    EXPORTABLE = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """A level, the rule that decided it, and the sentence for the person who asked.

    `rule` is the cap that bit, else the grant that set the ceiling, else empty: no rule matched, which
    is not the same as forbidden. `hits` are the ids of every matching rule, in the table's order;
    `obligations` what any of them asks of the hub.
    """

    level: Level
    rule: str
    sentence: str
    hits: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionKey:
    """What of an entry matters to a decision. Interned as a small number when the entry is projected.

    released: a recorded decision shares the very entry with the reader's organisation today.
    """

    number: int
    agency: str
    category: str
    sensitivity: str
    third_party: bool
    released: bool = False


@dataclass(frozen=True, slots=True)
class FactSource:
    """One fact as it entered a decision, and the event that supplied it (its log position)."""

    name: str
    value: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of this reader and this child at the moment of deciding.

    Each before controller is a value of that column of the policy's domain. controller: the kind of organisation the
    reader works for, public or other, by which a basis may be stated or not. consent: its state for each
    category, `none` where it lacks one. released: the entries that a recorded decision shares with the reader's
    organisation today. sources: where each came from.
    """

    registration: str = "active"
    relation: str = "none"
    agreement: str = "none"
    ground: str = "valid"
    protection: str = "none"
    plan: str = "none"
    emergency: str = "none"
    safe_address: str = "none"
    controller: str = "public"
    consent: dict[str, str] = field(default_factory=dict)
    released: frozenset[UUID] = frozenset()
    sources: tuple[FactSource, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, for what, on which basis."""

    reader: Practitioner
    purpose: str
    basis: str


@dataclass(frozen=True, slots=True)
class When:
    """When an entry happened, as precisely as it is known. Shapes as `hub.update.Occurred`."""

    start: str
    precision: str
    end: str = ""
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Withheld:
    """The reader may know that there is an entry, whose it is and when; and why it is closed; no more."""

    entry: UUID
    agency: Agency
    when: When
    rule: str
    reason: str
    ask: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """The summary in the shared vocabulary; not the agency's own words. cites as in `Shown.marks`."""

    entry: UUID
    agency: Agency
    when: When
    rule: str
    reason: str
    ask: str
    code: str
    summary: str
    significance: str
    polarity: str
    valence: str
    assertion: str = ""
    cites: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """The whole entry.

    recorded_at_source is the agency's own time (empty when not stated); received_at the hub's.
    revision counts this entry's versions up to what is shown. exportable: level 4. marks, account: what guidance asks
    of an entry besides, None where its source says nothing of the kind; marks.cites are only entries that this reader
    may know of.
    """

    entry: UUID
    agency: Agency
    when: When
    rule: str
    reason: str
    code: str
    summary: str
    significance: str
    polarity: str
    valence: str
    headline: str
    detail: str
    author: str
    organisation: str
    source: str
    recorded_at_source: str
    received_at: datetime
    revision: int
    third_party: bool
    defects: int
    exportable: bool
    marks: Marks | None = None
    account: Account | None = None


Entry = Shown | Redacted | Withheld


@dataclass(frozen=True, slots=True)
class ChildCard:
    """Who the child is, for a reader who may see at least one entry's summary; else only the id is filled."""

    child: UUID
    name: str = ""
    born: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What a reader is told beside an entry of their own looking and doing.

    came: whether this version came since they last looked. said: seen, acting, not-for-me, or empty, as they last said
    it; doing, due, passed_to: what they said with it.
    """

    came: bool = False
    said: str = ""
    doing: str = ""
    due: str = ""
    passed_to: str = ""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One act of showing, exactly as recorded in the access log.

    entries are in the order asked for. reading is the id of its access record. known_at is what was asked, None
    for now. cursor fetches the next page; empty when there is none. policy is the version's fingerprint. emergency is
    the emergency access under which it was made. beside: what is said about each of the entries (its outcome, a view, a
    disagreement), on whatever page that is. last_looked: when this reader last looked before, None for never or where
    it is asked how it was known once. notes: by entry, of those that have any. first: there is no page before this.
    """

    reading: UUID
    card: ChildCard
    entries: tuple[Entry, ...]
    purpose: str
    basis: str
    known_at: datetime | None
    policy: str
    cursor: str = ""
    emergency: Emergency | None = None
    beside: Mapping[UUID, tuple[Shown | Redacted, ...]] = field(default_factory=dict)
    last_looked: datetime | None = None
    notes: Mapping[UUID, Note] = field(default_factory=dict)
    first: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """What would lawfully open an entry further: what would have to be so, who can see to it, and how far then."""

    words: str
    who: str
    becomes: Level


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one entry is open or closed to one reader. ways: what could be asked for, so that more would be open."""

    reading: UUID
    entry: UUID
    answer: Answer
    policy: str
    facts: tuple[FactSource, ...]
    ask: str
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundChild:
    """A child that the reader may know of. name and born are empty when only the existence may be known.

    capacity_review: the birthday (12, 16, 18) since which nobody has said anew who decides for the child; 0 for none.
    """

    child: UUID
    name: str
    born: str
    relation: str
    capacity_review: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of the access log."""

    reading: UUID
    at: datetime
    reader: str
    role: str
    agency: str
    action: str
    child: UUID | None
    purpose: str
    basis: str
    outcome: str
    shown: int
    redacted: int
    withheld: int
    rules: tuple[str, ...]
    policy: str
    known_at: datetime | None
