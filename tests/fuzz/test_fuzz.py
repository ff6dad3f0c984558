"""A minute of the fuzzing, the same each time, in three files that run side by side: here the health sources."""

from __future__ import annotations

import pytest

from tests.fuzz.run import SEED, fuzz

MUTANTS = {"gp-connect": 250, "gp-fhir-r4": 900, "hl7v2": 120, "nems": 120, "mns": 5_000, "imms-csv": 800}
MUTANTS |= {"chsp-pre-school": 800}


@pytest.mark.slow
@pytest.mark.parametrize("source", MUTANTS)
def test_whatever_it_is_sent_it_keeps_the_contract(source: str) -> None:
    tally = fuzz(source, SEED, mutants=MUTANTS[source])

    assert list(tally.findings) == []
    assert tally.mutants == MUTANTS[source]
    assert tally.updates > 20
    assert tally.refusals > 20
