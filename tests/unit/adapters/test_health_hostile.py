"""However a health file is broken or crafted, it costs bounded time and ends in updates and refusals."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import gp_connect, nems
from hub.update import Delivery, Refusal, Translated, Update
from tests.unit.adapters.health_messages import (
    CHILD,
    a_birth,
    a_message,
    a_patient,
    a_practice,
    a_record,
    an_entry,
    an_observation,
    an_xml_encounter,
    an_xml_patient,
    concept,
    refusal,
)

GP_FILE = json.dumps(
    a_record(
        a_patient(contact=[{"relationship": [{"text": "Mother"}], "name": {"family": "Fernie"}}]),
        a_practice(),
        an_observation(performer=[{"reference": "Practitioner/d"}], valueQuantity={"value": 1.5, "unit": "kg"}),
        an_entry("Immunization", patient={"reference": "Patient/ada"}, notGiven=True, vaccineCode=concept("1", "MMR")),
        {"resourceType": "Practitioner", "id": "d", "name": [{"family": "Orr"}]},
    )
).encode()
NEMS_FILES = [a_birth().encode(), a_message(an_xml_encounter(), an_xml_patient()).encode()]

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
SETTINGS = settings(max_examples=120, deadline=None, derandomize=True, database=None)


def translated(adapter: Callable[[Delivery], Iterable[Translated]], content: bytes) -> list[Translated]:
    """What an adapter makes of the bytes: always something, and never a child's name or number in what it says."""
    found = list(adapter(Delivery("any", "file", content)))
    assert found
    for record in found:
        assert isinstance(record, Update | Refusal)
        said = f"{record.message}{record.next_step}{record.place}" if isinstance(record, Refusal) else ""
        assert "Fernie" not in said
        assert CHILD not in said
    return found


def cut(content: bytes, where: int, length: int, put: bytes) -> bytes:
    start = where % len(content)
    return content[:start] + put + content[start + length :]


@SETTINGS
@given(st.integers(0), st.integers(0, 60), st.binary(max_size=6))
def test_a_gp_file_with_bytes_lost_or_changed_ends_in_updates_and_refusals(where: int, length: int, put: bytes) -> None:
    translated(gp_connect.translate, cut(GP_FILE, where, length, put))


@SETTINGS
@given(st.sampled_from(NEMS_FILES), st.integers(0), st.integers(0, 60), st.binary(max_size=6))
def test_a_message_with_bytes_lost_or_changed_is_one_record(file: bytes, where: int, length: int, put: bytes) -> None:
    assert len(translated(nems.translate, cut(file, where, length, put))) == 1


@SETTINGS
@given(st.lists(st.tuples(st.integers(0), VALUES), min_size=1, max_size=3))
def test_a_gp_file_with_values_of_any_other_shape_ends_in_updates_and_refusals(
    changes: list[tuple[int, object]],
) -> None:
    content = json.loads(GP_FILE)
    for which, value in changes:
        holders = [
            (node, key) for node in branches(content) for key in (node if isinstance(node, dict) else range(len(node)))
        ]
        if holders:
            node, key = holders[which % len(holders)]
            node[key] = value  # type: ignore[index] # a dict by its keys, a list by its places
    translated(gp_connect.translate, json.dumps(content).encode())


@SETTINGS
@given(
    st.sampled_from(NEMS_FILES), st.integers(0), st.text(st.characters(codec="utf-8", min_codepoint=32), max_size=12)
)
def test_a_message_with_any_other_value_in_it_is_one_record(file: bytes, which: int, value: str) -> None:
    parts = file.decode().split('value="')
    chosen = 1 + which % (len(parts) - 1)
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    parts[chosen] = escaped + parts[chosen][parts[chosen].index('"') :]

    assert len(translated(nems.translate, 'value="'.join(parts).encode())) == 1


def branches(node: object) -> list[dict[str, object] | list[object]]:
    if not isinstance(node, dict | list):
        return []
    below = node.values() if isinstance(node, dict) else node
    return [node, *(branch for child in below for branch in branches(child))]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (GP_FILE[: len(GP_FILE) // 2], "json-malformed"),
        (GP_FILE.decode().encode("utf-16"), "wrong-encoding"),
        (GP_FILE.replace(b"Hill", b"H\xeel"), "wrong-encoding"),
        (GP_FILE.replace(b"Hill", b"H\\u0000"), "nul-character"),
        (GP_FILE.replace(b'"id":', b'"id": "twice", "id":', 1), "json-duplicate-key"),
        (GP_FILE.replace(b"1.5", b"9" * 30), "json-number"),
        (b'{"resourceType": "Bundle", "type": "collection", "entry": ' + b"[" * 200_000, "json-too-deep"),
        (b"name,dob\nx,y\n", "json-malformed"),
        (NEMS_FILES[0], "json-malformed"),
    ],
)
def test_a_gp_file_that_cannot_be_read_is_one_refusal_with_all_its_bytes(content: bytes, reason: str) -> None:
    waiting = refusal(gp_connect.translate(Delivery("gp-connect", "file", content)))

    assert (waiting.source, waiting.reason, waiting.original) == ("gp-connect", reason, content)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (NEMS_FILES[0][: len(NEMS_FILES[0]) // 2], "xml-malformed"),
        (NEMS_FILES[0].decode().encode("utf-16"), "wrong-encoding"),
        (NEMS_FILES[0].replace(b"FERNIE", b"F\xc9RNIE"), "wrong-encoding"),
        (b'<!DOCTYPE Bundle [<!ENTITY a "x">]>' + NEMS_FILES[0], "xml-doctype"),
        (b'<!DOCTYPE Bundle SYSTEM "http://localhost/x.dtd">' + NEMS_FILES[0], "xml-doctype"),
        (NEMS_FILES[0].replace(b"FERNIE", b"&outside;"), "xml-malformed"),
        (b"<Bundle xmlns='http://hl7.org/fhir'>" + b"<entry>" * 200_000, "xml-too-deep"),
        (GP_FILE, "xml-malformed"),
    ],
)
def test_a_message_that_cannot_be_read_is_one_refusal_with_all_its_bytes(content: bytes, reason: str) -> None:
    waiting = refusal(nems.translate(Delivery("nems", "file", content)))

    assert (waiting.source, waiting.reason, waiting.original) == ("nems", reason, content)


def test_many_patients_named_by_number_cost_no_more_than_their_count() -> None:
    numbers = [f"99900{index:05d}" for index in range(2_000)]
    patients = [a_patient(f"p{number}", number) for number in numbers]
    by_number = [{"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": number}} for number in numbers]
    seen = [an_observation(f"o{index}", subject=subject) for index, subject in enumerate(by_number)]
    content = json.dumps(a_record(*patients, a_practice(), *seen)).encode()

    started = time.process_time()
    found = list(gp_connect.translate(Delivery("gp-connect", "file", content)))

    assert [type(record) for record in found] == [Update] * 4_000
    assert time.process_time() - started < 20


def test_a_message_of_a_mebibyte_of_small_elements_costs_bounded_time() -> None:
    names = '<name><family value="FERNIE"/></name>' * 28_000
    patient = an_xml_patient().replace("</Patient>", f"{names}</Patient>")

    started = time.process_time()
    found = list(nems.translate(Delivery("nems", "file", a_message(an_xml_encounter(), patient).encode())))

    assert time.process_time() - started < 5
    assert isinstance(found[0], Update)
    assert "fhir-unchecked" in [defect.code for defect in found[0].defects]
