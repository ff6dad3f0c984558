"""One child of a social work payload: who they are, and how each of their records is cut out and named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import orjson

from adapters.json_node import Node, Odd
from adapters.reading import JSON_MEDIA
from hub.update import (
    Action,
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

Wrap = Callable[[dict[str, object]], dict[str, object]]
"""Puts a part of the payload back into a payload of its own, so that it can be read again alone."""


@dataclass(frozen=True, slots=True)
class Child:
    """The child, and where in the payload we stand.

    `wrap` makes a payload of a part found here. `purged`: the sender deletes everything that stands here.
    """

    person: Person
    council: str
    wrap: Wrap
    purged: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """What one record says, before it is known whether it can be placed.

    `own_id` is the sender's stable id, found under `id_key`; where there is none, `day` stands in, with
    `ordinal` to tell apart several of one day. `undated`: the record is not about a moment.
    `sensitivity` only where the record itself says more than the vocabulary does.
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
    purge = node.flag("purge")
    if purge is None:
        return refuse(
            "unclear-purge", node, child.wrap, "It cannot be told whether the record is to be deleted.", "purge"
        )
    own_id = record.own_id
    if not own_id:
        if not record.day:
            return refuse("no-record-id", node, child.wrap, "The record has neither an id nor a date.")
        own_id = f"{record.day}#{record.ordinal}"
        if record.id_key:
            node.defect("no-record-id", record.id_key, "No id is given; told apart by its date.")
    if not record.day and not record.undated:
        node.defects.append(Defect("no-date", node.pointer, "The record has no date."))
    return _update(child, node, replace(record, own_id=own_id), "retract" if child.purged or purge else "assert")


def _update(child: Child, node: Node, record: Record, action: Action) -> Update:
    told = action == "assert"
    # A purge stated further up is written onto the part, so that the part says the same when read alone.
    part = node.data if told else {**node.data, "purge": True}
    return Update(
        source=SOURCE,
        record_id=f"{child.person.local_id}|{record.element}|{record.own_id}",
        version="",
        order="",
        action=action,
        person=child.person,
        code=record.code,
        occurred=_occurred(record, node),
        original=_bytes(child.wrap(part)),
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


def _occurred(record: Record, node: Node) -> Occurred:
    if not record.day:
        return Occurred("", Precision.UNKNOWN)
    if record.until and record.until < record.day:
        node.defects.append(Defect("end-before-start", node.pointer, "The record ends before it starts."))
        return Occurred(record.day, Precision.DAY)
    return Occurred(record.day, Precision.DAY, record.until)


def refuse(reason: str, node: Node | Odd, wrap: Wrap, message: str, key: str = "") -> Refusal:
    """Keep a part of the payload that cannot be placed, whole."""
    pointer = f"{node.pointer}/{key}" if key else node.pointer
    kept = wrap(node.data) if isinstance(node, Node) else {"part": node.value}
    return Refusal(SOURCE, reason, pointer, message, _AGAIN, _bytes(kept), JSON_MEDIA)


def refuse_odd(odd: Odd, wrap: Wrap) -> Refusal:
    """Keep something that is not an object where one should stand."""
    return refuse("wrong-type", odd, wrap, "Something other than an object stands here.")


def _bytes(value: object) -> bytes:
    return orjson.dumps(value)
