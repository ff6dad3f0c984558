"""Purposes and bases as data: from when until when, for whom, which go together; and a file at fault is refused."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from consent.grounds import GROUNDS
from consent.policy import Policy, load, understood
from hub.errors import PolicyRefused

POLICY = load(Path(__file__).resolve().parents[3] / "policies")
TODAY = date(2026, 11, 22)


def with_cell(name: str, value: str, column: str, cell: str) -> Policy:
    """The policy with one cell of one of its files changed, in the row of this value."""
    rows = list(csv.DictReader(io.StringIO(POLICY.files[name], newline="")))
    next(row for row in rows if row["value"] == value)[column] = cell
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return understood({**POLICY.files, name: text.getvalue()})


@pytest.mark.parametrize(
    ("purpose", "basis", "controller", "found"),
    [
        ("child-plan", "public-task", "public", "valid"),
        ("child-protection", "legal-obligation", "other", "valid"),
        ("child-protection", "recognised-legitimate-interest", "other", "valid"),
        ("child-protection", "recognised-legitimate-interest", "public", "not-for-controller"),
        ("child-plan", "legitimate-interests", "public", "not-for-controller"),
        ("child-protection", "consent", "public", "not-for-purpose"),
        ("child-plan", "contract", "other", "not-for-purpose"),
        ("own-record", "legal-obligation", "public", "valid"),
        ("own-record", "consent", "public", "not-for-purpose"),
        ("curiosity", "public-task", "public", "not-in-force"),
    ],
)
def test_a_purpose_and_a_basis_may_be_stated_together_or_not(
    purpose: str, basis: str, controller: str, found: str
) -> None:
    value, sentence = POLICY.ground(purpose, basis, controller, TODAY)

    assert value == found
    assert sentence.endswith(".")


@pytest.mark.parametrize(("on", "found"), [("2026-02-04", "not-in-force"), ("2026-02-05", "valid")])
def test_recognised_legitimate_interest_begins_on_the_day_its_law_did(on: str, found: str) -> None:
    value, _ = POLICY.ground("child-plan", "recognised-legitimate-interest", "other", date.fromisoformat(on))

    assert value == found


def test_a_basis_that_is_not_yet_or_no_longer_in_force_says_since_or_until_when() -> None:
    early = POLICY.ground("child-plan", "recognised-legitimate-interest", "other", date(2026, 2, 4))
    ended = with_cell("bases.csv", "public-task", "until", "2026-06-30")
    late = ended.ground("child-plan", "public-task", "public", date(2026, 7, 1))

    assert early[1] == "The basis recognised-legitimate-interest is in force from 2026-02-05."
    assert late == ("not-in-force", "The basis public-task was in force until 2026-06-30.")
    assert ended.ground("child-plan", "public-task", "public", date(2026, 6, 30))[0] == "valid"


def test_no_basis_of_interests_serves_a_public_body_for_any_purpose_on_any_day() -> None:
    for purpose in POLICY.grounds.purposes:
        for basis in ("legitimate-interests", "recognised-legitimate-interest"):
            for on in (date(2020, 1, 1), TODAY, date(2040, 1, 1)):
                assert POLICY.ground(purpose, basis, "public", on)[0] != "valid"


def test_each_purpose_has_a_condition_for_special_category_data_and_consent_and_life_bring_their_own() -> None:
    conditions = POLICY.grounds.condition

    assert conditions("child-protection", "public-task").endswith("Schedule 1 paragraph 18")
    assert conditions("direct-care", "consent") == "Article 9(2)(a)"
    assert conditions("direct-care", "vital-interests") == "Article 9(2)(c)"
    assert conditions("direct-care", "public-task").startswith("Article 9(2)(h)")
    assert conditions("curiosity", "public-task") == ""


def test_the_grounds_are_the_values_of_their_column() -> None:
    assert set(POLICY.domain["ground"]) == set(GROUNDS)


def test_another_day_in_the_file_is_another_version() -> None:
    assert with_cell("bases.csv", "recognised-legitimate-interest", "since", "2026-02-06").fingerprint != (
        POLICY.fingerprint
    )


@pytest.mark.parametrize(
    ("name", "value", "column", "cell", "said"),
    [
        ("purposes.csv", "audit", "meaning", "Looking", "domain.csv: purpose 'audit' is in it or in purposes.csv"),
        ("purposes.csv", "audit", "value", "curiosity", "purpose 'curiosity' is in it or in purposes.csv, but not"),
        ("bases.csv", "contract", "value", "consent", "bases.csv row 3: the value is repeated"),
        ("bases.csv", "contract", "controllers", "charity", "controllers has no value 'charity'"),
        ("bases.csv", "contract", "controllers", "", "controllers has no value ''"),
        ("bases.csv", "contract", "since", "5 February", "since and until are days such as 2026-02-05"),
        ("bases.csv", "contract", "since", "20180525", "since and until are days such as 2026-02-05"),
        ("bases.csv", "contract", "since", "", "only until may be empty"),
        ("bases.csv", "contract", "until", "2018-05-24", "it ends before it begins"),
        ("bases.csv", "contract", "citation", " ", "the citation is missing"),
        ("bases.csv", "contract", "source", "", "the source is missing"),
        ("purposes.csv", "audit", "bases", "public-task|hope", "bases has no value 'hope'"),
        ("purposes.csv", "audit", "bases", "consent|consent", "bases names a value twice"),
        ("purposes.csv", "audit", "condition", "", "the condition is not written as"),
        ("purposes.csv", "audit", "condition", "Article 9(2)(g)", "need a paragraph of Schedule 1"),
        ("bases.csv", "consent", "condition", "Article 9(2)(z)", "the condition is not written as"),
        (
            "bases.csv",
            "consent",
            "condition",
            "Article 9(2)(a); Data Protection Act 2018 Schedule 1 paragraph 2",
            "and no others need a paragraph",
        ),
    ],
)
def test_a_row_that_is_not_fully_understood_is_refused_with_its_place(
    name: str, value: str, column: str, cell: str, said: str
) -> None:
    with pytest.raises(PolicyRefused) as caught:
        with_cell(name, value, column, cell)

    assert said in caught.value.message
