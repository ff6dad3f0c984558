"""One row of an Annex A list under its fields, and the small form in which it is kept to be read again alone.

The form is a JSON object: `annex-a` (its version, 1), `council` and `order` (of the workbook), `list`, `row`, `record`
(the field whose happening it holds; empty for a row that was refused whole), `ordinal` (which of several of one day it
is), `born` (the dates of birth stated of the child anywhere in the workbook, where they differ) and `cells`, each with
its column, header, text and flaw. Columns that say where a child lives, or lead to adopters, are left out before it
is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import orjson

from adapters.annex_a.codes import CHILD_LISTS, columns, field_of
from adapters.reading import JSON_MEDIA, Unreadable, read_json
from adapters.reading.dates import day_of
from hub.update import Defect

FORM = "annex-a"
_VERSION = 1
ADOPTERS = 11


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell under its header. `flaw`: why there is no value to trust."""

    column: str
    header: str
    text: str
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list; list 0 is a sheet that is none, whose rows are kept together as `cells`."""

    council: str
    order: str
    list: int
    number: int
    cells: tuple[Cell, ...]
    born: tuple[str, ...] = ()
    record: str = ""
    ordinal: int = 0
    defects: tuple[Defect, ...] = ()

    def place(self, column: str = "") -> str:
        """Row and column, for the sender to find it."""
        where = f"List {self.list}, row {self.number}" if self.list else f"sheet {self.number}"
        return f"{where}, column {column}" if column else where

    def kept(self, record: str = "", ordinal: int = 0) -> bytes:
        """The form in which the row, or one record of it, can be read again alone."""
        form = {
            FORM: _VERSION,
            "council": self.council,
            "order": self.order,
            "list": self.list,
            "row": self.number,
            "record": record,
            "ordinal": ordinal,
            "born": self.born,
            "cells": [[cell.column, cell.header, cell.text, cell.flaw] for cell in self.cells],
        }
        return orjson.dumps(form)


def without_secrets(row: Row) -> Row:
    """The row without the columns that are never kept; a row about an adopter without any."""
    if row.list not in CHILD_LISTS:
        return replace(row, cells=()) if row.list == ADOPTERS else row
    never = {column.field for column in columns(row.list) if column.reads == "never"}
    return replace(row, cells=tuple(cell for cell in row.cells if field_of(row.list, cell.header) not in never))


def read_again(content: bytes) -> Row:
    """The row that a form holds; raises Unreadable for anything else."""
    form = read_json(content)
    match form:
        case {
            "annex-a": 1,
            "council": str(council),
            "order": str(order),
            "list": int(number),
            "row": int(row),
            "record": str(record),
            "ordinal": int(ordinal),
            "born": list(born),
            "cells": list(cells),
        } if 0 <= number <= ADOPTERS:
            days = tuple(one for one in born if isinstance(one, str))
            return Row(council, order, number, row, tuple(_cells(cells)), days, record, ordinal)
        case _:
            step = "Send an Annex A workbook (.xlsx); this form is the hub's own, for a single row."
            raise Unreadable("not-this-format", "", "The file is no workbook and no row of one.", step, JSON_MEDIA)


def _cells(found: Iterable[object]) -> Iterable[Cell]:
    for one in found:
        match one:
            case [str(column), str(header), str(text), str(flaw)]:
                yield Cell(column, header, text, flaw)


@dataclass(slots=True)
class Fields:
    """A row's cells by field, and what is found wrong with them. `read`: what was asked for so far."""

    row: Row
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    defects: list[Defect] = field(default_factory=list)

    @classmethod
    def of(cls, row: Row) -> Fields:
        """The cells of a row under the names of the map."""
        cells: dict[str, list[Cell]] = {}
        for cell in row.cells:
            if name := field_of(row.list, cell.header):
                cells.setdefault(name, []).append(cell)
        return cls(row, cells)

    def afresh(self) -> Fields:
        """The same cells without what others found wrong with them."""
        return Fields(self.row, self.cells)

    def all(self, name: str) -> set[str]:
        """Every text under this name: a column may stand twice."""
        return {cell.text for cell in self.cells.get(name, ()) if cell.text}

    def text(self, name: str) -> str:
        """The text of the first filled cell under this name; a flaw in one is a defect."""
        found = self.cells.get(name, ())
        for cell in found:
            if cell.flaw:
                self.defect(cell.flaw, name, "No value to trust stands in this cell.")
        texts = [cell.text for cell in found if cell.text and not cell.flaw]
        if len(set(texts)) > 1:
            self.defect("repeated-column", name, "The column stands twice, with different values; the first is read.")
        return texts[0] if texts else ""

    def day(self, name: str) -> str:
        """A day as `YYYY-MM-DD`; empty, with a defect, when it is something else."""
        text = self.text(name)
        day = day_of(text)
        if text and not day:
            self.defect("bad-date", name, "Not a date.")
        return day

    def place(self, name: str) -> str:
        """Row and column of the field."""
        found = self.cells.get(name, ())
        return self.row.place(found[0].column if found else "")

    def defect(self, code: str, name: str, note: str) -> None:
        """Note, once, what is wrong with one cell."""
        found = Defect(code, self.place(name), note)
        if found not in self.defects:
            self.defects.append(found)
