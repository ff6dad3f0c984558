"""What another version changes is counted over every combination, none left out, with what it opens first."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path

from consent.decision import Level
from consent.difference import between
from consent.policy import Policy, load, understood
from consent.table import CONDITIONS, Point
from tests.drafts import draft
from tests.fix_hub import ROOT

POLICY = load(ROOT / "policies")


def with_cells(folder: Path, *cells: tuple[str, str, str]) -> Policy:
    return load(draft(folder / "draft", *cells))


def test_a_version_does_not_differ_from_itself() -> None:
    found = between(POLICY, POLICY)

    assert (found.moved, found.stated, found.added, found.removed, found.altered) == ((), (), (), (), ())
    assert (found.rises, found.falls) == (0, 0)


def test_every_combination_of_the_domain_is_counted() -> None:
    expected = 1
    for column in CONDITIONS:
        expected *= len(POLICY.domain[column])

    assert between(POLICY, POLICY).combinations == expected


def test_the_counts_are_those_of_asking_every_combination(tmp_path: Path) -> None:
    """Over the part of the domain in which anything can differ, each combination is asked of both versions."""
    other = with_cells(tmp_path, ("plan-teacher-summary", "level", "3"), ("plan-teacher-concern", "level", "2"))
    rules = [rule for rule in POLICY.rules if rule.id in {"plan-teacher-summary", "plan-teacher-concern"}]
    columns = [
        [value for value in POLICY.domain[column] if any(rule.accepts(place, value) for rule in rules)]
        for place, column in enumerate(CONDITIONS)
    ]
    expected: Counter[tuple[Level, Level]] = Counter()
    for values in itertools.product(*columns):
        point = Point(*values)
        expected[POLICY.decide(point).level, other.decide(point).level] += 1

    found = between(POLICY, other)

    assert {(one.before, one.after): one.combinations for one in found.moved} == {
        step: count for step, count in expected.items() if step[0] != step[1]
    }
    assert found.moved


def test_what_opens_comes_first_and_every_kind_of_change_has_its_example(tmp_path: Path) -> None:
    other = with_cells(
        tmp_path, ("plan-teacher-summary", "level", "3"), ("care-ordinary", "level", "2"), ("own-record", "level", "3")
    )

    found = between(POLICY, other)

    order = [one.rises for one in found.moved]
    assert order == sorted(order, reverse=True)
    assert {True, False} == set(order)
    assert found.rises == sum(one.combinations for one in found.moved if one.rises)
    first = found.moved[0]
    assert first.example.startswith("role class-teacher, ")
    assert (first.was, first.becomes) == ("plan-teacher-summary", "plan-teacher-summary")


def test_a_rule_that_only_says_it_in_other_words_changes_no_level_and_is_named(tmp_path: Path) -> None:
    other = with_cells(tmp_path, ("own-record", "sentence", "It is your own agency's."))

    found = between(POLICY, other)

    assert (found.moved, found.altered) == ((), ("own-record",))


def test_a_basis_opened_to_public_bodies_is_told_though_no_rule_changes() -> None:
    row = next(line for line in POLICY.files["bases.csv"].splitlines() if line.startswith("legitimate-interests,"))
    opened = row.replace(",other,", ",public|other,", 1)
    assert opened != row

    found = between(POLICY, understood({**POLICY.files, "bases.csv": POLICY.files["bases.csv"].replace(row, opened)}))

    assert found.moved == ()
    assert {(one.basis, one.controller, one.after) for one in found.stated} == {
        ("legitimate-interests", "public", "valid")
    }


def test_a_value_that_only_one_version_knows_is_closed_in_the_other() -> None:
    files = dict(POLICY.files)
    files["domain.csv"] = files["domain.csv"].rstrip("\n") + "\ncategory,hobbies,What the child likes to do\n"

    found = between(POLICY, understood(files))

    assert found.rises > 0 == found.falls
    assert {one.before for one in found.moved} == {Level.SEALED}
    assert all("category hobbies" in one.example for one in found.moved)


def test_changes_are_weighed_by_what_was_really_asked(tmp_path: Path) -> None:
    other = with_cells(tmp_path, ("plan-teacher-summary", "level", "3"))
    asked = Point(
        role="class-teacher",
        registration="active",
        relation="involved",
        own="no",
        agreement="current",
        ground="valid",
        purpose="child-plan",
        basis="public-task",
        consent="none",
        protection="none",
        plan="multi-agency",
        emergency="none",
        released="no",
        category="health",
        sensitivity="ordinary",
        third_party="no",
        safe_address="none",
    )

    found = between(POLICY, other, [(asked, 41), (replace(asked, role="planner"), 7)])

    assert found.used == 48
    assert {(one.before, one.after): one.used for one in found.moved} == {(Level.REDACTED, Level.SHOWN): 41}
