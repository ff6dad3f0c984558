"""What everybody may read of the policy in force: its rules in words, its promises, its stories, and on whose word."""

from __future__ import annotations

from pathlib import Path

from consent import in_words
from consent.table import DEFAULT_RULES
from tests.drafts import draft, leads, proposed
from tests.fix_hub import TestHub


def test_the_version_in_force_is_published_with_the_stories_it_was_tried_on(hub: TestHub, tmp_path: Path) -> None:
    policies = hub.house.hub.policies
    first = policies.edition()
    sentence = "You may read the summary."
    folder = draft(tmp_path / "draft", ("plan-teacher-summary", "sentence", sentence))
    fingerprint = proposed(hub, folder)
    assert policies.edition().policy.fingerprint == first.policy.fingerprint

    policies.activate(leads(hub)[1], fingerprint, "Read and agreed.")

    found = policies.edition()
    assert first.book is None  # it was put in force by this test's fixture, without stories
    assert (found.term.fingerprint, found.term.author, found.term.approver) == (fingerprint, "eilidh", "ruaridh")
    assert found.book is not None
    assert len(found.book.stories) == found.term.proof["scenarios"]
    assert sentence in [one.rule.sentence for one in found.rules]
    assert len(found.promises) == found.term.proof["properties"]


def test_every_rule_has_words_for_its_level_its_conditions_and_its_default_rule(hub: TestHub) -> None:
    found = hub.house.hub.policies.edition()

    assert sorted(in_words.DEFAULT_RULES) == sorted(DEFAULT_RULES)
    for one in found.rules:
        assert one.level == in_words.LEVELS[one.rule.level]
        assert one.conditions
        assert all(what and values for what, values in one.conditions)
        assert not one.source.startswith(("D-", "S-", "P-", "N-"))
