"""What the default table decides, story by story, and how the gate asks it."""

from __future__ import annotations

import csv
import dataclasses
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from consent.decision import Asked, DecisionKey, Facts, Level
from consent.policy import NO_RULE, NO_RULE_ASK, Point, load
from consent.table import CONDITIONS
from hub.errors import BadInput
from hub.people import Agency, Practitioner, Role

HERE = Path(__file__).resolve()
POLICY = load(HERE.parents[3] / "policies")
STORIES = list(csv.DictReader(HERE.with_name("decisions.csv").read_text(encoding="utf-8").splitlines()))
USUAL = {
    "registration": "active",
    "agreement": "current",
    "ground": "valid",
    "basis": "public-task",
    "consent": "none",
    "protection": "none",
    "plan": "none",
    "category": "health",
    "sensitivity": "ordinary",
    "third_party": "no",
    "emergency": "none",
    "released": "no",
    "safe_address": "none",
}
"""What an empty cell of decisions.csv stands for."""

MORAG = Practitioner("morag", "Morag Invented", Role.HEALTH_VISITOR, Agency.HEALTH_VISITING, "HV01")
NO_CONSENT: dict[str, str] = {}


def point(story: dict[str, str]) -> Point:
    cells = {name: value for name, value in story.items() if name not in {"story", "level", "rule"}}
    return Point(**{**USUAL, **{name: value for name, value in cells.items() if value}})


def key(number: int, agency: Agency, sensitivity: str = "ordinary", category: str = "health") -> DecisionKey:
    return DecisionKey(number, agency.value, category, sensitivity, third_party=False)


@pytest.mark.parametrize("story", STORIES, ids=[story["story"] for story in STORIES])
def test_each_story_ends_at_its_level_by_its_rule(story: dict[str, str]) -> None:
    answer = POLICY.decide(point(story))

    assert (answer.level, answer.rule) == (Level(int(story["level"])), story["rule"])


def test_the_stories_show_every_rule_that_ever_decides() -> None:
    decided = {story["rule"] for story in STORIES}

    assert {rule.id for rule in POLICY.rules} - decided == {
        "guard-other-agency-stays",
        "guard-governance-existence",
        "guard-confidential-health",
        "guard-consent-not-live",
    }


def test_every_cell_of_a_story_is_in_the_domain() -> None:
    for story in STORIES:
        for column in CONDITIONS:
            assert getattr(point(story), column) in POLICY.domain[column], story["story"]


def test_no_rule_says_access_denied_and_every_sentence_speaks_to_the_reader() -> None:
    for rule in POLICY.rules:
        assert "access denied" not in rule.sentence.lower()
        assert rule.sentence.endswith(".")
        assert rule.ask.endswith(".")


def test_the_answer_carries_the_rules_sentence_and_all_that_matched() -> None:
    story = next(one for one in STORIES if one["rule"] == "third-party-summary")

    answer = POLICY.decide(point(story))

    assert answer.sentence.startswith("The entry says something of another person")
    assert answer.hits == ("plan-ordinary", "third-party-summary", "guard-other-agency-stays")
    assert POLICY.ask(answer.rule).startswith("The Lead Professional")


def test_nothing_matching_is_sealed_and_is_not_called_forbidden() -> None:
    answer = POLICY.decide(point(next(one for one in STORIES if one["story"] == "Class teacher, no plan")))

    assert (answer.level, answer.rule, answer.sentence) == (Level.SEALED, "", NO_RULE)
    assert POLICY.ask(answer.rule) == NO_RULE_ASK


def test_levels_answer_once_for_each_key_in_the_order_of_the_keys() -> None:
    keys = [
        key(0, Agency.HEALTH_VISITING),
        key(1, Agency.SOCIAL_WORK, "concern", "social-work"),
        key(2, Agency.GP, "sexual-health"),
        key(3, Agency.EDUCATION, "ordinary", "education"),
    ]
    facts = Facts(relation="involved", agreement="current", plan="multi-agency", consent=NO_CONSENT)

    answers = POLICY.levels(Asked(MORAG, "child-plan", "public-task"), facts, keys)

    assert [answer.rule for answer in answers] == ["own-record", "plan-concern", "special-sealed", "plan-ordinary"]


def test_consent_is_looked_up_for_the_category_of_each_key() -> None:
    keys = [key(0, Agency.GP), key(1, Agency.EDUCATION, "ordinary", "education")]
    facts = Facts(relation="involved", agreement="current", consent={"health": "given"})

    answers = POLICY.levels(Asked(MORAG, "child-plan", "consent"), facts, keys)

    assert [(answer.level, answer.rule) for answer in answers] == [
        (Level.SHOWN, "consent-given"),
        (Level.WITHHELD, "consent-not-recorded"),
    ]


def test_levels_and_single_decisions_agree() -> None:
    reader = Practitioner("ruth", "Ruth Invented", Role.CLASS_TEACHER, Agency.EDUCATION, "S01")
    facts = Facts(relation="involved", agreement="current", plan="multi-agency", consent=NO_CONSENT)
    keys = [
        DecisionKey(number, agency.value, category, sensitivity, third_party)
        for number, (agency, category, sensitivity, third_party) in enumerate(
            (agency, category, sensitivity, third_party)
            for agency in Agency
            for category in POLICY.domain["category"]
            for sensitivity in POLICY.domain["sensitivity"]
            for third_party in (True, False)
        )
    ]

    together = POLICY.levels(Asked(reader, "child-plan", "public-task"), facts, keys)

    reading = {
        "role": "class-teacher",
        "relation": "involved",
        "own": "no",
        "purpose": "child-plan",
        "plan": "multi-agency",
    }
    usual = Point(**{**USUAL, **reading})
    for one, answer in zip(keys, together, strict=True):
        single = dataclasses.replace(
            usual,
            own="yes" if one.agency == "education" else "no",
            category=one.category,
            sensitivity=one.sensitivity,
            third_party="yes" if one.third_party else "no",
        )
        assert answer == POLICY.decide(single)


@pytest.mark.parametrize("field", ["category", "sensitivity"])
def test_a_value_that_the_policy_does_not_know_opens_nothing(field: str) -> None:
    cells = {"category": "health", "sensitivity": "ordinary", field: "new"}
    strange = DecisionKey(0, "health-visiting", cells["category"], cells["sensitivity"], third_party=False)
    facts = Facts(relation="involved", agreement="current", plan="multi-agency", consent=NO_CONSENT)

    (answer,) = POLICY.levels(Asked(MORAG, "direct-care", "public-task"), facts, [strange])

    assert (answer.level, answer.rule) == (Level.SEALED, "")


def test_an_unknown_purpose_or_basis_is_refused_and_the_known_ones_are_named() -> None:
    POLICY.check_asked("child-plan", "public-task")
    with pytest.raises(BadInput) as purpose:
        POLICY.check_asked("curiosity", "public-task")
    with pytest.raises(BadInput) as basis:
        POLICY.check_asked("child-plan", "because")

    assert "child-plan, child-protection, direct-care, audit, planning, own-record" in purpose.value.next_step
    assert "recognised-legitimate-interest" in basis.value.next_step
    assert "curiosity" not in purpose.value.message + purpose.value.next_step


def test_only_the_maintained_distribution_of_casbin_is_installed() -> None:
    assert distribution("pycasbin").version.startswith("2.")
    with pytest.raises(PackageNotFoundError):
        distribution("casbin")
