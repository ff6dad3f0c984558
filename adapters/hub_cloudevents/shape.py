"""Our own envelope, described once: what a system writes that sends to the hub in the hub's own words.

From these descriptions come the reading, the published schema, the documentation, and what is said of a mistake.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from hub.update import (
    About,
    Action,
    Assertion,
    Polarity,
    Precision,
    Seen,
    Sensitivity,
    Significance,
    SourceKind,
    Triangle,
    Turning,
    Valence,
    Wellbeing,
)

_TRIMMED: Final = r"^\S(.*\S)?$(?!\n)"
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_INSTANT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$"
_MOMENT: Final = (
    r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?)?$"
)
SENDERS_SOURCE: Final = r"^[a-z][a-z0-9+.-]*:[A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]+$"

LONGEST_SOURCE: Final = 200
LONGEST_SEQUENCE: Final = 100

Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=_TRIMMED)]
Name = Annotated[str, Meta(max_length=200)]
Words = Annotated[str, Meta(max_length=500)]
Account = Annotated[str, Meta(max_length=4_000)]
Day = Annotated[str, Meta(pattern=rf"({_DAY})|^$", max_length=10)]

AgencyName = Literal["gp", "health-visiting", "social-work", "education", "police", "third-sector"]
System = Literal["nhs-number", "chi", "upn", "uln", "scn"]
Relation = Literal["mother", "father", "sibling", "carer", "other"]
Duty = Literal["gp-practice", "health-visiting-team", "school", "class-teacher", "allocated-social-worker"]
Stage = Literal["concern", "registered", "plan", "single-agency-plan", "looked-after"]


class Numbered(Struct, frozen=True, forbid_unknown_fields=True):
    """A national number of a person. Your system's own number of the person is `local_id`, not one of these."""

    system: Annotated[System, Meta(description="Whose number it is.")]
    value: Annotated[
        Annotated[str, Meta(min_length=1, max_length=40)],
        Meta(description="The number as your system holds it. A wrong check digit is noted, never refused."),
    ]
    verified: Annotated[bool, Meta(description="False where your system itself doubts it. Only true ones link.")] = True


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """What the person is called."""

    family: Annotated[Name, Meta(description="The family name.")] = ""
    given: Annotated[list[Name], Meta(max_length=20, description="Given names, the first one first.")] = []


class Subject(Struct, frozen=True, forbid_unknown_fields=True):
    """The child that the record is about, as your system knows them."""

    local_id: Annotated[
        Id, Meta(description="Your system's own id of the child: stable, and never given to another child.")
    ]
    identifiers: Annotated[list[Numbered], Meta(max_length=20, description="The child's national numbers.")] = []
    names: Annotated[Names | None, Meta(description="The child's names.")] = None
    birth_date: Annotated[Day, Meta(description="YYYY-MM-DD; empty where it is not known.")] = ""
    sex: Annotated[Annotated[str, Meta(max_length=40)], Meta(description="As your system holds it.")] = ""
    postcode: Annotated[Annotated[str, Meta(max_length=16)], Meta(description="The child's own.")] = ""
    restricted: Annotated[bool, Meta(description="True where the child's whereabouts must not become known.")] = False


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """The record in your system. Its id and version decide whether the hub has it already."""

    id: Annotated[Id, Meta(description="The record's id in your system, the same for all its corrections.")]
    version: Annotated[
        Annotated[str, Meta(max_length=200)],
        Meta(description="Another for each correction. Absent: the event's `sequence`; else the content decides."),
    ] = ""
    order: Annotated[
        Annotated[str, Meta(max_length=100)],
        Meta(
            description="Which of two versions is the newer: an instant with an offset, a whole number, or text that "
            "sorts; always the same of these. Absent: the event's `sequence`; without that, the later to arrive."
        ),
    ] = ""
    recorded_at: Annotated[
        Annotated[str, Meta(pattern=rf"({_INSTANT})|({_DAY})|^$")],
        Meta(description="When it was written down in your system: an instant with an offset, or a day."),
    ] = ""


class Time(Struct, frozen=True, forbid_unknown_fields=True):
    """When it happened, exactly as precisely as your system knows it."""

    precision: Annotated[Precision, Meta(description="How exactly it is known: the shape of `start` and `end`.")]
    start: Annotated[
        Annotated[str, Meta(pattern=_MOMENT)],
        Meta(description="YYYY, YYYY-MM, YYYY-MM-DD or an instant with an offset; empty only where it is unknown."),
    ] = ""
    end: Annotated[
        Annotated[str, Meta(pattern=_MOMENT)],
        Meta(description="Of a period, its end, in the shape of `start`; empty otherwise."),
    ] = ""
    approximate: Annotated[bool, Meta(description="True for about then.")] = False


class Coded(Struct, frozen=True, forbid_unknown_fields=True):
    """A code of your system's own list."""

    system: Annotated[Id, Meta(description="Which list.")]
    code: Annotated[Id, Meta(description="The code as it stands there.")]
    display: Annotated[Words, Meta(description="Its words there.")] = ""


class Writer(Struct, frozen=True, forbid_unknown_fields=True):
    """Who wrote the record: a professional."""

    name: Annotated[Name, Meta(description="Their name.")] = ""
    role: Annotated[Name, Meta(description="What they are employed as.")] = ""
    organisation: Annotated[Name, Meta(description="Where.")] = ""
    registration: Annotated[Name, Meta(description="Their number in a professional register.")] = ""


class Other(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody named in the record who is neither the child nor a professional: kept apart, sealed for themselves."""

    relation: Annotated[Relation, Meta(description="Who they are to the child.")]
    local_id: Annotated[Id, Meta(description="Your system's own id of this person.")]
    name: Annotated[Name, Meta(description="Their name.")] = ""
    text: Annotated[
        Annotated[str, Meta(max_length=20_000)],
        Meta(description="What the record says of them. Say it here, and not in `detail`."),
    ] = ""
    identifiers: Annotated[list[Numbered], Meta(max_length=20, description="Their national numbers.")] = []


class Works(Struct, frozen=True, forbid_unknown_fields=True):
    """Who works with the child. Each agency may state its own duty alone."""

    duty: Annotated[
        Duty,
        Meta(
            description="gp: gp-practice. health-visiting: its team. education: school, and class-teacher where you "
            "know who teaches the child. social-work: its worker."
        ),
    ]
    organisation: Annotated[Id, Meta(description="The code of the practice, team or school.")]
    worker: Annotated[Name, Meta(description="The code of the person, where one person has the duty.")] = ""
    name: Annotated[Name, Meta(description="The name of that person.")] = ""
    since: Annotated[Day, Meta(description="YYYY-MM-DD; empty where it is not known.")] = ""
    until: Annotated[Day, Meta(description="YYYY-MM-DD; empty while it goes on.")] = ""


class Stands(Struct, frozen=True, forbid_unknown_fields=True):
    """What stage of protection or planning the child is at. Only social work may state it."""

    kind: Annotated[
        Stage,
        Meta(
            description="concern: an investigation. registered: on the register. plan: a live one of several agencies. "
            "single-agency-plan: a live one of yours alone."
        ),
    ]
    since: Annotated[Day, Meta(min_length=1, description="YYYY-MM-DD.")]
    until: Annotated[Day, Meta(description="YYYY-MM-DD; empty while it goes on.")] = ""


class Marked(Struct, frozen=True, forbid_unknown_fields=True):
    """What your system knows of the record in coded words. Send what it truly holds, and leave out the rest."""

    assertion: Annotated[
        Assertion,
        Meta(description="Whether it is a fact, an opinion, an allegation or what somebody said of themselves."),
    ] = ""
    source_kind: Annotated[SourceKind, Meta(description="How whoever recorded it came to know.")] = ""
    turning: Annotated[Turning, Meta(description="Where it is a turning point.")] = ""
    seen: Annotated[Seen, Meta(description="Of a contact: whether the child was seen, and seen alone.")] = ""
    wellbeing: Annotated[list[Wellbeing], Meta(max_length=8, description="Indicators of wellbeing (SHANARRI).")] = []
    triangle: Annotated[list[Triangle], Meta(max_length=3, description="Sides of the My World Triangle.")] = []
    sequence: Annotated[
        Annotated[int, Meta(ge=0, le=999)],
        Meta(description="The place within the day, from 1, where no time is known; 0 for none."),
    ] = 0


class Accounted(Struct, frozen=True, forbid_unknown_fields=True):
    """What your system holds of the record in words of its own, beside headline and detail."""

    impact: Annotated[Account, Meta(description="What it means for the child.")] = ""
    action_taken: Annotated[Account, Meta(description="What was done.")] = ""
    no_action_reason: Annotated[Account, Meta(description="Why nothing was done; never beside what was done.")] = ""
    child_view: Annotated[Account, Meta(description="What the child thinks, or why nobody could ask.")] = ""
    parent_view: Annotated[Account, Meta(description="What a parent or carer thinks, or why nobody could ask.")] = ""
    seen_where: Annotated[Words, Meta(description="Where the child was seen.")] = ""
    source_detail: Annotated[Words, Meta(description="Where it is known from, more exactly.")] = ""
    on_behalf_of: Annotated[Words, Meta(description="The agency without a system for which yours recorded it.")] = ""


class Chronology(Struct, frozen=True, forbid_unknown_fields=True):
    """One record about one child: the common chronology event. A field that is not described here is refused."""

    agency: Annotated[AgencyName, Meta(description="The kind of agency it is from. A sender writes for its own alone.")]
    record: Annotated[Record, Meta(description="The record in your system.")]
    subject: Annotated[Subject, Meta(description="The child it is about.")]
    code: Annotated[Id, Meta(description="What kind of happening it is: a code of the hub's vocabulary.")]
    occurred: Annotated[Time, Meta(description="When it happened.")]
    action: Annotated[
        Action,
        Meta(description="assert: it is so. retract: it was entered in error, or deleted."),
    ] = "assert"
    headline: Annotated[Words, Meta(description="One line, in your agency's own words.")] = ""
    detail: Annotated[
        Annotated[str, Meta(max_length=100_000)],
        Meta(description="What happened, in your agency's own words; not what the record says of other people."),
    ] = ""
    organisation: Annotated[Name, Meta(description="The code of the practice, team or school it is from.")] = ""
    author: Annotated[Writer | None, Meta(description="Who wrote it.")] = None
    codings: Annotated[
        list[Coded], Meta(max_length=50, description="Your system's own codes for it, as they are.")
    ] = []
    sensitivity: Annotated[
        Sensitivity, Meta(description="Only ever raises what the vocabulary says of the code; ordinary lowers nothing.")
    ] = "ordinary"
    significance: Annotated[
        Significance | None, Meta(description="Where your agency says otherwise than the vocabulary.")
    ] = None
    valence: Annotated[Valence | None, Meta(description="Where your agency says otherwise than the vocabulary.")] = None
    marks: Annotated[Marked | None, Meta(description="What your system knows of it in coded words.")] = None
    account: Annotated[Accounted | None, Meta(description="What your system holds of it in words of its own.")] = None
    polarity: Annotated[Polarity, Meta(description="did-not-happen: refused, missed or not brought.")] = "happened"
    about: Annotated[About, Meta(description="Whom it is about; it is filed with the child all the same.")] = "child"
    third_persons: Annotated[list[Other], Meta(max_length=50, description="Other people whom the record names.")] = []
    involvement: Annotated[
        list[Works], Meta(max_length=20, description="Who works with the child, by this record.")
    ] = []
    status: Annotated[list[Stands], Meta(max_length=20, description="Protection and planning, by this record.")] = []


class Event(Struct, frozen=True):
    """A CloudEvent 1.0 that carries one record. Its id and time are for transport alone and decide nothing."""

    specversion: Annotated[Literal["1.0"], Meta(description="The version of CloudEvents.")]
    id: Annotated[Annotated[str, Meta(min_length=1)], Meta(description="Another for each event that you send.")]
    source: Annotated[
        Annotated[str, Meta(max_length=LONGEST_SOURCE, pattern=SENDERS_SOURCE)],
        Meta(
            description="Your own system as a URI, always the same. It goes before your ids, so two systems never mix."
        ),
    ]
    type: Annotated[Literal["hub.chronology.update.v1"], Meta(description="The name of this envelope.")]
    data: Annotated[Chronology, Meta(description="The record.")]
    datacontenttype: Annotated[Annotated[str, Meta(min_length=1)], Meta(description="application/json, or absent.")] = (
        "application/json"
    )
    time: Annotated[
        Annotated[str, Meta(min_length=1)] | UnsetType,
        Meta(description="When the event was sent, by RFC 3339. Decides nothing."),
    ] = UNSET
    sequence: Annotated[
        Annotated[str, Meta(min_length=1, max_length=LONGEST_SEQUENCE)] | UnsetType,
        Meta(description="CloudEvents' own extension: the record's version and order, where the data states none."),
    ] = UNSET
