"""What people state is checked for sense before anything is looked up: days that are days, and words that are words."""

from __future__ import annotations

from datetime import date

import pytest

from consent import statements
from consent.sharing_terms import Choice, day_of, decision_faults
from consent.statements import ConsentSaid, DutySaid, text
from hub import directory
from hub.errors import BadInput
from projections.timeline import FIRST, LAST, first_day, last_day
from tests.fix_hub import ROOT

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


UNSEEN = "\u200b\u2060 \u00ad\u2800"


@pytest.mark.parametrize("typed", [UNSEEN, " ", "", "\u2013 ..."])
def test_a_reason_in_which_nothing_can_be_read_is_none(typed: str) -> None:
    assert text(typed, "reason") == ""
    with pytest.raises(BadInput, match="There is no reason"):
        text(typed, "reason", needed=True)
    assert {"what", "reasons"} <= decision_faults(Choice(what=typed, reasons=typed), TODAY).keys()


@pytest.mark.parametrize("typed", ["worried \ud800", "a\udfffb", "\udcff1", "a\x00b"])
def test_bytes_that_are_no_text_are_refused_in_words(typed: str) -> None:
    with pytest.raises(BadInput, match="cannot be kept as it is"):
        text(typed, "reason")
    assert {"what", "reasons"} <= decision_faults(Choice(what=typed, reasons=typed), TODAY).keys()


@pytest.mark.parametrize("typed", ["Isla\u2019s teacher asked.", "\u0645\u062f\u0631\u0633\u0629", "999"])
def test_words_of_any_language_are_kept_as_typed(typed: str) -> None:
    assert text(f" {typed} ", "reason", needed=True) == typed


def duty_of(worker: str) -> DutySaid:
    known = directory.load(ROOT / "hub" / "demo" / "directory.toml")
    return statements.duty(DutySaid("works-with", "TS-HAVEN", worker=worker), known, TODAY)[0]


@pytest.mark.parametrize("typed", ["Jean", "Jean Reid 07700 900123", "her mother's friend 2", "W-1\n2", "W" * 32 + "1"])
def test_a_workers_code_is_no_name_and_no_sentence(typed: str) -> None:
    with pytest.raises(BadInput, match="no worker's code"):
        duty_of(typed)


@pytest.mark.parametrize("typed", ["", "SW-0417", "T-1184", "C9876543", "12/34.5"])
def test_a_workers_code_is_kept_as_the_organisations_records_have_it(typed: str) -> None:
    assert duty_of(typed).worker == typed
