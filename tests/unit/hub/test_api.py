"""What software meets at the door: receipts for what it sent, disclosures, and problems that say what to do next."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest

from hub.api.shapes import disclosure_to_json
from hub.doors import Hub, read_bounded
from hub.errors import AuditUnavailable, TooLarge
from hub.update import Delivery, Refusal, Translated, Update
from tests.door import CLIENT, Door
from tests.fake_hub import CALUM, CHILD, CHILD_NAME, MORAG, NOW, ONLY_FOR_SOME, RUTH, STORY, STRANGER, FakeHub

STATED = "purpose=child-plan&basis=public-task"
CHRONOLOGY = f"/v1/children/{CHILD}/chronology?{STATED}"
OUTCOMES = ("accepted", "duplicate", "revised", "retracted", "conflict", "quarantined")
SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
EVENT = {"specversion": "1.0", "id": "1", "source": "nems", "type": "nems.event", "data": "one"}
TEXT = {"datacontenttype": "text/plain"}


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


def _publish(door: Door, body: object, kind: str = SINGLE) -> tuple[int, dict[str, object]]:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    answer = door.http.post("/v1/updates", content=content, headers=door.as_system() | {"Content-Type": kind})
    return answer.status_code, answer.json()


# Agencies in


def test_a_file_is_taken_in_record_by_record_and_the_counts_add_up(door: Door) -> None:
    answer = door.http.post("/v1/sources/nems/files", content=b"one\nbad\nthree", headers=door.as_system())

    receipt = answer.json()
    assert answer.status_code == 200
    assert (receipt["source"], receipt["records"], receipt["accepted"], receipt["quarantined"]) == ("nems", 3, 2, 1)
    assert sum(receipt[name] for name in OUTCOMES) == receipt["records"]
    assert receipt["reasons"] == {"line-bad": 1}
    assert [result["outcome"] for result in receipt["results"]] == ["accepted", "quarantined", "accepted"]
    assert receipt["results"][1]["place"] == "line 2"


@pytest.mark.parametrize("name", ["x.csv", "/etc/x.csv", "C:\\secret\\../x.csv"])
def test_only_the_bare_name_of_a_file_gets_in(tmp_path: Path, name: str) -> None:
    names: list[str] = []

    def translate(delivery: Delivery) -> list[Translated]:
        names.append(delivery.name)
        return []

    door = Door(tmp_path, translate=translate)
    answer = door.http.post("/v1/sources/nems/files", content=b"", headers=door.as_system() | {"Hub-File-Name": name})

    assert (answer.status_code, names) == (200, ["x.csv"])


def test_a_single_cloudevent_is_opened_to_the_sources_own_bytes(door: Door) -> None:
    status, receipt = _publish(door, EVENT | TEXT)

    (update,) = door.hub.intake.received
    assert (status, receipt["accepted"]) == (200, 1)
    assert isinstance(update, Update)
    assert update.original == b"one"


@pytest.mark.parametrize(
    ("attributes", "original"),
    [
        ({"data": {"b": 1.50, "a": "é"}}, b'{"b":1.5,"a":"\xc3\xa9"}'),
        ({"data": "<x/>", "datacontenttype": "application/xml"}, b"<x/>"),
        ({"data": ..., "data_base64": base64.b64encode(b"\x00\xff").decode()}, b"\x00\xff"),
        ({"data": [1], "datacontenttype": "application/fhir+json; charset=utf-8"}, b"[1]"),
    ],
)
def test_a_payload_stays_as_its_source_wrote_it(door: Door, attributes: dict[str, object], original: bytes) -> None:
    event = {name: value for name, value in (EVENT | attributes).items() if value is not ...}

    assert _publish(door, event)[0] == 200
    assert door.hub.intake.received[0].original == original


def test_json_inside_an_event_is_not_even_reformatted(door: Door) -> None:
    body = b'{"specversion":"1.0","id":"1","source":"nems","type":"t","data":{ "n" : 1.50 }}'

    assert _publish(door, body)[0] == 200
    assert door.hub.intake.received[0].original == b'{ "n" : 1.50 }'


def test_good_events_around_a_bad_one_still_go_in(door: Door) -> None:
    bad = [
        {"specversion": "1.0", "id": "2", "source": "nems"},
        EVENT | {"specversion": "0.3"},
        EVENT | {"source": "csc-api"},
        EVENT | {"data_base64": "AAAA"},
        EVENT | {"id": ""},
        {name: value for name, value in EVENT.items() if name != "data"} | {"data_base64": "*"},
        EVENT | {"data": 5} | TEXT,
        "no event",
    ]
    status, receipt = _publish(door, [EVENT | TEXT, *bad, EVENT | TEXT], BATCH)

    refused = [item for item in door.hub.intake.received if isinstance(item, Refusal)]
    assert (status, receipt["records"], receipt["accepted"], receipt["quarantined"]) == (200, 10, 2, 8)
    places = ["/1/type", "/2/specversion", "/3/source", "/4/data_base64", "/5/id", "/6/data_base64", "/7/data", "/8"]
    assert [item.place for item in refused] == places
    assert orjson.loads(refused[0].original) == bad[0]
    assert {item.reason for item in refused} == {
        "cloudevent-incomplete",
        "cloudevent-version",
        "cloudevent-other-source",
        "cloudevent-data",
    }


def test_the_place_of_a_record_says_which_event_of_the_batch_it_is_in(door: Door) -> None:
    _, receipt = _publish(door, [EVENT | TEXT, EVENT | TEXT | {"data": "one\nbad"}], BATCH)

    results = receipt["results"]
    assert isinstance(results, list)
    assert [result["place"] for result in results] == ["/0/data: line 1", "/1/data: line 1", "/1/data: line 2"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", SINGLE),
        (b"{", SINGLE),
        (b"\xff\xfe", SINGLE),
        (b"[" * 3000, BATCH),
        (b'{"a":' * 600, SINGLE),
        (b"{}", SINGLE),
        (b"[]", BATCH),
        (b"{}", BATCH),
        (orjson.dumps(EVENT), "application/json"),
        (orjson.dumps(EVENT), ""),
        (orjson.dumps(EVENT | {"source": "unknown-here"}), SINGLE),
    ],
)
def test_what_is_no_cloudevents_message_is_a_problem_and_nothing_goes_in(door: Door, body: bytes, kind: str) -> None:
    status, problem = _publish(door, body, kind)

    assert (status, problem["type"]) == (422, "/problems/bad-input")
    assert problem["next_step"]
    assert door.hub.intake.received == []


def test_a_system_publishes_under_its_own_sources_only(door: Door) -> None:
    other = door.http.post("/v1/sources/csc-api/files", content=b"one", headers=door.as_system())

    assert other.status_code == 403
    assert _publish(door, EVENT | {"source": "csc-api"} | TEXT)[0] == 403
    assert door.hub.intake.received == []


def test_people_may_not_publish_and_systems_may_not_read(door: Door) -> None:
    sent = door.http.post("/v1/sources/nems/files", content=b"one", headers=door.as_person(CALUM))
    read = door.http.get(CHRONOLOGY, headers=door.as_system())

    assert (sent.status_code, read.status_code) == (401, 401)
    assert sent.json() == read.json()
    assert door.hub.clients.log == [("publish", "wrong-door", ""), ("read", "wrong-door", "")]


# Bounded


@pytest.mark.parametrize("path", ["/v1/updates", "/v1/sources/nems/files"])
def test_a_body_over_the_limit_is_refused(door: Door, path: str) -> None:
    answer = door.http.post(path, content=b"x" * 5000, headers=door.as_system())

    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")
    assert door.hub.intake.received == []


def test_of_a_body_that_never_ends_no_more_is_read_than_the_limit() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"x" * 1000

    with pytest.raises(TooLarge):
        asyncio.run(read_bounded(endless(), 4096))
    assert sent == 5


@pytest.mark.parametrize("announced", ["4097", "9" * 5000])
def test_a_body_that_is_announced_too_large_is_not_read_at_all(announced: str) -> None:
    read: list[bytes] = []

    async def watched() -> AsyncIterator[bytes]:
        read.append(b"x")
        yield b"x"

    with pytest.raises(TooLarge):
        asyncio.run(read_bounded(watched(), 4096, announced))
    assert read == []


def test_nobody_reads_a_body_whose_sender_is_not_known(door: Door) -> None:
    assert door.http.post("/v1/updates", content=b"x" * 5000).status_code == 401


# Practitioners out


def test_a_chronology_is_shown_with_the_id_of_its_reading_in_a_header(door: Door) -> None:
    answer = door.http.get(CHRONOLOGY, headers=door.as_person(RUTH))

    body = answer.json()
    assert answer.status_code == 200
    assert UUID(answer.headers["Hub-Reading"]) == door.hub.disclosure.log[0].reading
    assert answer.headers["Hub-Reading"] not in answer.text
    assert body["child"] == {"id": str(CHILD), "name": CHILD_NAME, "born": "2021-03-02"}
    assert {entry["level"] for entry in body["entries"]} == {"withheld", "redacted", "shown", "exportable"}


def test_the_same_question_gets_the_same_bytes(door: Door) -> None:
    first, second = (door.http.get(CHRONOLOGY, headers=door.as_person(MORAG)) for _ in range(2))

    assert first.headers["Hub-Reading"] != second.headers["Hub-Reading"]
    assert first.content == second.content


def test_a_withheld_entry_holds_that_it_is_there_and_why_it_is_closed_and_nothing_else(door: Door) -> None:
    answer = door.http.get(CHRONOLOGY, headers=door.as_person(RUTH))

    entries = answer.json()["entries"]
    withheld = [entry for entry in entries if entry["level"] == "withheld"]
    redacted = [entry for entry in entries if entry["level"] == "redacted"]
    assert {frozenset(entry) for entry in withheld} == {
        frozenset({"id", "agency", "when", "level", "rule", "reason", "ask"})
    }
    assert not {"headline", "detail", "author", "organisation"} & redacted[0].keys()
    assert ONLY_FOR_SOME not in answer.text
    assert ONLY_FOR_SOME in door.http.get(CHRONOLOGY, headers=door.as_person(CALUM)).text


def test_a_disclosure_is_written_the_same_whatever_its_reading_and_its_clocks_zone() -> None:
    gate = FakeHub().disclosure
    one, two = (gate.chronology(CALUM, CHILD, purpose="p", basis="b", known_at=NOW) for _ in range(2))

    assert disclosure_to_json(one) == disclosure_to_json(replace(two, reading=uuid4()))
    assert b'"received_at":"2022-03-02T08:00:00.000000Z"' in disclosure_to_json(one)


def test_as_known_at_reaches_the_gate_as_the_instant_it_names(door: Door) -> None:
    address = f"{CHRONOLOGY}&known_at=2024-06-01T00:00:00%2B01:00&since=2021-06-01T00:00:00Z"
    answer = door.http.get(address, headers=door.as_person(CALUM))

    assert answer.json()["known_at"] == "2024-05-31T23:00:00.000000Z"
    assert 0 < len(answer.json()["entries"]) < len(STORY)


def test_pages_follow_one_another_by_cursor(door: Door) -> None:
    whole = door.http.get(CHRONOLOGY, headers=door.as_person(CALUM)).json()
    first = door.http.get(f"{CHRONOLOGY}&limit=20", headers=door.as_person(CALUM)).json()
    rest = door.http.get(f"{CHRONOLOGY}&limit=20&cursor={first['cursor']}", headers=door.as_person(CALUM)).json()

    assert (len(first["entries"]), rest["cursor"], whole["cursor"]) == (20, "", "")
    assert first["entries"] + rest["entries"] == whole["entries"]


@pytest.mark.parametrize(
    "query",
    [
        "purpose=child-plan",
        "basis=public-task",
        f"{STATED}&limit=0",
        f"{STATED}&limit=501",
        f"{STATED}&limit=Isla",
        f"{STATED}&known_at=2024-06-01",
        f"{STATED}&known_at=2024-06-01T00:00:00",
        f"{STATED}&known_at=Isla",
        f"{STATED}&since=yesterday",
        f"purpose={'Isla' * 40}&basis=public-task",
    ],
)
def test_a_question_that_cannot_be_asked_is_a_problem_that_repeats_nothing(door: Door, query: str) -> None:
    answer = door.http.get(f"/v1/children/{CHILD}/chronology?{query}", headers=door.as_person(CALUM))

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert set(answer.json()) == {"type", "title", "status", "detail", "next_step"}
    assert "Isla" not in answer.text
    assert door.hub.disclosure.log == []


def test_no_such_child_and_a_child_one_may_not_know_of_are_the_same_answer(door: Door) -> None:
    unknown = door.http.get(CHRONOLOGY.replace(str(CHILD), str(uuid4())), headers=door.as_person(CALUM))
    closed = door.http.get(CHRONOLOGY, headers=door.as_person(STRANGER))

    assert (unknown.status_code, closed.status_code) == (404, 404)
    assert unknown.content == closed.content
    assert unknown.headers.keys() == closed.headers.keys()


def test_an_explanation_names_the_rule_its_sentence_and_every_fact(door: Door) -> None:
    address = f"/v1/children/{CHILD}/entries/{STORY[0].entry}/explanation?{STATED}"
    answer = door.http.get(address, headers=door.as_person(CALUM))

    body = answer.json()
    assert (body["level"], body["rule"]) == ("shown", "plan-ordinary")
    assert body["facts"][0] == {"name": "relation", "value": "involved", "position": 12}
    assert UUID(answer.headers["Hub-Reading"]) == door.hub.disclosure.log[0].reading


def test_an_entry_one_may_not_know_of_has_no_explanation(door: Door) -> None:
    police = next(entry for entry in STORY if entry.agency == "police")
    address = f"/v1/children/{CHILD}/entries/{{}}/explanation?{STATED}"
    sealed = door.http.get(address.format(police.entry), headers=door.as_person(RUTH))
    unknown = door.http.get(address.format(uuid4()), headers=door.as_person(RUTH))

    assert (sealed.status_code, sealed.content) == (404, unknown.content)


def test_a_child_is_found_by_an_identifier_that_travels_in_the_body(door: Door) -> None:
    wanted = {"system": "chi", "value": "3113000015"}
    found = door.http.post("/v1/children/search", json=wanted, headers=door.as_person(MORAG))
    nobody = door.http.post("/v1/children/search", json=wanted, headers=door.as_person(STRANGER))

    assert found.json()["children"][0]["id"] == str(CHILD)
    assert nobody.json() == {"children": []}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"system":"chi"}', b'{"system":"chi","value":1}', b"{" * 900, b"\xff"])
def test_a_search_that_is_not_understood_repeats_nothing(door: Door, body: bytes) -> None:
    answer = door.http.post("/v1/children/search", content=body, headers=door.as_person(MORAG))

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-input")


def test_a_search_is_small(door: Door) -> None:
    answer = door.http.post("/v1/children/search", content=b"x" * 4097, headers=door.as_person(MORAG))

    assert answer.status_code == 413


# At every door


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/updates"),
        ("POST", "/v1/sources/nems/files"),
        ("POST", "/v1/children/search"),
        ("GET", CHRONOLOGY),
        ("GET", f"/v1/children/{CHILD}/chronology"),
        ("GET", f"/v1/children/{CHILD}/entries/{CHILD}/explanation?{STATED}"),
    ],
)
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer x.y.z", "Basic bW9yYWc6", "bearer  "])
def test_without_a_token_every_route_gives_the_same_answer(
    door: Door, method: str, path: str, header: str | None
) -> None:
    answer = door.http.request(method, path, headers={"Authorization": header} if header else {})

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/children", CHRONOLOGY.replace("/v1/", "/v2/"), "/healthz", "/"])
def test_every_answer_carries_the_security_headers(door: Door, path: str) -> None:
    answer = door.http.get(path)

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_static_files_alone_may_be_kept(door: Door) -> None:
    answer = door.http.get("/static/hub.css")

    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_unknown_address_of_the_api_is_a_problem_and_not_a_page(door: Door) -> None:
    answers = [door.http.get("/v1/nothing"), door.http.delete("/v1/updates"), door.http.get("/v1/updates")]

    assert {(answer.status_code, answer.headers["content-type"]) for answer in answers} == {
        (404, "application/problem+json")
    }


def test_when_the_reading_cannot_be_recorded_the_caller_learns_that_and_nothing_else(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise AuditUnavailable("The reading could not be recorded, so nothing is shown.", "Try again.")

    monkeypatch.setattr(door.hub.disclosure, "chronology", broken)
    answer = door.http.get(CHRONOLOGY, headers=door.as_person(CALUM))

    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/audit-unavailable")


def test_something_unforeseen_leaks_into_neither_the_answer_nor_the_log(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(CHILD_NAME)

    monkeypatch.setattr(door.hub.disclosure, "chronology", broken)
    with caplog.at_level(logging.DEBUG):
        answer = door.http.get(CHRONOLOGY, headers=door.as_person(CALUM))

    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/hub-error")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unforeseen ZeroDivisionError in " in caplog.text
    assert CHILD_NAME not in caplog.text
    assert CHILD_NAME not in answer.text


@pytest.mark.parametrize(("ready", "status"), [(True, 200), (False, 503)])
def test_the_signs_of_life_tell_alive_from_ready(tmp_path: Path, ready: bool, status: int) -> None:  # noqa: FBT001
    door = Door(tmp_path, ready=ready)

    assert door.http.get("/healthz").status_code == 200
    assert door.http.get("/readyz").status_code == status


def test_the_api_describes_itself_and_its_sign_in(door: Door) -> None:
    described = door.http.get("/openapi.json").json()

    assert described["components"]["securitySchemes"]["accessToken"]["scheme"] == "bearer"
    assert set(described["paths"]) == {
        "/v1/token",
        "/v1/updates",
        "/v1/sources/{source}/files",
        "/v1/receipts",
        "/v1/receipts/{receipt}",
        "/v1/schemas",
        "/v1/schemas/{file}",
        "/v1/children/search",
        "/v1/children/{child}/chronology",
        "/v1/children/{child}/entries/{entry}/explanation",
        "/v1/children/{child}/entries",
        "/v1/children/{child}/entries/{entry}/outcomes",
        "/v1/children/{child}/entries/{entry}/views",
        "/v1/children/{child}/entries/{entry}/disagreements",
        "/v1/children/{child}/entries/{entry}/resolutions",
        "/v1/children/{child}/entries/{entry}/corrections",
        "/v1/children/{child}/entries/{entry}/retractions",
        "/v1/children/{child}/entries/{entry}/acknowledgement",
        "/v1/children/{child}/unanswered",
        "/v1/governance/unanswered",
        "/v1/inbox",
        "/v1/children/{child}/emergency",
        "/v1/emergency",
        "/v1/emergencies",
        "/v1/emergencies/told",
        "/v1/emergencies/waiting",
        "/v1/emergencies/{emergency}/reason",
        "/v1/emergencies/{emergency}/end",
        "/v1/emergencies/{emergency}/acknowledgement",
        "/v1/emergencies/{emergency}/review",
        "/v1/children/{child}/involvement",
        "/v1/children/{child}/consents",
        "/v1/children/{child}/capacity",
        "/v1/children/{child}/ties",
        "/v1/children/{child}/safe-address",
        "/v1/children/{child}/editions",
        "/v1/children/{child}/editions/reviewed",
        "/v1/children/{child}/editions/{edition}",
        "/v1/children/{child}/editions/{edition}/compare",
        "/v1/children/{child}/editions/{edition}/freeze",
        "/v1/children/{child}/editions/{edition}/quoted",
        "/v1/children/{child}/sharing-decisions",
        "/v1/children/{child}/sharing-decisions/{matter}/release",
        "/v1/children/{child}/sharing-decisions/{matter}/end",
        "/v1/children/{child}/sharing-requests",
        "/v1/children/{child}/sharing-requests/{matter}/decline",
        "/v1/sharing-requests",
        "/v1/governance/sharing-decisions",
        "/v1/governance/sharing-requests",
        "/v1/governance/readings/{reading}",
        "/v1/governance/replay",
        "/v1/governance/attention",
        "/v1/governance/attention/{reading}/note",
        "/v1/children/{child}/who-knew",
        "/v1/corrections",
        "/v1/corrections/{entry}",
        "/v1/corrections/{entry}/acknowledge",
        "/v1/governance/corrections",
        "/v1/children/{child}/views",
        "/v1/children/{child}/views/join",
        "/v1/children/{child}/views/keep-apart",
        "/v1/children/{child}/views/compare-anew",
        "/v1/children/{child}/quality",
        "/v1/governance/who-sees",
        "/v1/governance/what-if",
        "/healthz",
        "/readyz",
    }
    assert SINGLE in described["paths"]["/v1/updates"]["post"]["requestBody"]["content"]
    assert door.http.get("/docs").status_code == 404


def test_the_fake_hub_has_the_shape_that_doors_are_handed() -> None:
    hub: Hub = FakeHub()

    assert CLIENT.sources
    outside = {"intake", "disclosure", "governance", "clients"}
    deciding = {"casework", "sharing", "emergency", "policies", "who_sees"}
    telling = {"contributing", "knowing", "inbox", "editions", "views", "quality"}
    assert set(vars(hub)) == outside | deciding | telling
