"""A notification as a CloudEvent, and in the older shape that is not one: nothing is made up that it does not state."""

from __future__ import annotations

import orjson

from adapters.mns.notice import AGAIN, Notice, incomplete, instant, one_person, subject
from adapters.reading.dates import day_of
from adapters.reading.json_node import Node, Odd, node_at
from adapters.reading.unreadable import JSON_MEDIA, Unreadable

CLOUDEVENT_MEDIA = "application/cloudevents+json"
_REQUIRED = ("id", "source", "type", "time")
_KNOWN = frozenset({*_REQUIRED, "specversion", "dataref", "subject", "datacontenttype", "dataschema"})
_CONTENT = frozenset({"data", "data_base64"})
_FILTERING = "filtering"
_MEANS = {"I": "invalidated", "R": "replaced by another"}


def event_of(node: Node) -> Notice:
    """The notice in one event of either shape; raises Unreadable where it is neither, or lacks what it must have."""
    shape = _old if "specversion" not in node.data and isinstance(node.data.get("subject"), dict) else _cloud_event
    return shape(node, orjson.dumps(node.data, option=orjson.OPT_SORT_KEYS))


def _cloud_event(node: Node, original: bytes) -> Notice:
    """A CloudEvent 1.0. An extension whose value is an object is not legal and is tolerated."""
    for name in ("specversion", *_REQUIRED):
        _text(node, name)
    if node.data["specversion"] != "1.0":
        message = "The notice is not a CloudEvent of version 1.0."
        raise Unreadable("cloudevent-version", f"{node.pointer}/specversion", message, AGAIN, JSON_MEDIA)
    number, dataref, kind = node.text("subject"), node.text("dataref"), _text(node, "type")
    person = subject(number, f"{node.pointer}/subject")
    one_person(kind, number, dataref, f"{node.pointer}/dataref")
    _extensions(node)
    filtering = _inner(node, _FILTERING)
    return Notice(
        identity=_text(node, "id"),
        source=_text(node, "source"),
        type=kind,
        time=instant(_text(node, "time"), f"{node.pointer}/time"),
        dataref=dataref,
        person=person,
        original=original,
        place=node.pointer or "/",
        media_type=CLOUDEVENT_MEDIA,
        sender=_text(node, "source"),
        organisation=_said(filtering, "sourceorganisation"),
        said=(
            _line("Immunisation", _said(filtering, "immunisationtype")),
            _line("Action", _said(filtering, "action")),
        ),
        defects=tuple(node.defects),
    )


def _old(node: Node, original: bytes) -> Notice:
    """The first version: subject and source are objects, and `data` holds a few codes."""
    about, sender, data = (_inner(node, name) for name in ("subject", "source", "data"))
    issuer, place = _inner(sender, "identifier"), node.pointer
    identity, kind, stated = (_text(node, name) for name in ("id", "type", "time"))
    number, dataref = about.text("nhsNumber"), _said(data, "fullUrl")
    person = subject(number, f"{place}/subject/nhsNumber", about.text("familyName"), _day(about, "dob"))
    one_person(kind, number, dataref, f"{place}/data/fullUrl")
    source = "/".join(filter(None, (_said(issuer, "system"), _said(issuer, "value"))))
    if not source:
        incomplete(place, "source")
    number_status = _said(data, "nhsNumberStatus")
    return Notice(
        identity=identity,
        source=source,
        type=kind,
        time=instant(stated, f"{place}/time"),
        dataref=dataref,
        person=person,
        original=original,
        place=place or "/",
        status=_said(data, "deathNotificationStatus") or number_status,
        sender=_said(sender, "name") or source,
        said=(
            _line("NHS number", _MEANS.get(number_status, number_status)),
            _line("Immunisation", _said(data, "immunisationType")),
            _line("Told by", _said(_inner(data, "provenance"), "name")),
        ),
        defects=(*node.defects, *about.defects),
    )


def _text(node: Node, name: str) -> str:
    value = node.data.get(name)
    if not isinstance(value, str) or not value.strip():
        incomplete(node.pointer, name)
    return value.strip()


def _day(node: Node, name: str) -> str:
    stated = node.text(name)
    day = day_of(stated)
    if stated and not day:
        node.defect("bad-date", name, "Not a date.")
    return day


def _extensions(node: Node) -> None:
    for name, value in node.data.items():
        if name in _CONTENT:
            node.defect("content-not-read", name, "A notice has no content; what came with this one was not read.")
        elif name not in _KNOWN and isinstance(value, dict | list):
            # Any other name is the sender's own, and may be content.
            shown = name if name == _FILTERING else "?"
            node.defect("cloudevent-extension", shown, "An extension that is no plain value, against the standard.")


def _inner(node: Node, name: str) -> Node:
    """An object below, or an empty one."""
    found = node_at(node.data.get(name), f"{node.pointer}/{name}")
    return Node({}, f"{node.pointer}/{name}") if isinstance(found, Odd) else found


def _said(node: Node, name: str) -> str:
    """A text, where it is one."""
    value = node.data.get(name)
    return value.strip() if isinstance(value, str) else ""


def _line(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""
