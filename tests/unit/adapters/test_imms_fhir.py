"""A FHIR R4 immunisation becomes one update about the child it names, and never about a child it only may mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.update import Delivery, Occurred, Precision, Update
from tests.contract.adapter import check, counted, outcomes
from tests.unit.adapters.health_messages import (
    BAD_NUMBER,
    CHILD,
    NHS_NUMBER,
    ODS,
    OTHER_CHILD,
    Node,
    a_patient,
    concept,
    refusal,
    update,
)

CONTACTS: dict[str, Any] = {
    "telecom": [{"system": "phone", "value": "01632 960000"}],
    "contact": [{"name": {"family": "Kinsman"}}],
    "address": [{"use": "home", "line": ["7 Heron Court"], "postalCode": "ZZ99 3CZ"}],
}


def imms(content: object) -> Delivery:
    return Delivery("imms-csv", "i.json", content if isinstance(content, bytes) else json.dumps(content).encode())


def an_immunisation(**more: object) -> Node:
    practitioner = {"resourceType": "Practitioner", "id": "p", "name": [{"family": "Orr", "given": ["Jo"]}]}
    plain: Node = {
        "resourceType": "Immunization",
        "contained": [practitioner, a_patient("c")],
        "identifier": [{"system": "https://ids.example", "value": "v-1"}],
        "status": "completed",
        "vaccineCode": concept("1", "MMR vaccine"),
        "patient": {"reference": "#c"},
        "occurrenceDateTime": "2021-02-07T13:28:17.271+00:00",
        "recorded": "2021-02-07T13:30:00+00:00",
        "performer": [
            {"actor": {"reference": "#p"}},
            {"actor": {"type": "Organization", "identifier": {"system": ODS, "value": "Z9HV1"}}},
        ],
        "lotNumber": "B1",
    }
    return {name: value for name, value in (plain | more).items() if value is not None}


def by_number(number: str, reference: str = "urn:uuid:elsewhere") -> Node:
    return {"reference": reference, "identifier": {"system": NHS_NUMBER, "value": number}}


def a_bundle(*resources: Node) -> Node:
    entries = [{"fullUrl": f"urn:uuid:{part.get('id', n)}", "resource": part} for n, part in enumerate(resources)]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


def test_an_immunisation_is_about_the_patient_it_contains() -> None:
    record = update(check(imms(an_immunisation()), canaries=[CHILD, "Fernie"]))

    assert (record.code, record.record_id) == ("hv.immunisation.given", "https://ids.example|v-1")
    assert (record.person.local_id, record.person.family) == (CHILD, "Fernie")
    assert record.occurred == Occurred("2021-02-07T13:28:17.271+00:00", Precision.INSTANT)
    assert (record.author.name, record.organisation) == ("Jo Orr", "Z9HV1")
    assert (record.headline, record.detail) == ("MMR vaccine", "Vaccine: MMR vaccine\nBatch: B1")


@pytest.mark.parametrize(
    ("status", "code", "action", "polarity"),
    [
        ("completed", "hv.immunisation.given", "assert", "happened"),
        ("not-done", "hv.immunisation.missed", "assert", "did-not-happen"),
        ("entered-in-error", "hv.immunisation.given", "retract", "happened"),
    ],
)
def test_its_status_says_whether_it_happened(status: str, code: str, action: str, polarity: str) -> None:
    record = update(check(imms(an_immunisation(status=status, statusReason=concept("2", "Refused")))))

    assert (record.code, record.action, record.polarity) == (code, action, polarity)
    assert "Reason: Refused" in record.detail


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status": "banana"}, "unmapped-code"),
        ({"status": None}, "unmapped-code"),
        ({"identifier": None}, "no-record-id"),
        ({"patient": None}, "no-subject"),
        ({"patient": {"reference": "#nobody"}}, "no-subject"),
        ({"patient": by_number(OTHER_CHILD, "#c")}, "two-identities"),
        ({"performer": [{"system": NHS_NUMBER, "value": OTHER_CHILD}]}, "two-identities"),
        ({"contained": [a_patient("c"), a_patient("d", OTHER_CHILD)]}, "two-identities"),
        ({"contained": [a_patient("c"), {"id": "p", "name": [a_patient("c", OTHER_CHILD)]}]}, "two-identities"),
        ({"resourceType": "Observation"}, "resource-not-read"),
        ({"resourceType": None}, "resource-not-read"),
    ],
)
def test_an_immunisation_that_cannot_be_placed_waits(changed: Node, reason: str) -> None:
    assert refusal(check(imms(an_immunisation(**changed)), canaries=[CHILD, OTHER_CHILD, "Fernie"])).reason == reason


def test_the_patient_may_stand_beside_it_or_be_a_number_alone() -> None:
    beside = a_bundle(an_immunisation(contained=None, patient={"reference": "Patient/ada"}), a_patient())
    alone = an_immunisation(contained=None, patient=by_number(CHILD))

    assert update(check(imms(beside))).person.birth_dates == ("2018-05-04",)
    assert update(check(imms(alone))).person.local_id == CHILD


def test_in_a_bundle_each_is_its_own_record_and_the_patients_are_not() -> None:
    one = an_immunisation(id="one", contained=None, patient={"reference": "Patient/ada"})
    two = an_immunisation(id="two", identifier=None, contained=None, patient=by_number(CHILD, "Patient/ada"))
    found = check(imms(a_bundle(one, two, a_patient(), {"resourceType": "Organization"})))

    assert counted(found) == {"update": 2}
    assert {one.record_id for one in found if isinstance(one, Update)} == {
        "https://ids.example|v-1",
        "Immunization|two",
    }


def test_what_stands_in_a_bundle_and_is_not_read_waits_by_itself() -> None:
    found = check(imms(a_bundle(an_immunisation(), {"resourceType": "Flag", "id": "f"}, a_patient())))

    assert counted(found) == {"update": 2, "resource-not-read": 1}


def test_what_is_not_read_is_kept_without_those_it_names() -> None:
    flag: Node = {"resourceType": "Flag", "id": "f", "patient": {"reference": "Patient/ada"}}

    assert counted(check(imms(a_bundle(flag, a_patient())))) == {"update": 1, "resource-not-read": 1}


def test_an_immunisation_that_names_itself_or_its_neighbour_as_the_child_is_refused_and_not_lost() -> None:
    one = an_immunisation(id="one", contained=None, patient={"reference": "Immunization/one"})
    two = an_immunisation(id="two", contained=None, patient={"reference": "Immunization/one"})

    assert counted(check(imms(a_bundle(one, two)))) == {"no-subject": 2}


def test_immunisations_of_a_bundle_may_each_contain_their_patient() -> None:
    two = an_immunisation(id="two", identifier=None, contained=[a_patient("c", OTHER_CHILD)])
    found = [one for one in check(imms(a_bundle(an_immunisation(), two))) if isinstance(one, Update)]

    assert [one.person.local_id for one in found] == [CHILD, OTHER_CHILD]


def test_a_patient_whom_two_children_might_be_is_not_guessed() -> None:
    twins = a_bundle(
        an_immunisation(contained=None, patient={"reference": "Patient/ada"}),
        a_patient(),
        a_patient(number=OTHER_CHILD),
    )

    assert "no-subject" in counted(check(imms(twins)))


def test_a_number_that_does_not_hold_is_told_apart_by_name_and_birth_date() -> None:
    record = update(check(imms(an_immunisation(contained=[a_patient("c", BAD_NUMBER)]))))

    assert record.person.local_id == f"{BAD_NUMBER}|2018-05-04|ada fernie"


@pytest.mark.parametrize(("status", "verified"), [("01", True), ("03", False), ("number-present-and-verified", True)])
def test_a_number_that_its_source_does_not_vouch_for_is_marked(status: str, verified: bool) -> None:  # noqa: FBT001 - both are tried
    told = {
        "url": "https://x/Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept": concept(status, ""),
    }
    number = [{"system": NHS_NUMBER, "value": CHILD, "extension": [told]}]
    record = update(check(imms(an_immunisation(contained=[a_patient("c", identifier=number)]))))

    assert [one.verified for one in record.person.identifiers] == [verified]


@pytest.mark.parametrize("mark", ["R", "V"])
def test_a_restricted_patient_is_restricted_whatever_else_it_carries(mark: str) -> None:
    patient = a_patient("c", meta={"security": [{"code": mark}]})
    record = update(check(imms(an_immunisation(contained=[patient]))))

    assert (record.person.restricted, record.sensitivity) == (True, "restricted")


def test_what_is_not_for_the_patients_eyes_is_restricted() -> None:
    record = update(check(imms(an_immunisation(meta={"security": [{"code": "NOPAT"}]}))))

    assert (record.person.restricted, record.sensitivity) == (False, "restricted")


def test_versions_are_ordered_by_their_last_update_and_number() -> None:
    def version(number: str, at: str) -> str:
        return update(check(imms(an_immunisation(meta={"versionId": number, "lastUpdated": at})))).order

    orders = [
        version("2", "2021-03-01T10:00:00Z"),
        version("10", "2021-03-01T10:00:00Z"),
        version("3", "2021-03-02T10:00:00Z"),
    ]
    assert orders == sorted(orders)


def test_a_patient_alone_says_who_the_child_is_and_whether_it_is_restricted() -> None:
    open_one, closed = (
        update(check(imms(a_patient(meta={"versionId": "2", "security": [{"code": code}]})))) for code in "UR"
    )

    assert open_one.code == "hv.record.changed"
    assert (open_one.person.restricted, closed.person.restricted) == (False, True)
    assert (open_one.record_id, open_one.version) == (closed.record_id, "")


@pytest.mark.parametrize(
    "content",
    [
        a_patient(**CONTACTS),
        an_immunisation(contained=[a_patient("c", **CONTACTS)]),
        a_bundle(an_immunisation(contained=None, patient={"reference": "Patient/ada"}), a_patient(**CONTACTS)),
        an_immunisation(contained=[a_patient("c", **CONTACTS)], status="banana"),
    ],
)
def test_telephone_numbers_contacts_and_addresses_are_kept_nowhere(content: Node) -> None:
    found = check(imms(content))

    assert not any(word in repr(found) for word in ("960000", "Kinsman", "Heron"))
    assert all(one.person.postcode == "ZZ99 3CZ" for one in found if isinstance(one, Update))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "not-this-format"),
        ({"resourceType": "Bundle"}, "not-this-format"),
        ([5], "resource-not-read"),
        ({"resourceType": "Bundle", "entry": [5]}, "resource-not-read"),
        (b'{"resourceType": "Immunization"', "json-malformed"),
        (b"{" * 200_000, "json-malformed"),
        (b"[" * 200_000, "json-too-deep"),
    ],
)
def test_what_is_no_immunisation_is_one_refusal(content: object, reason: str) -> None:
    assert refusal(check(imms(content))).reason == reason


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from([an_immunisation(), a_bundle(an_immunisation(), a_patient())]),
    st.integers(0),
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4) | st.lists(st.integers(), max_size=2),
)
def test_a_resource_with_any_value_of_another_kind_is_an_update_or_waits(file: Node, which: int, value: object) -> None:
    content = json.loads(json.dumps(file))
    holders = [(node, key) for node in _objects(content) for key in node]
    node, key = holders[which % len(holders)]
    node[key] = value

    check(imms(content), canaries=[CHILD, "Fernie"])


def _objects(node: object) -> list[Node]:
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [*([node] if isinstance(node, dict) else []), *(found for part in below for found in _objects(part))]


PUBLISHED = {
    "imms_batch/completed_hpv_immunization_event.json": {"update": 1},
    "imms_batch/completed_mmr_immunization_event.json": {"update": 1},
    "mavis_school_imms/immunisation_create.json": {"update": 1},
    "mavis_school_imms/immunisation_update.json": {"update": 1},
    "mavis_school_imms/fhir_record_from_mavis.json": {"update": 1},
    "mavis_school_imms/get-patient-response.json": {"update": 1},
    "mavis_school_imms/restricted-patient-response.json": {"update": 1},
    # Both immunisations state one number and name a patient who states another.
    "mavis_school_imms/duplicate.json": {"two-identities": 2},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_resource_is_an_update_or_waits_with_its_reason(shared: Path, name: str) -> None:
    path = shared / "samples" / name

    assert counted(check(imms(path.read_bytes()))) == PUBLISHED[name]


def test_the_published_restricted_patient_is_restricted_and_without_address(shared: Path) -> None:
    path = shared / "samples" / "mavis_school_imms" / "restricted-patient-response.json"
    record = update(outcomes(imms(path.read_bytes())))

    assert (record.person.restricted, record.sensitivity) == (True, "restricted")
    assert not any(word in record.original for word in (b"01632", b"example.com", b"Trevelyan"))
