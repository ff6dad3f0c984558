"""What would lawfully alter an answer: all of it for those who answer for the log; for readers, what to ask for.

A reader is told of what they or the Lead Professional can ask somebody for, and of nothing else: to state another
purpose is no way to see a record, and whose registration or agreement ended is told by the rule's own sentence.
"""

from __future__ import annotations

from datetime import date

from consent.changes import LawfulChange, changes
from consent.decision import Asked, DecisionKey, Facts, Way
from consent.policy import Policy, point_of

ASKED_FOR = ("relation", "consent", "plan", "released")


def every_way(policy: Policy, asked: Asked, facts: Facts, key: DecisionKey, on: date) -> tuple[LawfulChange, ...]:
    """Every single lawful change that would alter the answer on that day; what would open more comes first."""
    point = point_of(asked, facts, key)
    found = changes(policy, point, on=on, controller=facts.controller)
    now = policy.decide(point).level
    return tuple(sorted(found, key=lambda one: one.becomes < now))


def ways_for_reader(policy: Policy, asked: Asked, facts: Facts, key: DecisionKey, on: date) -> tuple[Way, ...]:
    """Those that would open more and that the reader or the Lead Professional can ask for."""
    now = policy.answer_of(asked, facts, key).level
    return tuple(
        Way(one.words, one.who, one.becomes)
        for one in every_way(policy, asked, facts, key, on)
        if one.becomes > now and one.column in ASKED_FOR
    )
