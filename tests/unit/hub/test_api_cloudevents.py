"""CloudEvents at the HTTP door: in headers too, of the source that they name, and never for another agency."""

from __future__ import annotations

from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import orjson
import pytest

from adapters import sources
from adapters.cloudevents.event import Fault
from adapters.cloudevents.json_form import read_structured, structured
from adapters.hub_cloudevents.docs import document, example
from hub.auth import AgencyClient
from hub.people import Agency
from hub.update import Refusal, Update
from hub.vocabulary import terms
from tests.door import CLIENT, Door

SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
EVENT: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "nems", "type": "t", "data": "one"}
IN_HEADERS = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "nems", "ce-type": "t"}
REAL = partial(sources.translate, record_limit=2**20, file_limit=2**26)
BRAMBLE = AgencyClient("bramble", Agency.THIRD_SECTOR, ("hub-cloudevents",))
SCHOOL = AgencyClient("rowanbank", Agency.EDUCATION, ("hub-cloudevents", "school-census"))
SENDERS = resources.files("adapters").joinpath("samples/hub-cloudevents/isla-three-senders.json").read_bytes()
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


@pytest.fixture
def real(tmp_path: Path) -> Door:
    """The door with the real adapters behind it."""
    return Door(tmp_path, translate=REAL)


def post(
    door: Door, body: bytes, kind: str, headers: dict[str, str] | None = None, client: AgencyClient = CLIENT
) -> tuple[int, dict[str, Any]]:
    stated = {"content-type": kind} | (headers or {})
    answer = door.http.post("/v1/updates", content=body, headers=door.as_system(client) | stated)
    return answer.status_code, answer.json()


# In headers


def test_an_event_in_headers_is_opened_to_its_body(door: Door) -> None:
    status, receipt = post(door, b"one\nbad", "text/plain", IN_HEADERS)

    assert (status, receipt["records"], receipt["accepted"], receipt["quarantined"]) == (200, 2, 1, 1)
    assert [result["place"] for result in receipt["results"]] == ["/data: line 1", "/data: line 2"]
    assert door.hub.intake.received[0].original == b"one"


def test_a_header_is_percent_decoded(door: Door) -> None:
    assert post(door, b"one", "text/plain", IN_HEADERS | {"ce-source": "ne%6Ds"})[0] == 200
    assert post(door, b"one", "text/plain", IN_HEADERS | {"ce-source": "ne%ms"})[0] == 422


@pytest.mark.parametrize("name", ["ce-id", "ce-specversion", "ce-source", "ce-type"])
def test_an_event_in_headers_that_lacks_an_attribute_is_a_problem_that_says_which(door: Door, name: str) -> None:
    headers = {key: value for key, value in IN_HEADERS.items() if key != name}
    status, problem = post(door, b"one", "text/plain", headers)

    assert (status, problem["type"]) == (422, "/problems/bad-input")
    assert name.removeprefix("ce-") in problem["detail"]
    assert door.hub.intake.received == []


def test_an_event_in_headers_without_a_payload_is_kept_as_json(door: Door) -> None:
    post(door, b"", "", IN_HEADERS)

    (one,) = door.hub.intake.received
    assert isinstance(one, Refusal)
    assert (one.reason, one.media_type) == ("cloudevent-data", SINGLE)
    assert orjson.loads(one.original) == {name.removeprefix("ce-"): value for name, value in IN_HEADERS.items()}


@pytest.mark.parametrize(
    "kind", ["application/cloudevents+avro", "application/cloudevents", "application/cloudevents-x"]
)
def test_another_format_of_events_is_not_taken_for_a_payload(door: Door, kind: str) -> None:
    assert post(door, b"one", kind, IN_HEADERS)[0] == 422


# Which source


def test_an_event_of_no_source_is_refused_in_its_place(door: Door) -> None:
    body = orjson.dumps([EVENT, EVENT | {"source": "urn:somewhere"}, EVENT])
    status, receipt = post(door, body, BATCH)

    assert (status, receipt["records"]) == (200, 3)
    assert receipt["reasons"] == {"cloudevent-unknown-source": 1}
    assert receipt["results"][1]["place"] == "/1/source"


def test_an_object_in_an_extension_is_refused_where_the_payload_is_the_record(door: Door) -> None:
    _, receipt = post(door, orjson.dumps(EVENT | {"filtering": {"gp": 1}}), SINGLE)

    assert receipt["reasons"] == {"cloudevent-extension": 1}
    assert receipt["results"][0]["place"] == "/filtering"


def test_a_source_that_reads_the_event_is_handed_it_untouched(tmp_path: Path) -> None:
    handed: list[bytes] = []

    def watched(delivery: Any) -> list[Any]:  # noqa: ANN401 - what a door hands over is looked at, not used
        handed.append(delivery.content)
        return []

    door = Door(tmp_path, translate=watched)
    client = AgencyClient("nhs", Agency.HEALTH_VISITING, ("mns",))
    body = b'{"specversion":"1.0","id":"1", "source":"mns","type":"t","dataref":"/x","filtering":{"a": [1]}}'

    assert post(door, body, SINGLE, client=client)[0] == 200
    assert post(door, b"[" + body + b"]", BATCH, client=client)[0] == 200
    assert handed == [body, body]


def test_half_a_character_in_one_event_keeps_nobody_else_out(door: Door) -> None:
    text = orjson.dumps(EVENT | {"datacontenttype": "text/plain"})
    odd = b'{"specversion":"1.0","id":"1","source":"nems","type":"t","datacontenttype":"text/plain","data":"\\ud800"}'

    _, receipt = post(door, b"[" + b",".join([text, odd, text]) + b"]", BATCH)

    assert (receipt["accepted"], receipt["quarantined"]) == (2, 1)


# Our own envelope


def test_the_example_of_the_documentation_goes_in(real: Door) -> None:
    status, receipt = post(real, example().encode(), SINGLE, client=BRAMBLE)

    (one,) = real.hub.intake.received
    assert (status, receipt["source"], receipt["accepted"]) == (200, "hub-cloudevents", 1)
    assert isinstance(one, Update)
    assert (one.agency, one.place) == ("third-sector", "/data")
    assert one.mapping


def test_the_same_event_in_headers_goes_in(real: Door) -> None:
    event = orjson.loads(example())
    headers = {f"ce-{name}": value for name, value in event.items() if isinstance(value, str)}
    del headers["ce-datacontenttype"]

    _, receipt = post(real, orjson.dumps(event["data"]), "application/json", headers, BRAMBLE)

    assert receipt["accepted"] == 1


def test_a_sender_writes_for_its_own_agency_alone(real: Door) -> None:
    _, receipt = post(real, SENDERS, BATCH, client=SCHOOL)

    assert (receipt["accepted"], receipt["quarantined"]) == (2, 3)
    assert receipt["reasons"] == {"other-agency": 3}
    assert [result["place"] for result in receipt["results"]] == [f"/{number}/data" for number in range(5)]


def test_nor_does_it_in_a_file(real: Door) -> None:
    answer = real.http.post("/v1/sources/hub-cloudevents/files", content=SENDERS, headers=real.as_system(SCHOOL))

    assert (answer.json()["accepted"], answer.json()["reasons"]) == (2, {"other-agency": 3})


def test_a_mistake_is_told_with_its_place_in_the_batch(real: Door) -> None:
    good, bad = orjson.loads(example()), orjson.loads(example())
    bad["data"]["occurred"]["start"] = "yesterday"

    _, receipt = post(real, orjson.dumps([good, bad]), BATCH, client=BRAMBLE)

    assert receipt["accepted"] == 1
    result = receipt["results"][1]
    assert (result["place"], result["reason"]) == ("/1/data/occurred/start", "bad-value")
    assert "YYYY-MM-DD" in result["next_step"]


def test_a_system_that_may_not_write_in_it_does_not(real: Door) -> None:
    assert post(real, example().encode(), SINGLE, client=CLIENT)[0] == 403


# What is published about it


def schema(door: Door) -> dict[str, Any]:
    answer = door.http.get("/v1/schemas/hub.chronology.update.v1.json")
    assert answer.headers["content-type"] == "application/schema+json"
    found: dict[str, Any] = answer.json()
    return found


def test_the_schemas_are_listed_and_open_to_everybody(door: Door) -> None:
    (listed,) = door.http.get("/v1/schemas").json()["schemas"]

    assert listed["name"] == "hub.chronology.update.v1"
    assert door.http.get(listed["href"]).json()["$id"] == listed["id"]


@pytest.mark.parametrize("path", ["hub.chronology.update.v1", "hub.chronology.update.v2.json", "..%2fx.json", ".json"])
def test_another_schema_is_a_problem(door: Door, path: str) -> None:
    answer = door.http.get(f"/v1/schemas/{path}")

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/no-such-address")


def test_the_schema_is_a_schema_of_no_host_and_knows_every_code(door: Door) -> None:
    found = schema(door)

    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$id"].startswith("urn:")
    assert found["$defs"]["Chronology"]["properties"]["code"]["enum"] == sorted(terms())
    kinds = [kind for kind in found["$defs"].values() if "properties" in kind]
    assert all(field.get("description") for kind in kinds for field in kind["properties"].values())


def test_what_the_schema_takes_and_refuses_the_hub_takes_and_refuses(real: Door) -> None:
    judge = jsonschema.Draft202012Validator(schema(real))
    for event in [orjson.loads(example()), *orjson.loads(SENDERS)]:
        judge.validate(event)
    changes: list[dict[str, object]] = [
        {"code": "x"},
        {"extra": 1},
        {"agency": "oversight"},
        {"record": {}},
        {"occurred": {"start": "2024"}},
    ]
    for change in changes:
        event = orjson.loads(example())
        event["data"] |= change
        assert not judge.is_valid(event)
        assert post(real, orjson.dumps(event), SINGLE, client=BRAMBLE)[1]["quarantined"] == 1


def test_what_we_write_is_a_cloudevent_by_the_specifications_own_schema(shared: Path) -> None:
    judge = jsonschema.Draft7Validator(orjson.loads((shared / "samples/cloudevents/cloudevents.json").read_bytes()))
    event = read_structured(example().encode())

    assert not isinstance(event, Fault)
    judge.validate(orjson.loads(structured(event)))
    judge.validate(orjson.loads(example()))


def test_the_documentation_is_what_the_code_says() -> None:
    written = (ROOT / "docs" / "cloudevents.md").read_text(encoding="utf-8")

    assert written == document(), "run: python -m adapters.hub_cloudevents.docs > docs/cloudevents.md"
    assert all(f"| `{code}` |" in written for code in terms())
    assert example() in written
