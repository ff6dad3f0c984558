"""What the doors do with those who send too much, too slowly, or to another name: little, and soon."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import orjson
import pytest

from adapters.cloudevents import CloudEvent, Fault
from adapters.cloudevents.json_form import read_structured
from hub.api import envelope
from hub.api.app import create
from hub.api.problems import problem
from hub.api.shapes import receipt_to_json
from hub.auth import AgencyClient
from hub.doors import BODY_SECONDS, read_bounded
from hub.errors import TooLarge, TooSlow
from hub.people import Agency
from hub.receipt import Outcome, Receipt, Result
from hub.update import Delivery, Refusal, Translated
from tests.door import CLIENT, Door
from tests.fake_hub import translate
from tests.knocking import Caller

BATCH = "application/cloudevents-batch+json"
EVENT = {"specversion": "1.0", "id": "1", "source": "nems", "type": "t", "data": "one", "datacontenttype": "text/plain"}


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


# The answer


def receipt(*outcomes: Outcome) -> Receipt:
    results = (Result(outcome, f"row {n}", "", "The row is not like that." * 10) for n, outcome in enumerate(outcomes))
    return Receipt("nems", tuple(results))


def test_an_answer_lists_a_thousand_results_what_waits_first_and_counts_all() -> None:
    many = [Outcome.ACCEPTED] * 1_500 + [Outcome.QUARANTINED, Outcome.DUPLICATE, Outcome.CONFLICT]

    answer = orjson.loads(receipt_to_json(receipt(*many)))

    assert (answer["records"], answer["accepted"], answer["conflict"], answer["quarantined"]) == (1_503, 1_500, 1, 1)
    assert len(answer["results"]) == 1_000
    assert [result["place"] for result in answer["results"][:4]] == ["row 1500", "row 1502", "row 0", "row 1"]
    assert answer["results_left_out"] == 503
    assert re.match(r"503 results are not listed; .* counts are of all records", answer["note"])


def test_a_thousand_results_are_all_listed_in_the_records_order() -> None:
    answer = orjson.loads(receipt_to_json(receipt(*[Outcome.ACCEPTED] * 999, Outcome.CONFLICT)))

    assert [result["place"] for result in answer["results"]] == [f"row {n}" for n in range(1_000)]
    assert (answer["results_left_out"], answer["note"]) == (0, "")


def test_an_answer_stays_small_however_many_faults_there_were() -> None:
    assert len(receipt_to_json(receipt(*[Outcome.QUARANTINED] * 50_000))) < 500 * 1_000


def test_the_description_of_the_interface_says_what_is_listed(door: Door) -> None:
    paths = door.http.get("/openapi.json").json()["paths"]

    for path in ("/v1/updates", "/v1/sources/{source}/files"):
        schema = paths[path]["post"]["responses"]["200"]["content"]["application/json"]["schema"]["properties"]
        assert schema["results"]["maxItems"] == 1_000
        assert "counts are always of all records" in schema["results"]["description"]
        assert set(schema) == set(orjson.loads(receipt_to_json(receipt())))


# Messages of many events


def opened(*events: object) -> envelope.Envelope:
    return envelope.opened(orjson.dumps([EVENT, *events]), BATCH)


def reasons(found: Iterable[Translated]) -> list[str]:
    return [one.reason if isinstance(one, Refusal) else "" for one in found]


def test_a_message_of_nothing_but_faults_ends_in_one_refusal_that_keeps_the_rest() -> None:
    found = list(opened(*[0] * 3_000).translated(translate))

    assert reasons(found) == ["", *["cloudevent-incomplete"] * 1_000, "too-many-bad-records"]
    last = found[-1]
    assert isinstance(last, Refusal)
    assert (last.place, last.media_type, orjson.loads(last.original)) == ("/1001", BATCH, [0] * 2_000)


def test_refusals_count_across_the_events_of_a_message() -> None:
    faulty = [EVENT | {"data": "\n".join(["bad"] * 10)}] * 300

    assert len(list(opened(*faulty).translated(translate))) == 1_002


def test_a_message_has_a_most_of_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "MOST_RECORDS", 3)

    found = list(opened(*[EVENT] * 5).translated(translate))

    assert reasons(found) == ["", "", "", "too-many-records"]
    assert len(orjson.loads(found[-1].original)) == 3


@pytest.mark.parametrize("body", [b"[" + b"0," * 100_000 + b"0]", b"[" + b"{}," * 2_000_000 + b"0]"])
def test_a_message_of_too_many_events_is_refused_whole(body: bytes, door: Door) -> None:
    with pytest.raises(TooLarge) as caught:
        envelope.opened(body, BATCH)

    assert problem(caught.value).status_code == 413


def test_the_name_of_a_file_reaches_its_records_and_no_answer(tmp_path: Path) -> None:
    def named(delivery: Delivery) -> list[Translated]:
        return [Refusal("nems", "bad", "", "Bad.", "Mend it.", b"", "text/plain", delivery.name)]

    door = Door(tmp_path, translate=named)
    headers = door.as_system() | {"Hub-File-Name": "isla-reid.xml"}
    answer = door.http.post("/v1/sources/nems/files", content=b"x", headers=headers)

    assert [one.delivery for one in door.hub.intake.received] == ["isla-reid.xml"]
    assert "isla" not in answer.text


def read_by(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each event that is read from now on, whether it is read in the thread of the event loop."""
    seen: list[bool] = []

    def reading(original: bytes) -> CloudEvent | Fault:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            seen.append(False)
        else:
            seen.append(True)
        return read_structured(original)

    monkeypatch.setattr(envelope, "read_structured", reading)
    return seen


def post(door: Door, events: list[object], client: AgencyClient = CLIENT) -> int:
    headers = door.as_system(client) | {"content-type": BATCH}
    return door.http.post("/v1/updates", content=orjson.dumps(events), headers=headers).status_code


def test_a_message_is_opened_where_it_keeps_no_other_request_waiting(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = read_by(monkeypatch)

    assert post(door, [EVENT] * 3) == 200
    assert seen == [False] * 3


def test_of_a_message_of_another_systems_source_no_more_than_the_first_event_is_read(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = read_by(monkeypatch)

    assert post(door, [EVENT] * 20, AgencyClient("ward", Agency.HEALTH_VISITING, ("mns",))) == 403
    assert len(seen) == 1


def test_of_a_system_that_may_send_nothing_no_event_is_read(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = read_by(monkeypatch)

    assert post(door, [EVENT], AgencyClient("ward", Agency.HEALTH_VISITING, ())) == 403
    assert seen == []


# Slow bodies


def test_a_body_that_never_ends_is_given_up_after_its_time() -> None:
    async def drops() -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0.01)
            yield b"x"

    began = time.monotonic()
    with pytest.raises(TooSlow) as caught:
        asyncio.run(read_bounded(drops(), 4096, seconds=0.1))

    assert time.monotonic() - began < 2
    answer = problem(caught.value)
    assert (answer.status_code, answer.headers["connection"], caught.value.code) == (408, "close", "too-slow")
    assert BODY_SECONDS == 60


# Other names


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8080", True),
        ("localhost", True),
        ("LocalHost:8080", True),
        ("[::1]:8080", True),
        ("evil.example", False),
        ("evil.example:8080", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_a_service_answers_to_its_own_names_alone(door: Door, host: str, *, known: bool) -> None:
    app = create(
        door.hub,
        door.issuer.verifier(door.clock),
        sources=translate,
        demo=door.issuer,
        ready=lambda: True,
        hosts=frozenset({"127.0.0.1", "localhost", "::1"}),
    )
    client = Caller(app, base_url="http://localhost", follow_redirects=False)

    headers = {"Host": host, "Origin": f"http://{host}"}
    answers = [
        client.get("/healthz", headers=headers),
        client.post("/sign-in", data={"person": "morag"}, headers=headers | {"Sec-Fetch-Site": "same-origin"}),
    ]

    assert [answer.status_code for answer in answers] == ([200, 303] if known else [421, 421])
    if not known:
        assert answers[0].json()["type"] == "/problems/not-this-host"
        assert not any(answer.headers.get("set-cookie") for answer in answers)
        assert all("evil" not in answer.text for answer in answers)
        assert answers[0].headers["cache-control"] == "no-store"


def test_without_names_the_service_leaves_them_to_the_proxy(door: Door) -> None:
    assert door.http.get("/healthz", headers={"Host": "chronology.example"}).status_code == 200
