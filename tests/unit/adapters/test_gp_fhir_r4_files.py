"""The published UK Core files go in, none lost; and however a file is broken, it ends in updates and refusals."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hub.update import Delivery, Refusal, Update
from tests.contract.adapter import check
from tests.unit.adapters.uk_core import a_bundle, a_patient, a_practice, a_record, read, update, updates, with_ada

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "ukcore_r4"
FHIR = "{http://hl7.org/fhir}"
ALONE = {
    "UKCore-AuditEvent-Query-Example": "access-log-elsewhere",
    "UKCore-Consent-ForInformationAccess-Example": "consent-elsewhere",
    "UKCore-Provenance-RARecordConsent-Example": "no-records",
    "UKCore-RelatedPerson-JoySmith-Example": "no-records",
    "UKCore-Patient-BabyPatient-Example": "update",
    "UKCore-Patient-RichardSmith-Example": "update",
}
"""Published files by what becomes of their one record; each of the others holds records whose patient is not there."""
FILE = json.dumps(with_ada(a_record(), a_record("Immunization", "i1", vaccineCode={"text": "MMR"}))).encode()
SETTINGS = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def published() -> list[Path]:
    found = sorted(SAMPLES.glob("*.xml"))
    if not found:
        pytest.skip("the folder of published samples (../shared) is not beside the project")
    return found


def beside_their_patients() -> bytes:
    """All published resources in one Bundle, as a practice would send them."""
    bundle = etree.fromstring(b'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/></Bundle>')
    for path in published():
        root = etree.fromstring(path.read_bytes())
        for holder in list(root.iterchildren(f"{FHIR}entry")) or [root]:
            entry = etree.SubElement(bundle, f"{FHIR}entry")
            entry.extend(holder.findall(f"{FHIR}fullUrl") if holder is not root else [])
            resource = holder.find(f"{FHIR}resource/*") if holder is not root else root
            assert resource is not None
            etree.SubElement(entry, f"{FHIR}resource").append(resource)
    return etree.tostring(bundle)


def test_every_published_record_is_an_update_or_waits_with_its_reason() -> None:
    found: Counter[str] = Counter()
    for path in published():
        expected = ALONE.get(path.stem, "no-subject")
        for one in check(
            Delivery("gp-fhir-r4", path.name, path.read_bytes()), canaries=("SMITH", "JONES", "9912003888")
        ):
            said = one.reason if isinstance(one, Refusal) else "update"
            assert said == expected
            found[said] += 1

    assert found == {"no-subject": 21, "update": 2, "no-records": 2, "access-log-elsewhere": 1, "consent-elsewhere": 1}


def test_published_records_beside_their_patients_are_theirs() -> None:
    content = beside_their_patients()
    found = check(Delivery("gp-fhir-r4", "all.xml", content), canaries=("SMITH", "JONES", "Joy"))
    codes = Counter(one.code for one in found if isinstance(one, Update))

    assert codes == {
        "gp.observation": 9,
        "gp.allergy": 3,
        "gp.patient.details": 2,
        "gp.problem": 1,
        "gp.message": 1,
        "hospital.admitted": 1,
        "gp.alert": 1,
        "gp.immunisation.given": 1,
        "gp.questionnaire": 1,
    }


def test_the_published_allergy_entered_in_error_is_taken_back() -> None:
    gone = [one for one in read(beside_their_patients()) if isinstance(one, Update) and one.action == "retract"]

    assert [one.code for one in gone] == ["gp.allergy"]


def test_published_telephone_numbers_and_streets_are_not_kept() -> None:
    for one in read(beside_their_patients()):
        assert b"01131231234" not in one.original
        assert b"Sandmoor" not in one.original
        assert b"07777123123" not in one.original


@SETTINGS
@given(st.integers(0), st.integers(0, 60), st.binary(max_size=6))
def test_bytes_lost_or_changed_end_in_updates_and_refusals(where: int, length: int, put: bytes) -> None:
    start = where % len(FILE)

    found = read(FILE[:start] + put + FILE[start + length :])

    assert found
    assert all("Fernie" not in f"{one.message}{one.place}" for one in found if isinstance(one, Refusal))


@SETTINGS
@given(
    st.integers(0),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
)
def test_values_of_any_other_shape_end_in_updates_and_refusals(which: int, value: object) -> None:
    content = json.loads(FILE)
    resource = content["entry"][which % 4]["resource"]
    resource[sorted(resource)[which % len(resource)]] = value

    assert read(content)


def test_many_records_share_one_patient_in_time_that_grows_as_they_do() -> None:
    def seconds(number: int) -> float:
        content = with_ada(*(a_record(identity=f"o{at}") for at in range(number)))
        began = time.process_time()
        assert len(updates(content)) == number + 1
        return time.process_time() - began

    seconds(50)
    assert seconds(800) < 16 * max(seconds(200), 0.02)


def test_a_patient_of_enormous_size_is_not_copied_to_each_record() -> None:
    huge = a_patient(name=[{"given": ["A" * 200_000], "family": "Fernie"}])
    found = read(a_bundle(huge, a_practice(), *(a_record(identity=f"o{at}") for at in range(50))))

    assert {one.reason for one in found if isinstance(one, Refusal)} == {"patient-too-large"}
    assert sum(len(one.original) for one in found) < 300_000


def test_the_same_record_in_xml_and_json_is_one() -> None:
    xml = b"""<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>
      <entry><resource><Patient><id value="ada"/><name><family value="Fernie"/><given value="Ada"/></name>
        <birthDate value="2018-05-04"/><managingOrganization><reference value="Organization/practice"/>
        </managingOrganization></Patient></resource></entry>
      <entry><resource><Organization><id value="practice"/><identifier>
        <system value="https://fhir.nhs.uk/Id/ods-organization-code"/><value value="Z99001"/></identifier>
        </Organization></resource></entry>
      <entry><resource><Observation><id value="o1"/><identifier><system value="https://hill.example"/>
        <value value="o1"/></identifier><code><text value="Review"/></code>
        <subject><reference value="Patient/ada"/></subject></Observation></resource></entry></Bundle>"""
    in_xml, in_json = update(xml), update(with_ada(a_record()))

    assert (in_xml.record_id, in_xml.headline, in_xml.person.local_id) == (
        in_json.record_id,
        in_json.headline,
        in_json.person.local_id,
    )
    assert in_xml.media_type != in_json.media_type
