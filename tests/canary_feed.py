"""A feed for every source in which every word is a canary: good, changed, refused, damaged, and another source's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import psycopg
import pytest
from psycopg import sql

from hub.update import Delivery
from tests.planting import chosen, leaks
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
HEADER = "pupilonrolltableid,NativeId,dob,surname,forename,upn,sex,entrydate,canarycolumn"
MOST = 3


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


BY_HAND = {
    "gp-connect": (gp(), gp(words="canarychanged")),
    "nems": (nems(), nems(BAD_NUMBER)),
    "csc-api": (social_work(), social_work(BAD_NUMBER)),
    "school-census": (school(), school("Canarychanged")),
}
"""Written for what a sample does not have: the same record again with other content."""
DTD = b'<!DOCTYPE canary [<!ENTITY canary SYSTEM "file:///canary">]><Bundle>&canary;</Bundle>'
JUNK = (
    DTD,
    b"",
    b"canary",
    b"[" * 5000 + b'"canary"',
    b'{"canary": NaN, "canary": 1}',
    b"<canary>canary</",
    b'{"resourceType": "Canary", "entry": [{"canary": "canary"}], "type": "canary"}',
)


@cache
def good(source: str) -> tuple[Delivery, ...]:
    """Two that the source reads, both full of canaries."""
    given = [Delivery(source, "", content) for content in BY_HAND.get(source, ())]
    return (*given, *_planted(source))[:2]


@cache
def _planted(source: str) -> tuple[Delivery, ...]:
    return chosen(source, MOST)


def files(source: str) -> Iterator[Delivery]:
    """All of it, under names that their formats give a meaning to, where they do."""
    by_hand = BY_HAND.get(source, ())
    for content in (*by_hand, *(one for first in by_hand[:1] for one in _damaged(first))):
        yield Delivery(source, "", content)
    yield from _planted(source)
    first = good(source)[-1]
    yield first
    yield from (Delivery(source, first.name, content) for content in (*_damaged(first.content), *JUNK))
    yield from (Delivery(source, first.name, good(other)[0].content) for other in ("nems", "csc-api", "school-census"))


def _damaged(content: bytes) -> Iterator[bytes]:
    yield from (content[: len(content) // 2], content[:-1], content[len(content) // 2 :])
    yield content.replace(b"anary", b"anary\xff\xfe\x00")
    yield content.replace(b"anary", b"anary\\ud800\\u0000")
    yield content.decode("utf-8", "replace").encode("utf-16")
    yield content.replace(b"1990-", b"canary-").replace(b'"', b'""')


CLEAR = """
select table_name, column_name from information_schema.columns
where table_schema = 'intake' and table_name in ('quarantine', 'receipts', 'receipt_parts', 'outbox')
and data_type in ('text', 'jsonb', 'ARRAY') order by table_name, ordinal_position
"""


def kept_in_clear(connection: psycopg.Connection) -> dict[str, set[str]]:
    """Canaries by column of text of the quarantine, of receipts and of what is to be sent; empty where all is clean."""
    found: dict[str, set[str]] = {}
    for table, column in connection.execute(CLEAR).fetchall():
        query = sql.SQL("select distinct {}::text from intake.{} where {} is not null").format(
            *map(sql.Identifier, (column, table, column))
        )
        if words := leaks(*(text for (text,) in connection.execute(query))):
            found[f"{table}.{column}"] = words
    return found


def everything_said(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> str:
    """Both streams and every log record with all it carries, but those of the test's own HTTP client."""
    own = [record for record in caplog.records if not record.name.startswith("httpx")]
    return "\n".join([*capfd.readouterr(), *(f"{record.getMessage()} {record.__dict__}" for record in own)])
