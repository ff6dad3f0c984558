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

Masks = tuple[int, ...]
Values = tuple[str, ...]
LIMIT = 50_000


def hit_sets(policy: Policy, where: Where | None = None) -> dict[int, Point]:
    """Each set of rules that can match together within `where`, as a mask, and a witness point."""
    choices = {column: _one(policy, column, where or {}) for column in CONDITIONS}
    return {masks[0]: Point(*values) for masks, values in _sweep(policy, choices, 1).items()}


def openings(policy: Policy, where: Where) -> dict[int, Point]:
    """As `hit_sets`, but all that opens nothing, whichever rules match, counts as one: no rule, and one witness.

    For what is asked of levels alone this is enough, and far less.
    """
    choices = {column: _one(policy, column, where) for column in CONDITIONS}
    found = _sweep(policy, choices, 1, _allowing(policy))
    return {masks[0]: Point(*values) for masks, values in found.items()}


def opening_pairs(policy: Policy, column: str, before: str, after: str, where: Where) -> dict[tuple[int, int], Point]:
    """What opens before and after one column changes its value, the rest staying as it is: as `openings`.

    The witness holds the value before.
    """
    choices: dict[str, dict[Masks, str]] = {}
    for name in CONDITIONS:
        choices[name] = {(mask, mask): value for (mask,), value in _one(policy, name, where).items()}
    choices[column] = {(policy.masks[column][before], policy.masks[column][after]): before}
    found = _sweep(policy, choices, 2, _allowing(policy))
    return {(masks[0], masks[1]): Point(*values) for masks, values in found.items()}


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


def _one(policy: Policy, column: str, where: Where) -> dict[Masks, str]:
    """The column's values by the rules that accept them; of values that no rule tells apart, the first."""
    found: dict[Masks, str] = {}
    for value, mask in policy.masks[column].items():
        if column not in where or value in where[column]:
            found.setdefault((mask,), value)
    return found


def _allowing(policy: Policy) -> int:
    return sum(1 << bit for bit, rule in enumerate(policy.rules) if rule.effect == "allow")


def _sweep(
    policy: Policy, choices: Mapping[str, Mapping[Masks, str]], width: int, needed: int = 0
) -> dict[Masks, Values]:
    """needed: where none of these rules is left, neither is any other."""
    partial: dict[Masks, Values] = {(policy.every,) * width: ()}
    for column in CONDITIONS:
        grown: dict[Masks, Values] = {}
        for masks, values in partial.items():
            for accepted, value in choices[column].items():
                met = tuple(mask & bit for mask, bit in zip(masks, accepted, strict=True))
                if needed:
                    met = tuple(mask if mask & needed else 0 for mask in met)
                grown.setdefault(met, (*values, value))
        if len(grown) > LIMIT:
            raise PolicyRefused(
                f"The policy's rules overlap in more than {LIMIT} ways, too many to prove.",
                "Narrow the rows whose cells are mostly *, above all the deny rows.",
            )
        partial = grown
    return partial
