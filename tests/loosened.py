"""The default table with cells changed: by hand, or every way in which one cell alone could let more out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from consent.policy import Policy, understood
from consent.table import ANY, CONDITIONS, HEADER, Rule

Cell = tuple[str, str, str]
"""A rule's id, a column of the table, and what is written there instead."""


def changed(policy: Policy, *cells: Cell) -> Policy:
    """The policy with these cells changed, read as from its file."""
    rows = list(csv.DictReader(io.StringIO(policy.files["rules.csv"], newline="")))
    for rule, column, value in cells:
        next(row for row in rows if row["id"] == rule)[column] = value
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER)
    writer.writeheader()
    writer.writerows(rows)
    return understood({**policy.files, "rules.csv": text.getvalue()})


def cells(rule: str, spelt: str) -> list[Cell]:
    """Cells of one rule, spelt `column=value column=value`."""
    return [(rule, *part.split("=", 1)) for part in spelt.split()]  # type: ignore[misc]  # each part has one =


def loosenings(policy: Policy) -> Iterator[Cell]:
    """Every change of one cell by which a row may match more than it should, or a cap less, or either reach higher."""
    for rule in policy.rules:
        for place, column in enumerate(CONDITIONS):
            values = list(policy.domain[column])
            wider = _wider if rule.effect == "allow" else _narrower
            yield from ((rule.id, column, cell) for cell in wider(rule, place, values))
        highest = 4 if rule.effect == "allow" else 3
        yield from ((rule.id, "level", str(level)) for level in range(rule.level + 1, highest + 1))


def _wider(rule: Rule, place: int, values: list[str]) -> Iterator[str]:
    """Any value, and one value more."""
    named = rule.cells[place].split("|")
    if named != [ANY]:
        yield ANY
        yield from ("|".join([*named, value]) for value in values if value not in named)


def _narrower(rule: Rule, place: int, values: list[str]) -> Iterator[str]:
    """One value fewer."""
    named = values if rule.cells[place] == ANY else rule.cells[place].split("|")
    if len(named) > 1:
        yield from ("|".join(value for value in named if value != dropped) for dropped in named)
