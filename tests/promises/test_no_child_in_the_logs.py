"""No name, number, word or file name of a record reaches a log, an error or a receipt, whatever comes in over HTTP."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import httpx2
import pytest

from adapters.kafka import Record
from adapters.sources import source as registered
from hub.api.app import create
from hub.auth import AgencyClient
from hub.demo.issuer import DemoIssuer
from hub.people import Agency
from hub.settings import Limits
from hub.stream import topics
from hub.update import Delivery
from hub.wiring import source_names
from tests.canary_feed import NUMBER, everything_said, files, good, kept_in_clear
from tests.fix_hub import TestHub
from tests.knocking import Caller
from tests.planting import leaks, said

EVERY = Limits(client_rate=1_000_000)
"""So many that no request of these tests is turned away unread."""


def door(hub: TestHub, folder: Path) -> tuple[httpx2.Client, dict[str, str], dict[str, str]]:
    """The real service over a real hub, with the headers of an agency's system and of a person."""
    house, issuer = hub.house, DemoIssuer(folder / "keys", hub.house.directory.people())
    app = create(
        house.hub,
        issuer.verifier(hub.clock),
        sources=house.translate,
        demo=issuer,
        ready=house.ready,
        file_limit=65536,
        limits=EVERY,
    )
    client = AgencyClient("council", Agency.SOCIAL_WORK, source_names())
    system = {"Authorization": f"Bearer {issuer.client_token(client, hub.clock())}"}
    person = {"Authorization": f"Bearer {issuer.token_for(hub.person('morag'), hub.clock())}"}
    return Caller(app, base_url="http://hub.test", raise_server_exceptions=False), system, person


def envelope(**changed: object) -> bytes:
    event = {"specversion": "1.0", "id": "canaryid", "source": "nems", "type": "canary.type", "subject": "canary"}
    return json.dumps(event | {"data": {"canary": "canary"}} | changed).encode()


ENVELOPES = [
    envelope(),
    envelope(source="canarysource"),
    envelope(specversion="canary"),
    envelope(data_base64="canary"),
    envelope(canaryattribute={"canary": 1}),
    b"[" + envelope() + b"," + envelope(data="canary", datacontenttype="canary/canary") + b"]",
    b'{"canary": ',
    b'"canary"',
    b"\xffcanary",
]


def as_event(delivery: Delivery, name: str) -> tuple[dict[str, str], bytes]:
    """The delivery as the payload of an event, with its attributes in headers; an event itself as it stands."""
    if registered(delivery.source).reads == "event":
        kind = "application/cloudevents-batch+json" if delivery.content[:1] == b"[" else "application/cloudevents+json"
        return {"Content-Type": kind}, delivery.content
    event = {"ce-specversion": "1.0", "ce-id": "canaryid", "ce-source": delivery.source, "ce-type": "canary.type"}
    subject = {"ce-subject": f"{quote(name)}/{quote(delivery.name)}", "ce-canaryattribute": "canary"}
    return event | subject | {"Content-Type": registered(delivery.source).media_type}, delivery.content


def as_batch(source: str) -> bytes:
    """Good and bad events in one message, their payloads in Base64."""
    events = [
        {
            "specversion": "1.0",
            "id": "canaryid",
            "source": source,
            "type": "canary.type",
            "subject": f"canary/{one.name}",
            "data_base64": base64.b64encode(one.content).decode(),
        }
        for one in files(source)
    ]
    return json.dumps([*events, "canary", {"canary": 1}]).encode()


NAMED = f"Canaryfamily {NUMBER}.xml"
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def submissions(source: str) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """Everything of one source, at both doors: address, headers, body."""
    for one in files(source):
        yield f"/v1/sources/{source}/files", {"Hub-File-Name": quote(one.name or NAMED)}, one.content
        yield "/v1/updates", *as_event(one, NAMED)
    yield "/v1/updates", BATCH, as_batch(source)


def test_the_http_doors_say_nothing_of_whom_they_take_in(
    hub: TestHub, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    http, system, _ = door(hub, tmp_path)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="httpx2")  # the test's own client says where it goes

    answers = [
        http.post(address, content=content, headers=system | headers)
        for source in source_names()
        for address, headers, content in submissions(source)
    ]
    for kind in ("application/cloudevents+json", BATCH["Content-Type"], "canary/canary"):
        answers += [
            http.post("/v1/updates", content=body, headers=system | {"Content-Type": kind}) for body in ENVELOPES
        ]
    answers += [
        http.post("/v1/sources/nems/files", content=b"canary" * 20000, headers=system | {"Hub-File-Name": NAMED}),
        http.post("/v1/sources/canary/files", content=b"canary", headers=system),
        http.post("/v1/updates", content=envelope(), headers={"Authorization": "Bearer canary.canary.canary"}),
    ]
    kept = [http.get(where, headers=system) for one in answers if (where := one.headers.get("Location"))]
    kept += [
        http.get(f"/v1/receipts{asked}", headers=system)
        for asked in ("", "?limit=200", "?source=canary", "?since=canary", "/canary", f"/{uuid4()}", f"/{NUMBER}")
    ]
    hub.house.catch_up()

    assert {answer.status_code for answer in answers} == {200, 401, 403, 413, 422}
    assert {answer.status_code for answer in kept} == {200, 404, 422}
    ended = {outcome for one in kept if one.is_success for outcome, count in one.json().items() if count}
    assert ended >= {"accepted", "duplicate", "conflict", "quarantined"}
    assert leaks(*(answer.text + str(answer.headers) for answer in (*answers, *kept))) == set()
    assert leaks(everything_said(capfd, caplog)) == set()
    with hub.as_owner() as connection:
        assert kept_in_clear(connection) == {}


def test_a_topics_records_are_not_quoted(caplog: pytest.LogCaptureFixture, hub: TestHub) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="httpx2")  # the test's own client says where it goes
    for topic in topics.topics().values():
        for offset, one in enumerate(files(topic.source)):
            headers, content = as_event(one, NAMED)
            stated = [(name.lower().replace("ce-", "ce_"), value.encode()) for name, value in headers.items()]
            for record in (Record(offset, stated, content), Record(offset, [("canary", b"c")], content)):
                for found in topics.updates(topic, record, hub.house.translate):
                    assert leaks(*said(found)) == set()
    assert leaks(*(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)) == set()


def test_what_a_person_typed_comes_back_in_no_error_and_no_log(
    hub: TestHub, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    http, _, person = door(hub, tmp_path)
    child, asked = uuid4(), "purpose=child-plan&basis=public-task"
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="httpx2")  # the test's own client says where it goes

    answers = [
        http.get(f"/v1/children/{NUMBER}/chronology?{asked}", headers=person),
        http.get(f"/v1/children/{child}/chronology?{asked}", headers=person),
        http.get(f"/v1/children/{child}/chronology?purpose=canary&basis=canary", headers=person),
        http.get(f"/v1/children/{child}/chronology?{asked}&known_at=canary&cursor=canary", headers=person),
        http.get(f"/v1/children/{child}/chronology?{asked}&cursor=Y2FuYXJ5", headers=person),
        http.get(f"/v1/children/{child}/entries/canary/explanation?{asked}", headers=person),
        http.get(f"/v1/canary/{NUMBER}", headers=person),
        http.post("/v1/children/search", json={"system": "canary", "value": NUMBER}, headers=person),
        http.post("/v1/children/search", json={"canary": NUMBER}, headers=person),
        http.post("/v1/children/search", content=b'{"canary', headers=person),
        http.post("/v1/children/search", json={"system": "chi", "value": NUMBER}, headers=person),
    ]

    assert {answer.status_code for answer in answers} <= {200, 404, 422}
    assert leaks(*(answer.text + str(answer.headers) for answer in answers)) == set()
    assert leaks(everything_said(capfd, caplog)) == set()


FAULT = """
create function public.fault() returns trigger language plpgsql as
    $$ begin raise exception 'cannot take %', new using detail = new::text, hint = new::text; end $$;
create trigger fault before insert on {table} for each row execute function public.fault();
"""


@pytest.mark.parametrize(
    "table", ["identity.statements", "read.entries", "read.involvement", "intake.quarantine", "ledger.events"]
)
def test_a_database_that_quotes_the_row_in_its_error_is_not_quoted_in_turn(
    hub: TestHub, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture, table: str
) -> None:
    http, system, _ = door(hub, tmp_path)
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="httpx2")  # the test's own client says where it goes
    with hub.as_owner() as connection:
        connection.execute(FAULT.format(table=table).encode())

    answers = [
        http.post(f"/v1/sources/{source}/files", content=content, headers=system)
        for source in source_names()
        for content in (*(one.content for one in good(source)), b"canary")
    ]
    hub.house.catch_up()

    assert {answer.status_code for answer in answers} >= ({200} if table == "read.entries" else {503})
    assert leaks(*(answer.text for answer in answers)) == set()
    assert leaks(everything_said(capfd, caplog)) == set()
    with hub.as_owner() as connection:
        assert leaks(str(connection.execute("select * from read.parked").fetchall())) == set()
