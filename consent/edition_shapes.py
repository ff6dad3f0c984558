"""What an edition is made of, what its maker hands over, and what is told of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args
from uuid import UUID

from consent.decision import ChildCard, Entry

Purpose = Literal["cppm", "core-group", "lac-review", "assistance", "supervision", "learning-review", "family"]
"""Child Protection Planning Meeting, Core Group, review of a looked-after child, request for assistance, and so on."""

Stage = Literal["universal", "single-agency-plan", "multi-agency-plan", "looked-after", "concern", "registered"]
"""How far the work with a child has gone; it says how much detail an edition needs."""

Part = Literal[
    "getting-in-the-way",
    "information-needed",
    "what-i-can-do",
    "what-my-agency-can-do",
    "help-from-others",
    "patterns",
    "strengths",
    "gaps",
    "meaning",
    "child-view",
    "parent-view",
    "disagreements",
    "contributors",
]
"""What is written in an edition: the five questions of GIRFEC, what the analysis found, views, and who contributed."""

Why = Literal[
    "",
    "chosen",
    "always-in",
    "significant-enough",
    "routine",
    "outside-window",
    "duplicate",
    "taken-back",
    "not-open-to-maker",
]
"""Why an entry is in an edition or is left out. chosen: by hand. not-open-to-maker: all they know is that it exists.

Empty where this reader is not told.
"""

NoView = Literal["", "not-asked", "not-able", "not-wanted", "not-safe", "not-reached"]
"""Why there is no view of the child or the parent."""

Answered = Literal["no-answer", "contributed", "nothing-held", "refused"]
"""What an agency that was asked to contribute answered."""

PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
PARTS: Final[tuple[Part, ...]] = get_args(Part)
QUESTIONS: Final = PARTS[:5]
VIEWS: Final = ("child-view", "parent-view")


class Member(NamedTuple):
    """One of an audience: a person of the directory, or everybody of an organisation, or those there with a role."""

    person: str = ""
    organisation: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class EditionSaid:
    """What an edition is prepared with. since, until: the window, `YYYY-MM-DD`, an empty one is open.

    known_at: as the story was known at a moment that has passed; None for now. stage: empty for what is on record.
    basis: on which each of the audience is to read it.
    """

    purpose: str
    audience: tuple[Member, ...]
    since: str = ""
    until: str = ""
    known_at: datetime | None = None
    stage: str = ""
    basis: str = "public-task"


@dataclass(frozen=True, slots=True)
class Written:
    """One part of an edition in its maker's words. cites: entries of it. none: of a view, why there is none."""

    part: str
    text: str = ""
    cites: tuple[UUID, ...] = ()
    none: str = ""


@dataclass(frozen=True, slots=True)
class Contribution:
    """An organisation that was asked to contribute, and what it answered. reason: of a refusal, needed."""

    organisation: str
    answer: str = "no-answer"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What is changed in a draft, all at once. reason: of all entries that are included or excluded here, needed then.

    audience: in place of the former. refresh: look again at what is known now; what was chosen by hand stays so.
    """

    include: tuple[UUID, ...] = ()
    exclude: tuple[UUID, ...] = ()
    reason: str = ""
    written: tuple[Written, ...] = ()
    asked: tuple[Contribution, ...] = ()
    audience: tuple[Member, ...] = ()
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry of an edition as far as this reader may see it now, and why it is in or was left out.

    words: the maker's, where it was chosen by hand. since: corrected or taken-back, where it was since it was frozen
    or, of a draft, last looked at. closed: this reader may see less of it now than when it was frozen.
    """

    entry: Entry
    why: Why
    words: str = ""
    since: Literal["", "corrected", "taken-back"] = ""
    closed: bool = False


@dataclass(frozen=True, slots=True)
class EditionView:
    """An edition as one reader may see it now.

    version: of its stream, for its maker to hand back with a change, else 0. hash: of this reader's copy, empty for a
    draft. whole: whether what is stored still has that hash. closed: something that this reader was shown before is
    closed since. changed: something in it was corrected or taken back since. superseded_by: the next edition for the
    same purpose that this reader may read. longest: how many entries one of this stage should have at the most; 0 where
    it is not for this reader to make. number: counts its maker's editions of the child, and is told to them alone, else
    0. people: the names of those whom it names by id. decided_for: the purpose for which it is decided what its readers
    are shown, on its basis.
    """

    reading: UUID
    edition: UUID
    state: Literal["draft", "frozen"]
    card: ChildCard
    purpose: Purpose
    basis: str
    stage: Stage
    since: str
    until: str
    known_at: datetime
    prepared_by: str
    organisation: str
    audience: tuple[Member, ...]
    entries: tuple[Chosen, ...]
    left_out: tuple[Chosen, ...]
    written: Mapping[Part, Written]
    asked: tuple[Contribution, ...]
    version: int
    number: int = 0
    frozen_at: datetime | None = None
    hash: str = ""
    whole: bool = True
    closed: bool = False
    changed: bool = False
    superseded_by: UUID | None = None
    longest: int = 0
    people: Mapping[str, str] = field(default_factory=dict)
    decided_for: str = ""


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition in a list: what it is, of nothing that is in it. maker: the name of whoever prepared it."""

    edition: UUID
    state: Literal["draft", "frozen"]
    purpose: Purpose
    stage: Stage
    since: str
    until: str
    known_at: datetime
    prepared_by: str
    organisation: str
    version: int
    number: int = 0
    frozen_at: datetime | None = None
    superseded_by: UUID | None = None
    maker: str = ""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft as it stands after something was done to it. new: what became known since it last looked, a count."""

    edition: UUID
    version: int
    included: int
    left_out: int
    new: int = 0


@dataclass(frozen=True, slots=True)
class Frozen:
    """An edition that was frozen. hash: of its maker's own copy.

    quoted: entries cited in the analysis that somebody of the audience is not shown in full: the text is theirs to
    read all the same. notes: what its maker should know, in sentences.
    """

    edition: UUID
    version: int
    number: int
    hash: str
    frozen_at: datetime
    quoted: tuple[UUID, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Previewed:
    """One copy that there would be, were a draft frozen now. Nobody is named.

    readers: how many would read it. own: whether its maker is one of them. whole, summary, existence, absent: of how
    many of its entries they would be shown all, the summary, that there is one, and nothing.
    """

    readers: int
    own: bool
    whole: int
    summary: int
    existence: int
    absent: int


@dataclass(frozen=True, slots=True)
class Compared:
    """What is otherwise in the newer of two editions, of what this reader may see of both.

    added: only in the newer. left_out: only in the older, with the newer's reason where this reader is told it.
    changed: in both, in another version, as the newer has it. written: the parts of the analysis that differ.
    """

    older: UUID
    newer: UUID
    added: tuple[Chosen, ...] = ()
    left_out: tuple[Chosen, ...] = ()
    changed: tuple[Chosen, ...] = ()
    written: tuple[Part, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Reviewed:
    """When a child's story was last looked at as a whole, as far as this reader knows.

    edition: the newest frozen one that they may read, None for none; days since it was. significant: entries of
    significance that this reader may see and that became known after it.
    """

    edition: UUID | None = None
    frozen_at: datetime | None = None
    days: int = 0
    significant: tuple[UUID, ...] = ()
