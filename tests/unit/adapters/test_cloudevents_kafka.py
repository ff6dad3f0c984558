"""Records of a Kafka topic: the topic says of which source and agency they are, and a bad one keeps all of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import resources

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import sources
from adapters.cloudevents import KEPT, SINGLE, Headers, of_agency, translated
from adapters.cloudevents.again import again
from adapters.cloudevents.event import BATCH
from adapters.cloudevents.kept import keeping, kept
from hub.errors import BadInput
from hub.update import Delivery, Refusal, Translated, Update
from tests.fake_hub import translate

REAL = partial(sources.translate, record_limit=2**20, file_limit=2**26)
BINARY = [("ce_id", b"1"), ("ce_source", b"urn:x"), ("ce_type", b"t"), ("ce_specversion", b"1.0")]
TEXT = [*BINARY, ("content-type", b"text/plain")]
STRUCTURED = [("content-type", b"Application/CloudEvents+JSON; charset=utf-8")]
EVENT: dict[str, object] = {"specversion": "1.0", "id": "1", "source": "urn:x", "type": "t"}
ISLA = resources.files("adapters").joinpath("samples/hub-cloudevents/isla-family-support.json").read_bytes()


def taken(headers: Headers, value: bytes | None, source: str = "nems") -> list[Translated]:
    return list(translated(source, headers, value, translate=translate))


def refused(headers: Headers, value: bytes | None, source: str = "nems") -> Refusal:
    (one,) = taken(headers, value, source)
    assert isinstance(one, Refusal)
    return one


def test_a_record_in_headers_is_read_as_its_source_reads_it() -> None:
    first, second = taken(TEXT, b"one\nbad")

    assert isinstance(first, Update)
    assert (first.original, first.place) == (b"one", "/data: line 1")
    assert isinstance(second, Refusal)
    assert (second.reason, second.place) == ("line-bad", "/data: line 2")


def test_a_structured_record_is_known_by_its_content_type_however_it_is_written() -> None:
    (one,) = taken(STRUCTURED, orjson.dumps(EVENT | {"data": "one", "datacontenttype": "text/plain"}))

    assert isinstance(one, Update)
    assert one.original == b"one"


@pytest.mark.parametrize(
    ("headers", "value", "reason"),
    [
        (TEXT, None, "cloudevent-tombstone"),
        (STRUCTURED, None, "cloudevent-tombstone"),
        (TEXT, b"", "cloudevent-data"),
        ([], b"one", "cloudevent-incomplete"),
        (TEXT[1:], b"one", "cloudevent-incomplete"),
        (STRUCTURED, b"{", "cloudevent-incomplete"),
        (STRUCTURED, orjson.dumps(EVENT), "cloudevent-data"),
        (STRUCTURED, orjson.dumps(EVENT | {"data": 1, "filtering": {"a": 1}}), "cloudevent-extension"),
        ([("content-type", b"application/cloudevents+avro")], b"x", "cloudevent-format"),
        ([("content-type", BATCH.encode())], b"[]", "cloudevent-format"),
        ([*TEXT, ("ce_\udcff", b"\xff")], b"x", "cloudevent-header"),
        (
            [(name, b"csc-api" if name == "ce_source" else value) for name, value in TEXT],
            b"x",
            "cloudevent-other-source",
        ),
    ],
)
def test_a_bad_record_is_refused_with_everything_it_came_with(
    headers: Headers, value: bytes | None, reason: str
) -> None:
    one = refused(headers, value)

    held = kept(one.original)
    assert (one.reason, one.source, one.media_type) == (reason, "nems", KEPT)
    assert held is not None
    assert held.value == value
    assert [found for _, found in held.headers or ()] == [found for _, found in headers]
    assert one.message
    assert one.next_step


@pytest.mark.parametrize("headers", [TEXT[1:], STRUCTURED, []])
@pytest.mark.parametrize("value", [None, b"\xff\x00", b"{"])
def test_a_refusal_read_again_is_the_same_refusal(headers: Headers, value: bytes | None) -> None:
    one = refused(headers, value)

    assert list(again(Delivery("nems", "", one.original), one.media_type, translate)) == [one]


def test_a_record_that_was_refused_can_be_read_once_it_is_understood() -> None:
    form = keeping(TEXT, b"one", "")

    (one,) = again(Delivery("nems", "", form), KEPT, translate)

    assert isinstance(one, Update)


def test_an_event_kept_by_itself_or_in_a_list_is_read_again() -> None:
    event = orjson.dumps(EVENT | {"data": "one", "datacontenttype": "text/plain"})

    (alone,) = again(Delivery("nems", "", event), SINGLE, translate)
    first, second, third = again(Delivery("nems", "", b"[%b,{},%b]" % (event, event)), BATCH, translate)

    assert isinstance(alone, Update)
    assert [first.place, second.place, third.place] == ["/0/data: line 1", "/1/id", "/2/data: line 1"]
    assert isinstance(second, Refusal)


def test_other_bytes_are_read_again_by_their_adapter() -> None:
    (one,) = again(Delivery("nems", "", b"one"), "text/plain", translate)

    assert isinstance(one, Update)


def test_a_topic_of_no_source_is_nobodys() -> None:
    with pytest.raises(BadInput):
        taken(TEXT, b"one", "nobody-knows")


# The agency of a topic


def own(agency: str) -> list[Translated]:
    return list(translated("hub-cloudevents", STRUCTURED, ISLA, agency=agency, translate=REAL))


def test_a_record_of_the_agency_of_its_topic_is_taken() -> None:
    (one,) = own("third-sector")

    assert isinstance(one, Update)
    assert (one.agency, one.place) == ("third-sector", "/data")


def test_a_record_that_states_another_agency_than_its_topic_is_refused_and_stays_refused() -> None:
    (one,) = own("education")

    assert isinstance(one, Refusal)
    assert one.reason == "other-agency"
    (again_,) = again(Delivery(one.source, "", one.original), one.media_type, REAL)
    assert isinstance(again_, Refusal)
    assert again_.reason == "other-agency"


def test_a_retry_that_does_not_know_the_form_lets_nothing_through() -> None:
    (one,) = own("education")

    (found,) = REAL(Delivery(one.source, "", one.original))
    assert isinstance(found, Refusal)


def test_what_came_as_a_file_stays_bound_to_its_senders_agency() -> None:
    def said(delivery: Delivery) -> Iterator[Translated]:
        yield from translate(Delivery("nems", "", delivery.content))

    (one,) = of_agency(said(Delivery("nems", "", b"one")), "gp")
    assert isinstance(one, Refusal)
    (found,) = again(Delivery("nems", "", one.original), one.media_type, said)

    assert isinstance(found, Refusal)
    assert found.reason == "other-agency"


def test_the_same_event_in_headers_and_in_json_is_the_same_record() -> None:
    event = orjson.loads(ISLA)
    attributes = [(f"ce_{name}", one.encode()) for name, one in event.items() if isinstance(one, str)]
    headers = [("content-type", b"application/json"), *(one for one in attributes if "contenttype" not in one[0])]

    (in_headers,) = translated("hub-cloudevents", headers, orjson.dumps(event["data"]), translate=REAL)
    (in_json,) = translated("hub-cloudevents", STRUCTURED, ISLA, translate=REAL)

    assert isinstance(in_headers, Update)
    assert isinstance(in_json, Update)
    assert orjson.loads(in_headers.original) == orjson.loads(in_json.original) == event
    assert in_headers.record_id == in_json.record_id


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ce_id", "ce_source", "ce_type", "ce_specversion", "content-type", "x"]), st.binary()
        )
    ),
    st.one_of(st.none(), st.binary()),
)
def test_whatever_comes_from_a_topic_something_comes_out(headers: Headers, value: bytes | None) -> None:
    for source in ("nems", "hub-cloudevents", "mns"):
        found = list(translated(source, headers, value, agency="gp", translate=REAL))

        assert found
        assert all(one.original for one in found)
