"""Which topics there are: one for each source, and for a source of all agencies one for each agency."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import orjson

from adapters import cloudevents, sources
from adapters.cloudevents import Translate
from adapters.kafka import Partition, Record
from hub.people import Agency
from hub.update import Delivery, Refusal, Translated

UPDATES: Final = "hub.updates"
NOTICES: Final = "hub.notices"
_SENDING: Final = tuple(agency for agency in Agency if agency.sends)
_SUBJECT: Final = "ce_subject"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of updates. Whoever may write to it speaks for its source, and for its agency where it has one."""

    name: str
    source: str
    agency: str = ""


def topics() -> dict[str, Topic]:
    """Every topic the hub reads, by name."""
    found = [one for source in sources.names() for one in _of(source)]
    return {one.name: one for one in found}


def _of(source: str) -> Iterator[Topic]:
    if sources.agency_of(source) is not None:
        yield Topic(f"{UPDATES}.{source}", source)
        return
    for agency in _SENDING:
        yield Topic(f"{UPDATES}.{source}.{agency.value}", source, agency.value)


def updates(topic: Topic, record: Record, translate: Translate) -> Iterator[Translated]:
    """What one record of a topic says. Never raises: a fault of ours keeps the bytes like a fault of theirs."""
    named = _named(topic, record, translate)
    try:
        yield from cloudevents.translated(
            topic.source, record.headers, record.value, agency=topic.agency, translate=named
        )
    except Exception as error:  # noqa: BLE001 - one record must not stop the topic
        _log.error("A record of %s could not be read: %s", topic.name, type(error).__name__)
        yield refused(topic, record, "adapter-failed", f"The hub's own reading failed ({type(error).__name__}).")


def refused(topic: Topic, record: Record, reason: str, message: str) -> Refusal:
    """A record that could not be taken in for no fault of its sender."""
    refusal = Refusal(
        topic.source,
        reason,
        f"offset {record.offset}",
        message,
        "Nothing is to be done by the sender. Report it to the hub's keepers, and retry it with the next version.",
        record.value or b"",
        sources.source(topic.source).media_type,
    )
    return sources.without_secrets(refusal, enveloped=True)


def lost(topic: Topic, partition: Partition, reason: str, begin: int, end: int) -> Refusal:
    """Records that the broker no longer has and the hub never saw: a gap that a person must see."""
    place = {"topic": topic.name, "topic_id": partition.topic_id, "partition": partition.number}
    return Refusal(
        topic.source,
        reason,
        f"partition {partition.number}, offsets {begin} to {end - 1}",
        f"{end - begin} records are no longer on the broker and may never have been read.",
        "Have the sender send what it sent in that time again: what is held already is known as a duplicate.",
        orjson.dumps({**place, "from": begin, "to": end}),
        "application/json",
    )


def _named(topic: Topic, record: Record, translate: Translate) -> Translate:
    """Some files say the term of their records in their name alone; over Kafka that is the subject of the event."""
    given = [value for name, value in record.headers if name.lower() == _SUBJECT]
    if len(given) != 1 or sources.source(topic.source).reads != "payload":
        return translate
    name = given[0].decode("utf-8", "replace").rpartition("/")[2]

    def named(delivery: Delivery) -> Iterator[Translated]:
        yield from translate(replace(delivery, name=name))

    return named
