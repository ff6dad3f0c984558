"""What everybody may read of the policy: the version in force, how it came to be, its promises, and its stories."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from consent import properties, scenarios
from consent.in_words import RuleInWords, rule_in_words
from consent.policy import Policy
from consent.scenarios_told import Book
from hub.errors import PolicyRefused
from projections.policies import Term


@dataclass(frozen=True, slots=True)
class Edition:
    """The version in force for readers. term: since when, on whose word and how it was proven. promises: all were kept.

    book: its stories; None where it has none, or where this program no longer understands them.
    """

    policy: Policy
    term: Term
    rules: tuple[RuleInWords, ...]
    promises: tuple[str, ...]
    book: Book | None


def edition(policy: Policy, term: Term, stories: Mapping[str, str]) -> Edition:
    """The version for readers."""
    rules = tuple(rule_in_words(policy, rule) for rule in policy.rules)
    promises = tuple(one.name for one in properties.PROPERTIES)
    return Edition(
        policy, term, rules, promises, _book(_Told(policy.fingerprint, tuple(sorted(stories.items())), policy))
    )


@dataclass(frozen=True, slots=True)
class _Told:
    fingerprint: str
    stories: tuple[tuple[str, str], ...]
    policy: Policy = field(compare=False)


@lru_cache(maxsize=4)
def _book(told: _Told) -> Book | None:
    """Read once for each version: its stories never change."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in told.stories:
            (Path(folder) / Path(name).name).write_text(text, encoding="utf-8")
        try:
            return scenarios.read(told.policy, Path(folder)) if told.stories else None
        except PolicyRefused:
            return None
