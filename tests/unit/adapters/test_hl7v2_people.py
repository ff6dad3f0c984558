"""Whose record a hospital's message is: by who assigned each number, never by how it looks, and never a guess."""

from __future__ import annotations

import pytest

from hub.update import Identifier, Update
from tests.unit.adapters.hospital_messages import (
    CHILD,
    HOSPITAL_NUMBER,
    OTHER_CHILD,
    a_header,
    a_message,
    a_patient,
    a_value,
    a_visit,
    an_admission,
    an_event,
    an_order,
    read,
    refusal,
    update,
)


@pytest.mark.parametrize(
    "spelling", ["^^^NHS", "^^^NHS^NH", "^^^NHSNBR^NHSNMBR", "^^^nhs^nh", "^^^&2.16.840.1.113883.2.1.4.1&ISO"]
)
def test_an_nhs_number_is_known_by_who_assigned_it_in_each_spelling(spelling: str) -> None:
    content = a_message(a_header(), an_event(), a_patient(f"{HOSPITAL_NUMBER}~{CHILD}{spelling}"), a_visit())

    assert update(content).person.identifiers == (Identifier("nhs-number", CHILD),)


@pytest.mark.parametrize("authority", ["^^^RWM^PI", "^^^140^PI", "", "^^^HILL^MR", "^^^NHS110^PI", "^^^NHSX"])
def test_a_local_number_is_never_taken_for_an_nhs_number(authority: str) -> None:
    found = update(a_message(a_header(), an_event(), a_patient(f"{CHILD}{authority}"), a_visit()))

    assert found.person.identifiers == ()
    assert found.person.local_id.startswith("Z99H2|")


def test_the_hospital_number_is_the_same_wherever_it_stands_in_the_list() -> None:
    first = update(a_message(a_header(), a_patient(f"{HOSPITAL_NUMBER}~{CHILD}^^^NHS~X1^^^LAB^PI"), a_visit()))
    last = update(a_message(a_header(), a_patient(f"X1^^^LAB^PI~{CHILD}^^^NHS~{HOSPITAL_NUMBER}"), a_visit()))

    assert first.person.local_id == last.person.local_id == "Z99H2|HILL|H77"


def test_one_number_at_two_hospitals_is_two_people() -> None:
    here = an_admission()
    there = here.replace(b"Z99H2", b"Z99H3")

    assert update(here).person.local_id != update(there).person.local_id
    assert update(here).record_id != update(there).record_id


def test_two_nhs_numbers_in_one_message_go_to_a_person() -> None:
    numbers = f"{HOSPITAL_NUMBER}~{CHILD}^^^NHS~{OTHER_CHILD}^^^NHS"

    assert refusal(a_message(a_header(), a_patient(numbers), a_visit())).reason == "two-identities"


def test_two_patients_in_one_admission_go_to_a_person() -> None:
    other = a_patient(f"H78^^^HILL^MR~{OTHER_CHILD}^^^NHS", "Fernie^Rhona")

    assert refusal(a_message(a_header(), a_patient(), other, a_visit())).reason == "two-identities"


def test_results_of_two_patients_in_one_message_go_each_to_its_own() -> None:
    other = a_patient(f"H78^^^HILL^MR~{OTHER_CHILD}^^^NHS", "Fernie^Rhona")
    content = a_message(
        a_header("ORU^R01"), a_patient(), an_order("L1"), a_value(), other, an_order("L2"), a_value("90")
    )

    first, second = (one for one in read(content) if isinstance(one, Update))
    assert [one.person.local_id for one in (first, second)] == ["Z99H2|HILL|H77", "Z99H2|HILL|H78"]
    assert "118" in first.detail
    assert b"H78" not in first.original
    assert "90" in second.detail
    assert b"H77" not in second.original


@pytest.mark.parametrize("trigger", ["A34", "A40"])
def test_an_announced_merge_asks_a_person_and_joins_nobody(trigger: str) -> None:
    content = a_message(a_header(f"ADT^{trigger}"), an_event(trigger), a_patient(), "MRG|H99^^^HILL^MR")
    found = update(content)

    assert found.question == "merge-announced"
    assert found.person.local_id == "Z99H2|HILL|H77"
    assert "H99" not in repr((found.person, found.headline, found.detail, found.facts))
    assert b"H99" in found.original


def test_a_merge_that_names_no_other_record_is_refused() -> None:
    assert refusal(a_message(a_header("ADT^A40"), a_patient())).reason == "no-merged-record"


def test_two_merges_in_one_message_are_two_records() -> None:
    other = a_patient("H80^^^HILL^MR", "Fernie^Rhona")
    content = a_message(a_header("ADT^A40"), a_patient(), "MRG|H99^^^HILL", other, "MRG|H98^^^HILL")

    assert [one.person.local_id for one in read(content) if isinstance(one, Update)] == [
        "Z99H2|HILL|H77",
        "Z99H2|HILL|H80",
    ]


def test_a_death_is_on_the_patients_record_and_taken_back_by_its_next_version() -> None:
    dead = a_message(a_header("ADT^A31"), an_event("A31"), a_patient(more="|" * 16 + "20230304|Y"))
    alive = a_message(a_header("ADT^A31"), an_event("A31"), a_patient(more="|" * 17 + "N"))

    assert update(dead).code == "hospital.death.recorded"
    assert update(dead).occurred.start == "2023-03-04"
    assert update(alive).code == "hospital.person.details"
    assert update(alive).record_id == update(dead).record_id


@pytest.mark.parametrize("flag", ["Y", "VIP", "R", "something-else"])
def test_a_protected_patient_is_restricted_whatever_else_is_said(flag: str) -> None:
    found = update(an_admission(vip=flag))

    assert (found.person.restricted, found.sensitivity) == (True, "restricted")


def test_a_patient_who_is_not_protected_is_not_restricted() -> None:
    found = update(an_admission(vip="N"))

    assert (found.person.restricted, found.sensitivity) == (False, "ordinary")


def test_a_restricted_document_does_not_restrict_the_patient() -> None:
    about = "|".join({0: "TXA", 1: "1", 2: "PC", 12: "D1", 18: "R"}.get(at, "") for at in range(19))
    found = update(a_message(a_header("MDM^T02"), a_patient(), about, a_value("Seen.", kind="TX")))

    assert (found.code, found.sensitivity) == ("hospital.document.psychiatric", "restricted")
    assert not found.person.restricted


def test_a_sensitive_specialty_closes_the_stay() -> None:
    content = an_admission().replace(b"|420|", b"|711|")

    assert update(content).sensitivity == "confidential-health"
