"""What one lawful change would alter a decision; what nobody should bring about to see a record is never offered."""

from __future__ import annotations

import csv
import random
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from consent.changes import CHANGEABLE, LawfulChange, changes
from consent.decision import Level
from consent.policy import CONDITIONS, Point, load, understood
from hub.errors import PolicyRefused
from tests.unit.consent.test_policy import USUAL

POLICY = load(Path(__file__).resolve().parents[3] / "policies")
TODAY = date(2026, 11, 22)


def asked(**cells: str) -> Point:
    return Point(**{**USUAL, "own": "no", "relation": "involved", "purpose": "child-plan", **cells})


def found(point: Point, controller: str = "public", on: date = TODAY) -> dict[tuple[str, str], LawfulChange]:
    return {(one.column, one.value): one for one in changes(POLICY, point, on=on, controller=controller)}


def points(seed: int, count: int) -> list[Point]:
    """Points from all over the domain, the same ones for the same seed, most of them in order."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, and nothing secret rests on it
    order = {"registration": "active", "agreement": "current", "ground": "valid"}
    return [
        Point(**{**{column: chance.choice(list(POLICY.domain[column])) for column in CONDITIONS}, **order})
        for _ in range(count)
    ]


def test_a_health_visitor_without_a_plan_is_told_of_a_plan_a_decision_and_what_else_may_be_stated() -> None:
    offered = found(asked(role="health-visitor", category="education"))

    assert {one: change.becomes for one, change in offered.items()} == {
        ("plan", "multi-agency"): Level.SHOWN,
        ("released", "yes"): Level.SHOWN,
        ("basis", "consent"): Level.WITHHELD,
    }
    assert offered["plan", "multi-agency"].rule == "plan-ordinary"
    assert offered["released", "yes"].who == "The agency that wrote the entry"


def test_somebody_with_no_tie_is_told_that_their_work_with_the_child_can_be_recorded() -> None:
    offered = found(asked(role="school-nurse", relation="none", purpose="direct-care"))

    assert offered["relation", "involved"].becomes == Level.SHOWN
    assert "if you do" in offered["relation", "involved"].words


def test_a_lapsed_registration_and_a_missing_agreement_can_be_put_right() -> None:
    own = {"own": "yes", "role": "gp", "purpose": "direct-care"}

    assert ("registration", "active") in found(asked(**own, registration="lapsed"))
    assert ("agreement", "current") in found(asked(**own, agreement="none"))


def test_a_purpose_and_basis_that_do_not_go_together_are_mended_by_a_basis_that_does() -> None:
    wrong = asked(
        role="social-worker",
        relation="none",
        purpose="child-protection",
        basis="consent",
        ground="not-for-purpose",
        protection="concern",
    )

    offered = found(wrong)

    assert offered["basis", "public-task"].becomes == Level.SHOWN
    assert offered["basis", "public-task"].rule == "protection-duty"


def test_a_basis_is_offered_only_where_it_may_be_stated_by_them_on_that_day() -> None:
    unshared = asked(role="third-sector-worker", basis="contract", ground="not-for-purpose", released="yes")
    interest = ("basis", "recognised-legitimate-interest")

    assert interest in found(unshared, "other")
    assert interest not in found(unshared, "other", date(2026, 2, 4))
    assert interest not in found(unshared, "public")


def test_what_would_close_an_entry_is_found_as_well() -> None:
    offered = found(asked(role="class-teacher", basis="consent", consent="given"))

    assert offered["consent", "withdrawn"].becomes == Level.WITHHELD
    assert offered["relation", "none"].becomes == Level.SEALED


def test_nobody_is_asked_again_who_refused_or_withdrew() -> None:
    for state in ("refused", "withdrawn"):
        assert ("consent", "given") not in found(asked(role="gp", basis="consent", consent=state))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_change_is_of_one_column_and_the_answer_is_the_tables_own(seed: int) -> None:
    for point in points(seed, 1_000):
        now = POLICY.decide(point)
        for change in changes(POLICY, point, on=TODAY, controller="public"):
            after = POLICY.decide(replace(point, **{change.column: change.value}))
            assert (change.becomes, change.rule) == (after.level, after.rule)
            assert change.becomes != now.level
            assert change.column in CHANGEABLE


def test_no_lawful_change_opens_an_adoption_or_the_readers_own_family_or_anything_to_an_office() -> None:
    closed = (
        {"sensitivity": "adoption", "own": "no"},
        {"relation": "family"},
        {"role": "planner"},
        {"role": "administrator"},
    )
    for cells in closed:
        for point in points(3, 300):
            assert changes(POLICY, replace(point, **cells), on=TODAY, controller="public") == ()


def test_finding_them_takes_microseconds() -> None:
    asking = points(4, 1_000)
    for point in asking:
        changes(POLICY, point, on=TODAY, controller="public")

    started = time.process_time()
    for point in asking:
        changes(POLICY, point, on=TODAY, controller="public")
    each = (time.process_time() - started) / len(asking)

    assert each < 0.000_5


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["role", "gp", "social-worker"], "'role' is not something that may lawfully change"),
        (["protection", "none", "concern"], "'protection' is not something that may lawfully change"),
        (["safe_address", "set", "none"], "'safe_address' is not something"),
        (["relation", "family", "involved"], "nobody gains or loses a tie of family"),
        (["relation", "none", "parental"], "nobody gains or loses a tie of family"),
        (["plan", "none", "lively"], "plan has no value 'lively'"),
        (["plan", "dead", "multi-agency"], "plan has no value 'dead'"),
        (["plan", "none", "none"], "it changes a value to itself"),
        (["plan", "none", "single-agency|multi-agency"], "plan has no value"),
        (["plan", "none", "multi-agency"], "another row makes this change already"),
    ],
)
def test_a_change_that_nobody_should_make_or_understand_is_refused(row: list[str], said: str) -> None:
    line = ",".join([*row, "*", "Somebody", "Something changes.", "D-35"])

    with pytest.raises(PolicyRefused) as caught:
        understood({**POLICY.files, "changes.csv": POLICY.files["changes.csv"] + line + "\n"})

    assert f"changes.csv row {1 + len(list(csv.reader(POLICY.files['changes.csv'].splitlines())))}: " in (
        caught.value.message
    )
    assert said in caught.value.message


def test_a_change_without_words_is_refused() -> None:
    line = "plan,multi-agency,single-agency,*,,,\n"

    with pytest.raises(PolicyRefused) as caught:
        understood({**POLICY.files, "changes.csv": POLICY.files["changes.csv"] + line})

    assert all(f"the {name} is missing" in caught.value.message for name in ("who", "words", "source"))
