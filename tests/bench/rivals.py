"""Other engines asked the same question of the same table: casbin for an entry or a kind of entry, Cedar for a kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cedarpy

from consent.decision import Asked, DecisionKey, Facts
from consent.policy import Policy, point_of
from consent.table import ANY, CONDITIONS, Point, Rule
from tests.bench.ways import enforcer

LADDER: Final = (4, 3, 2, 1)
"""Levels, from the highest down: the first that is allowed is the level."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Who asks for what, what is true, and the kinds of entry there are, by number."""

    asked: Asked
    facts: Facts
    kinds: Mapping[int, DecisionKey]

    def point(self, number: int) -> Point:
        """The question that one kind of entry puts to the table."""
        return point_of(self.asked, self.facts, self.kinds[number])


class Casbin:
    """casbin with the policy's own model and rows, asked from the highest level down."""

    def __init__(self, policy: Policy) -> None:
        self._enforcer = enforcer(policy)

    def entries(self, situation: Situation, keys: Sequence[int]) -> list[int]:
        """Asked about each entry, given the number of its kind."""
        return [self._level(situation.point(number)) for number in keys]

    def kinds(self, situation: Situation) -> dict[int, int]:
        """Asked once for each kind of entry."""
        return {number: self._level(situation.point(number)) for number in situation.kinds}

    def _level(self, point: Point) -> int:
        values = [getattr(point, column) for column in CONDITIONS]
        return next((level for level in LADDER if self._enforcer.enforce(*values, level)), 0)


class Cedar:
    """Cedar with the table as its policies, read once: an allow row is a permit, a deny row a forbid.

    A permit is for the actions up to its level, a forbid for those above. Cedar's own rule does the rest: it allows
    what something permits and nothing forbids.
    """

    def __init__(self, policy: Policy) -> None:
        self._policies = cedarpy.PolicySet.from_str("\n".join(_written(rule) for rule in policy.rules))
        self._entities = cedarpy.Entities.from_json_str("[]")

    def kinds(self, situation: Situation) -> dict[int, int]:
        """Asked once for each kind of entry: a level of all undecided kinds is one batch."""
        levels = dict.fromkeys(situation.kinds, 0)
        contexts = {number: _context(situation.point(number)) for number in situation.kinds}
        for level in LADDER:
            open_still = [number for number, found in levels.items() if not found]
            requests = [_request(level, contexts[number]) for number in open_still]
            answers = cedarpy.is_authorized_batch(requests, self._policies, self._entities)
            levels |= {number: level for number, answer in zip(open_still, answers, strict=True) if answer.allowed}
        return levels


def _request(level: int, context: dict[str, str]) -> dict[str, Any]:
    return {
        "principal": {"type": "Reader", "id": "reader"},
        "action": {"type": "Action", "id": str(level)},
        "resource": {"type": "Entry", "id": "entry"},
        "context": context,
    }


def _context(point: Point) -> dict[str, str]:
    return {column: getattr(point, column) for column in CONDITIONS}


def _written(rule: Rule) -> str:
    """One row as a policy of Cedar."""
    allows = rule.effect == "allow"
    levels = [level for level in LADDER if (level <= rule.level) == allows]
    if not levels:
        return ""
    named = ", ".join(f'Action::"{level}"' for level in levels)
    written = zip(CONDITIONS, rule.cells, strict=True)
    conditions = [_condition(column, cell) for column, cell in written if cell != ANY]
    when = f" when {{ {' && '.join(conditions)} }}" if conditions else ""
    return f'@id("{rule.id}") {"permit" if allows else "forbid"} (principal, action in [{named}], resource){when};'


def _condition(column: str, cell: str) -> str:
    values = cell.split("|")
    if len(values) == 1:
        return f'context["{column}"] == "{cell}"'
    return f'[{", ".join(f"{chr(34)}{value}{chr(34)}" for value in values)}].contains(context["{column}"])'
