"""One child of a social work payload: who they are, and how each of their records is cut out and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import orjson

from adapters.reading import JSON_MEDIA
from adapters.reading.json_node import Node, Odd
from hub.update import (
    Coding,
    Defect,
    Fact,
    Identifier,
    Occurred,
    Person,
    Precision,
    Refusal,
    Sensitivity,
    Translated,
    Update,
)
from hub.vocabulary import terms

SOURCE = "csc-api"
_AGAIN = "Correct the record in the social work system; it will come with the next payload."

_MARK = "urn:chronology-hub"
_GROUPS = frozenset({"health_and_wellbeing", "social_care_episodes"})
_READ_OF_A_PERSON = (
    "unique_pupil_number",
    "former_unique_pupil_number",
    "nhs_number",
    "first_name",
    "surname",
    "date_of_birth",
    "sex",
    "postcode",
)
_LONGEST_DETAILS = 4 * 1024

Wrap = Callable[[object], dict[str, object]]
"""Puts a part of the payload back into a payload of its own, so that it can be read again alone."""


@dataclass(frozen=True, slots=True)
class Only:
    """What a payload is the original of: one part of one child. The child's details stand beside it, as context.

    `record` where one object tells of several, `ordinal` where it was told from its neighbours by being counted.
    """

    part: str
    record: str = ""
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class Child:
    """The child, and where in the payload we stand.

    `details`: of the child's details, what says who they are. `wrap` makes a child of a part found here. `purged`: the
    sender deletes everything that stands here. `only`: the payload is an original, of this alone.
    """

    person: Person
    la_code: str
    la_child_id: str
    details: dict[str, object]
    wrap: Wrap = lambda part: {"child_details": part}
    purged: bool = False
    only: Only | None = None

    @property
    def council(self) -> str:
        """The organisation whose records these are."""
        return f"la-{self.la_code}"

    def wants(self, part: str) -> bool:
        """Whether the records of this part are to be read."""
        return self.only is None or self.only.part == part or (self.only.part in _GROUPS and part != "child_details")

    def selects(self, record: Record) -> bool:
        """Whether this one, of the several that one object tells of, is to be read."""
        return self.only is None or self.only.record in ("", _named(record))

    @property
    def counted_from(self) -> int:
        """How many records of the same day come before those that are here."""
        return self.only.ordinal if self.only else 0

    def payload(self, part: object, only: Only | None = None) -> dict[str, object]:
        """A payload with this child, who they are, and this part alone. A purge further up is stated again."""
        child: dict[str, object] = {"la_child_id": self.la_child_id}
        if self.purged:
            child["purge"] = True
        if only and self.details:
            child["child_details"] = self.details
        mark = {_MARK: _marked(only)} if only else {}
        return {"la_code": self.la_code, "Children": child | self.wrap(part), **mark}

    def of(self, part: str) -> Wrap:
        """Wraps a part that cannot be placed."""
        return self.payload if part == "child_details" else partial(self.payload, only=Only(part))


@dataclass(frozen=True, slots=True)
class Record:
    """What one record says, before it is known whether it can be placed.

    `own_id` is the sender's stable id, found under `id_key`; where there is none, `day` stands in, with
    `ordinal` to tell apart several of one day. `undated`: the record is not about a moment.
    `sensitivity` only where the record itself says more than the vocabulary does. `part`: the key under which it was
    found. `apart`: what its object says that is another record's.
    """

    element: str
    own_id: str
    code: str
    day: str
    headline: str
    detail: str = ""
    until: str = ""
    id_key: str = ""
    ordinal: int = 0
    undated: bool = False
    codings: tuple[Coding, ...] = ()
    facts: tuple[Fact, ...] = ()
    sensitivity: Sensitivity | None = None
    part: str = ""
    apart: tuple[str, ...] = ()


def only_of(payload: Node, parts: frozenset[str]) -> Only | None:
    """What a payload is the original of, of these parts; None for one from a council. An original has one child."""
    mark = payload.data.get(_MARK)
    if not isinstance(mark, dict) or not isinstance(payload.data.get("Children"), dict):
        return None
    stated = Node(mark, "")
    only = Only(stated.text("part"), stated.text("record"), stated.number("ordinal") or 0)
    return only if only.part in parts else None


def details_of(details: Node | None) -> dict[str, object] | None:
    """What the child's details say of who they are; None where it is too long to be kept with each record."""
    held = details.data if details else {}
    read = {name: held[name] for name in _READ_OF_A_PERSON if isinstance(held.get(name), str | int)}
    return read if len(_bytes(read)) <= _LONGEST_DETAILS else None


def person_of(la_code: str, la_child_id: str, details: Node | None) -> Person:
    """The child as the council knows them. An unborn child has an expected date, which is no date of birth.

    `nhs_number` in the details is an optional extension of the payload that many councils can fill.
    """
    local = Identifier("la-child-id", f"{la_code}/{la_child_id}")
    if details is None:
        return Person(f"{la_code}|{la_child_id}", (local,))
    stated = [
        Identifier("upn", details.text("unique_pupil_number")),
        Identifier("upn", details.text("former_unique_pupil_number"), verified=False),
        Identifier("nhs-number", details.text("nhs_number")),
    ]
    given, born = details.text("first_name"), details.day("date_of_birth")
    return Person(
        local_id=f"{la_code}|{la_child_id}",
        identifiers=(local, *(one for one in stated if one.value)),
        family=details.text("surname"),
        given=(given,) if given else (),
        birth_dates=(born,) if born else (),
        sex=details.text("sex"),
        postcode=details.text("postcode"),
    )


def place(child: Child, node: Node, record: Record) -> Translated:
    """Make an update of a record, or a refusal when nothing tells it from its neighbours."""
    purge, wrap = node.flag("purge"), partial(child.payload, only=_only(record))
    alone = Node(_alone(node, record), node.pointer)
    if purge is None:
        return refuse("unclear-purge", alone, wrap, "It cannot be told whether the record is to be deleted.", "purge")
    own_id = record.own_id
    if not own_id:
        if not record.day:
            return refuse("no-record-id", alone, wrap, "The record has neither an id nor a date.")
        own_id = f"{record.day}#{record.ordinal}"
        if record.id_key:
            node.defect("no-record-id", record.id_key, "No id is given; told apart by its date.")
    if not record.day and not record.undated:
        node.defects.append(Defect("no-date", node.pointer, "The record has no date."))
    original = _bytes(wrap(alone.data))
    return _update(child, node, replace(record, own_id=own_id), original, told=not (child.purged or purge))


def _update(child: Child, node: Node, record: Record, original: bytes, *, told: bool) -> Update:
    return Update(
        source=SOURCE,
        record_id=f"{child.person.local_id}|{record.element}|{record.own_id}",
        version="",
        order="",
        action="assert" if told else "retract",
        person=child.person,
        code=record.code,
        occurred=_occurred(record, node),
        original=original,
        media_type=JSON_MEDIA,
        place=node.pointer,
        headline=record.headline if told else "",
        detail=record.detail if told else "",
        organisation=child.council,
        codings=record.codings if told else (),
        sensitivity=record.sensitivity or terms()[record.code].sensitivity,
        facts=record.facts if told else (),
        defects=tuple(node.defects),
    )


def _only(record: Record) -> Only | None:
    """How a record is marked in its original; the child's details are the child's one record that needs no mark."""
    if not record.part:
        return None
    return Only(record.part, _named(record) if record.apart else "", 0 if record.own_id else record.ordinal)


def _marked(only: Only) -> dict[str, object]:
    mark: dict[str, object] = {"part": only.part, "record": only.record, "ordinal": only.ordinal}
    return {name: value for name, value in mark.items() if value}


def _named(record: Record) -> str:
    return f"{record.element}|{record.own_id}"


def _alone(node: Node, record: Record) -> dict[str, object]:
    return {key: value for key, value in node.data.items() if key not in record.apart}


def _occurred(record: Record, node: Node) -> Occurred:
    if not record.day:
        return Occurred("", Precision.UNKNOWN)
    if record.until and record.until < record.day:
        node.defects.append(Defect("end-before-start", node.pointer, "The record ends before it starts."))
        return Occurred(record.day, Precision.DAY)
    return Occurred(record.day, Precision.DAY, record.until)


def refuse(reason: str, node: Node, wrap: Wrap, message: str, key: str = "") -> Refusal:
    """Keep a part of the payload that cannot be placed, whole."""
    pointer = f"{node.pointer}/{key}" if key else node.pointer
    return Refusal(SOURCE, reason, pointer, message, _AGAIN, _bytes(wrap(node.data)), JSON_MEDIA)


def refuse_odd(odd: Odd, wrap: Wrap) -> Refusal:
    """Keep something that is not an object where one should stand, in a list: it may be a list itself."""
    message = "Something other than an object stands here."
    return Refusal(SOURCE, "wrong-type", odd.pointer, message, _AGAIN, _bytes(wrap([odd.value])), JSON_MEDIA)


def _bytes(value: object) -> bytes:
    """Keys in one order, so that the same content is always the same bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
