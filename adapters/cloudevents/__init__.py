"""From a CloudEvent, however it was carried, to the records of its source: what the doors of HTTP and Kafka share.

Each source is handed either the payload of an event or, where the event itself is the record, the whole of it as JSON.
An event that cannot be opened becomes a refusal that keeps everything it came with, so that it can be read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from adapters import sources
from adapters.cloudevents.event import BATCH, SINGLE, CloudEvent, Fault, not_simple
from adapters.cloudevents.headers import KAFKA_PREFIX, Headers, content_type, has_attributes, read_kafka
from adapters.cloudevents.json_form import bare, read_structured, structured
from adapters.cloudevents.kept import KEPT, keeping
from hub.update import Delivery, Refusal, Translated

__all__ = [
    "BATCH",
    "KEPT",
    "OWN_SOURCE",
    "OWN_TYPE",
    "SINGLE",
    "CloudEvent",
    "Fault",
    "Handed",
    "Headers",
    "handed",
    "of_agency",
    "opened_record",
    "placed",
    "refusal",
    "source_of",
    "structured",
    "translated",
]

OWN_TYPE: Final = "hub.chronology.update.v1"
OWN_SOURCE: Final = "hub-cloudevents"
"""Our own envelope, and the source that its events are of: there `source` is the sender's own system, as a URI."""

_STRUCTURED: Final = "application/cloudevents"

_TOMBSTONE: Final = Fault(
    "cloudevent-tombstone",
    "The record has a key and no value, which on a compacted topic means that something was deleted.",
    "Send a retraction as an event of its own, and never compact the hub's topics.",
)
_OTHER_FORMAT: Final = Fault("cloudevent-format", "The event is in another format than that of one event in JSON.")
_NO_EVENT: Final = Fault(
    "cloudevent-incomplete",
    "The record is no CloudEvent: it has neither the content type of one nor its headers.",
    "Set the content type application/cloudevents+json, or one ce_ header for each attribute.",
)

Translate = Callable[[Delivery], Iterable[Translated]]


@dataclass(frozen=True, slots=True)
class Handed:
    """What an adapter is handed of an event: its payload, or, where `whole`, the event itself as structured JSON."""

    content: bytes
    whole: bool


def source_of(event: CloudEvent) -> str | Fault:
    """Which of the hub's sources an event is of, as its own attributes say."""
    if event.source in sources.names():
        return event.source
    if event.type == OWN_TYPE:
        return OWN_SOURCE
    return Fault(
        "cloudevent-unknown-source",
        "The event's source names no source of the hub, and its type is not the hub's own.",
        f"Give the hub's name of the source (hub sources lists them), or send the type {OWN_TYPE}.",
        "/source",
    )


def handed(event: CloudEvent | Fault, source: str) -> Handed | Fault:
    """What the adapter of this source is handed of an event. Raises BadInput for an unknown source."""
    reads = sources.source(source).reads
    if isinstance(event, Fault):
        return event
    if reads == "event":
        # As it was received: publishers of such events add what the specification does not allow.
        return Handed(event.original or structured(event), whole=True)
    if event.data is None:
        return Fault("cloudevent-data", "The event has no payload.", "Send data or data_base64.", "/data")
    return not_simple(event) or Handed(event.data, whole=False)


def opened_record(source: str, headers: Headers, value: bytes | None) -> Handed | Fault:
    """One record of a Kafka topic of this source. Raises BadInput for an unknown source, and nothing else."""
    event = _read_record(headers, value)
    if isinstance(event, CloudEvent) and event.source != source and event.source in sources.names():
        step = "Send each source to its own topic."
        return Fault("cloudevent-other-source", "The event is of another source than its topic.", step, "/source")
    return handed(event, source)


def translated(
    source: str, headers: Headers, value: bytes | None, *, agency: str = "", translate: Translate
) -> Iterator[Translated]:
    """The records of one record of a Kafka topic, in order; a refusal of the record itself keeps value and headers.

    source: the topic's. agency: the topic's, where it has one; a record of another is refused. translate: as for files.
    Raises BadInput for an unknown source, and nothing else, whatever the bytes are.
    """
    found = opened_record(source, headers, value)
    if isinstance(found, Fault):
        yield refusal(source, found, keeping(headers, value, agency), KEPT)
        return
    records = placed(translate(Delivery(source, "", found.content)), found, "")
    yield from of_agency(records, agency) if agency else records


def placed(found: Iterable[Translated], event: Handed, prefix: str) -> Iterator[Translated]:
    """The same, each with its place in the message: the event's own (`/3`), then where in the event, or in its data."""
    for one in found:
        where = f"{prefix}/data: {one.place}" if one.place else f"{prefix}/data"
        if event.whole:
            where = f"{prefix}{one.place}" if one.place.startswith("/") else f"{prefix}: {one.place}".lstrip(": ")
        yield replace(one, place=where)


def of_agency(found: Iterable[Translated], agency: str) -> Iterator[Translated]:
    """The same, but a record that states another agency than its sender's is refused: nobody speaks for another."""
    for one in found:
        if isinstance(one, Refusal):
            yield replace(one, agency=agency)
        else:
            yield one if one.agency == agency else _other_agency(one, agency)


def refusal(source: str, fault: Fault, original: bytes, media_type: str, prefix: str = "") -> Refusal:
    """A refusal of an event, with the bytes by which it can be read again; `prefix` is its place in the message.

    Where they may hold what is never stored (passwords, parents' contacts), with their digest alone.
    """
    place = f"{prefix}{fault.place}" or "/"
    refused = Refusal(source, fault.reason, place, fault.message, fault.next_step, original, media_type)
    return sources.without_secrets(refused, enveloped=True)


def _read_record(headers: Headers, value: bytes | None) -> CloudEvent | Fault:
    if value is None:
        return _TOMBSTONE
    kind = bare(content_type(headers))
    if kind == SINGLE:
        return read_structured(value)
    if kind.startswith(_STRUCTURED):
        return _OTHER_FORMAT
    return read_kafka(headers, value) if has_attributes(headers, KAFKA_PREFIX) else _NO_EVENT


def _other_agency(one: Translated, agency: str) -> Refusal:
    whole = sources.source(one.source).reads == "event"
    headers = [("content-type", SINGLE.encode())] if whole else None
    refused = Refusal(
        one.source,
        "other-agency",
        one.place,
        "The record states another agency than the one that its sender sends for.",
        "Send each agency's records with that agency's own credentials, or to its own topic.",
        keeping(headers, one.original, agency),
        KEPT,
        one.delivery,
    )
    return sources.without_secrets(refused)
