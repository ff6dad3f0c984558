"""Passwords and parents' contacts are kept nowhere, whoever refuses what they came in: the envelope, a limit, the hub.

Every door with every fault of an envelope; afterwards all that is stored is opened and looked through.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from adapters import sources
from adapters.kafka import Record
from adapters.reading import not_kept
from hub.api.app import create
from hub.auth import AgencyClient
from hub.demo.issuer import DemoIssuer
from hub.doors import Translate
from hub.people import Agency
from hub.stream import topics
from hub.update import Delivery, Refusal, Translated, Update
from tests.canaries import everywhere, found
from tests.fix_hub import TestHub
from tests.integration.test_school_lists import CANARIES, LIST, MOTHER, NUMBERS, USERS, quarantined
from tests.knocking import Caller

SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
USER = "u1,active,2026-01-12,student,canarylogin,Isla,Lennox,canary@mail.invalid,01632960999,P2,CanaryPw\n"
ROW = MOTHER + f"Isla,Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ,{NUMBERS[0]}\n"
FILES = {"class-list": LIST + ROW, "oneroster": USERS + USER}
WHOLE = {"specversion": "1.0", "id": "1", "type": "list", "datacontenttype": "text/csv"}


@pytest.fixture(params=sorted(FILES))
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def event(source: str, **changed: object) -> dict[str, object]:
    return {name: value for name, value in (WHOLE | {"source": source} | changed).items() if value is not None}


def faulty(source: str) -> Iterator[bytes]:
    """Events that hold a whole file, and that their envelope refuses."""
    text = FILES[source]
    encoded = b64encode(text.encode()).decode()
    other = next(name for name in FILES if name != source)
    faults: list[dict[str, object]] = [
        {"id": None},
        {"specversion": "2.0"},
        {"time": "soon"},
        {"subject": 3},
        {"parent": {"email": "canary@mail.invalid"}},
        {"data_base64": encoded},
        {"data": None, "data_base64": encoded + "!"},
        {"data": None, "note": text},
        {"data": {"rows": text}},
        {"source": "unheard-of"},
        {"source": other, "data": FILES[other]},
        {"source": "school-census"},
    ]
    for fault in faults:
        yield json.dumps(event(source, data=text) | fault | ({"id": None} if "id" in fault else {})).encode()
    good = json.dumps(event(source, data=text)).encode()
    yield good[:-1] + b',"type":"again"}'
    yield good[:-1] + b',"half":"\\ud800","raw":"\xff"}'
    yield json.dumps([event(source, data=text)]).encode()
    yield json.dumps(text).encode()


def is_note(one: bytes) -> bool:
    return one.startswith(b'{"not-kept":"')


def nothing_is_kept(hub: TestHub) -> None:
    hub.house.catch_up()
    kept = quarantined(hub)
    assert kept
    secret = [*CANARIES, *(b64encode(text.encode()).decode().lower() for text in FILES.values())]
    assert not [canary for canary in secret for one in kept if canary.encode() in one.lower()]
    with hub.as_owner() as connection:
        assert found(connection, CANARIES, *everywhere(connection)) == set()


def goes_on_waiting(hub: TestHub) -> None:
    """Whatever waits is no other after a try to read it again."""
    before = sorted((str(one.id), one.reason) for one in hub.house.hub.intake.quarantine.waiting(10_000))
    hub.house.hub.intake.quarantine.retry(hub.house.translate_again, "tests")
    assert sorted((str(one.id), one.reason) for one in hub.house.hub.intake.quarantine.waiting(10_000)) == before


@pytest.fixture
def post(hub: TestHub, tmp_path: Path) -> Callable[..., httpx2.Response]:
    issuer = DemoIssuer(tmp_path / "keys", hub.house.directory.people())
    app = create(
        hub.house.hub,
        issuer.verifier(hub.clock),
        sources=hub.house.translate,
        demo=issuer,
        ready=hub.house.ready,
    )
    client = AgencyClient("school", Agency.EDUCATION, (*FILES, "nems"))
    system = {"Authorization": f"Bearer {issuer.client_token(client, hub.clock())}"}
    http = Caller(app, base_url="http://hub.test")

    def send(content: bytes, kind: str = BATCH, **headers: str) -> httpx2.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return http.post("/v1/updates", content=content, headers=system | {"Content-Type": kind} | named)

    return send


def listed(events: Iterable[bytes]) -> bytes:
    return b"[" + b",".join(events) + b"]"


def test_a_message_whose_events_are_refused_keeps_none_of_them(
    hub: TestHub, post: Callable[..., httpx2.Response], source: str
) -> None:
    good, bad = json.dumps(event(source, data=FILES[source])).encode(), list(faulty(source))

    answer = post(listed([good, *bad])).json()

    assert answer["records"] == 1 + len(bad)
    assert sum(map(is_note, quarantined(hub))) == len(bad)
    nothing_is_kept(hub)
    goes_on_waiting(hub)


def test_single_events_and_events_in_headers_that_are_refused_keep_nothing(
    hub: TestHub, post: Callable[..., httpx2.Response], source: str
) -> None:
    text = FILES[source].encode()
    named = {"ce_specversion": "1.0", "ce_id": "1", "ce_type": "list", "ce_source": source}

    statuses = [post(one, SINGLE).status_code for one in faulty(source)]
    statuses += [post(text, "text/csv", **named | wrong).status_code for wrong in ({"ce_id": ""}, {"ce_time": "soon"})]
    statuses.append(post(b"", "text/csv", **named).status_code)

    assert set(statuses) == {200, 403, 422}  # the other list goes in; what is no event or not theirs is not stored
    nothing_is_kept(hub)
    goes_on_waiting(hub)


def test_a_list_that_strays_into_another_sources_message_is_not_kept_there(
    hub: TestHub, post: Callable[..., httpx2.Response], source: str
) -> None:
    nems = json.dumps(event("nems", data="<Bundle/>", datacontenttype="application/fhir+xml")).encode()
    stray = json.dumps(event(source, data=FILES[source])).encode()

    answer = post(listed([nems, stray, stray.replace(b'"id": "1", ', b"")])).json()

    assert answer["reasons"]["cloudevent-other-source"] == 1
    assert answer["reasons"]["cloudevent-incomplete"] == 1
    assert sum(map(is_note, quarantined(hub))) == 2
    nothing_is_kept(hub)
    goes_on_waiting(hub)


def test_what_is_left_of_a_message_of_nothing_but_faults_is_not_kept(
    hub: TestHub, post: Callable[..., httpx2.Response], source: str
) -> None:
    good = json.dumps(event(source, data=FILES[source])).encode()
    bad = json.dumps(event(source, id=None, data=FILES[source])).encode()

    answer = post(listed([good, *[bad] * 1_010])).json()

    assert answer["reasons"]["too-many-bad-records"] == 1
    nothing_is_kept(hub)
    goes_on_waiting(hub)


def over_kafka(hub: TestHub, topic: topics.Topic, record: Record, translate: Translate) -> list[Translated]:
    told = list(topics.updates(topic, record, translate))
    hub.house.hub.intake.receive(told)
    return told


def records(source: str) -> Iterator[Record]:
    """A topic's records, each with a fault of its envelope, and the whole file somewhere in them."""
    text = FILES[source].encode()
    named = [("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_type", b"list"), ("ce_source", source.encode())]
    for value in faulty(source):
        yield Record(1, [("content-type", SINGLE.encode())], value)
    yield Record(1, [("content-type", BATCH.encode())], text)
    yield Record(1, [], text)
    yield Record(1, named[1:], text)
    yield Record(1, [*named, ("ce_id", b"2")], text)
    yield Record(1, [*named, ("ce_time", b"soon")], text)
    yield Record(1, [*named, ("ce_parent", text + b"\xff")], text)
    yield Record(1, [*named, ("parent", text)], b"")
    yield Record(1, [*named[:3], ("ce_source", b"school-census")], text)
    yield Record(1, [("parent", text)], None)


def test_a_topics_records_that_are_refused_keep_neither_value_nor_headers(hub: TestHub, source: str) -> None:
    topic = topics.Topic(f"hub.updates.{source}", source)

    found = [one for each in records(source) for one in over_kafka(hub, topic, each, hub.house.translate)]

    opened = [one for one in found if isinstance(one, Update) or one.reason == "no-publisher"]
    assert len(opened) == 1  # in the topic of its own an unknown source does not matter
    assert sum(is_note(one.original) for one in found) == len(list(records(source))) - len(opened)
    nothing_is_kept(hub)
    goes_on_waiting(hub)


def test_a_list_in_another_sources_topic_is_not_kept_there(hub: TestHub, source: str) -> None:
    topic = topics.Topic("hub.updates.nems", "nems")
    value = json.dumps(event(source, data=FILES[source])).encode()
    named = [("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_type", b"list"), ("ce_source", source.encode())]

    for record in (
        Record(1, [("content-type", SINGLE.encode())], value),
        Record(2, [("content-type", SINGLE.encode())], value[:-1]),
        Record(3, named, FILES[source].encode()),
    ):
        over_kafka(hub, topic, record, hub.house.translate)

    assert all(is_note(one) for one in quarantined(hub))
    nothing_is_kept(hub)
    goes_on_waiting(hub)


def test_what_the_hub_itself_fails_on_is_not_kept_and_waits_by_its_digest(hub: TestHub, source: str) -> None:
    topic = topics.Topic(f"hub.updates.{source}", source)
    record = Record(7, [("content-type", SINGLE.encode())], json.dumps(event(source, data=FILES[source])).encode())

    def fails(_: Delivery) -> Iterator[Translated]:
        raise RuntimeError(FILES[source])

    (failed,) = over_kafka(hub, topic, record, fails)
    aside = topics.refused(topic, record, "could-not-be-taken-in", "The hub failed on this record.")
    hub.house.hub.intake.receive([aside])

    assert isinstance(failed, Refusal)
    assert (failed.reason, aside.reason) == ("adapter-failed", "could-not-be-taken-in")
    assert aside.original == not_kept.note("could-not-be-taken-in", record.value or b"")
    assert "retry" not in aside.next_step
    nothing_is_kept(hub)
    goes_on_waiting(hub)


def test_records_that_a_limit_or_the_last_look_refuses_keep_nothing(hub: TestHub, source: str) -> None:
    named = "SCH-WREN_2026-01-12_class.csv" if source == "class-list" else "SCH-WREN_2026-01-12_users.csv"
    delivery = Delivery(source, named, FILES[source].encode())
    (one,) = hub.house.translate(delivery)
    assert isinstance(one, Update)
    wrong = [
        replace(one, code="unheard-of"),
        replace(one, record_id=""),
        replace(one, headline="a\x00b"),
        replace(one, organisation="canary@mail.invalid" * 40),
        *sources.translate(delivery, record_limit=10, file_limit=1_000_000),
        *sources.translate(delivery, record_limit=10, file_limit=10),
    ]

    receipt = hub.house.hub.intake.receive(wrong)

    reasons = [each.reason for each in receipt.results]
    assert reasons == [
        "unmapped-code",
        "no-record-id",
        "impossible-text",
        "too-long",
        "record-too-large",
        "file-too-large",
    ]
    assert all(is_note(each) for each in quarantined(hub))
    nothing_is_kept(hub)
    goes_on_waiting(hub)


def test_a_source_without_secrets_keeps_what_its_envelope_refuses(hub: TestHub) -> None:
    topic = topics.Topic("hub.updates.school-census", "school-census")

    (refused,) = over_kafka(hub, topic, Record(1, [("parent", b"of a list")], b"a class-list"), hub.house.translate)

    assert isinstance(refused, Refusal)
    assert b"a class-list" in refused.original
