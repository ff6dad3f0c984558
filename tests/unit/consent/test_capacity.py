"""Whose decision it was, on which day: ages, assessments and birthdays, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from consent.capacity import Assessed, Child

BORN = date(2012, 2, 29)
NOT_YET = Assessed("assessed-not-yet", "2024-01-01", "2025-12-31")


@pytest.mark.parametrize(
    ("on", "age"), [("2024-02-28", 11), ("2024-02-29", 12), ("2025-02-28", 12), ("2025-03-01", 13), ("2012-02-29", 0)]
)
def test_somebody_born_on_29_february_is_a_year_older_on_1_march_of_other_years(on: str, age: int) -> None:
    assert Child(BORN).age(date.fromisoformat(on)) == age


@pytest.mark.parametrize(
    ("on", "assessed", "capable"),
    [
        ("2024-02-28", (), False),
        ("2024-02-29", (), True),
        ("2024-02-29", (NOT_YET,), False),
        ("2026-01-01", (NOT_YET,), True),
        ("2028-02-29", (Assessed("assessed-not-yet", "-infinity", "infinity"),), True),
        ("2020-01-01", (Assessed("assessed-capable", "2019-01-01", "infinity"),), True),
    ],
)
def test_twelve_is_presumed_sixteen_is_full_and_between_them_what_was_assessed_for_that_day_counts(
    on: str,
    assessed: tuple[Assessed, ...],
    capable: bool,  # noqa: FBT001 - a row of the table above
) -> None:
    assert Child(BORN, assessed).capable(date.fromisoformat(on)) is capable


def test_of_an_unknown_age_only_an_assessment_makes_the_child_capable_and_no_parent_acts() -> None:
    day = date(2026, 1, 1)
    assessed = Child(None, (Assessed("assessed-capable", "2020-01-01", "infinity"),))

    assert not Child(None).capable(day)
    assert assessed.capable(day)
    assert Child(None).could_give("parent", day)
    assert not Child(None).could_give("child", day)
    assert not Child(None).parent_may_act(day)


@pytest.mark.parametrize(
    ("on", "may"), [("2024-02-28", True), ("2024-02-29", False), ("2024-06-01", False), ("2028-02-29", False)]
)
def test_a_parent_acts_until_the_twelfth_birthday(
    on: str,
    may: bool,  # noqa: FBT001 - a row of the table above
) -> None:
    assert Child(BORN).parent_may_act(date.fromisoformat(on)) is may


def test_a_parent_goes_on_acting_for_a_child_who_cannot_decide_yet_and_never_from_sixteen() -> None:
    always = Child(BORN, (Assessed("assessed-not-yet", "-infinity", "infinity"),))

    assert always.parent_may_act(date(2027, 1, 1))
    assert always.could_give("parent", date(2027, 1, 1))
    assert not always.parent_may_act(date(2028, 3, 1))
    assert not always.could_give("parent", date(2028, 3, 1))
