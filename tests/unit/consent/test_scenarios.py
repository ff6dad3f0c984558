"""The stories that a policy is tested with: all hold, together they touch every default rule, and a slip is named."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest

from consent import scenarios
from consent.policy import Policy, load
from consent.scenarios import Outcome
from consent.table import DEFAULT_RULES
from hub.errors import PolicyRefused
from hub.people import Role

POLICIES = Path(__file__).resolve().parents[3] / "policies"
STORIES = POLICIES / "scenarios"


@pytest.fixture(scope="module")
def table() -> Policy:
    return load(POLICIES)


@pytest.fixture(scope="module")
def outcomes(table: Policy) -> tuple[Outcome, ...]:
    return scenarios.run(table, STORIES)


def test_the_default_table_decides_every_story_as_it_is_told(outcomes: tuple[Outcome, ...]) -> None:
    assert [difference for outcome in outcomes for difference in outcome.differences] == []
    assert len(outcomes) >= 30


def test_the_stories_together_stand_for_all_fifteen_default_rules(table: Policy, outcomes: tuple[Outcome, ...]) -> None:
    touched = {rule for outcome in outcomes for rule in outcome.story.rules}
    deciding = {
        expected.rule
        for outcome in outcomes
        for question in outcome.story.questions
        for expected in question.sees.values()
    }

    assert touched == set(DEFAULT_RULES)
    assert "" in deciding  # nothing matched, which is the last of the fifteen
    cited = {rule.default_rule for rule in table.rules if rule.id in deciding}
    assert sorted(set(DEFAULT_RULES) - cited) == []


def test_a_story_says_which_default_rules_decide_it(table: Policy, outcomes: tuple[Outcome, ...]) -> None:
    by_id = {rule.id: rule.default_rule for rule in table.rules} | {"": 15}
    for outcome in outcomes:
        decided = {by_id[one.rule] for question in outcome.story.questions for one in question.sees.values()}
        assert set(outcome.story.rules) & decided, outcome.story.name


def test_they_are_asked_of_every_role(outcomes: tuple[Outcome, ...]) -> None:
    book = scenarios.read(load(POLICIES), STORIES)
    asked = {book.cast.person(question.who).role for one in outcomes for question in one.story.questions}

    assert sorted(set(Role) - asked) == []


def test_they_take_less_than_two_seconds(table: Policy) -> None:
    started = time.thread_time()
    scenarios.run(table, STORIES)

    assert time.thread_time() - started < 2


def test_a_table_changed_for_the_worse_is_told_by_a_story_with_its_line(tmp_path: Path) -> None:
    changed = _copy(tmp_path)
    rules = (changed / "rules.csv").read_text(encoding="utf-8")
    loosened = rules.replace("\nplan-concern-summary,allow,2,", "\nplan-concern-summary,allow,3,")
    assert loosened != rules
    (changed / "rules.csv").write_text(loosened, encoding="utf-8")

    found = scenarios.run(load(changed), changed / "scenarios")

    differences = [difference for outcome in found for difference in outcome.differences]
    assert any(one.startswith("plan.yaml line ") and "catriona, bruise" in one for one in differences)
    assert any("asked 'who sees it': shown by plan-concern-summary" in one for one in differences)


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ("who: tam", "who: tamm", "there is no person in this story 'tamm'"),
        ("for: child-protection", "for: child-protecton", "there is no purpose 'child-protecton'"),
        ("basis: vital-interests", "basis: vital", "there is no basis 'vital'"),
        ("on: 2026-03-09\n", "on: 2026-02-30\n", "a day is needed here"),
        ("label: concern", "label: worry", "there is no label 'worry'"),
        ("label: concern", "colour: red", "'colour' is not known here"),
        ("shown by protection-duty", "shown by protection-dutty", "the id of a rule of the table"),
        ("shown by protection-duty", "visible by protection-duty", "a level (sealed, withheld"),
        ("  tam: {}", "  tom: {}", "there is no person 'tom'"),
        ("works-with: from", "worked-with: from", "there is no such fact 'worked-with'"),
        ("from 2023-02-20", "since 2023-02-20", "always, from 2026-01-31"),
        ("from: gp", "from: hospital", "there is no agency 'hospital'"),
        ("default rules: [5, 15]", "default rules: [5, 16]", "there is no default rule '16'"),
        ("nothing to show: yes", "nothing to show: true", "yes or no"),
        ("title: A neighbour", "heading: A neighbour", "'title' is missing"),
        ("title: A neighbour", "  title: A neighbour", "this is not YAML"),
    ],
)
def test_what_is_not_fully_understood_is_refused_with_file_and_line(
    tmp_path: Path, written: str, instead: str, problem: str
) -> None:
    changed = _copy(tmp_path)
    story = changed / "scenarios" / "child-protection.yaml"
    text = story.read_text(encoding="utf-8")
    assert written in text
    story.write_text(text.replace(written, instead, 1), encoding="utf-8")

    with pytest.raises(PolicyRefused) as refused:
        scenarios.run(load(changed), changed / "scenarios")

    assert "child-protection.yaml line " in refused.value.message
    assert problem in refused.value.message


def test_a_story_told_twice_is_refused(tmp_path: Path) -> None:
    changed = _copy(tmp_path)
    shutil.copy(changed / "scenarios" / "consent.yaml", changed / "scenarios" / "consent-again.yaml")

    with pytest.raises(PolicyRefused, match="two stories are called 'consent-for-a-time'"):
        scenarios.run(load(changed), changed / "scenarios")


def test_a_reference_to_another_part_of_the_file_is_refused(tmp_path: Path) -> None:
    changed = _copy(tmp_path)
    story = changed / "scenarios" / "consent.yaml"
    text = story.read_text(encoding="utf-8")
    story.write_text(text.replace("story: >", "story: &told >", 1) + "\nagain: *told\n", encoding="utf-8")

    with pytest.raises(PolicyRefused, match="anchors and references are not understood"):
        scenarios.run(load(changed), changed / "scenarios")


def test_saying_that_there_is_something_where_there_is_nothing_to_show_is_a_difference(table: Policy) -> None:
    book = scenarios.read(table, STORIES)
    story = next(one for one in book.stories if one.name == "a-planner-counts")
    told = replace(story, questions=tuple(replace(question, nothing=False) for question in story.questions))

    found = scenarios.outcome(table, book, told)

    assert len(found.differences) == len(story.questions)
    assert all("there is nothing to show" in difference for difference in found.differences)


def _copy(folder: Path) -> Path:
    return shutil.copytree(POLICIES, folder / "policies")
