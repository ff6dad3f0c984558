"""CloudEvents as they are read and written: nothing invented, nothing lost, and whatever is odd said with its place."""

from __future__ import annotations

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.cloudevents.event import CloudEvent, Fault, is_instant, not_simple
from adapters.cloudevents.headers import read_http, read_kafka
from adapters.cloudevents.json_form import read_structured
from adapters.cloudevents.split import elements, members

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


# Half a character and the like are one event's own fault


def test_bytes_that_one_payload_should_not_hold_are_left_for_its_adapter() -> None:
    for data in (b'"\\ud800"', b'"\xff"', b'"a\tb"', b"NaN", b"1e999"):
        event = good(read_structured(b'{"specversion":"1.0","id":"1","source":"s","type":"t","data":%b}' % data))

        assert event.data == data


@pytest.mark.parametrize("odd", [b'{"\\ud800":1}', b'"\\udfff"', b'"\xff\xfe"', b"[NaN]"])
def test_a_list_is_cut_into_its_parts_whatever_is_in_them(odd: bytes) -> None:
    assert elements(b' [ {"a": [1 , 2]} ,%b, "x"] ' % odd) == [b'{"a": [1 , 2]}', odd, b'"x"']


@pytest.mark.parametrize(
    "content", [b"", b"[", b"[1", b"[1,]", b"[,1]", b"[1 2]", b"[] x", b"{}", b'["\\ud800",]', b'["\\ud800"] 1']
)
def test_what_is_no_list_is_cut_by_nobody(content: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        elements(content)


@given(
    st.dictionaries(
        st.text(), st.recursive(st.none() | st.text(), lambda inner: st.lists(inner, max_size=2)), max_size=4
    )
)
def test_an_object_is_cut_the_same_however_it_is_spaced(value: dict[str, object]) -> None:
    expected = [(name, orjson.loads(orjson.dumps(one))) for name, one in value.items()]

    for written in (orjson.dumps(value), json.dumps(value, indent=1).encode(), json.dumps(value).encode()):
        assert [(name, orjson.loads(one)) for name, one in members(written)] == expected
