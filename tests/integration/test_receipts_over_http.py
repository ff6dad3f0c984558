"""What was answered can be looked up again: every record of it, page by page, by the organisation that sent it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from uuid import uuid4

import orjson
import pytest

from hub.receipt import Outcome
from hub.update import Identifier
from tests.builders import an_update, somebody
from tests.fix_hub import ROOT
from tests.fix_systems import HV, SCHOOL, Doors, bearer
from tests.systems import System, write_directory

SAMPLES = ROOT / "adapters" / "samples"
OUTCOMES = [outcome.value for outcome in Outcome]
COUSIN = System("rowan-hv-tablets", key=HV.key)
"""Another system of the same organisation."""


@pytest.fixture(autouse=True)
def registered(doors: Doors) -> None:
    write_directory(doors.directory, HV.listed(), SCHOOL.listed(), COUSIN.listed())


def roll(*rows: str) -> bytes:
    head = "pupilonrolltableid,NativeId,dob,surname,forename,upn,sex,entrydate,termlysessionspossible"
    return "\n".join([f"{head},termlysessionsauthorised", *rows, ""]).encode()


def pupil(number: int, absent: int = 1) -> str:
    return f"p-{number},SCH-1,2015-Mar-01 00:00:00,Kin{number},Ada,,F,2023-Sep-04 00:00:00,140.0,{absent}.0"


def sent(doors: Doors, body: bytes, system: System = SCHOOL) -> dict[str, object]:
    headers = bearer(doors.token(system)) | {"Hub-File-Name": "2024_autumn_pupilonroll.csv"}
    answer = doors.http.post(f"/v1/sources/{system.sources[0]}/files", content=body, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    assert answer.headers["Location"] == f"/v1/receipts/{found['receipt']}"
    return found


def get(doors: Doors, address: str, system: System = SCHOOL) -> tuple[int, dict[str, object]]:
    answer = doors.http.get(address, headers=bearer(doors.token(system)))
    return answer.status_code, answer.json()


def test_a_receipt_says_of_every_record_what_the_answer_said(doors: Doors) -> None:
    answer = sent(doors, roll(pupil(1), "one cell too few", pupil(2), pupil(1)))

    status, kept = get(doors, f"/v1/receipts/{answer['receipt']}")

    assert status == 200
    assert all(kept[name] == answer[name] for name in (*OUTCOMES, "records", "reasons", "results", "source", "receipt"))
    assert kept["finished_at"]
    assert (kept["door"], kept["cursor"]) == ("http", "")
    results = kept["results"]
    assert isinstance(results, list)
    (bad,) = [one for one in results if one["outcome"] == "quarantined"]
    assert all(bad[name] for name in ("place", "reason", "message", "next_step"))


def test_a_long_receipt_is_read_page_by_page_and_the_counts_are_of_all(doors: Doors) -> None:
    answer = sent(doors, roll(*map(pupil, range(25))))
    pages: list[list[object]] = []
    cursor = ""

    while True:
        status, page = get(doors, f"/v1/receipts/{answer['receipt']}?limit=10&cursor={cursor}")
        assert (status, page["records"]) == (200, answer["records"])
        assert isinstance(page["results"], list)
        pages.append(page["results"])
        if not (cursor := str(page["cursor"])):
            break

    assert [len(page) for page in pages] == [10, 10, 5]
    assert list(chain.from_iterable(pages)) == answer["results"]


@pytest.mark.parametrize("question", ["cursor=x", "cursor=-1", "cursor=99999999999", "limit=0", "limit=1001"])
def test_a_page_that_there_cannot_be_is_a_problem_and_repeats_nothing(doors: Doors, question: str) -> None:
    answer = sent(doors, roll(pupil(1)))

    status, problem = get(doors, f"/v1/receipts/{answer['receipt']}?{question}")

    assert (status, problem["type"]) == (422, "/problems/bad-input")


def test_receipts_are_listed_newest_first_by_source_and_since(doors: Doors) -> None:
    sent(doors, roll(pupil(1), pupil(2)))
    second = sent(doors, roll(pupil(3)))

    found = get(doors, "/v1/receipts")[1]["receipts"]
    assert isinstance(found, list)
    assert [(one["source"], one["records"]) for one in found] == [("school-census", 1), ("school-census", 2)]
    since = found[0]["received_at"].replace("+", "%2B")

    assert [one["receipt"] for one in _listed(doors, f"?since={since}")] == [second["receipt"]]
    assert _listed(doors, "?since=2200-01-01T00:00:00Z") == []
    assert _listed(doors, "?source=nems") == []
    assert len(_listed(doors, "?source=school-census&limit=1")) == 1
    assert get(doors, "/v1/receipts?since=yesterday")[0] == 422


def _listed(doors: Doors, question: str, system: System = SCHOOL) -> list[dict[str, object]]:
    found = get(doors, f"/v1/receipts{question}", system)[1]["receipts"]
    assert isinstance(found, list)
    return found


def test_anothers_receipt_and_one_that_there_never_was_are_the_same_answer(doors: Doors) -> None:
    receipt = sent(doors, roll(pupil(1)))["receipt"]

    anothers = get(doors, f"/v1/receipts/{receipt}", HV)
    nobodys = get(doors, f"/v1/receipts/{uuid4()}", HV)

    assert anothers == nobodys
    assert (anothers[0], anothers[1]["type"]) == (404, "/problems/nothing-to-show")
    assert _listed(doors, "", HV) == []


def test_an_organisations_other_system_sees_the_same_receipts(doors: Doors) -> None:
    body = (SAMPLES / "nems" / "isla-birth.xml").read_bytes()
    receipt = sent(doors, body, HV)["receipt"]

    assert get(doors, f"/v1/receipts/{receipt}", COUSIN)[0] == 200
    assert [one["receipt"] for one in _listed(doors, "", COUSIN)] == [receipt]


# Whether a child is known

UPN, ADA = "C999000000001", ("Kin1", "2015-03-01")
KNOWN_ELSEWHERE = {
    "as the same child": somebody("sw-1", "", ADA[0], "Ada", ADA[1]),
    "under another name": somebody("sw-1", "", "Orr", "Bea", ADA[1]),
    "under another birth date": somebody("sw-1", "", ADA[0], "Ada", "2011-11-11"),
    "by name alone": somebody("sw-1", "", ADA[0], "Ada", ADA[1]),
    "as a restricted child": replace(somebody("sw-1", "", ADA[0], "Ada", ADA[1]), restricted=True),
}


@pytest.mark.parametrize("known", KNOWN_ELSEWHERE)
def test_an_answer_is_the_same_whether_or_not_another_agency_knows_the_child(doors: Doors, known: str) -> None:
    """What the school hears must not depend on what social work or the GP have said of anybody."""
    numbers = () if known == "by name alone" else (Identifier("upn", UPN, verified=True),)
    elsewhere = replace(KNOWN_ELSEWHERE[known], identifiers=numbers)
    rows = [with_upn(1, UPN), with_upn(2, "R999000000002")]
    told = doors.hub.house.hub.intake.receive(
        [an_update("sw-record", source="csc-api", person=elsewhere, code="sw.plan.agreed", agency="social-work")]
    )
    assert told.counts()["accepted"] == 1

    answers = [sent(doors, roll(row)) for row in rows]
    again = [sent(doors, roll(row)) for row in rows]

    for pair in (answers, again):
        assert len({orjson.dumps(sayable(one), option=orjson.OPT_SORT_KEYS) for one in pair}) == 1


def with_upn(number: int, upn: str) -> str:
    """A pupil whose number another agency may or may not have stated too."""
    return f"p-{number},SCH-1,2015-Mar-01 00:00:00,Kin1,Ada,{upn},F,2023-Sep-04 00:00:00,140.0,1.0"


def sayable(answer: dict[str, object]) -> dict[str, object]:
    """All of an answer but the id under which it is kept."""
    return {name: value for name, value in answer.items() if name != "receipt"}
