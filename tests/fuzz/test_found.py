"""What the fuzzing found stays mended: each case, made small and of invented children, keeps the contract."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path
from random import Random

import pytest

from hub.update import Delivery
from tests.contract.adapter import outcomes
from tests.contract.hostile import check_cost
from tests.fuzz.holding import held

FOUND = Path(__file__).parent / "found"
with (FOUND / "found.csv").open(encoding="utf-8", newline="") as listed:
    CASES = {row["file"]: row for row in csv.DictReader(listed)}


def delivery(case: str) -> Delivery:
    return Delivery(CASES[case]["source"], CASES[case]["name"], (FOUND / case).read_bytes())


@pytest.mark.parametrize("case", CASES)
def test_it_keeps_the_contract_and_becomes_what_it_should(case: str) -> None:
    found, finding = held(delivery(case), again=Random(1))  # noqa: S311 - which records are read again

    assert finding is None
    assert found[CASES[case]["becomes"]]


def test_every_case_is_listed() -> None:
    assert {file.name for file in FOUND.iterdir()} == {*CASES, "found.csv"}


def test_patients_stated_over_and_over_cost_as_much_as_they_are_long() -> None:
    check_cost(outcomes, partial(_stated, (FOUND / "hl7v2-many-patients.hl7").read_bytes()), 500)


def _stated(content: bytes, times: int) -> Delivery:
    segments = content.split(b"\r")
    at = next(number for number, one in enumerate(segments) if one.startswith(b"PID"))
    patients = [b"|".join(segments[at].split(b"|")[:9]), b"PV1|1||||||||||||||||"] * times
    return Delivery("hl7v2", "many", b"\r".join([*segments[:at], *patients, *segments[at + 1 :]]))


def test_a_period_that_is_stated_unevenly_says_so() -> None:
    found = outcomes(delivery("gp-fhir-r4-uneven-period.json"))

    assert [defect.code for one in found for defect in getattr(one, "defects", ())].count("period-uneven") == 1
