"""No name, number, word or file name of a record reaches a log, an error or a receipt, whatever comes in."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx2
import psycopg
import pytest
from starlette.testclient import TestClient

from hub.api.app import create
from hub.auth import AgencyClient
from hub.cli.main import run
from hub.demo.issuer import DemoIssuer
from hub.people import Agency
from hub.store import embedded
from hub.store.embedded_home import home_of
from hub.wiring import OWNER, source_names
from tests.fix_hub import TestHub
from tests.unit.adapters.health_messages import (
    Node,
    a_message,
    a_patient,
    a_practice,
    a_record,
    a_routing,
    an_observation,
    an_xml_encounter,
    an_xml_patient,
)

NUMBER, BAD_NUMBER = "9990010102", "9990010100"
LEAKS = ("canary", NUMBER, BAD_NUMBER, "1990-12-31")
HEADER = "pupilonrolltableid,NativeId,dob,surname,forename,upn,sex,entrydate,canarycolumn"


def leaks(*texts: str) -> set[str]:
    return {leak for leak in LEAKS for text in texts if leak in text.lower()}


# What comes in: every text in it is a canary


def gp(number: str = NUMBER, words: str = "canaryword", **patient: object) -> bytes:
    name = [{"use": "official", "family": "Canaryfamily", "given": ["Canarygiven"]}]
    mother = {"relationship": [{"text": "Mother"}], "name": {"family": "Canarymother"}}
    observation = an_observation("canaryid", "Patient/canarypatient", comment=words, canarykey={"canaryinner": 1})
    child: Node = a_patient("canarypatient", number, name=name, birthDate="1990-12-31", contact=[mother], **patient)
    return json.dumps(a_record(child, a_practice(), observation)).encode()


def nems(number: str = NUMBER) -> bytes:
    patient = an_xml_patient("p1", number, "1990-12-31", "<canarytag value='canaryvalue'/>").replace("FERNIE", "Canary")
    routing = a_routing(number, "1990-12-31", "Canaryfamily")
    return a_message(patient, an_xml_encounter(), routing=routing, message_id="canarymessage").encode()


def social_work(number: str = "canarynumber") -> bytes:
    child = {
        "la_child_id": f"canary-{number}",
        "mis_child_id": "canarymis",
        "purge": False,
        "child_details": {
            "unique_pupil_number": "CANARYUPN",
            "first_name": "Canarygiven",
            "surname": "Canaryfamily",
            "date_of_birth": "1990-12-31",
            "postcode": "CANARY1",
            "canarykey": "canaryvalue",
        },
        "health_and_wellbeing": {"sdq_assessments": [{"date": "canarydate", "score": "canaryscore"}]},
        "social_care_episodes": [{"social_care_episode_id": "canaryepisode", "referral_date": "canarydate"}],
    }
    return json.dumps({"la_code": "canarycode", "Children": [child, "canarychild", {"canarykey": 1}]}).encode()


def school(words: str = "Canaryfamily") -> bytes:
    pupil = f"canary-1,SCH-1,1990-Dec-31 00:00:00,{words},Canarygiven,CANARYUPN,F,2023-Sep-04 00:00:00,canarycell"
    rows = [pupil, "canary,too,few", f",SCH-1,,{words},,,,,", f'canary-2,"SCH,canarydate,{words}']
    return "\n".join([HEADER, *rows]).encode()


GOOD = {"gp-connect": gp(), "nems": nems(), "csc-api": social_work(), "school-census": school()}
CHANGED = {
    "gp-connect": gp(words="canarychanged"),
    "nems": nems(BAD_NUMBER),
    "csc-api": social_work(BAD_NUMBER),
    "school-census": school("Canarychanged"),
}
DTD = b'<!DOCTYPE canary [<!ENTITY canary SYSTEM "file:///canary">]><Bundle>&canary;</Bundle>'


def files(source: str) -> Iterator[bytes]:
    """Good, good again with other content, and damaged in every way."""
    good = GOOD[source]
    yield from (good, CHANGED[source], good)
    yield from (good[: len(good) // 2], good[:-1], good[len(good) // 2 :])
    yield good.replace(b"anary", b"anary\xff\xfe\x00")
    yield good.replace(b"anary", b"anary\\ud800\\u0000")
    yield good.decode().encode("utf-16")
    yield good.replace(b"1990-12-31", b"canary-12-31").replace(b'"', b'""')
    yield from (DTD, b"", b"canary", b"[" * 5000 + b'"canary"', b'{"canary": NaN, "canary": 1}', b"<canary>canary</")
    yield from (other for name, other in GOOD.items() if name != source)
    yield b'{"resourceType": "Canary", "entry": [{"canary": "canary"}], "type": "canary"}'


# The command line


@pytest.fixture
def prompt(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of files with the names of children, and a hub of its own to feed them to."""
    data = open_folder / "data"
    monkeypatch.setenv("HUB_DATA_DIR", str(data))
    monkeypatch.setenv("HUB_DEMO", "1")
    folder = open_folder / "feed"
    for source in source_names():
        (folder / source).mkdir(parents=True)
        for n, content in enumerate(files(source)):
            (folder / source / f"{n:02} Canaryfamily {NUMBER}.txt").write_bytes(content)
    yield folder
    embedded.erase(data / "postgres")


def everything_said(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    """Both streams and every log record with all it carries, but those of the test's own HTTP client."""
    own = [record for record in caplog.records if not record.name.startswith("httpx")]
    return "\n".join([*capfd.readouterr(), *(f"{record.getMessage()} {record.__dict__}" for record in own)])


@pytest.mark.slow
def test_the_command_line_says_nothing_of_whom_it_takes_in(
    prompt: Path, open_folder: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with embedded.start(open_folder / "data" / "postgres") as running:  # it outlives each command, with its log
        codes = [run(["ingest", source, str(prompt / source)]) for source in source_names()]
        again = [run(["ingest", source, str(prompt / source), "--json"]) for source in source_names()]
        codes += [run(["ingest", "nems", str(prompt / "Canaryfamily.xml")])]
        codes += [run(["quarantine", "list"]), run(["quarantine", "list", "--json"]), run(["project", "status"])]
        codes += [
            run(["project", "rebuild"]),
            run(["child", "find", "--system", "chi", "--value", NUMBER, "--as", "morag"]),
        ]
        codes += [run(["chronology", str(uuid4()), "--as", "morag"]), run(["audit", "tail", "--as", "eilidh"])]
        said = everything_said(capfd, caplog)
        log = (home_of(open_folder / "data" / "postgres").cluster / embedded.LOG).read_text()
        held = _held(running)

    assert (codes, again) == ([3, 3, 3, 3, 1, 0, 0, 0, 0, 0, 1, 0], [0, 0, 0, 0])
    assert held > (10, 10, 4), "the files were to be taken in, refused and in conflict"
    assert leaks(said) == set()
    assert "quarantined" in said
    assert leaks(log) == set()
    assert "ready to accept connections" in log


def _held(running: embedded.Running) -> tuple[int, ...]:
    with psycopg.connect(running.dsn("hub", OWNER)) as connection:
        row = connection.execute(
            "select (select count(*) from read.entries), count(*) filter (where kind = 'quarantined'), "
            "count(*) filter (where kind = 'conflict') from intake.quarantine"
        ).fetchone()
    assert row is not None
    return row


# HTTP


def door(hub: TestHub, folder: Path) -> tuple[httpx2.Client, dict[str, str], dict[str, str]]:
    """The real service over a real hub, with the headers of an agency's system and of a person."""
    house, issuer = hub.house, DemoIssuer(folder / "keys", hub.house.directory.people())
    app = create(
        house.hub, issuer.verifier(hub.clock), sources=house.translate, demo=issuer, ready=house.ready, file_limit=65536
    )
    client = AgencyClient("council", Agency.SOCIAL_WORK, source_names())
    system = {"Authorization": f"Bearer {issuer.client_token(client, hub.clock())}"}
    person = {"Authorization": f"Bearer {issuer.token_for(hub.person('morag'), hub.clock())}"}
    return TestClient(app, base_url="http://hub.test", raise_server_exceptions=False), system, person


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


def test_the_http_doors_say_nothing_of_whom_they_take_in(
    hub: TestHub, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    http, system, _ = door(hub, tmp_path)
    named = system | {"Hub-File-Name": f"Canaryfamily {NUMBER}.xml"}
    caplog.set_level(logging.DEBUG)

    answers = [
        http.post(f"/v1/sources/{source}/files", content=content, headers=named)
        for source in source_names()
        for content in files(source)
    ]
    for kind in ("application/cloudevents+json", "application/cloudevents-batch+json", "canary/canary"):
        answers += [
            http.post("/v1/updates", content=body, headers=named | {"Content-Type": kind}) for body in ENVELOPES
        ]
    answers += [
        http.post("/v1/sources/nems/files", content=b"canary" * 20000, headers=named),
        http.post("/v1/sources/canary/files", content=b"canary", headers=named),
        http.post("/v1/updates", content=envelope(), headers={"Authorization": "Bearer canary.canary.canary"}),
    ]

    assert {answer.status_code for answer in answers} == {200, 401, 403, 413, 422}
    assert leaks(*(answer.text + str(answer.headers) for answer in answers)) == set()
    assert leaks(everything_said(capfd, caplog)) == set()


def test_what_a_person_typed_comes_back_in_no_error_and_no_log(
    hub: TestHub, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    http, _, person = door(hub, tmp_path)
    child, asked = uuid4(), "purpose=child-plan&basis=public-task"
    caplog.set_level(logging.DEBUG)

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
    with hub.as_owner() as connection:
        connection.execute(FAULT.format(table=table).encode())

    answers = [
        http.post(f"/v1/sources/{source}/files", content=content, headers=system)
        for source in source_names()
        for content in (GOOD[source], b"canary")
    ]
    hub.house.catch_up()

    assert {answer.status_code for answer in answers} >= ({200} if table == "read.entries" else {503})
    assert leaks(*(answer.text for answer in answers)) == set()
    assert leaks(everything_said(capfd, caplog)) == set()
    with hub.as_owner() as connection:
        assert leaks(str(connection.execute("select * from read.parked").fetchall())) == set()
