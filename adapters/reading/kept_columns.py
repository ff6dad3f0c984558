"""Reading tables that hold more than may be kept: of each row only the columns on a list go on, under one spelling.

The list says what is read, never what is left out, so a column that nobody foresaw (a misspelt password) is dropped
with the rest. What is stored of a row is written anew from the columns that were read.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.reading import Unreadable
from adapters.reading.csv_rows import BadRow, Row, Table
from hub.update import Defect

_NOT_SPELLING = re.compile(r"[^a-z0-9.]")
_NOTHING = re.compile(rb'[\s,"]*')


@dataclass(frozen=True, slots=True)
class Line:
    """What may be kept of one row or object: each column that is read, trimmed. A Line always holds something."""

    place: str
    cells: dict[str, str]
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """A row or object of which nothing may be kept. `content` is for its digest alone."""

    reason: str
    place: str
    content: bytes


def spelling(name: str) -> str:
    """A column's name without capitals, spaces and marks, for telling it from others however it is written."""
    return _NOT_SPELLING.sub("", name.casefold())


def lines(
    table: Table, columns: Mapping[str, str], before: str = "", *, may_repeat: frozenset[str] = frozenset()
) -> Iterator[Line | Lost]:
    """The rows of a table that hold anything. `columns`: spelling to the name under which a column is kept.

    `before` goes before each place. Raises Unreadable when two columns of the table are the same one; of those that
    `may_repeat` (a legal forename beside a forename) the first is read.
    """
    where = _where(table.names, columns, may_repeat)
    return _lines(table, where, before)


def _where(names: tuple[str, ...], columns: Mapping[str, str], may_repeat: frozenset[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, name in enumerate(names):
        kept = columns.get(spelling(name))
        if kept in found and kept in may_repeat:
            continue
        if kept in found:
            # Two numbers in one row are two people: which of them is meant is not ours to guess.
            raise Unreadable("repeated-column", f"row 1, column {kept}", "", "")
        if kept is not None:
            found[kept] = at
    return found


def _lines(table: Table, where: Mapping[str, int], before: str) -> Iterator[Line | Lost]:
    for row in table.rows:
        found = _bad(row, before) if isinstance(row, BadRow) else _line(row, where, before)
        if found is not None:
            yield found


def _bad(row: BadRow, before: str) -> Lost | None:
    _, _, line = row.original.partition(b"\n")
    if _NOTHING.fullmatch(line):
        return None
    # The column may be named by the file's own header, which could hold anything: the row is enough.
    return Lost(row.reason, before + row.place.partition(",")[0], line)


def _line(row: Row, where: Mapping[str, int], before: str) -> Line | Lost | None:
    place = f"{before}row {row.number}"
    cells = {name: row.values[at].strip() for name, at in where.items()}
    if any(cells.values()):
        return Line(place, cells, row.defects)
    if any(value.strip() for value in row.values):
        return Lost("no-subject", place, row.original.partition(b"\n")[2])
    return None


def as_table(*rows: Mapping[str, str]) -> bytes:
    """A table of one row or more of the same columns, which reads as these cells."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0].keys())
    writer.writerows(row.values() for row in rows)
    return text.getvalue().encode()
