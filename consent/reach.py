"""Every different way in which the rules can meet a question, without asking every question.

The table's columns span millions of points, but few distinct sets of rules can match together. They are
found column by column, keeping for each set one witness: a point at which exactly these rules match.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from consent.policy import Policy
from consent.table import CONDITIONS, Point
from hub.errors import PolicyRefused

Where = Mapping[str, Collection[str]]
"""Part of the domain: the values allowed in the columns named; any value in the others."""

Values = tuple[str, ...]
LIMIT = 50_000


def hit_sets(policy: Policy, where: Where | None = None) -> dict[int, Point]:
    """Each set of rules that can match together within `where`, as a mask, and a witness point."""
    choices = {column: _one(policy, column, where or {}) for column in CONDITIONS}
    return {mask: Point(*values) for mask, values in _sweep(choices, policy.every, ()).items()}


def openings(policy: Policy, where: Where) -> dict[int, Point]:
    """As `hit_sets`, but all that opens nothing, whichever rules match, counts as one: no rule, and one witness.

    For what is asked of levels alone this is enough, and far less.
    """
    choices = {column: _one(policy, column, where) for column in CONDITIONS}
    half = policy.every, _allowing(policy)
    return {mask: Point(*values) for mask, values in _sweep(choices, policy.every, (half,)).items()}


def opening_pairs(policy: Policy, column: str, before: str, after: str, where: Where) -> dict[tuple[int, int], Point]:
    """What opens before and after one column changes its value, the rest staying as it is: as `openings`.

    The witness holds the value before.
    """
    # Both sets of rules in one number: what matches after the change stands above what matches before it.
    every, up = policy.every, len(policy.rules)
    choices: dict[str, dict[int, str]] = {}
    for name in CONDITIONS:
        choices[name] = {mask | mask << up: value for mask, value in _one(policy, name, where).items()}
    choices[column] = {policy.masks[column][before] | policy.masks[column][after] << up: before}
    allowing = _allowing(policy)
    halves = (every, allowing), (every << up, allowing << up)
    found = _sweep(choices, every | every << up, halves)
    return {(mask & every, mask >> up): Point(*values) for mask, values in found.items()}


def near_misses(policy: Policy) -> dict[Point, None]:
    """For each rule a point that it matches, and that point with each single column moved out of the rule.

    In the table's order, without repeats. They show that a matcher looks at every column of every rule; which values a
    cell accepts is another question.
    """
    found: dict[Point, None] = {}
    for bit, rule in enumerate(policy.rules):
        accepted = {
            column: next(value for value, mask in policy.masks[column].items() if mask >> bit & 1)
            for column in CONDITIONS
        }
        inside = Point(**accepted)
        found[inside] = None
        for place, column in enumerate(CONDITIONS):
            outside = (value for value in policy.domain[column] if not rule.accepts(place, value))
            if (value := next(outside, None)) is not None:
                found[replace(inside, **{column: value})] = None
    return found


def size(policy: Policy) -> tuple[int, int]:
    """How many points the domain has, and how many classes of points that no rule can tell apart."""
    points = classes = 1
    for column in CONDITIONS:
        points *= len(policy.domain[column])
        classes *= len(_one(policy, column, {}))
    return points, classes


def _one(policy: Policy, column: str, where: Where) -> dict[int, str]:
    """The column's values by the rules that accept them; of values that no rule tells apart, the first."""
    found: dict[int, str] = {}
    for value, mask in policy.masks[column].items():
        if column not in where or value in where[column]:
            found.setdefault(mask, value)
    return found


def _allowing(policy: Policy) -> int:
    return sum(1 << bit for bit, rule in enumerate(policy.rules) if rule.effect == "allow")


def _sweep(
    choices: Mapping[str, Mapping[int, str]], every: int, halves: tuple[tuple[int, int], ...]
) -> dict[int, Values]:
    """halves: parts of the mask, each with the rules of which one must be left, or none of the part counts."""
    partial: dict[int, Values] = {every: ()}
    for column in CONDITIONS:
        grown: dict[int, Values] = {}
        for mask, values in partial.items():
            for accepted, value in choices[column].items():
                met = mask & accepted
                for part, needed in halves:
                    if not met & needed:
                        met &= ~part
                if met not in grown:
                    grown[met] = (*values, value)
        if len(grown) > LIMIT:
            raise PolicyRefused(
                f"The policy's rules overlap in more than {LIMIT} ways, too many to prove.",
                "Narrow the rows whose cells are mostly *, above all the deny rows.",
            )
        partial = grown
    return partial
