"""UK Core records: whose each entry is, what takes it back, what closes it, and what is never kept of it."""

from __future__ import annotations

import json

import pytest

from tests.unit.adapters.uk_core import (
    ADA,
    CHILD,
    NHS_NUMBER,
    ODS,
    OTHER_CHILD,
    RESTRICTED,
    Node,
    a_bundle,
    a_patient,
    a_practice,
    a_record,
    read,
    refusal,
    update,
    updates,
    with_ada,
)

ENTERED_IN_ERROR: Node = {"coding": [{"code": "entered-in-error"}]}
CLASSES = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONTACTS = (b"960111", b"Mhairi", b"Hidden Lane", b"mhairi@")


def an_encounter(kind: str) -> Node:
    return {**a_record("Encounter"), "class": {"system": CLASSES, "code": kind}}


def test_an_entry_goes_to_the_patient_it_names() -> None:
    other = a_patient("ben", OTHER_CHILD)
    found = update(a_bundle(a_patient(), other, a_practice(), a_record(subject={"reference": "Patient/ben"})))

    assert found.person.local_id == "Z99001|ben"


def test_an_entry_whose_patient_is_not_there_is_refused_because_two_servers_may_use_one_id() -> None:
    assert refusal(a_record()).reason == "no-subject"
    assert refusal(a_bundle(a_patient("ben"), a_practice(), a_record())).reason == "no-subject"


def test_an_entry_that_names_nobody_is_nobodys_among_two() -> None:
    nameless = {**a_record(), "subject": None}

    assert refusal(a_bundle(a_patient(), a_patient("ben", OTHER_CHILD), nameless)).reason == "no-subject"


def test_an_entry_that_names_nobody_is_the_only_patients_and_says_so() -> None:
    found = update(with_ada({**a_record(), "subject": None}))

    assert "subject-not-stated" in {defect.code for defect in found.defects}


def test_an_entry_may_name_its_patient_by_nhs_number_alone() -> None:
    found = update(a_record(subject={"identifier": {"system": NHS_NUMBER, "value": CHILD}}))

    assert found.person.local_id == CHILD
    assert not found.person.family


def test_a_patient_inside_the_entry_is_the_entrys() -> None:
    found = update(a_record(subject={"reference": "#ada"}, contained=[a_patient()]))

    assert found.person.family == "Fernie"
    assert not any(word in found.original for word in CONTACTS)


@pytest.mark.parametrize(
    "content",
    [
        a_bundle(a_patient(identifier=[{"system": NHS_NUMBER, "value": one} for one in (CHILD, OTHER_CHILD)])),
        with_ada(a_record(subject={**ADA, "identifier": {"system": NHS_NUMBER, "value": OTHER_CHILD}})),
        a_bundle(a_patient(), a_patient("ben", OTHER_CHILD), a_record(subject=[ADA, {"reference": "Patient/ben"}])),
    ],
)
def test_two_identities_go_to_a_person(content: Node) -> None:
    assert refusal(content).reason == "two-identities"
    assert refusal(refusal(content).original).reason == "two-identities"


@pytest.mark.parametrize(
    "state",
    [{"status": "entered-in-error"}, {"verificationStatus": ENTERED_IN_ERROR}, {"docStatus": "entered-in-error"}],
)
def test_what_was_entered_in_error_is_taken_back(state: Node) -> None:
    stood = update(with_ada(a_record("Condition")))
    gone = update(with_ada({**a_record("Condition"), **state}))

    assert (gone.action, gone.record_id) == ("retract", stood.record_id)


def test_a_restricted_patient_is_restricted_whatever_the_record_carries() -> None:
    found = updates(a_bundle(a_patient(meta=RESTRICTED), a_practice(), a_record()))

    assert all(one.person.restricted for one in found)
    assert {one.sensitivity for one in found} == {"restricted"}


@pytest.mark.parametrize(
    ("label", "sensitivity"),
    [("R", "restricted"), ("NOPAT", "restricted"), ("HIV", "sexual-health"), ("N", "ordinary")],
)
def test_a_label_closes_its_entry(label: str, sensitivity: str) -> None:
    found = update(with_ada(a_record(meta={"security": [{"code": label}]})))

    assert found.sensitivity == sensitivity
    assert not found.person.restricted


def test_a_label_never_opens_what_the_kind_of_entry_closes() -> None:
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "240589008"}]}
    found = update(with_ada(a_record(code=code, meta={"security": [{"code": "PSY"}]})))

    assert found.sensitivity == "sexual-health"


def test_contacts_relatives_and_homes_are_nowhere() -> None:
    relative: Node = {"resourceType": "RelatedPerson", "patient": ADA, "name": [{"given": ["Mhairi"]}], "telecom": []}
    narrative = {"status": "generated", "div": "<div>Mhairi, 2 Hidden Lane</div>"}
    stored = [{"url": "x", "valueAddress": {"line": ["2 Hidden Lane"]}}]
    content = with_ada(relative, a_record(text=narrative, extension=stored))

    for one in (*read(content), *read(relative), *read(a_bundle(relative, a_record()))):
        assert not any(word in one.original for word in CONTACTS)
        assert not any(word.decode() in repr(one) for word in CONTACTS)


def test_a_postcode_is_kept() -> None:
    assert update(a_bundle(a_practice(), a_patient())).person.postcode == "ZZ99 1AA"


def test_a_correction_of_any_version_finds_its_record_by_its_identifier() -> None:
    first = update(with_ada(a_record(meta={"versionId": "1", "lastUpdated": "2024-01-01T10:00:00Z"})))
    second = update(
        with_ada(
            {**a_record(), "id": "another", "meta": {"versionId": "2", "lastUpdated": "2024-01-02T10:00:00+00:00"}}
        )
    )

    assert first.record_id == second.record_id
    assert first.order < second.order


def test_an_identifier_that_two_entries_share_is_no_correction_of_one_by_the_other() -> None:
    shared = [{"system": "https://lab.example", "value": "SAMPLE-1"}]
    content = with_ada(a_record(identity="o1", identifier=shared), a_record(identity="o2", identifier=shared))

    found = updates(content)[1:]
    again = [update(one.original).record_id for one in found]
    assert len({one.record_id for one in found}) == 2
    assert again == [one.record_id for one in found]


def test_an_id_of_one_practice_is_not_that_of_another() -> None:
    bare = {name: value for name, value in a_record().items() if name != "identifier"}
    elsewhere = json.loads(json.dumps(a_bundle(a_patient(), a_practice(), bare)).replace("Z99001", "Z99002"))

    assert update(with_ada(bare)).record_id != update(elsewhere).record_id


def test_an_entry_without_any_id_is_refused() -> None:
    bare = {name: value for name, value in a_record().items() if name not in {"identifier", "id"}}

    assert refusal(with_ada(bare)).reason == "no-record-id"


@pytest.mark.parametrize(
    ("resource", "code", "polarity"),
    [
        (a_record("Immunization", status="not-done"), "gp.immunisation.missed", "did-not-happen"),
        (a_record("Immunization", status="completed"), "gp.immunisation.given", "happened"),
        (a_record("Procedure", status="not-done"), "gp.procedure.done", "did-not-happen"),
        (a_record("Appointment", status="noshow"), "gp.not_brought", "did-not-happen"),
        (an_encounter("AMB"), "gp.consultation.summary", "happened"),
        (
            an_encounter("EMER"),
            "hospital.emergency.attended",
            "happened",
        ),
        (a_record("Condition", verificationStatus={"coding": [{"code": "refuted"}]}), "gp.problem", "did-not-happen"),
        (a_record("Flag"), "gp.alert", "happened"),
        (a_record("Communication"), "gp.message", "happened"),
        (a_record("DocumentReference"), "gp.document", "happened"),
        (a_record("ServiceRequest"), "gp.procedure.planned", "happened"),
    ],
)
def test_each_kind_of_resource_says_what_happened(resource: Node, code: str, polarity: str) -> None:
    found = update(with_ada(resource))

    assert (found.code, found.polarity) == (code, polarity)


def test_a_death_is_on_the_patients_record_and_taken_back_by_its_next_version() -> None:
    dead = update(a_bundle(a_practice(), a_patient(deceasedDateTime="2024-02-03")))
    alive = update(a_bundle(a_practice(), a_patient()))

    assert (dead.code, dead.occurred.start) == ("gp.death.recorded", "2024-02-03")
    assert alive.code == "gp.registered"
    assert alive.record_id == dead.record_id


def test_a_patient_that_replaces_another_asks_a_person() -> None:
    link = [{"other": {"reference": "Patient/older"}, "type": "replaces"}]

    assert update(a_bundle(a_practice(), a_patient(link=link))).question == "merge-announced"


def test_a_practice_may_be_named_by_its_code_alone() -> None:
    code = {"identifier": {"system": ODS, "value": "Z99009"}}
    found = update(a_bundle(a_patient(managingOrganization=None, generalPractitioner=[code])))

    assert [fact.organisation for fact in found.facts if hasattr(fact, "organisation")] == ["Z99009"]


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        (a_record("Consent"), "consent-elsewhere"),
        (a_record("AuditEvent"), "access-log-elsewhere"),
        (a_record("FamilyMemberHistory"), "unmapped-code"),
        (a_record("Banana"), "unmapped-code"),
    ],
)
def test_what_is_no_part_of_a_story_is_refused_with_what_to_do(resource: Node, reason: str) -> None:
    found = refusal(with_ada(resource))

    assert (found.reason, bool(found.next_step)) == (reason, True)
    assert refusal(found.original).reason == reason


def test_a_deletion_without_its_record_is_refused() -> None:
    content: Node = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "DELETE", "url": "Flag/1"}}],
    }

    assert refusal(content).reason == "no-resource"
    assert b"Flag/1" in refusal(content).original


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"{}", "not-this-format"),
        (b"[1]", "not-this-format"),
        (b'{"resourceType": "Bundle", "entry": []}', "no-records"),
        (b'{"resourceType":"Patient","id":"a","id":"b"}', "json-duplicate-key"),
        (b'{"resourceType":"Patient","id":"\\ud800"}', "wrong-encoding"),
        (b'{"resourceType":"Patient","id":"a\\u0000"}', "nul-character"),
        (b'{"a":' * 200_000, "json-too-deep"),
        (b"<Patient/>", "not-this-format"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "xml-doctype"),
        (b"<a>" * 200_000, "xml-too-deep"),
        (b"%PDF-1.4", "json-malformed"),
        ({"resourceType": "Patient", "meta": {"profile": ["https://fhir.nhs.uk/STU3/X"]}}, "another-release"),
    ],
)
def test_what_is_no_record_of_this_format_is_one_refusal(content: object, reason: str) -> None:
    (found,) = read(content)

    assert getattr(found, "reason", "") == reason
