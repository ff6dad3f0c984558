"""Each record of a GP file is kept so that it can be read again alone, small, and without how anybody is reached."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from adapters import gp_connect
from adapters.reading.limits import FREE_BESIDE, MOST_SWOLLEN
from hub.update import Refusal, Translated, Update
from tests.contract.adapter import check
from tests.unit.adapters.health_messages import (
    NHS_NUMBER,
    ODS,
    OTHER_CHILD,
    Node,
    a_patient,
    a_practice,
    a_record,
    an_entry,
    an_observation,
    concept,
    gp,
)

TELEPHONE, STREET, MOTHER = "0131 555 0199", "7 Hidden Close", "Una"
REACHED: Node = {"telecom": [{"value": TELEPHONE}], "photo": [{"data": "AAAA"}]}
CONTACT: Node = {"name": {"family": "Fernie", "given": [MOTHER]}, "relationship": [{"text": "Mother"}], **REACHED}
ADA: Node = REACHED | a_patient(
    text={"status": "generated", "div": f"<div>{TELEPHONE}</div>"},
    contact=[{"telecom": [{"value": TELEPHONE}]}, {**CONTACT, "address": {"line": [STREET]}}],
    address=[{"use": "home", "line": [STREET], "postalCode": "ZZ99 1AA"}],
    generalPractitioner=[{"reference": "Practitioner/d"}],
)
DOCTOR: Node = {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Orr"}], "identifier": [{"value": "7"}]}
ROLE: Node = {
    "resourceType": "PractitionerRole",
    "id": "r",
    "practitioner": {"reference": "Practitioner/d"},
    "organization": {"reference": "Organization/practice"},
    "code": [concept("R0260", "General Medical Practitioner")],
}
MEDICINE: Node = {"resourceType": "Medication", "id": "m", "code": concept("2", "Amoxicillin 250mg capsules")}
BY_DOCTOR: Node = {"subject": {"reference": "Patient/ada"}, "performer": [{"reference": "Practitioner/d"}]}
PRESCRIBED = an_entry(
    "MedicationRequest", subject={"reference": "Patient/ada"}, medicationReference={"reference": "Medication/m"}
)


def read(*resources: Node) -> list[Translated]:
    return list(gp_connect.translate(gp(a_record(*resources))))


def of(kind: str, found: list[Translated]) -> bytes:
    """The original of the first record of a kind."""
    return next(one.original for one in found if kept(one)[0]["resourceType"] == kind)


def kept(record: Translated) -> list[Node]:
    return [entry["resource"] for entry in json.loads(record.original)["entry"]]


def again(record: Translated) -> list[Translated]:
    return list(gp_connect.translate(gp(record.original)))


def test_a_whole_file_keeps_the_contract_and_reads_its_originals_to_the_same_bytes() -> None:
    bea = a_patient("bea", OTHER_CHILD, managingOrganization={"reference": "urn:uuid:other"})
    visit = an_entry("Encounter", subject={"identifier": {"system": NHS_NUMBER, "value": OTHER_CHILD}})
    ended = an_entry("AllergyIntolerance", patient={"reference": "Patient/ada"}, asserter={"reference": "d"})
    content = a_record(
        *(ADA, bea, a_practice(), an_observation() | BY_DOCTOR, PRESCRIBED, visit, DOCTOR, ROLE, MEDICINE),
        {"resourceType": "List", "id": "l", "contained": [ended, {"id": "no-type"}]},
        {"resourceType": "Basic", "id": "b", **BY_DOCTOR},
        {"resourceType": "Condition", "subject": {"reference": "Patient/ada"}},
        an_observation("o2", "Patient/nobody"),
    )
    other: Node = {"resourceType": "Organization", "id": "o", "identifier": [{"system": ODS, "value": "Z99002"}]}
    entries = content["entry"]
    assert isinstance(entries, list)
    entries += [{"fullUrl": "urn:uuid:other", "resource": other}, {"fullUrl": "urn:uuid:none"}, 7]

    found = check(gp(content), canaries=("Fernie", TELEPHONE, STREET))

    assert [one.reason for one in found if isinstance(one, Refusal)] == [
        *("no-resource", "unmapped-code", "no-record-id", "no-subject", "no-resource", "no-resource")
    ]
    assert [second.original for one in found for second in again(one)] == [one.original for one in found]


def test_beside_a_record_stands_what_it_rests_on_and_nothing_else() -> None:
    found = read(ADA, a_practice(), DOCTOR, ROLE, MEDICINE, an_observation() | BY_DOCTOR, PRESCRIBED)

    beside = {one["resourceType"]: [part["resourceType"] for part in kept(record)[1:]] for record in found
              for one in kept(record)[:1]}  # fmt: skip
    assert beside == {
        "Patient": ["Organization", "Practitioner", "PractitionerRole"],
        "Observation": ["Patient", "Organization", "Practitioner", "PractitionerRole"],
        "MedicationRequest": ["Patient", "Organization", "Medication"],
    }


def test_a_doctors_own_number_as_a_patient_is_beside_no_childs_record() -> None:
    ill = DOCTOR | {"identifier": [{"value": "7"}, {"system": NHS_NUMBER, "value": OTHER_CHILD}]}

    found = read(ADA, a_practice(), ill, ROLE, an_observation() | BY_DOCTOR)

    assert [second.original for one in found for second in again(one)] == [one.original for one in found]
    assert OTHER_CHILD.encode() not in b"".join(one.original for one in found)
    assert next(part for part in kept(found[0]) if part["resourceType"] == "Practitioner") == DOCTOR


@pytest.mark.parametrize("kind", ["Patient", "Observation", "Basic", "RelatedPerson"])
def test_how_anybody_is_reached_is_in_no_original(kind: str) -> None:
    mother: Node = {"resourceType": "RelatedPerson", "patient": {"reference": "Patient/ada"}, **REACHED}
    mother |= {"address": {"line": [STREET]}, "text": {"div": f"<div>{TELEPHONE}</div>"}}
    held: Node = {"contained": [mother], "extension": [{"url": "u", "valueContactPoint": {"value": TELEPHONE}}]}
    found = read(
        ADA,
        a_practice(),
        {**DOCTOR, **REACHED},
        an_observation() | BY_DOCTOR | held,
        {"resourceType": "Basic", "id": "b", **BY_DOCTOR, **held},
        {"id": "rp", **mother},
    )
    original = of(kind, found).decode()

    assert not [word for word in (TELEPHONE, STREET, "AAAA") if word in original]
    assert len(found) == 4


def test_who_the_contacts_are_is_kept_with_the_registration_alone() -> None:
    found = read(ADA, a_practice(), an_observation())

    assert [MOTHER.encode() in one.original for one in found] == [True, False]
    (second,) = again(found[0])
    assert isinstance(second, Update)
    assert [(one.relation, one.name, one.local_id[-1]) for one in second.third_persons] == [
        ("mother", "Una Fernie", "1")
    ]


def test_an_unchanged_record_of_a_later_extract_is_the_same_bytes() -> None:
    first = read(ADA, a_practice(), DOCTOR, an_observation() | BY_DOCTOR)
    later = {**ADA, "telecom": [], "communication": [{"language": {"text": "Gaelic"}}]}
    doctor = {**DOCTOR, "meta": {"versionId": "9"}, "telecom": [{"value": TELEPHONE}]}
    second = read(PRESCRIBED, a_practice(), doctor, MEDICINE, an_observation() | BY_DOCTOR, later)

    assert of("Observation", first) == of("Observation", second)


def test_an_identifier_that_was_shared_in_its_file_stays_so() -> None:
    same = {"identifier": [{"system": "s", "value": "same"}], "subject": {"reference": "Patient/ada"}}
    found = read(ADA, a_practice(), *(an_entry("Condition") | same | {"id": name} for name in "ab"))

    alone = [second.record_id for one in found[1:] for second in again(one) if isinstance(second, Update)]
    assert alone == ["Condition|s|same|a", "Condition|s|same|b"]


def test_a_name_that_stood_for_two_in_its_file_stands_for_neither_in_an_original() -> None:
    two: Node = {"resourceType": "Location", "id": "d"}
    by_name = an_observation(performer=[{"reference": "d"}, {"reference": "Practitioner/d"}])
    (_, seen) = read(a_patient(), a_practice(), DOCTOR, two, {**by_name, "performer": [{"reference": "d"}]})
    (_, known) = read(a_patient(), a_practice(), DOCTOR, two, by_name)

    for one, name in ((seen, ""), (known, "Orr")):
        (second,) = again(one)
        assert isinstance(one, Update)
        assert isinstance(second, Update)
        assert (one.author, one.author.name) == (second.author, name)


def test_only_what_is_whole_as_an_original_is_read_as_one() -> None:
    content = a_record(ADA, a_practice(), an_observation())
    marked = content | {"meta": {"tag": [{"system": "urn:chronology-hub", "code": "original"}]}}

    assert len(list(gp_connect.translate(gp(marked)))) == 2


def test_what_is_too_large_to_be_kept_with_each_record_is_copied_into_none() -> None:
    long = "x" * 100_000
    doctor = {**DOCTOR, "name": [{"family": long}]}
    found = read(a_patient(), a_practice(), doctor, *(an_observation(str(n)) | BY_DOCTOR for n in range(50)))
    refused = read(a_patient(name=[{"family": long}]), a_practice(), an_observation())

    assert sum(len(one.original) for one in found) < len(long)
    assert [one.reason for one in refused if isinstance(one, Refusal)] == ["patient-too-large", "no-subject"]
    for one in (*found, *refused):
        assert [second.original for second in again(one)] == [one.original]


def test_many_records_cost_no_more_than_their_count() -> None:
    seen = [an_observation(f"o{n}") | BY_DOCTOR for n in range(3_000)]

    started = time.process_time()
    found = read(ADA, a_practice(), DOCTOR, ROLE, *seen)

    assert time.process_time() - started < 10
    assert sum(len(one.original) for one in found) < 3_001 * 2_500


def test_every_published_record_is_read_again_alone(shared: Path) -> None:
    paths = sorted((shared / "samples" / "gpconnect_structured").glob("*.json"))
    if not paths:
        pytest.skip("the published GP records are not in ../shared/samples")
    for path in paths:
        content = path.read_bytes()
        found = check(gp(content))

        assert [second.original for one in found for second in again(one)] == [one.original for one in found]
        assert b'"telecom"' not in b"".join(one.original for one in found)
        assert sum(len(one.original) for one in found) < len(content)


def test_what_is_kept_beside_the_records_never_makes_a_file_many_times_as_large() -> None:
    large = a_patient(name=[{"family": "x" * 6_000}])
    content = a_record(large, a_practice(), *(an_observation(f"o{n}") for n in range(4_000)))

    found = list(gp_connect.translate(gp(content)))

    *whole, last = found
    sent = gp(content).content
    assert sum(len(one.original) for one in whole) <= FREE_BESIDE + MOST_SWOLLEN * len(sent)
    assert isinstance(last, Refusal)
    assert (last.reason, last.original) == ("too-much-beside", sent)
    assert all(isinstance(one, Update) for one in whole)
    assert [one.original for one in again(whole[-1])] == [whole[-1].original]
