"""A minute of the fuzzing, the same each time, in three files: here every source that is none of health's."""

from __future__ import annotations

import pytest

from adapters import sources
from tests.fuzz import test_fuzz
from tests.fuzz.run import SEED, fuzz

MUTANTS = {
    "annex-a": 60,
    "cin-census": 60,
    "ssda903": 60,
    "school-census": 60,
    "oneroster": 400,
    "hub-cloudevents": 900,
}
OTHERS = [name for name in sources.names() if name not in test_fuzz.MUTANTS]


@pytest.mark.slow
@pytest.mark.parametrize("source", OTHERS)
def test_whatever_it_is_sent_it_keeps_the_contract(source: str) -> None:
    tally = fuzz(source, SEED, mutants=MUTANTS.get(source, 500))

    assert list(tally.findings) == []
    assert tally.updates > 20
    assert tally.refusals > 20
