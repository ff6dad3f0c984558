"""Side by side with the specification's own library: each reads what the other writes; where it invents, we refuse."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from cloudevents.core.bindings import http, kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent as TheirEvent

from adapters.cloudevents.event import CloudEvent, Fault, not_simple
from adapters.cloudevents.headers import read_http, read_kafka
from adapters.cloudevents.json_form import read_structured, structured

FORMAT = JSONFormat()
ATTRIBUTES = {
    "id": "visit-1",
    "source": "urn:example:clinic",
    "type": "visit.made",
    "specversion": "1.0",
    "time": datetime(2026, 1, 31, 9, 30, tzinfo=UTC),
    "subject": "100 % é € 😀",
    "datacontenttype": "application/json",
    "sequence": "0007",
}
DATA = {"note": "Isla was weighed; 50 % line.", "gewicht": 15.5}
JSON_ALONE = ("ce_id", "ce_specversion", "ce_time")


def theirs() -> TheirEvent:
    return TheirEvent(dict(ATTRIBUTES), DATA)


def same(event: CloudEvent | Fault) -> None:
    assert isinstance(event, CloudEvent), event
    assert (event.id, event.source, event.type) == ("visit-1", "urn:example:clinic", "visit.made")
    assert (event.time, event.subject) == ("2026-01-31T09:30:00Z", ATTRIBUTES["subject"])
    assert event.datacontenttype == "application/json"
    assert dict(event.extensions) == {"sequence": "0007"}
    assert orjson.loads(event.data or b"") == DATA


def ours() -> CloudEvent:
    return CloudEvent(
        id="visit-1",
        source="urn:example:clinic",
        type="visit.made",
        time="2026-01-31T09:30:00Z",
        subject=str(ATTRIBUTES["subject"]),
        datacontenttype="application/json",
        data=orjson.dumps(DATA),
        extensions={"sequence": "0007"},
    )


def raw(headers: dict[str, str]) -> list[tuple[str, bytes]]:
    return [(name, value.encode("latin-1")) for name, value in headers.items()]


# What it writes, we read


def test_we_read_what_it_writes_for_http() -> None:
    binary, json = http.to_binary(theirs(), FORMAT), http.to_structured(theirs(), FORMAT)

    same(read_http(raw(binary.headers), binary.body))
    assert json.headers["content-type"] == "application/cloudevents+json"
    same(read_structured(json.body))


def test_we_read_what_it_writes_for_kafka() -> None:
    binary, json = kafka.to_binary(theirs(), FORMAT), kafka.to_structured(theirs(), FORMAT)

    same(read_kafka(list(binary.headers.items()), binary.value))
    assert json.headers["content-type"] == b"application/cloudevents+json"
    same(read_structured(json.value))


# What we write, it reads


def test_it_reads_what_we_write() -> None:
    body = structured(ours())

    over_http = http.from_structured(
        http.HTTPMessage({"content-type": "application/cloudevents+json"}, body), FORMAT, TheirEvent
    )
    over_kafka = kafka.from_structured(
        kafka.KafkaMessage({"content-type": b"application/cloudevents+json"}, None, body), FORMAT, TheirEvent
    )

    for event in (over_http, over_kafka):
        assert event.get_attributes() == ATTRIBUTES
        assert event.get_data() == DATA


@pytest.mark.parametrize(("kind", "data"), [("application/xml", b"<x>\xc3\xa9</x>"), ("image/png", b"\x89PNG\xff\x00")])
def test_it_reads_what_we_write_of_other_payloads(kind: str, data: bytes) -> None:
    body = structured(CloudEvent("1", "urn:x", "t", datacontenttype=kind, data=data))

    event = http.from_structured(
        http.HTTPMessage({"content-type": "application/cloudevents+json"}, body), FORMAT, TheirEvent
    )

    found = event.get_data()
    assert (found.encode() if isinstance(found, str) else found) == data


# Where it invents, we refuse


@pytest.mark.parametrize("name", ["id", "specversion"])
def test_where_it_invents_an_attribute_we_refuse(name: str) -> None:
    message = kafka.to_binary(theirs(), FORMAT)
    headers = {key: value for key, value in message.headers.items() if key != f"ce_{name}"}
    body = {key: value for key, value in orjson.loads(structured(ours())).items() if key != name}

    invented = kafka.from_binary(kafka.KafkaMessage(headers, None, message.value), FORMAT, TheirEvent)
    also = kafka.from_structured(
        kafka.KafkaMessage({"content-type": b"application/cloudevents+json"}, None, orjson.dumps(body)),
        FORMAT,
        TheirEvent,
    )

    assert invented.get_attributes()[name]
    assert also.get_attributes()[name]
    for found in (read_kafka(list(headers.items()), message.value), read_structured(orjson.dumps(body))):
        assert isinstance(found, Fault)
        assert (found.reason, found.place) == ("cloudevent-incomplete", f"/{name}")


def test_two_readings_of_one_event_without_an_id_are_two_events_to_it_and_none_to_us() -> None:
    message = kafka.to_binary(theirs(), FORMAT)
    headers = {key: value for key, value in message.headers.items() if key != "ce_id"}
    again = [kafka.from_binary(kafka.KafkaMessage(headers, None, message.value), FORMAT, TheirEvent) for _ in "ab"]

    assert again[0].get_id() != again[1].get_id()
    assert isinstance(read_kafka(list(headers.items()), message.value), Fault)


def test_where_it_invents_a_time_we_have_none() -> None:
    message = kafka.to_binary(theirs(), FORMAT)
    headers = {key: value for key, value in message.headers.items() if key != "ce_time"}

    invented = kafka.from_binary(kafka.KafkaMessage(headers, None, message.value), FORMAT, TheirEvent)
    found = read_kafka(list(headers.items()), message.value)

    assert invented.get_attributes()["time"] is not None
    assert isinstance(found, CloudEvent)
    assert found.time == ""


def test_what_it_throws_on_or_lets_through_is_a_fault_with_its_place() -> None:
    message = kafka.to_binary(theirs(), FORMAT)
    headers = message.headers | {"ce_time": b"yesterday"}
    body = orjson.dumps(orjson.loads(structured(ours())) | {"filtering": {"generalpractitioner": 1}})

    with pytest.raises(ValueError, match="Expected 4 digits"):
        kafka.from_binary(kafka.KafkaMessage(headers, None, message.value), FORMAT, TheirEvent)
    let_through = kafka.from_structured(
        kafka.KafkaMessage({"content-type": b"application/cloudevents+json"}, None, body), FORMAT, TheirEvent
    )

    found = read_kafka(list(headers.items()), message.value)
    assert isinstance(found, Fault)
    assert (found.reason, found.place) == ("cloudevent-time", "/time")
    assert let_through.get_extension("filtering") == {"generalpractitioner": 1}
    event = read_structured(body)
    assert isinstance(event, CloudEvent)
    fault = not_simple(event)
    assert fault is not None
    assert fault.place == "/filtering"
