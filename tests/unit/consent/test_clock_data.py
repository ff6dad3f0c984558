"""The clocks and patterns are data: what of it is not understood is said with its place, and nothing starts on it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from consent.clock_data import CLOCKS, PATTERNS, Length, read_reckoning
from consent.days import working_days_later
from hub.errors import HalfConfigured
from tests.fix_hub import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (CLOCKS, PATTERNS):
        shutil.copy(ROOT / "policies" / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "was", "becomes", "said"),
    [
        (CLOCKS, "cp.seen,", "cp.entry,", "two clocks have one id"),
        (CLOCKS, ",15d,", ",15x,", "clocks.csv, uhvp.11-14d: a length is written like"),
        (CLOCKS, "sw.core_group.held,0d", "sw.no_such,0d", "clocks.csv, cp.core-group: no such code: sw.no_such"),
        (CLOCKS, ",series,social-work,sw.register", ",weekly,social-work,sw.register", "there is no such kind"),
        (CLOCKS, ",social-work,sw.register.added,sw.register.removed,sw.core", ",nobody,,,sw.core", "cp.core-group"),
        (CLOCKS, ",0d,,15d,", ",0d,,,", "cp.core-group: it has no time"),
        (CLOCKS, ",note,source", ",source,note", "must have the columns"),
        (PATTERNS, "limit,alike-days,1", "limit,alike-days,one", "limit alike-days"),
        (PATTERNS, "limit,alike-days,1", "alike,practice,gp.registered", "lacks the limits alike-days"),
        (PATTERNS, "ts.concern.passed_on", "ts.no_such", "alike referral"),
    ],
    ids=["id", "length", "code", "kind", "agency", "no-time", "columns", "number", "missing", "alike"],
)
def test_what_cannot_be_understood_is_said_with_its_place(
    folder: Path, name: str, was: str, becomes: str, said: str
) -> None:
    held = (folder / name).read_text(encoding="utf-8")
    assert was in held
    (folder / name).write_text(held.replace(was, becomes, 1), encoding="utf-8")

    with pytest.raises(HalfConfigured) as refused:
        read_reckoning(folder)
    assert said in refused.value.message


def test_where_a_file_is_missing_the_hub_does_not_start(folder: Path) -> None:
    (folder / PATTERNS).unlink()

    with pytest.raises(HalfConfigured):
        read_reckoning(folder)


@pytest.mark.parametrize(
    ("length", "start", "day"),
    [
        (Length(days=15), "2026-03-02", "2026-03-17"),
        (Length(months=1), "2026-01-31", "2026-02-28"),
        (Length(months=12), "2024-02-29", "2025-02-28"),
        (Length(working=0), "2026-03-07", "2026-03-09"),
        (Length(working=1), "2026-03-06", "2026-03-09"),
        (Length(working=15), "2026-03-02", "2026-03-23"),
    ],
    ids=["days", "end-of-month", "leap-day", "weekend", "friday", "three-weeks"],
)
def test_a_length_of_time_after_a_day(length: Length, start: str, day: str) -> None:
    assert length.after(date.fromisoformat(start)) == date.fromisoformat(day)


def test_the_first_working_day_after_a_saturday_is_monday() -> None:
    assert working_days_later(date(2026, 3, 7), 1) == date(2026, 3, 9)
