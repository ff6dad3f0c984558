"""CloudEvents as they are read and written: nothing invented, nothing lost, and whatever is odd said with its place."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.cloudevents_event import CloudEvent, Fault, is_instant, not_simple
from adapters.cloudevents_headers import read_http, read_kafka
from adapters.cloudevents_json import read_structured, structured

PLAIN = {"specversion": "1.0", "id": "1", "source": "urn:isla", "type": "visit.made"}
HEADERS = [(name, value.encode()) for name, value in PLAIN.items()]


def read(**changed: object) -> CloudEvent | Fault:
    """One event, `...` leaving an attribute out."""
    return read_structured(orjson.dumps({name: one for name, one in (PLAIN | changed).items() if one is not ...}))


def good(found: CloudEvent | Fault) -> CloudEvent:
    assert isinstance(found, CloudEvent), found
    return found


def bad(found: CloudEvent | Fault) -> tuple[str, str]:
    assert isinstance(found, Fault), found
    assert found.message
    assert found.next_step
    return found.reason, found.place


def in_http(*headers: tuple[str, bytes], body: bytes = b"x") -> CloudEvent | Fault:
    return read_http([*((f"ce-{name}", value) for name, value in HEADERS), *headers], body)


def in_kafka(*headers: tuple[str, bytes], value: bytes = b"x") -> CloudEvent | Fault:
    return read_kafka([*((f"ce_{name}", one) for name, one in HEADERS), *headers], value)


# What an event must have


@pytest.mark.parametrize("name", ["id", "source", "specversion", "type"])
@pytest.mark.parametrize("value", [..., None, "", "  ", 5, {}])
def test_what_is_missing_is_never_invented(name: str, value: object) -> None:
    assert bad(read(**{name: value})) == ("cloudevent-incomplete", f"/{name}")


@pytest.mark.parametrize("name", ["id", "source", "specversion", "type"])
def test_what_is_missing_among_headers_is_never_invented(name: str) -> None:
    rest = [one for one in HEADERS if one[0] != name]

    assert bad(read_http([(f"ce-{key}", value) for key, value in rest], b"x")) == ("cloudevent-incomplete", f"/{name}")
    assert bad(read_kafka([(f"ce_{key}", value) for key, value in rest], b"x")) == ("cloudevent-incomplete", f"/{name}")


@pytest.mark.parametrize("version", ["0.3", "1.1", "1", "2.0", "1.0 "])
def test_another_version_is_refused(version: str) -> None:
    assert bad(read(specversion=version)) == ("cloudevent-version", "/specversion")


def test_no_time_is_made_up() -> None:
    assert good(read()).time == ""
    assert good(in_http()).time == ""
    assert good(in_kafka()).time == ""


@pytest.mark.parametrize(
    "time",
    [
        *("2026-01-31T09:30:00Z", "2026-01-31t09:30:00z", "2026-01-31T09:30:00.123456789+01:00"),
        *("1990-12-31T23:59:60Z", "2024-02-29T00:00:00-12:00"),
    ],
)
def test_a_time_of_rfc_3339_is_kept_as_it_was_written(time: str) -> None:
    assert good(read(time=time)).time == time


@pytest.mark.parametrize(
    "time",
    [
        *("2026-01-31", "2026-01-31T09:30:00", "2026-02-30T09:30:00Z", "2026-01-31 09:30:00Z", "2026-01-31T9:30:00Z"),
        *("20260131T093000Z", "2026-01-31T24:00:01Z", "2026-01-31T09:30:00+0100", "2026-01-31T09:30:00Z\n", "now"),
        *("2026-01-31T09:30:00+25:00", "٢٠٢٦-01-31T09:30:00Z", "2026-01-31T09:61:00Z"),
    ],
)
def test_any_other_time_is_refused(time: str) -> None:
    assert bad(read(time=time))[1] == "/time"
    assert not is_instant(time)


@pytest.mark.parametrize("name", ["subject", "dataref", "datacontenttype", "dataschema", "time"])
def test_an_optional_attribute_is_text_or_absent(name: str) -> None:
    assert bad(read(**{name: ""})) == ("cloudevent-attribute", f"/{name}")
    assert bad(read(**{name: 7})) == ("cloudevent-attribute", f"/{name}")
    assert getattr(good(read(**{name: None})), name) == ""


@pytest.mark.parametrize("name", ["Upper", "with_line", "with-line", "übung", "", "a" * 41, "sp ace"])
def test_the_name_of_an_attribute_is_small_letters_and_digits(name: str) -> None:
    assert bad(read(**{name: "x"})) == ("cloudevent-attribute", "/?")


def test_an_attribute_holds_no_control_characters() -> None:
    assert bad(read(subject="a\x00b")) == ("cloudevent-attribute", "/subject")
    assert bad(read(id="a\nb")) == ("cloudevent-attribute", "/id")


def test_extensions_are_simple_values() -> None:
    event = good(read(sequence="7", urgent=True, count=3, nothing=None))

    assert dict(event.extensions) == {"sequence": "7", "urgent": True, "count": 3}
    assert not_simple(event) is None


@pytest.mark.parametrize("value", [{"a": 1}, [1], 1.5, 2**31, -(2**31) - 1])
def test_an_extension_of_any_other_kind_is_told(value: object) -> None:
    event = good(read(filtering=value))

    fault = not_simple(event)
    assert fault is not None
    assert (fault.reason, fault.place) == ("cloudevent-extension", "/filtering")
    assert orjson.loads(event.original)["filtering"] == value


# What an event carries


def test_a_payload_of_json_stays_byte_for_byte() -> None:
    event = good(
        read_structured(b'{"data": { "n" : 1.50, "n":2 } ,"id":"1","specversion":"1.0","source":"s","type":"t"}')
    )

    assert event.data == b'{ "n" : 1.50, "n":2 }'


@pytest.mark.parametrize(
    ("attributes", "data"),
    [
        ({"data": "<x/>", "datacontenttype": "application/xml"}, b"<x/>"),
        ({"data": "é", "datacontenttype": "text/plain; charset=utf-8"}, "é".encode()),
        ({"data": "text"}, b'"text"'),
        ({"data": None}, b"null"),
        ({"data_base64": "AP8="}, b"\x00\xff"),
        ({"data_base64": None}, None),
        ({"data_base64": ""}, b""),
        ({}, None),
    ],
)
def test_each_kind_of_payload_is_what_its_source_wrote(attributes: dict[str, object], data: bytes | None) -> None:
    assert good(read(**attributes)).data == data


@pytest.mark.parametrize(
    "attributes",
    [
        {"data": 1, "data_base64": "AA=="},
        {"data": None, "data_base64": "AA=="},
        {"data_base64": "*"},
        {"data_base64": "AA="},
        {"data_base64": 5},
        {"data": {"a": 1}, "datacontenttype": "text/plain"},
    ],
)
def test_a_payload_that_is_two_or_none_is_refused(attributes: dict[str, object]) -> None:
    assert bad(read(**attributes))[0] == "cloudevent-data"


@pytest.mark.parametrize(
    "twice",
    [
        b'{"specversion":"1.0","id":"1","source":"s","type":"t","id":"2"}',
        b'{ "specversion": "1.0", "id": "1", "source": "s", "type": "t", "\\u0069d": "2" }',
        b'{"specversion":"1.0","id":"1","source":"s","type":"t","data":1,"data":2}',
        b'{"specversion":"1.0","id":"1","source":"s","type":"t","data":"\xff\xff\xff","id":"2"}',
    ],
)
def test_an_attribute_that_stands_twice_is_refused(twice: bytes) -> None:
    assert bad(read_structured(twice))[0] == "cloudevent-duplicate-key"


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b'"x"', b"1", b"null", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"{}" * 2),
        *(b'{"id":"\\ud800"}', b'{"a":' * 50_000, b"[" * 200_000),
    ],
)
def test_what_is_no_event_is_a_fault_and_never_an_error(content: bytes) -> None:
    assert bad(read_structured(content))[0] in {"cloudevent-incomplete", "cloudevent-attribute"}


@given(st.binary(max_size=200))
def test_whatever_the_bytes_are_reading_ends_in_an_event_or_a_fault(content: bytes) -> None:
    assert isinstance(read_structured(content), CloudEvent | Fault)
    assert isinstance(read_http([("ce-id", content), ("content-type", content)], content), CloudEvent | Fault)
    assert isinstance(read_kafka([("ce_id", content), ("CE_ID", content)], content), CloudEvent | Fault)


# In headers


def test_an_event_comes_in_headers() -> None:
    event = good(in_http(("Ce-Subject", b"visit"), ("Content-Type", b"application/xml"), ("host", b"x"), body=b"<x/>"))

    assert event == CloudEvent(
        "1", "urn:isla", "visit.made", subject="visit", datacontenttype="application/xml", data=b"<x/>"
    )


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (b"Euro%20%E2%82%AC%20%F0%9F%98%80", "Euro € 😀"),
        (b"100%25", "100%"),
        (b"%2525", "%25"),
        (b'"quoted \\"word\\""', 'quoted "word"'),
        (b"plain", "plain"),
        (b"%c3%a9", "é"),
    ],
)
def test_over_http_values_are_percent_decoded_once(sent: bytes, meant: str) -> None:
    assert good(in_http(("ce-subject", sent))).subject == meant


def test_over_kafka_values_stand_as_they_are() -> None:
    assert good(in_kafka(("ce_subject", "100% é".encode()))).subject == "100% é"


@pytest.mark.parametrize("sent", [b"100%", b"%zz", b"%e2%82", b"\xff", b"a" * 9000])
def test_a_header_that_cannot_be_decoded_is_refused(sent: bytes) -> None:
    assert bad(in_http(("ce-subject", sent))) == ("cloudevent-header", "/subject")


def test_a_header_that_comes_twice_is_refused() -> None:
    assert bad(in_http(("CE-Id", b"2"))) == ("cloudevent-duplicate-key", "/id")
    assert bad(in_kafka(("ce_datacontenttype", b"a/b"), ("content-type", b"a/b")))[0] == "cloudevent-duplicate-key"


def test_the_payload_is_the_body_alone() -> None:
    assert bad(in_http(("ce-data", b"x"))) == ("cloudevent-attribute", "/?")
    assert bad(in_kafka(("ce_data_base64", b"x"))) == ("cloudevent-attribute", "/?")
    assert good(in_http(body=b"")).data is None


# Written

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zs", "Zl", "Zp"]), min_size=1)
EVENTS = st.builds(
    CloudEvent,
    id=TEXTS,
    source=TEXTS,
    type=TEXTS,
    time=st.sampled_from(["", "2026-01-31T09:30:00Z"]),
    subject=st.one_of(st.just(""), TEXTS),
    datacontenttype=st.sampled_from(
        ["", "application/json", "application/fhir+json", "text/plain", "application/xml", "a/b"]
    ),
    data=st.one_of(
        st.none(),
        st.binary(max_size=50),
        st.text(max_size=20).map(lambda text: text.encode(errors="replace")),
        st.lists(st.text('ab\\"é')).map(orjson.dumps),
    ),
    extensions=st.dictionaries(
        st.from_regex(r"x[a-z0-9]{0,10}", fullmatch=True), st.booleans() | TEXTS | st.integers(-(2**31), 2**31 - 1)
    ),
)


@given(EVENTS)
def test_what_is_written_is_read_as_it_was(event: CloudEvent) -> None:
    found = good(read_structured(structured(event)))

    assert replace(found, original=b"", data=None) == replace(event, data=None)
    if event.data is None or found.data is None:
        assert found.data == event.data
    else:
        assert found.data.strip() == event.data.strip()


def test_the_bytes_of_a_payload_of_json_are_embedded_as_they_are() -> None:
    event = CloudEvent("1", "urn:isla", "t", data=b'{ "n" : 1.50 }')

    assert structured(event).endswith(b'"data":{ "n" : 1.50 }}')


@pytest.mark.parametrize("data", [b"{", b"\xff", b'"\xff"', b"\xef\xbb\xbf{}", b""])
def test_what_only_says_that_it_is_json_is_kept_as_base64(data: bytes) -> None:
    event = CloudEvent("1", "urn:isla", "t", datacontenttype="application/json", data=data)

    assert orjson.loads(structured(event))["data_base64"] == base64.b64encode(data).decode()
    assert good(read_structured(structured(event))).data == data


# The published conformance cases


def _cases(shared: Path) -> list[tuple[dict[str, str], str]]:
    """The cases of the published file: attributes, and the data as a block of text with its margin."""
    text = (shared / "samples" / "cloudevents" / "v1_minimum.yaml").read_text(encoding="utf-8")
    found = []
    for part in text.split("\n---\n"):
        head, _, data = part.partition("\nData: |\n")
        lines = data.splitlines()
        margin = len(lines[0]) - len(lines[0].lstrip())
        attributes = dict(re.findall(r"^  (\w+): (.*)$", head, re.MULTILINE))
        found.append((attributes, "".join(line[margin:] + "\n" for line in lines)))
    return found


def test_the_published_conformance_cases_are_read_in_every_mode(shared: Path) -> None:
    cases = _cases(shared)

    assert len(cases) == 6
    for attributes, text in cases:
        data = text.encode()
        rest = [(name, value.encode()) for name, value in attributes.items() if name != "datacontenttype"]
        kind = ("content-type", attributes["datacontenttype"].encode())
        found = [
            good(read_http([*((f"ce-{name}", value) for name, value in rest), kind], data)),
            good(read_kafka([*((f"ce_{name}", value) for name, value in rest), kind], data)),
        ]
        found.append(replace(good(read_structured(structured(found[0]))), original=b""))
        for event in found:
            assert (event.id, event.source, event.type) == (attributes["id"], attributes["source"], attributes["type"])
            assert event.datacontenttype == attributes["datacontenttype"]
            assert event.data is not None
            assert event.data.strip() == data.strip()
