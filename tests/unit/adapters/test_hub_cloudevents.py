"""Our own envelope: one record about one child in the hub's own words, and exact words about every mistake in it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from importlib import resources
from itertools import pairwise
from typing import Any, get_args

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import sources
from adapters.hub_cloudevents import translate
from adapters.hub_cloudevents.shape import AgencyName, Chronology
from hub.intake.naming import Naming
from hub.people import Agency
from hub.update import (
    Coding,
    Delivery,
    Identifier,
    InvolvementFact,
    Marks,
    Precision,
    Refusal,
    StatusFact,
    Translated,
    Update,
)
from hub.vocabulary import terms

REAL = partial(sources.translate, record_limit=2**20, file_limit=2**26)
FOLDER = resources.files("adapters").joinpath("samples", "hub-cloudevents")
ISLA = FOLDER.joinpath("isla-family-support.json").read_bytes()
SENDERS = FOLDER.joinpath("isla-three-senders.json").read_bytes()
GONE = object()


def read(content: bytes) -> list[Translated]:
    return list(translate(Delivery("hub-cloudevents", "", content)))


def with_(pointer: str, value: object, content: bytes = ISLA) -> bytes:
    """The sample with one value changed, added or (GONE) taken away."""
    event = copy.deepcopy(orjson.loads(content))
    *way, last = pointer.split("/")[1:]
    inner: Any = event
    for step in way:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    key: Any = int(last) if isinstance(inner, list) else last
    if value is GONE:
        del inner[key]
    else:
        inner[key] = value
    return orjson.dumps(event)


def taken(content: bytes) -> Update:
    (one,) = read(content)
    assert isinstance(one, Update), one
    return one


def refused(content: bytes) -> Refusal:
    (one,) = read(content)
    assert isinstance(one, Refusal)
    return one


def social_work(**facts: object) -> bytes:
    event = orjson.loads(ISLA)
    event["data"] |= {"agency": "social-work", "code": "sw.plan.agreed"} | facts
    return orjson.dumps(event)


# What is read


def test_the_complete_event_is_read_in_full() -> None:
    one = taken(ISLA)

    system = "third-sector|urn:example:bramble-family-support:casebook"
    assert one.record_id == f"{system}|visit-2024-0117"
    assert one.person.local_id == f"{system}|family-88-child-1"
    assert (one.version, one.order) == ("1", "2024-11-21T16:05:00.000000+00:00")
    assert one.person.identifiers == (Identifier("nhs-number", "9990190313"),)
    assert (one.person.family, one.person.given, one.person.birth_dates) == ("Lennox", ("Isla",), ("2019-03-14",))
    assert (one.occurred.start, one.occurred.precision) == ("2024-11-21T13:30:00+00:00", Precision.INSTANT)
    assert one.occurred.end == "2024-11-21T14:30:00+00:00"
    assert (one.action, one.code, one.agency) == ("assert", "ts.support.contact", "third-sector")
    assert one.codings == (Coding("urn:example:bramble-family-support:contact-kinds", "HV", "Home visit"),)
    assert (one.author.name, one.author.role) == ("Fern Adair", "Family support worker")
    assert [(other.relation, other.local_id) for other in one.third_persons] == [
        ("mother", f"{system}|family-88-adult-1")
    ]
    assert (one.significance, one.sensitivity, one.polarity, one.about) == ("routine", "ordinary", "happened", "child")
    assert (one.original, one.media_type, one.place) == (ISLA, "application/cloudevents+json", "/data")


def test_what_guidance_asks_of_an_entry_is_read_as_it_is_sent() -> None:
    one = taken(ISLA)

    assert one.valence == "strength"
    assert one.marks == Marks(
        "fact",
        "direct-observation",
        turning="progress",
        seen="seen",
        wellbeing=("nurtured", "achieving"),
        triangle=("what-i-need",),
    )
    assert one.account is not None
    assert (one.account.impact[:11], one.account.seen_where, one.account.no_action_reason) == (
        "She has a q", "At home", "",
    )  # fmt: skip


@pytest.mark.parametrize("nothing", [{}, {"assertion": "", "wellbeing": [], "sequence": 0}], ids=range(2))
def test_saying_nothing_of_it_is_as_leaving_it_out(nothing: dict[str, object]) -> None:
    without = with_("/data/account", GONE, with_("/data/marks", GONE, with_("/data/valence", GONE)))
    said = with_("/data/account", {"impact": ""}, with_("/data/marks", nothing, with_("/data/valence", None, without)))
    naming = Naming(lambda *parts: sha256("|".join(parts).encode()).digest())

    one, other = taken(without), taken(said)

    assert (one.marks, one.account, one.valence) == (other.marks, other.account, other.valence) == (None, None, None)
    assert naming.fingerprint(one) == naming.fingerprint(other) != naming.fingerprint(taken(ISLA))


def test_a_retraction_says_nothing_of_what_was_said() -> None:
    gone = taken(with_("/data/action", "retract"))

    assert (gone.marks, gone.account, gone.headline) == (None, None, "")


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/data/account/no_action_reason", "canary"),
        ("/data/account/impact", "canary" * 1000),
        ("/data/marks/assertion", "canary"),
        ("/data/marks/wellbeing/0", "canary"),
        ("/data/marks/triangle", ["what-i-need"] * 4),
        ("/data/marks/sequence", 1000),
        ("/data/marks/sequence", -1),
        ("/data/valence", "canary"),
    ],
)
def test_what_may_not_be_said_of_it_is_refused_at_its_place(pointer: str, value: object) -> None:
    one = refused(with_(pointer, value))

    assert (one.reason, one.place) == ("bad-value", pointer)
    assert "canary" not in f"{one.message} {one.next_step}"


def test_several_senders_in_one_list_stay_apart() -> None:
    found = read(SENDERS)

    assert [one.place for one in found] == [f"/{number}/data" for number in range(5)]
    updates = [one for one in found if isinstance(one, Update)]
    assert [one.agency for one in updates] == ["education"] * 2 + ["social-work"] + ["third-sector"] * 2
    assert updates[0].record_id == updates[1].record_id
    assert updates[0].order < updates[1].order
    assert updates[0].facts == (InvolvementFact("school", "SCH-ROWANBANK", since="2023-08-16"),)
    assert updates[2].facts == (
        InvolvementFact("allocated-social-worker", "la-990", "SW-0417", since="2024-10-18"),
        StatusFact("plan", "2024-12-04"),
    )
    assert (updates[4].action, updates[4].record_id) == ("retract", updates[3].record_id)
    assert updates[3].order < updates[4].order


def test_nothing_of_the_carrying_decides_which_record_it_is() -> None:
    first = taken(ISLA)
    second = taken(with_("/id", "another", with_("/time", "2030-01-01T00:00:00Z")))

    assert (first.record_id, first.version, first.order) == (second.record_id, second.version, second.order)


def test_two_systems_with_the_same_ids_are_two_records_of_two_people() -> None:
    first, second = taken(ISLA), taken(with_("/source", "urn:example:other"))
    third = taken(with_("/data/agency", "education"))

    assert len({first.record_id, second.record_id, third.record_id}) == 3
    assert len({first.person.local_id, second.person.local_id, third.person.local_id}) == 3


def test_a_missing_version_is_the_sequence_and_without_that_the_content() -> None:
    bare = with_("/data/record/order", GONE, with_("/data/record/version", GONE))

    assert taken(bare).version == "1"
    assert taken(with_("/sequence", GONE, bare)).version == ""
    assert taken(with_("/sequence", GONE, bare)).order == ""
    assert taken(with_("/sequence", 12, bare)).version == "12"


@pytest.mark.parametrize(
    "rising",
    [
        ["1", "2", "9", "10", "0100"],
        ["2024-01-01T00:30:00+01:00", "2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5Z", "2024-01-01T00:01:00+00:00"],
        ["2024-01-01", "2024-01-02"],
    ],
)
def test_orders_sort_as_they_are_meant(rising: list[str]) -> None:
    found = [taken(with_("/data/record/order", order)).order for order in rising]

    assert all(first < second for first, second in pairwise(found))


def test_a_retraction_repeats_nothing_of_what_was_said() -> None:
    one = taken(with_("/data/action", "retract"))

    assert (one.action, one.headline, one.detail, one.codings, one.third_persons, one.facts) == (
        ("retract", "", "", (), (), ())
    )
    assert one.record_id == taken(ISLA).record_id


def test_a_restricted_child_is_restricted() -> None:
    assert taken(with_("/data/subject/restricted", value=True)).person.restricted


@pytest.mark.parametrize(
    ("precision", "start", "end"),
    [
        ("year", "2024", "2025"),
        ("month", "2024-02", ""),
        ("day", "2024-02-29", "2024-02-29"),
        ("instant", "2024-02-29T10:00:00+01:00", "2024-02-29T09:30:00Z"),
        ("unknown", "", ""),
    ],
)
def test_a_time_is_as_precise_as_it_says(precision: str, start: str, end: str) -> None:
    one = taken(with_("/data/occurred", {"precision": precision, "start": start, "end": end}))

    assert (one.occurred.start, one.occurred.end, one.occurred.precision.value) == (start, end, precision)


def test_every_agency_that_sends_may_write_in_it() -> None:
    assert set(get_args(AgencyName)) == {agency for agency in Agency if agency.sends}


# What is refused, and how it is said


@pytest.mark.parametrize(
    ("pointer", "value", "reason", "place"),
    [
        ("/data/agency", GONE, "missing-field", "/data/agency"),
        ("/data/record/id", GONE, "missing-field", "/data/record/id"),
        ("/data/subject/local_id", GONE, "missing-field", "/data/subject/local_id"),
        ("/data/occurred/precision", GONE, "missing-field", "/data/occurred/precision"),
        ("/data/nickname", "Izzy", "unknown-field", "/data/?"),
        ("/data/subject/address", "1 Road", "unknown-field", "/data/subject/?"),
        ("/data/third_persons/0/phone", "1", "unknown-field", "/data/third_persons/0/?"),
        ("/data/Isla Lennox`", 1, "unknown-field", "/data/?"),
        ("/data/agency", "oversight", "bad-value", "/data/agency"),
        ("/data/agency", "Isla", "bad-value", "/data/agency"),
        ("/data/action", "revise", "bad-value", "/data/action"),
        ("/data/subject/identifiers/0/system", "passport", "bad-value", "/data/subject/identifiers/0/system"),
        ("/data/subject/identifiers/0/value", 9990190313, "wrong-type", "/data/subject/identifiers/0/value"),
        ("/data/subject/names", "Isla Lennox", "wrong-type", "/data/subject/names"),
        ("/data/detail", None, "wrong-type", "/data/detail"),
        ("/data/record/id", "", "bad-value", "/data/record/id"),
        ("/data/record/id", " visit", "bad-value", "/data/record/id"),
        ("/data/record/id", "visit\n", "bad-value", "/data/record/id"),
        ("/data/record/id", "v" * 201, "bad-value", "/data/record/id"),
        ("/data/subject/birth_date", "14/03/2019", "bad-value", "/data/subject/birth_date"),
        ("/data/subject/birth_date", "2019-02-30", "bad-value", "/data/subject/birth_date"),
        ("/data/record/recorded_at", "yesterday", "bad-value", "/data/record/recorded_at"),
        ("/data/record/recorded_at", "2024-11-31", "bad-value", "/data/record/recorded_at"),
        ("/data/occurred/start", "2024-11-21", "bad-value", "/data/occurred/start"),
        ("/data/occurred/start", "2024-11-21T13:30:00", "bad-value", "/data/occurred/start"),
        ("/data/occurred/start", "2024-11-21T25:30:00Z", "bad-value", "/data/occurred/start"),
        ("/data/occurred/start", "2024-11-21T23:59:60Z", "bad-value", "/data/occurred/start"),
        ("/data/occurred/end", "2024-11-21T13:30:00+01:00", "bad-value", "/data/occurred/end"),
        ("/data/occurred/precision", "unknown", "bad-value", "/data/occurred/start"),
        ("/data/code", "ed.unheard_of", "unmapped-code", "/data/code"),
        ("/data/third_persons/0/local_id", "family-88-child-1", "bad-value", "/data/third_persons/0/local_id"),
        ("/data", "text", "wrong-type", "/data"),
        ("/data", [], "wrong-type", "/data"),
        ("/data", GONE, "cloudevent-data", "/data"),
        ("/datacontenttype", "text/plain", "cloudevent-data", "/data"),
        ("/type", "nems.event", "not-this-format", "/type"),
        ("/source", "hub-cloudevents", "bad-value", "/source"),
        ("/source", "urn:a|b", "bad-value", "/source"),
        ("/source", "urn:" + "a" * 200, "bad-value", "/source"),
        ("/sequence", True, "bad-value", "/sequence"),
        ("/filtering", {"a": 1}, "cloudevent-extension", "/filtering"),
        ("/id", GONE, "cloudevent-incomplete", "/id"),
        (
            "/data/involvement",
            [{"duty": "school", "organisation": "X"}],
            "not-yours-to-state",
            "/data/involvement/0/duty",
        ),
        ("/data/status", [{"kind": "plan", "since": "2024-01-01"}], "not-yours-to-state", "/data/status"),
        ("/data/status", [{"kind": "plan", "since": ""}], "bad-value", "/data/status/0/since"),
    ],
)
def test_each_mistake_is_told_with_its_place(pointer: str, value: object, reason: str, place: str) -> None:
    content = with_(pointer, value)
    if value is not GONE and reason == "cloudevent-data":
        content = with_("/data", "text", content)

    one = refused(content)

    assert (one.reason, one.place, one.original) == (reason, place, content)
    assert one.message
    assert one.next_step
    assert not any(word in one.message + one.next_step for word in ("Isla", "Izzy", "Lennox", "9990190313", "expected"))


@pytest.mark.parametrize(
    ("pointer", "value", "said"),
    [
        ("/data/record/id", GONE, "The record's id in your system, the same for all its corrections."),
        ("/data/polarity", "no", "One of: did-not-happen, happened."),
        ("/data/nickname", "Izzy", "The fields here are: agency, record, subject, code, occurred, action"),
        ("/data/subject/identifiers/0/value", 1, "This must be text, and a whole number was sent."),
        ("/data/subject/birth_date", "1/2/2020", "YYYY-MM-DD; empty where it is not known."),
        ("/data/headline", "h" * 501, "At most 500 characters."),
        ("/data/third_persons/0/relation", "aunt", "One of: carer, father, mother, other, sibling."),
    ],
)
def test_what_belongs_there_is_said_from_the_same_description(pointer: str, value: object, said: str) -> None:
    one = refused(with_(pointer, value))

    assert said in f"{one.message} {one.next_step}"


def test_an_agency_states_its_own_duty_and_social_work_the_stages() -> None:
    worker = [{"duty": "allocated-social-worker", "organisation": "la-990", "since": "2024-01-01"}]
    plan = [{"kind": "plan", "since": "2024-01-01", "until": "2024-06-30"}]

    assert len(taken(social_work(involvement=worker, status=plan)).facts) == 2
    assert refused(social_work(involvement=[worker[0] | {"duty": "school"}])).reason == "not-yours-to-state"
    assert refused(social_work(status=[plan[0] | {"until": "2023-01-01"}])).place == "/data/status/0/until"


def test_two_numbers_of_one_kind_are_two_people_until_the_sender_says_which() -> None:
    first = {"system": "nhs-number", "value": "999 019 0313"}
    second = {"system": "nhs-number", "value": "9990240221"}

    assert refused(with_("/data/subject/identifiers", [first, second])).reason == "two-identities"
    for others in ([second | {"verified": False}], [first | {"value": "9990190313"}]):
        assert len(taken(with_("/data/subject/identifiers", [first, *others])).person.identifiers) == 2


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"agency":"gp","agency":"gp"}', "json-duplicate-key"),
        (b'{"agency":"\\u0000"}', "nul-character"),
        (b'{"agency":"\\ud800"}', "wrong-encoding"),
        (b'{"agency":' + b"[" * 40 + b"]" * 40 + b"}", "json-too-deep"),
        (b'{"agency":1' + b"0" * 80 + b"}", "json-number"),
    ],
)
def test_the_traps_of_json_are_refused_in_the_data(data: bytes, reason: str) -> None:
    event = orjson.loads(with_("/data", 0))
    content = orjson.dumps(event).replace(b'"data":0', b'"data":' + data)

    one = refused(content)
    assert one.reason == reason
    assert one.place.startswith("/data")


def test_good_events_around_a_bad_one_are_taken_and_each_can_be_read_again_alone() -> None:
    bad = [b"1", b"[]", b"{}", with_("/data/agency", "x")]
    found = read(b"[" + b",".join([ISLA, *bad, ISLA]) + b"]")

    assert [isinstance(one, Update) for one in found] == [True, False, False, False, False, True]
    assert [one.place.split("/")[1] for one in found] == ["0", "1", "2", "3", "4", "5"]
    for one in found[1:5]:
        (again,) = read(one.original)
        assert isinstance(one, Refusal)
        assert isinstance(again, Refusal)
        assert again.reason == one.reason


@pytest.mark.parametrize(
    "content", [b"", b"[", b"[]", b"[1,", b"\xff", b"[" * 100_000, b"null", b"[" + b"1," * 4_000_001]
)
def test_what_is_no_event_is_one_refusal(content: bytes) -> None:
    assert refused(content).original == content


def test_a_list_of_nothing_but_faults_ends_in_one_refusal() -> None:
    found = read(b"[" + b"0," * 3_000 + b"0]")

    assert len(found) == 1_001
    assert isinstance(found[-1], Refusal)
    assert found[-1].reason == "too-many-bad-records"


# Whatever else


def _anything() -> st.SearchStrategy[object]:
    leaf = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(allow_nan=False)
    return st.recursive(leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner))


def _pointers(value: object, way: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{way}/{key}"
            yield from _pointers(inner, f"{way}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield f"{way}/{number}"
            yield from _pointers(inner, f"{way}/{number}")


@given(st.sampled_from(sorted(_pointers(orjson.loads(ISLA)))), _anything() | st.just(GONE))
def test_whatever_stands_in_a_field_one_record_comes_out(pointer: str, value: object) -> None:
    try:
        content = with_(pointer, value)
    except TypeError:  # an integer that this JSON writer cannot write
        return

    (one,) = REAL(Delivery("hub-cloudevents", "", content))

    assert one.original == content
    assert not isinstance(one, Refusal) or one.reason != "adapter-failed"


@given(st.integers(0, len(ISLA) - 1), st.integers(0, 255))
def test_a_byte_changed_anywhere_gives_one_record_or_one_refusal(position: int, byte: int) -> None:
    content = ISLA[:position] + bytes([byte]) + ISLA[position + 1 :]

    found = list(REAL(Delivery("hub-cloudevents", "", content)))

    assert len(found) == 1
    assert not isinstance(found[0], Refusal) or found[0].reason != "adapter-failed"


def test_every_field_of_the_description_stands_in_the_example() -> None:
    data = orjson.loads(ISLA)["data"]

    assert set(data) == {field.name for field in msgspec.structs.fields(Chronology)}
    assert data["code"] in terms()
