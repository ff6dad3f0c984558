"""What OneRoster's tables, columns, roles and states mean, read from `maps/oneroster.csv`."""

from __future__ import annotations

from collections.abc import Iterable

from adapters.maps.table import rows
from adapters.reading.kept_columns import spelling

_MAP = rows("oneroster")
COLUMNS: dict[str, dict[str, str]] = {
    table["said"]: {
        spelling(row["said"]): row["means"] for row in _MAP if row["kind"] == "column" and row["table"] == table["said"]
    }
    for table in _MAP
    if table["kind"] == "table"
}
"""Of each table, the columns that are read: their spellings, and the name under which each is kept."""

ROLES, STATES, IDENTIFIERS = (
    {spelling(row["said"]): row["means"] for row in _MAP if row["kind"] == kind}
    for kind in ("role", "status", "identifier")
)
_TOLD_BY = {row["said"]: frozenset(row["means"].split()) for row in _MAP if row["kind"] == "table"}
_NAMES = {spelling(name): name for name in _TOLD_BY}
_NAMES |= {
    spelling(name.removesuffix("es") if name == "classes" else name.removesuffix("s")): name for name in _TOLD_BY
}

CONTEXT = frozenset({"orgs", "classes", "courses", "academicSessions", "manifest"})
"""Tables that surround pupils: none of their rows is a record of a child, and none is stored."""


def table_named(name: str) -> str:
    """The table of this name, singular or plural, however written; empty for none."""
    return _NAMES.get(spelling(name), "")


def table_of(columns: Iterable[str]) -> str:
    """The table that has these columns, as they are headed; empty when it is none. The first of the map that fits."""
    heads = [spelling(name) for name in columns]
    for table, needed in _TOLD_BY.items():
        if needed <= {COLUMNS[table].get(head) for head in heads}:
            return table
    return ""
