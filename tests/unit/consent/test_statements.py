"""What people state is checked for sense before anything is looked up: days that are days, and words that are words."""

from __future__ import annotations

from datetime import date

import pytest

from consent import statements
from consent.sharing_terms import day_of
from consent.statements import ConsentSaid
from hub.errors import BadInput
from projections.timeline import FIRST, LAST, first_day, last_day

TODAY = date(2026, 11, 1)
NO_DAYS = (
    "0001-01-01",
    "1899-12-31",
    "2201-01-01",
    "9999-12-31",
    "9999-99-99",
    "20261101",
    "2026-W45-1",
    "2026-11-0\u0661",
    "2026-11-01\n",
)


@pytest.mark.parametrize("name", ["since", "until"])
@pytest.mark.parametrize("typed", NO_DAYS)
def test_only_a_day_of_the_years_that_can_be_meant_is_a_day(typed: str, name: str) -> None:
    with pytest.raises(BadInput, match="is not a day"):
        statements.consent(ConsentSaid("give", "education", "health", **{name: typed}), TODAY)


def test_a_day_as_written_is_kept() -> None:
    said = statements.consent(ConsentSaid("give", "education", "health", since="1900-01-01", until="2200-12-31"), TODAY)

    assert (said.since, said.until) == ("1900-01-01", "2200-12-31")


def test_the_first_and_the_last_day_that_there_are_leave_their_side_open() -> None:
    assert (first_day("0001-01-01"), last_day("9999-12-31")) == (FIRST, LAST)
    assert (first_day("0001-01-02"), last_day("9999-12-30")) == ("0001-01-02", "9999-12-30")


@pytest.mark.parametrize("typed", NO_DAYS)
def test_a_decision_to_share_takes_no_other_days(typed: str) -> None:
    assert day_of(typed) is None
