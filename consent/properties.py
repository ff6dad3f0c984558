"""Whether a policy keeps its promises: each is checked over the whole domain, whoever wrote the table.

A broken one comes with an example that a person can read. The promises are in the two modules `promises_of_…`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import assert_never

from consent import promises_of_entries, promises_of_readers
from consent.decision import Level
from consent.policy import Policy
from consent.promise import Bound, Change, Duty, Promise
from consent.reach import Where, hit_sets, opening_pairs, openings
from consent.table import CONDITIONS, DUTIES, Point


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a property holds; if not, one example in words."""

    name: str
    holds: bool
    example: str = ""


PROPERTIES: tuple[Promise, ...] = (*promises_of_readers.ALL, *promises_of_entries.ALL)


def check(policy: Policy) -> tuple[Verdict, ...]:
    """Every property's verdict, over every point of the domain."""
    return tuple(verdict(policy, one) for one in PROPERTIES)


def verdict(policy: Policy, one: Promise) -> Verdict:
    """One property's verdict; the example is the first point found where it fails."""
    missing = [f"{column} {value}" for column, value in _words(one) if value not in policy.domain[column]]
    if missing:
        # A property about a value that the domain lacks would hold for want of cases.
        return _broken(one, f"the domain does not know {', '.join(missing)}")
    match one:
        case Bound():
            return _bound(policy, one)
        case Change():
            return _change(policy, one)
        case Duty():
            return _duty(policy, one)
        case unknown:
            assert_never(unknown)


def _words(one: Promise) -> Iterator[tuple[str, str]]:
    """Every column and value that the property speaks of."""
    match one:
        case Bound():
            parts: tuple[Where, ...] = one.parts
        case Change():
            parts = (*one.parts, {one.column: {value for step in one.steps for value in step}})
        case Duty():
            parts = (one.where, {DUTIES: one.duties})
        case unknown:
            assert_never(unknown)
    for part in parts:
        for column, values in part.items():
            yield from ((column, value) for value in sorted(values))


def _bound(policy: Policy, bound: Bound) -> Verdict:
    for part in bound.parts:
        for hits, witness in openings(policy, part).items():
            level = policy.answer(hits).level
            if not bound.least <= level <= bound.most:
                limit = f"at most {_word(bound.most)}" if level > bound.most else f"at least {_word(bound.least)}"
                return _broken(bound, f"{describe(witness)} is {_outcome(policy, witness)}; it must be {limit}")
    return Verdict(bound.name, holds=True)


def _change(policy: Policy, change: Change) -> Verdict:
    for part, (before, after) in product(change.parts, change.steps):
        for (first, second), witness in opening_pairs(policy, change.column, before, after, part).items():
            was, becomes = policy.answer(first).level, policy.answer(second).level
            if becomes > was or (change.both and becomes < was):
                changed = replace(witness, **{change.column: after})
                return _broken(
                    change,
                    f"{describe(witness)} is {_outcome(policy, witness)}; "
                    f"with {change.column} {after} it becomes {_outcome(policy, changed)}",
                )
    return Verdict(change.name, holds=True)


def _duty(policy: Policy, duty: Duty) -> Verdict:
    # Every set of rules counts here, those that open nothing too: what was asked for may oblige the hub all the same.
    for hits, witness in hit_sets(policy, duty.where).items():
        answer = policy.answer(hits)
        missing = [one for one in duty.duties if one not in answer.obligations]
        if missing and answer.level >= duty.least:
            return _broken(duty, f"{describe(witness)} is {_outcome(policy, witness)}, without {', '.join(missing)}")
    return Verdict(duty.name, holds=True)


def _broken(one: Promise, example: str) -> Verdict:
    return Verdict(one.name, holds=False, example=example)


def describe(point: Point) -> str:
    """The point in words: what a governance lead needs to look the case up in the table."""
    return ", ".join(f"{column} {getattr(point, column)}" for column in CONDITIONS)


def _outcome(policy: Policy, point: Point) -> str:
    answer = policy.decide(point)
    return f"{_word(answer.level)} by {answer.rule or 'no rule'}"


def _word(level: Level) -> str:
    return level.name.lower()
