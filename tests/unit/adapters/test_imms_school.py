"""School-age vaccination tables: given, or not and why; and nobody's contact details are kept."""

from __future__ import annotations

import pytest

from hub.update import Refusal, Update
from tests.contract.adapter import check, counted, outcomes
from tests.unit.adapters.health_messages import CHILD, refusal, update
from tests.unit.adapters.imms_tables import INSTRUCTIONS, SCHOOL, imms, school


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"VACCINATED": "Y"}, "hv.immunisation.given"),
        ({"VACCINATED": "yes"}, "hv.immunisation.given"),
        ({"VACCINATED": ""}, "hv.immunisation.given"),
        ({"VACCINATED": "N", "VACCINE_GIVEN": "", "REASON_NOT_VACCINATED": "refused"}, "hv.immunisation.missed"),
        ({"VACCINATED": "No", "REASON_NOT_VACCINATED": "unwell"}, "hv.immunisation.missed"),
        ({"VACCINATED": "", "VACCINE_GIVEN": "", "REASON_NOT_VACCINATED": "refused"}, "hv.immunisation.missed"),
    ],
)
def test_a_school_row_says_whether_it_was_given(said: dict[str, str], code: str) -> None:
    record = update(check(school(said)))

    assert record.code == code
    assert record.polarity == ("happened" if code.endswith("given") else "did-not-happen")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"VACCINATED": "Y", "REASON_NOT_VACCINATED": "refused"}, "unclear-outcome"),
        ({"VACCINATED": "", "VACCINE_GIVEN": ""}, "unclear-outcome"),
        ({"VACCINATED": "perhaps"}, "unmapped-code"),
        ({"NHS_NUMBER": "", "PERSON_DOB": ""}, "no-subject"),
        ({"PROGRAMME": "", "VACCINE_GIVEN": ""}, "no-vaccine"),
    ],
)
def test_a_school_row_that_does_not_say_enough_waits(said: dict[str, str], reason: str) -> None:
    assert refusal(check(school(said), canaries=[CHILD, "Fernie"])).reason == reason


def test_a_reason_that_is_not_in_the_list_is_kept_as_sent() -> None:
    record = update(check(school({"VACCINATED": "N", "REASON_NOT_VACCINATED": "on a trip"})))

    assert record.detail.startswith("Reason: on a trip")
    assert [part.code for part in record.defects] == ["unmapped-reason"]


def test_a_refusal_that_is_later_a_vaccination_is_one_record() -> None:
    missed = update(check(school({"VACCINATED": "N", "VACCINE_GIVEN": "", "REASON_NOT_VACCINATED": "refused"})))
    given = update(check(school({"DATE_OF_VACCINATION": "08/10/2024"})))

    assert missed.record_id == given.record_id


def test_a_row_with_an_id_of_its_own_is_known_by_it_as_its_fhir_record_is() -> None:
    record = update(check(school({}, columns=SCHOOL | {"UUID": "u-1"})))

    assert record.record_id == "http://manage-vaccinations-in-schools.nhs.uk/vaccination_records|u-1"


def test_four_children_who_share_a_local_id_stay_four() -> None:
    columns = SCHOOL | {"LOCAL_PATIENT_ID": "p7", "LOCAL_PATIENT_ID_URI": "www.p7", "NHS_NUMBER": ""}
    found = check(school(*({"PERSON_FORENAME": name} for name in ("Ada", "Ben", "Cal", "Dee")), columns=columns))

    assert len({one.person.local_id for one in found if isinstance(one, Update)}) == 4


def test_a_row_of_instructions_and_rows_of_nothing_are_no_records() -> None:
    found = check(school({}, between=INSTRUCTIONS + ",,,\n" + "," * 13 + "\n"))

    assert counted(found) == {"update": 1}


def test_a_ragged_row_waits_alone() -> None:
    found = check(school({}, {"DATE_OF_VACCINATION": "20250101"}, between="Z9SA1,x\n"))

    assert counted(found) == {"ragged-row": 1, "update": 2}


def test_a_vaccination_stated_twice_and_not_alike_is_asked_about() -> None:
    found = [one for one in check(school({}, {}, {"BATCH_NUMBER": "B2"})) if isinstance(one, Update)]

    assert [one.question for one in found] == ["", "", "stated-twice"]
    assert len({one.record_id for one in found}) == 1


def test_a_record_systems_own_headings_are_understood_and_its_addresses_left_out() -> None:
    head = "NHS number,Surname,First name,Sex,Date of birth,House name,Mobile telephone,Postcode,School,"
    row = f"{CHILD},Fernie,Ada,F,04/05/2018,Heron Court,01632 960000,ZZ99 1AA,Rowanbank,Gardasil 2,01/02/2024,B1"
    found = check(imms(head + "Vaccination type,Event date,Vaccination batch number\n" + row + "\n"))
    record = update(found)

    assert (record.headline, record.occurred.start) == ("Gardasil 2", "2024-02-01")
    assert (record.person.given, record.person.postcode) == (("Ada",), "ZZ99 1AA")
    assert not any(word in repr(found) for word in ("Heron", "960000"))


@pytest.mark.parametrize("row", ["{0},ada@home.example,x", '"{0},ada@home.example', "\x00{0},ada@home.example"])
def test_of_a_row_that_cannot_be_read_beside_contact_details_only_its_shape_is_kept(row: str) -> None:
    columns = SCHOOL | {"PARENT_1_EMAIL": "mum@home.example"}
    found = check(school({}, between=row.format(CHILD) + "\n", columns=columns))

    assert isinstance(found[0], Refusal)
    assert isinstance(found[1], Update)
    assert not any(word in repr(found) for word in (f"'{CHILD},", "home.example", "ada@"))


def test_a_table_of_nothing_but_faults_is_kept_without_its_contact_details() -> None:
    columns = SCHOOL | {"PARENT_1_EMAIL": "mum@home.example"}
    found = outcomes(school(*[{"VACCINATED": "perhaps"}] * 1_100, columns=columns))

    assert found[-1].original.startswith(b"ORGANISATION_CODE")
    assert {one.reason for one in found if isinstance(one, Refusal)} == {"unmapped-code", "too-many-bad-records"}
    assert b"home.example" not in b"".join(one.original for one in found)
