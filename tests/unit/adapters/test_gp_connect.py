"""A GP practice's record becomes updates in its own words, each with the patient it names."""

from __future__ import annotations

import json

import pytest

from adapters import gp_connect
from adapters.fhir.gp_entries import KINDS
from hub.update import Delivery, InvolvementFact, Occurred, Precision, Refusal, Translated, Update
from tests.unit.adapters.health_messages import (
    BAD_NUMBER,
    CHILD,
    NHS_NUMBER,
    OTHER_CHILD,
    Node,
    a_patient,
    a_practice,
    a_record,
    an_entry,
    an_observation,
    concept,
    gp,
    refusal,
    update,
)

NOPAT = {"security": [{"system": "http://hl7.org/fhir/v3/ActCode", "code": "NOPAT"}]}


def translate(delivery: Delivery) -> list[Translated]:
    return list(gp_connect.translate(delivery))


def kept(record: Translated) -> list[Node]:
    """The resources of a record's original, the record itself first."""
    return [entry["resource"] for entry in json.loads(record.original)["entry"]]


def entry_of(*resources: Node) -> Update:
    """The update of the last of these resources, sent with a patient and her practice."""
    record = translate(gp(a_record(a_patient(), a_practice(), *resources)))[-1]
    assert isinstance(record, Update), record
    return record


def test_registration_names_the_practice_and_the_child() -> None:
    record = update(translate(gp(a_record(a_patient(), a_practice()))))

    assert record.code == "gp.registered"
    assert record.facts == (InvolvementFact("gp-practice", "Z99001", name="Hill Practice"),)
    assert (record.person.family, record.person.given, record.person.postcode) == ("Fernie", ("Ada",), "ZZ99 1AA")
    assert record.person.birth_dates == ("2018-05-04",)
    assert (record.person.local_id, record.organisation) == ("Z99001|ada", "Z99001")


def test_registration_says_since_when_only_where_the_record_does() -> None:
    period = {"url": "registrationPeriod", "valuePeriod": {"start": "2018-06-01"}}
    details = {"url": "https://example/Extension-CareConnect-GPC-RegistrationDetails-1", "extension": [period]}
    record = update(translate(gp(a_record(a_patient(extension=[details]), a_practice()))))

    assert record.occurred == Occurred("2018-06-01", Precision.DAY)
    assert record.facts == (InvolvementFact("gp-practice", "Z99001", name="Hill Practice", since="2018-06-01"),)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_clinical_entry_is_a_record_of_its_own(kind: str) -> None:
    subject = {"subject": {"reference": "Patient/ada"}, "patient": {"reference": "Patient/ada"}}
    record = entry_of(an_entry(kind, **subject))

    assert (record.record_id, record.code) == (f"{kind}|https://gp.example/Z99001|{kind}-1", KINDS[kind].code)
    assert kept(record)[0]["resourceType"] == kind
    assert record.place == "/entry/2/resource"


def test_lists_people_and_places_are_context_and_not_records() -> None:
    kinds = ("List", "Practitioner", "Location", "Specimen")
    context: list[Node] = [{"resourceType": kind, "id": kind} for kind in kinds]

    assert len(translate(gp(a_record(a_patient(), a_practice(), *context)))) == 1


def test_an_ended_allergy_inside_a_list_is_a_record() -> None:
    ended = an_entry("AllergyIntolerance", patient={"reference": "Patient/ada"}, code=concept("1", "Allergy to nuts"))
    record = entry_of({"resourceType": "List", "id": "l", "contained": [ended]})

    assert (record.code, record.headline) == ("gp.allergy", "Allergy to nuts")
    assert record.place == "/entry/2/resource/contained/0"


def test_an_unknown_type_of_resource_waits_with_its_bytes_while_its_neighbours_go_in() -> None:
    found = translate(gp(a_record(a_patient(), a_practice(), {"resourceType": "Basic", "id": "b"}, an_observation())))

    assert [type(record) for record in found] == [Update, Refusal, Update]
    assert isinstance(found[1], Refusal)
    assert (found[1].reason, found[1].place) == ("unmapped-code", "/entry/2/resource")
    assert kept(found[1])[0] == {"id": "b", "resourceType": "Basic"}
    assert [part["resourceType"] for part in kept(found[1])[1:]] == ["Patient", "Organization"]


def test_an_entry_without_a_resource_is_refused_and_keeps_what_it_had() -> None:
    content = a_record(a_patient(), a_practice())
    content["entry"] = [*json.loads(json.dumps(content["entry"])), {"fullUrl": "urn:uuid:1"}, 7]
    found = translate(gp(content))

    assert [record.reason for record in found if isinstance(record, Refusal)] == ["no-resource", "no-resource"]


def test_the_words_times_and_author_of_an_observation_are_the_practices_own() -> None:
    doctor: Node = {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Orr", "prefix": ["Dr"]}]}
    role: Node = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"reference": "Practitioner/d"},
        "organization": {"reference": "Organization/practice"},
        "code": [concept("R0260", "General Medical Practitioner")],
    }
    seen = an_observation(
        performer=[{"reference": "Practitioner/d"}],
        valueQuantity={"value": 17.5, "unit": "kg"},
        comment="Thriving.",
    )
    record = entry_of(doctor, role, seen)

    assert (record.headline, record.detail) == ("Growth review", "17.5 kg\nThriving.")
    assert record.occurred == Occurred("2021-03-04", Precision.DAY)
    assert record.recorded_at_source == "2021-03-05T10:00:00+00:00"
    assert (record.author.name, record.author.role) == ("Dr Orr", "General Medical Practitioner")
    assert record.author.organisation == "Hill Practice"


def test_a_medicine_is_named_through_its_reference_with_its_dosage() -> None:
    medicine: Node = {"resourceType": "Medication", "id": "m", "code": concept("2", "Amoxicillin 250mg capsules")}
    prescribed = an_entry(
        "MedicationRequest",
        subject={"reference": "Patient/ada"},
        medicationReference={"reference": "Medication/m"},
        dosageInstruction=[{"text": "one, three times a day"}],
    )
    record = entry_of(medicine, prescribed)

    assert (record.headline, record.detail) == ("Amoxicillin 250mg capsules", "one, three times a day")


@pytest.mark.parametrize("name", ["status", "verificationStatus"])
def test_an_entry_made_in_error_is_taken_back(name: str) -> None:
    assert entry_of(an_observation(**{name: "entered-in-error"})).action == "retract"


def test_an_immunisation_not_given_did_not_happen() -> None:
    record = entry_of(
        an_entry(
            "Immunization",
            patient={"reference": "Patient/ada"},
            notGiven=True,
            explanation={"reasonNotGiven": [concept("310376006", "Immunisation consent not given")]},
        )
    )

    assert (record.code, record.polarity) == ("gp.immunisation.missed", "did-not-happen")
    assert record.detail == "Immunisation consent not given"


def test_a_code_that_the_map_knows_decides_what_the_entry_is_and_how_closed() -> None:
    injury = entry_of(an_observation(code=concept("125605004", "Fracture of bone")))
    missed = entry_of(an_observation(code=concept("281399006", "Did not attend")))
    closed = entry_of(an_observation(code={"coding": [
        {"system": "http://snomed.info/sct", "code": "417746004", "display": "Traumatic injury"},
        {"system": "http://snomed.info/sct", "code": "8098009", "display": "Infection"},
    ]}))  # fmt: skip

    assert (injury.code, injury.sensitivity) == ("gp.injury.presented", "concern")
    assert (missed.code, missed.polarity) == ("gp.not_brought", "did-not-happen")
    assert (closed.code, closed.sensitivity) == ("gp.sexual_health.contact", "sexual-health")


def test_a_practices_own_flag_closes_an_entry() -> None:
    assert entry_of(an_observation(meta=NOPAT)).sensitivity == "restricted"
    assert entry_of(an_observation()).sensitivity == "ordinary"


def test_a_restricted_patient_is_a_restricted_person_on_every_entry() -> None:
    patient = a_patient(meta={"security": [{"code": "R"}]})
    found = translate(gp(a_record(patient, a_practice(), an_observation())))

    assert [record.person.restricted for record in found if isinstance(record, Update)] == [True, True]


def test_two_patients_with_one_number_stay_two_person_records() -> None:
    pair = [a_patient("ada", BAD_NUMBER), a_patient("bea", BAD_NUMBER)]
    mine, hers = an_observation("o1", "Patient/ada"), an_observation("o2", "Patient/bea")
    found = [part for part in translate(gp(a_record(*pair, a_practice(), mine, hers))) if isinstance(part, Update)]

    assert [part.person.local_id for part in found] == ["Z99001|ada", "Z99001|bea"] * 2
    assert len({part.record_id for part in found}) == 4


@pytest.mark.parametrize("subject", [{"reference": "Patient/nobody"}, {"display": "Ada"}, None])
def test_with_two_patients_an_entry_that_names_neither_is_nobodys(subject: Node | None) -> None:
    seen = an_observation()
    del seen["subject"]
    seen |= {"subject": subject} if subject else {}
    found = translate(gp(a_record(a_patient("ada"), a_patient("bea", OTHER_CHILD), a_practice(), seen)))

    assert isinstance(found[-1], Refusal)
    assert found[-1].reason == "no-subject"


def test_an_entry_may_name_its_patient_by_number() -> None:
    by_number = {"identifier": {"system": NHS_NUMBER, "value": OTHER_CHILD}}
    seen = an_observation(subject=by_number)
    found = translate(gp(a_record(a_patient("ada", CHILD), a_patient("bea", OTHER_CHILD), a_practice(), seen)))

    assert isinstance(found[-1], Update)
    assert found[-1].person.local_id == "Z99001|bea"


def test_an_entry_that_names_another_patient_never_goes_to_the_one_in_the_file() -> None:
    found = translate(gp(a_record(a_patient(), a_practice(), an_observation(patient="Patient/somebody-else"))))

    assert isinstance(found[-1], Refusal)
    assert found[-1].reason == "no-subject"


def test_an_entry_that_names_nobody_goes_to_the_only_patient_with_a_defect() -> None:
    seen = an_observation()
    del seen["subject"]

    assert "subject-not-stated" in [defect.code for defect in entry_of(seen).defects]


def test_without_a_patient_every_clinical_entry_waits_as_itself() -> None:
    found = translate(gp(a_record(a_practice(), an_observation("o1"), an_observation("o2"))))

    assert [(part.reason, part.place) for part in found if isinstance(part, Refusal)] == [
        ("no-subject", "/entry/1/resource"),
        ("no-subject", "/entry/2/resource"),
    ]


def test_a_single_resource_without_a_subject_waits_as_itself() -> None:
    waiting = refusal(translate(gp(an_entry("DocumentReference", meta=NOPAT, description="A letter"))))

    assert (waiting.reason, waiting.place) == ("no-subject", "")
    assert json.loads(waiting.original)["description"] == "A letter"


def test_entries_that_share_an_identifier_are_not_corrections_of_one_another() -> None:
    identifiers = {"identifier": [{"system": "s", "value": "same"}], "subject": {"reference": "Patient/ada"}}
    one, two = an_entry("Condition") | identifiers | {"id": "a"}, an_entry("Condition") | identifiers | {"id": "b"}
    found = translate(gp(a_record(a_patient(), a_practice(), one, two)))

    assert [part.record_id for part in found[1:] if isinstance(part, Update)] == [
        "Condition|s|same|a",
        "Condition|s|same|b",
    ]


def test_an_entry_that_could_never_be_corrected_waits() -> None:
    found = translate(gp(a_record(a_patient(), a_practice(), {"resourceType": "Condition"})))

    assert isinstance(found[-1], Refusal)
    assert found[-1].reason == "no-record-id"


def test_version_and_order_come_from_the_record_or_stay_empty() -> None:
    meta = {"versionId": "7", "lastUpdated": "2021-03-05T10:00:00+01:00"}
    with_version, without = entry_of(an_observation(meta=meta)), entry_of(an_observation())

    assert (with_version.version, with_version.order) == ("7", "2021-03-05T09:00:00.000000+00:00")
    assert (without.version, without.order) == ("", "")


def test_a_wrong_date_is_a_defect_on_an_entry_that_goes_in() -> None:
    record = entry_of(an_observation(effectiveDateTime="2021-02-31"))

    assert record.occurred.precision is Precision.UNKNOWN
    assert "date-invalid" in [defect.code for defect in record.defects]


def test_what_the_published_model_misses_is_a_defect_by_path_and_never_by_value() -> None:
    answers = an_entry("QuestionnaireResponse", identifier={"value": "q"}, subject={"reference": "Patient/ada"})
    record = entry_of(answers | {"status": "completed", "item": [{"text": "Sleeps well?"}]})

    assert [(part.code, part.place) for part in record.defects] == [
        ("fhir-invalid", "/entry/2/resource/item/0/linkId")
    ]  # fmt: skip
    assert "Sleeps" not in record.defects[0].note


def test_the_patients_contacts_are_third_persons_and_not_part_of_the_text() -> None:
    contact = {"relationship": [{"text": "Mother"}], "name": {"family": "Fernie", "given": ["Una"]}}
    record = update(translate(gp(a_record(a_patient(contact=[contact]), a_practice()))))

    assert [(person.relation, person.name) for person in record.third_persons] == [("mother", "Una Fernie")]
    assert "Una" not in record.headline + record.detail


@pytest.mark.parametrize(
    "content",
    [
        {"resourceType": "Bundle", "type": "message", "entry": []},
        {"resourceType": "OperationOutcome"},
        {"la_code": 1, "Children": []},
        [1, 2],
        "text",
        None,
    ],
)
def test_a_foreign_file_is_one_refusal_that_keeps_it_whole(content: object) -> None:
    delivery = gp(content)
    waiting = refusal(translate(delivery))

    assert (waiting.reason, waiting.original) == ("not-this-format", delivery.content)


def test_a_collection_with_nothing_to_record_is_refused_and_not_passed_over() -> None:
    assert refusal(translate(gp(a_record(a_practice())))).reason == "no-records"


def test_the_same_file_is_always_translated_alike_whatever_the_order_of_its_keys() -> None:
    content = a_record(a_patient(), a_practice(), an_observation())
    turned = json.loads(json.dumps(content), object_pairs_hook=lambda pairs: dict(reversed(pairs)))

    assert translate(gp(content)) == translate(gp(content)) == translate(gp(turned))
