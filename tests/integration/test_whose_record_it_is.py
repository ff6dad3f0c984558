"""A record belongs to the organisation that sent it: what another's system may not say, it cannot say by waiting."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from adapters import sources
from adapters.school_census import codes
from adapters.sending import Sender, of_sender
from hub import vocabulary
from hub.receipt import Receipt
from hub.update import Delivery
from tests.builders import an_update, somebody, stage
from tests.fix_hub import TestHub
from tests.fix_systems import HV, SCHOOL, Doors, bearer
from tests.stories import take
from tests.systems import System, write_directory

OURS = "https://records.example/rowanbank"
WRITES = System("rowanbank-notes", "SCH-ROWANBANK", "education", ("hub-cloudevents",), SCHOOL.key, "ES256", (OURS,))


def outcomes(receipt: Receipt) -> list[str]:
    return [f"{one.outcome.value} {one.reason}".strip() for one in receipt.results]


def test_anothers_system_neither_changes_a_record_nor_takes_it_back(hub: TestHub) -> None:
    intake = hub.house.hub.intake
    ours = an_update(sender="la-990", facts=(stage("registered"),))
    newer = {"version": "2", "order": "2024-06-01T09:00:00Z"}

    assert outcomes(intake.receive([ours])) == ["accepted"]
    assert outcomes(intake.receive([an_update(sender="la-991", action="retract", **newer)])) == [
        "conflict other-sender"
    ]
    assert outcomes(intake.receive([an_update(sender="la-991", original=b"x", **newer)])) == ["conflict other-sender"]
    assert outcomes(intake.receive([an_update(original=b"y", **newer)])) == ["conflict other-sender"]
    assert outcomes(intake.receive([an_update(sender="la-990", headline="x", **newer)])) == ["revised newer-version"]


def test_who_takes_an_id_first_keeps_nobody_elses_record_out_in_silence(hub: TestHub) -> None:
    early = an_update(sender="la-991", action="retract", version="9", order="9" * 100)

    receipt = hub.house.hub.intake.receive([early, an_update(sender="la-990")])

    assert outcomes(receipt) == ["retracted retracted-by-source", "conflict other-sender"]
    assert len(hub.house.hub.intake.quarantine.waiting()) == 1


def test_reading_anew_keeps_the_sender(hub: TestHub, monkeypatch: pytest.MonkeyPatch) -> None:

    table = b"pupilonrolltableid,nativeid,termlysessiondetailsonrolltableid,sessions,attendancereason\np,S,s1,3,I\n"
    found = hub.house.translate(Delivery("school-census", "2024_autumn_x.csv", table))
    hub.house.hub.intake.receive(of_sender(found, "school-census", Sender("SCH1", "education", (), ("SCH1",))))
    known = sources._sources() | {"school-census": replace(sources.source("school-census"), mapping="2.mended")}
    mended = codes._lists() | {("attendance", "I"): codes.Words("ill, with a note")}
    monkeypatch.setattr(codes, "_lists", lambda: mended)
    monkeypatch.setattr(sources, "_sources", lambda: known)

    assert outcomes(hub.house.reread("school-census")) == ["revised read-anew"]


def test_a_flag_alone_restricts(hub: TestHub) -> None:
    take(hub, [an_update()])
    flagged = an_update("r2", person=somebody("isla-1", "", "", "", ""))

    take(hub, [replace(flagged, person=replace(flagged.person, given=(), restricted=True))])

    with hub.as_owner() as connection:
        found = connection.execute("select restricted from identity.statements order by 1").fetchall()
    assert found == [(False,), (True,)]


def test_one_record_is_never_on_two_children_whatever_was_taken_back_between(hub: TestHub) -> None:
    gone = an_update(version="5", order="5", action="retract", person=somebody("", "", "", "", ""))

    nobody = replace(gone, person=replace(gone.person, given=()))
    first = an_update(version="3", order="3")
    other = an_update(version="6", order="6", person=somebody("finn-1", "9990000026", "Baird", "Finn", "2024-01-05"))

    receipt = hub.house.hub.intake.receive([nobody, first, other])

    assert outcomes(receipt)[-1] == "conflict would-move"


def event(**data: object) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": OURS,
        "type": "hub.chronology.update.v1",
        "data": {
            "agency": "education",
            "record": {"id": "n-1", "version": "1"},
            "subject": {"local_id": "p-1", "names": {"family": "Lennox", "given": ["Isla"]}},
            "code": "ed.wellbeing.concern",
            "occurred": {"precision": "day", "start": "2024-09-30"},
            "headline": "Tired",
        }
        | data,
    }


def test_what_waits_is_tried_again_as_what_its_sender_may_say(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    """A school's event that claims to be social work's waits for a code; when it is tried again it is still refused."""
    write_directory(doors.directory, WRITES.listed())
    headers = bearer(doors.token(WRITES)) | {"Content-Type": "application/cloudevents+json"}
    forged = event(agency="social-work", code="sw.not.mapped.yet")
    answer = doors.http.post("/v1/updates", content=orjson.dumps(forged), headers=headers)
    assert answer.json()["quarantined"] == 1

    words = dict(vocabulary.terms())
    words["sw.not.mapped.yet"] = words["sw.register.added"]
    for module in ("hub.intake.checking", "hub.intake.placing", "adapters.hub_cloudevents.checks"):
        monkeypatch.setattr(f"{module}.terms", lambda: words, raising=False)
    house = doors.hub.house
    again = house.hub.intake.quarantine.retry(house.translate_again, "tests")

    assert not {one.outcome.value for one in again.results} & {"accepted", "revised"}
    with doors.hub.as_owner() as connection:
        assert connection.execute("select count(*) from intake.revisions").fetchone() == (0,)


def test_a_sender_states_the_involvement_of_its_own_organisations_alone(doors: Doors) -> None:
    write_directory(doors.directory, SCHOOL.listed(), HV.listed())
    head = "pupilonrolltableid,NativeId,dob,surname,forename,upn,sex,entrydate"
    rows = [
        f"p-{n},{school},2015-Mar-01 00:00:00,Kin,Ada,,F,2023-Sep-04 00:00:00"
        for n, school in enumerate(("SCH-ROWANBANK", "SCH-WREN"))
    ]
    headers = bearer(doors.token(SCHOOL)) | {"Hub-File-Name": "2024_autumn_pupilonroll.csv"}

    answer = doors.http.post(
        "/v1/sources/school-census/files", content="\n".join([head, *rows, ""]).encode(), headers=headers
    )

    assert answer.json()["accepted"] == 2, answer.text
    with doors.hub.as_owner() as connection:
        stated = connection.execute("select organisation from read.involvement").fetchall()
        asked = connection.execute("select reason from identity.questions").fetchall()
    assert stated == [("SCH-ROWANBANK",)]
    assert ("involvement-of-another",) in asked
