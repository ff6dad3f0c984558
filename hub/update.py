"""What an adapter hands over: one record of a source, translated, before anyone knows whose it is.

Adapters return `Translated` values: an `Update` for each record they understood, a `Refusal` for each
one they could not. Nothing that came in is left out, and the order is the order of the file.
Shapes follow the common chronology event of the field reference; times are ISO 8601 text exactly as
precise as the source stated them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from uuid import UUID

Action = Literal["assert", "retract"]
Sensitivity = Literal[
    "ordinary",
    "concern",
    "confidential-health",
    "sexual-health",
    "gender-based-violence",
    "criminal",
    "adoption",
    "police-restricted",
    "restricted",
]
Significance = Literal["routine", "notable", "significant"]
Polarity = Literal["happened", "did-not-happen"]
Valence = Literal["strength", "concern", "mixed", "neutral"]
About = Literal["child", "parent", "carer", "sibling", "household", "other-adult"]
Assertion = Literal["", "fact", "opinion", "allegation", "self-report"]
SourceKind = Literal[
    "",
    "direct-observation",
    "told-by-child",
    "told-by-parent",
    "told-by-professional",
    "document",
    "automated-feed",
]
Turning = Literal["", "progress", "relapse", "turning-point"]
Seen = Literal["", "seen", "seen-alone", "not-seen"]
Wellbeing = Literal["safe", "healthy", "achieving", "nurtured", "active", "respected", "responsible", "included"]
Triangle = Literal["how-i-grow", "what-i-need", "my-wider-world"]


class Precision(StrEnum):
    """How exactly a time is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    INSTANT = "instant"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Occurred:
    """When something happened.

    `start` is `YYYY`, `YYYY-MM`, `YYYY-MM-DD` or an instant with an offset, as `precision` says; it is
    empty only when `precision` is unknown. `end` (same shapes) makes it a period.
    """

    start: str
    precision: Precision
    end: str = ""
    approximate: bool = False
    zone_assumed: bool = False


@dataclass(frozen=True, slots=True)
class Identifier:
    """An outside number for a person.

    `system` is a short name: nhs-number, chi, upn, scn, la-child-id and so on. `value` is text
    exactly as sent. Check digits are judged by the hub, not by the adapter.
    `verified` is False where the source itself says that the number is not verified.
    """

    system: str
    value: str
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """A person as one source knows them.

    `local_id` is the source's own record id for the person, stable between deliveries; together with
    the source it names the person record. Empty when the source gives none that can be trusted.
    `birth_dates` holds every date stated, several when the record contradicts itself.
    `restricted` is set from a source's own flag (restricted patient); the hub never clears it.
    """

    local_id: str
    identifiers: tuple[Identifier, ...] = ()
    family: str = ""
    given: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()
    sex: str = ""
    postcode: str = ""
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Author:
    """Who recorded it. A professional, never redacted as a third person."""

    name: str = ""
    role: str = ""
    organisation: str = ""
    registration: str = ""


@dataclass(frozen=True, slots=True)
class ThirdPerson:
    """Somebody who is not the subject and not a professional, named in the record.

    `relation` is mother, father, sibling, carer, other. `text` is what the record says of them; it is
    sealed with that person's own key and shown apart from the rest.
    """

    relation: str
    local_id: str
    name: str
    text: str = ""
    identifiers: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class Coding:
    """A code as sent, with the source's own display text."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a record that did not stop it: `code` is stable, `place` a pointer into the input.

    `note` never quotes the record.
    """

    code: str
    place: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class InvolvementFact:
    """The record says who works with the child. Organisation and worker are the source's own codes.

    `duty` is one of: gp-practice, health-visiting-team, school, class-teacher, allocated-social-worker. Where
    a class teacher is named for a child, the school's other class teachers do not work with the child.
    Dates are `YYYY-MM-DD`; an empty `until` means still going on.
    """

    duty: str
    organisation: str
    worker: str = ""
    name: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class StatusFact:
    """The record changes what stage of protection or planning the child is at.

    `kind` is one of: concern (a child protection investigation), registered (on the register, or a child
    protection plan), plan (a live multi-agency plan), single-agency-plan (a live plan of one agency), looked-after.
    """

    kind: Literal["concern", "registered", "plan", "single-agency-plan", "looked-after"]
    since: str
    until: str = ""


Fact = InvolvementFact | StatusFact


@dataclass(frozen=True, slots=True)
class Marks:
    """What was said about an entry in coded words, beside what its vocabulary code says; all of it may be left out.

    assertion: a fact, a professional's opinion, an allegation, or what somebody said of themselves. source_kind: how
    whoever recorded it came to know. significance_by: who set the significance. wellbeing: of the eight SHANARRI
    indicators. triangle: sides of the My World Triangle. sequence: the order within a day, 0 where unknown. cites:
    the entries that it is about (what it is the outcome, the view or the analysis of, or disagrees with).
    """

    assertion: Assertion = ""
    source_kind: SourceKind = ""
    significance_by: str = ""
    turning: Turning = ""
    seen: Seen = ""
    wellbeing: tuple[Wellbeing, ...] = ()
    triangle: tuple[Triangle, ...] = ()
    sequence: int = 0
    cites: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """What was said about an entry in words of its own: sealed like its text. All of it may be left out.

    Of action_taken and no_action_reason at most one is given. views are those of the child and the parent, or why
    they were not obtained. on_behalf_of: the agency without access in whose name it was recorded.
    """

    impact: str = ""
    action_taken: str = ""
    no_action_reason: str = ""
    child_view: str = ""
    parent_view: str = ""
    seen_where: str = ""
    source_detail: str = ""
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The record came in a delivery that holds everything its publisher has, so what is missing from it is news.

    `scope` names what the delivery is whole for: the publisher and the return, and the table where one file holds
    one table (`301|cin`, `SCH-ROWANBANK|pupilonroll`). It never names a person. `order` is sortable text of the
    delivery's place among the deliveries of its scope (a date, an instant, a term).
    """

    scope: str
    order: str


@dataclass(frozen=True, slots=True)
class Update:
    """One record of a source, ready for the hub's intake.

    source: the fixed source name (`nems`, `school-census`, …). record_id: the source's own id of the
    record, stable over its corrections. version: the source's version of it; empty when the source
    has none (the hub then uses a digest of the content). order: sortable text that says which of two
    versions is the newer (an ISO instant in UTC, padded); empty when the source does not say, and then
    the order of arrival decides. code: a code of `hub/vocabulary.csv`. headline and detail are the
    agency's own words. original: the bytes of this one record, as received, from which it can be read again
    alone. delivery: the bare name of the file it came in, never logged; some formats say the term or the version
    there alone. agency: the kind of agency it is from, where the source serves all of them; empty for the source's
    own. mapping: the version of the code lists by which it was read; the registry of sources sets it. snapshot: set
    by sources whose deliveries are whole. question: why a person must look at this record although it was placed
    (a stable code such as `number-changed`), empty for none; what it is about is the record itself. sender: the
    organisation whose system sent it, set by the door; another's system cannot change the record. Empty for files
    and topics whose sender nobody named, and for national feeds. valence: where the record says otherwise than its
    code does. marks, account: what guidance asks an entry to say besides, where the source says it.
    """

    source: str
    record_id: str
    version: str
    order: str
    action: Action
    person: Person
    code: str
    occurred: Occurred
    original: bytes
    media_type: str
    place: str
    headline: str = ""
    detail: str = ""
    recorded_at_source: str = ""
    organisation: str = ""
    author: Author = field(default_factory=Author)
    codings: tuple[Coding, ...] = ()
    sensitivity: Sensitivity = "ordinary"
    significance: Significance | None = None
    polarity: Polarity = "happened"
    about: About = "child"
    third_persons: tuple[ThirdPerson, ...] = ()
    facts: tuple[Fact, ...] = ()
    defects: tuple[Defect, ...] = ()
    delivery: str = ""
    agency: str = ""
    mapping: str = ""
    snapshot: Snapshot | None = None
    question: str = ""
    sender: str = ""
    valence: Valence | None = None
    marks: Marks | None = None
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record (or a whole file) that could not be translated. It goes to quarantine with its bytes.

    reason: a stable code (`xml-malformed`, `no-subject`, `unmapped-code`, …). place: line and column,
    JSON pointer, XPath or row. message: what is wrong. next_step: what the sender should do.
    Neither message nor next_step quotes the record. delivery, sender: as in an Update. agency: the sender's, which
    binds it when it is tried again; empty where the door does not know.
    """

    source: str
    reason: str
    place: str
    message: str
    next_step: str
    original: bytes
    media_type: str
    delivery: str = ""
    sender: str = ""
    agency: str = ""


Translated = Update | Refusal


@dataclass(frozen=True, slots=True)
class Delivery:
    """Bytes that arrived at a door. `name` is the file's bare name and is never logged.

    `size` is that of the whole delivery in bytes where `content` is only its beginning, else 0.
    """

    source: str
    name: str
    content: bytes
    size: int = 0
