"""A notification as FHIR: a Bundle whose Parameters tell a subscriber that something happened, and where to ask."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from adapters.fhir.values import Node, every, nodes, resource_type, text
from adapters.mns.notice import AGAIN, Notice, incomplete, instant, one_person, subject
from adapters.reading.unreadable import JSON_MEDIA, Unreadable

FHIR_MEDIA = "application/fhir+json"
_NOTIFIED = "notification-event"
_HEAD: tuple[str, ...] = ("resourceType", "id", "type", "timestamp")
Signal = tuple[str, Node]
"""A place, and a Bundle with one entry, which has at most one event."""


def is_signal(value: object) -> bool:
    """Whether it is FHIR at all; what is in it is told when it is read."""
    return resource_type(value) in {"Bundle", "Parameters"}


def signals(value: Node, place: str) -> Iterator[Signal]:
    """Each event of each entry by itself, as a bundle of its own."""
    if resource_type(value) == "Parameters":
        value = {"resourceType": "Bundle", "type": "history", "entry": [{"resource": value}]}
    head: Node = {name: value[name] for name in _HEAD if name in value}
    for index, entry in enumerate(every(value, "entry")):
        for number, alone in enumerate(_alone(entry)):
            event = f"/{number}" if number else ""
            yield f"{place}/entry/{index}/resource{event}", {**head, "entry": [alone]}


def notice_of(signal: Node, place: str) -> Notice:
    """The notice in one signal; raises Unreadable where its entry is none, or lacks what a notice must have."""
    resource = next(iter(nodes(signal, "entry", "resource")), {})
    event = next(iter(_named(resource, "parameter", _NOTIFIED)), None)
    context = next(iter(_named(resource, "parameter", "additional-context")), {})
    if resource_type(resource) != "Parameters" or event is None:
        raise Unreadable("not-a-notice", place, "The entry tells of no event.", AGAIN, JSON_MEDIA)
    number, dataref = _part(context, "subject", "identifier", "value"), _part(event, "focus", "reference")
    source, kind = _part(context, "source"), _part(context, "event-type")
    stated = {"id": _identity(resource, event), "source": source, "type": kind}
    for name, value in stated.items():
        if not value:
            incomplete(place, name)
    person = subject(number, place)
    one_person(kind, number, dataref, place)
    return Notice(
        identity=stated["id"],
        source=source,
        type=kind,
        time=instant(_part(event, "timestamp"), place),
        dataref=dataref,
        person=person,
        original=original_of(signal),
        place=place,
        media_type=FHIR_MEDIA,
        sender=source,
    )


def original_of(signal: Node) -> bytes:
    """The signal's own JSON, its keys in one order."""
    return orjson.dumps(signal, option=orjson.OPT_SORT_KEYS)


def _alone(entry: object) -> Iterator[object]:
    """The entry once for each event in it, the other events left out."""
    if not isinstance(entry, dict):
        yield entry
        return
    resource = next(iter(nodes(entry, "resource")), {})
    events = _named(resource, "parameter", _NOTIFIED)
    if len(events) <= 1:
        yield entry
        return
    rest = [part for part in nodes(resource, "parameter") if text(part, "name") != _NOTIFIED]
    for event in events:
        yield {**entry, "resource": {**resource, "parameter": [*rest, event]}}


def _identity(resource: Node, event: Node) -> str:
    """The id of the notice; beyond the first event of a subscription's message, with the event's number."""
    number = _part(event, "event-number")
    identity = text(resource, "id")
    return identity if number in {"", "1"} or not identity else f"{identity}#{number}"


def _named(node: Node, path: str, name: str) -> list[Node]:
    return [part for part in nodes(node, path) if text(part, "name") == name]


def _part(node: Node, name: str, *path: str) -> str:
    """The value of a part, whichever of FHIR's kinds of value it is."""
    for part in _named(node, "part", name):
        for key, value in part.items():
            if key.startswith("value"):
                return text(value, *path) if path else text(part, key)
    return ""
