"""casbin itself, asked about the same table: what the compiled one is proven against before it is used.

This is the only module that speaks casbin, and it never does so for a reader.
"""

from __future__ import annotations

from functools import lru_cache

import casbin
from casbin.effect.default_effectors import AllowAndDenyEffector, Effector

from consent.decision import Level
from consent.policy import Policy
from consent.table import ANY, CONDITIONS, Point


class _EveryRow(AllowAndDenyEffector):  # type: ignore[misc]  # the base class is untyped
    """Lets casbin look at every row, so that the trace of matching rows is whole."""

    def intermediate_effect(self, _effects: set[int]) -> int:
        """Never decide before the last row."""
        return int(Effector.INDETERMINATE)


class _Enforcer(casbin.Enforcer):  # type: ignore[misc]  # the base class is untyped
    """casbin's own, but the matcher is read once and not for every question."""

    def __init__(self, model: object) -> None:
        super().__init__(model)
        self._read: dict[str, object] = {}

    def _get_expression(self, expr: str, functions: object = None) -> object:
        if expr not in self._read:
            self._read[expr] = super()._get_expression(expr, functions)
        return self._read[expr]


class Reference:
    """casbin itself, asked level by level: slow, and used only to prove the compiled table right.

    Only one thread may use it: under Python 3.11 casbin fails now and then when called from several.
    """

    def __init__(self, policy: Policy) -> None:
        self._seen: list[str] = []
        model = casbin.Enforcer.new_model(text=policy.model)
        for rule in policy.rules:
            model.add_policy("p", "p", [rule.id, rule.effect, str(rule.level.value), *rule.cells])
        self._enforcer = _Enforcer(model)
        self._enforcer.eft = _EveryRow()
        for name, function in (("lvl", _reaches), ("has", self.accepts), ("seen", self._note)):
            self._enforcer.add_function(name, function)

    def accepts(self, cell: str, value: str) -> bool:
        """What casbin takes a cell to accept."""
        return cell == ANY or value in _members(cell)

    def judge(self, point: Point) -> tuple[Level, frozenset[str]]:
        """The level casbin arrives at, and the ids of all rows that match.

        At the highest level every cap but those above it is looked at, at the lowest every grant: the two between them
        see every row. In between, casbin is asked upwards for as long as it allows.
        """
        values = [getattr(point, column) for column in CONDITIONS]
        self._seen.clear()
        level = Level.EXPORTABLE if self._allows(values, Level.EXPORTABLE) else Level.SEALED
        for asked in (Level.WITHHELD, Level.REDACTED, Level.SHOWN):
            if not self._allows(values, asked):
                break
            level = max(level, asked)
        return level, frozenset(self._seen)

    def _allows(self, values: list[str], asked: Level) -> bool:
        return bool(self._enforcer.enforce(*values, asked.value))

    def _note(self, rule: str) -> bool:
        self._seen.append(rule)
        return True


def _reaches(effect: str, row: str, asked: int) -> bool:
    """An allow row grants its level and those below; a deny row blocks those above its own."""
    return asked <= int(row) if effect == "allow" else asked > int(row)


@lru_cache(maxsize=4096)
def _members(cell: str) -> frozenset[str]:
    return frozenset(cell.split("|"))
