"""A column map: what each column of an agency's tables says, read from a list that anybody can read and correct.

`adapters/maps/<source>.csv` has one rule a row: `table` (empty for all tables of the source), `part` (what the column
is for), `column`, and `value`, `gives` and `words`, whose meaning depends on the part. docs/writing-an-adapter.md has
the parts. A map that could lose a record or read one twice is refused when it is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from adapters.maps import table as data

COLUMN_PARTS = frozenset(
    (
        "table",
        "when",
        "must-know",
        "publisher",
        "person",
        "record",
        "identifier",
        "family",
        "given",
        "birth-date",
        "sex",
        "postcode",
        "restricted",
        "code",
        "occurred",
        "until",
        "recorded",
        "version",
        "order",
        "retract",
        "sensitivity",
        "significance",
        "did-not-happen",
        "label",
        "words",
        "detail",
        "status",
        "involved",
        "worker",
        "blank",
        "author-name",
        "author-role",
        "author-organisation",
        "organisation",
        "kept",
    )
)
"""Parts that may name a column: these columns are read and kept, and no others."""
NAME_PARTS = frozenset({"publisher", "period", "delivered"})
"""Parts that read the delivery's name, by a pattern with one group."""
OTHER_PARTS = frozenset({"dates", "not-known", "snapshot"})
PUBLISHER, PERIOD = "(publisher)", "(period)"
"""What is no column, and may stand where one does."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a map. `column` is spelt as the source's own documents spell it."""

    part: str
    column: str = ""
    value: str = ""
    gives: str = ""
    words: str = ""

    @property
    def name(self) -> str:
        """The column as it is looked up: headers differ in case between systems."""
        return self.column.casefold()


@dataclass(frozen=True, slots=True)
class Table:
    """What one table says: its rules by part, the columns it is told by, those that are kept with a record.

    said: the rules whose columns are put into sentences, in the order of the map.
    """

    source: str
    name: str
    rules: dict[str, tuple[Rule, ...]]
    told_by: frozenset[str]
    columns: tuple[str, ...]
    said: tuple[Rule, ...] = ()

    def all(self, part: str) -> tuple[Rule, ...]:
        """Its rules for a part, in the order of the map."""
        return self.rules.get(part, ())

    def first(self, part: str) -> Rule | None:
        """Its first rule for a part."""
        return next(iter(self.all(part)), None)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A source's tables, and how the name of a delivery is read."""

    source: str
    tables: tuple[Table, ...]
    names: tuple[Rule, ...]

    @property
    def columns(self) -> frozenset[str]:
        """Every column that is read, in small letters."""
        return frozenset(name.casefold() for one in self.tables for name in one.columns)

    def told_by(self, names: Iterable[str]) -> tuple[Table, ...]:
        """The tables that a header with these columns holds: each of them reads every row."""
        there = frozenset(names)
        return tuple(one for one in self.tables if one.told_by <= there)


@cache
def map_of(source: str) -> ColumnMap:
    """The map of a source, from `adapters/maps/<source>.csv`; raises ValueError for one that is not sound."""
    return column_map(source, data.rows(source))


def column_map(source: str, rows: Iterable[dict[str, str]]) -> ColumnMap:
    """A map from its rows; raises ValueError, which names table and part, for one that is not sound."""
    rules = [(row["table"], _rule(row)) for row in rows]
    names = dict.fromkeys(table for table, _ in rules if table)
    tables = tuple(_table(source, name, [rule for table, rule in rules if table in {"", name}]) for name in names)
    found = ColumnMap(source, tables, tuple(rule for table, rule in rules if not table and not rule.column))
    for one in tables:
        _check(one, found)
    return found


def _rule(row: dict[str, str]) -> Rule:
    rule = Rule(row["part"], row["column"], row["value"], row["gives"], row["words"])
    known = COLUMN_PARTS if rule.column else COLUMN_PARTS | NAME_PARTS | OTHER_PARTS
    if rule.part not in known:
        raise ValueError(f"{rule.part} is no part of a column map, or names a column where none may stand")
    if rule.part in NAME_PARTS and not rule.column and re.compile(rule.value).groups != 1:
        raise ValueError(f"the pattern of {rule.part} has not one group")
    return rule


def _table(source: str, name: str, rules: list[Rule]) -> Table:
    by_part: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        by_part[rule.part] = (*by_part.get(rule.part, ()), rule)
    told_by = frozenset(rule.name for rule in by_part.get("table", ()))
    said = tuple(rule for rule in rules if rule.part in {"label", "detail"})
    return Table(source, name, by_part, told_by, tuple(dict.fromkeys(_columns(rules))), said)


def _columns(rules: Iterable[Rule]) -> Iterator[str]:
    for rule in rules:
        pair = (rule.column, rule.value) if rule.part in {"status", "involved"} else (rule.column,)
        yield from (name for name in pair if name and not name.startswith("("))


def _check(one: Table, known: ColumnMap) -> None:
    """A record keeps its table's columns alone: read again, they may be taken for no other table."""
    for part in ("table", "person", "record", "code"):
        if not one.all(part):
            raise ValueError(f"the table {one.name} has no rule for {part}")
    own = frozenset(name.casefold() for name in one.columns)
    for other in known.tables:
        if other is not one and other.told_by <= own:
            raise ValueError(f"a record of the table {one.name} would be read as one of {other.name} too")
