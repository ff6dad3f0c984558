"""Immunisation tables, comma or bar between the cells, read row by row; contact details never leave this room.

A row of instructions below the header and rows without any value are no records. Where the header has columns of
contact details (a parent's e-mail, an address), those cells are emptied before anything is kept; of a row that cannot
be read in such a table only its shape is kept.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from adapters.imms_csv.codes import listed
from adapters.reading.csv_rows import CSV_MEDIA, HEADER_KEPT, NOT_NAMED, BadRow, Row, read_table
from adapters.reading.dates import day_of
from hub.update import Defect

_BARS = bytes.maketrans(b",|", b"|,")
_BARS_IN_TEXT = str.maketrans(",|", "|,")
_SHAPE = bytes.maketrans(bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123)) + b"@", b"x" * 63)
"""Letters, digits and `@` become `x`; what parts the cells stays, so that the row is refused again for its reason."""
_CONTACT = re.compile(
    r"parent|guardian|carer|mother|father|kin|contact|e_?mail|phone|mobile|landline|address|house|road|street|town"
    r"|county|password"
)
_COMPACT_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_INSTRUCTIONS = re.compile(rb"(?:required|optional)\b", re.IGNORECASE)
_FEWEST_INSTRUCTIONS = 3
_NOTHING = b'\t\r\n ",|;'
_NOT_KEPT = " Its words were not kept, because the table holds contact details."


@dataclass(frozen=True, slots=True)
class Cells:
    """One row under the hub's names of its columns. A cell that is not there reads as empty."""

    row: Row
    where: dict[str, int]
    defects: list[Defect]

    def text(self, *names: str) -> str:
        """The first of these cells that holds anything, trimmed."""
        found = (self.row.values[self.where[name]].strip() for name in names if name in self.where)
        return next(filter(None, found), "")

    def day(self, name: str) -> str:
        """The cell as `YYYY-MM-DD` from yyyymmdd, dd/mm/yyyy or ISO; empty, with a defect, for anything else."""
        text = self.text(name)
        compact = _COMPACT_DAY.fullmatch(text)
        day = day_of("-".join(compact.groups()) if compact else text)
        if text and not day:
            self.defect("bad-date", name, "Not a date.")
        return day

    def place(self, name: str) -> str:
        """Row and column, for the sender to find it."""
        return f"row {self.row.number}, column {name}"

    def defect(self, code: str, name: str, note: str) -> None:
        """Note, once, what is wrong with one cell."""
        found = Defect(code, self.place(name), note)
        if found not in self.defects:
            self.defects.append(found)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns' names as the hub calls them, which cells are contact details, and the rows."""

    where: dict[str, int]
    rows: Iterator[Cells | BadRow]
    media_type: str = CSV_MEDIA


def read_sheet(content: bytes, read: frozenset[str]) -> Sheet:
    """Open a table; raises Unreadable when the first line cannot be a header. `read`: the columns that are read."""
    head = content.partition(b"\n" if b"\n" in content else b"\r")[0]
    bars = head.count(b"|") > head.count(b",")
    known = read | set(listed("column"))
    wanted = {name.replace("_", mark) for name in known for mark in "_ -"}
    # The reader of tables knows commas: of a table with bars, bars and commas change places on the way in and out.
    table = read_table(content.translate(_BARS) if bars else content, frozenset(wanted))
    names = [_name(name.translate(_BARS_IN_TEXT) if bars else name) for name in table.names]
    where = {name: at for at, name in reversed(list(enumerate(names)))}
    # A long header is kept without the names that are not read, so none of those columns is told from contacts again.
    short = len(head) < HEADER_KEPT and not any(name.startswith(NOT_NAMED) for name in table.names)
    unnamed = frozenset() if short else frozenset(at for at, name in enumerate(table.names) if name not in wanted)
    contacts = unnamed | frozenset(at for at, name in enumerate(names) if _CONTACT.search(name))
    return Sheet(where, _rows(table.rows, where, contacts, bars=bars))


def without_contacts(content: bytes, sheet: Sheet) -> bytes:
    """The whole table, to be kept: its words only where no column holds contact details."""
    if not any(_CONTACT.search(name) for name in sheet.where):
        return content
    head, end, rest = content.partition(b"\n")
    return head + end + rest.translate(_SHAPE)


def _name(name: str) -> str:
    plain = re.sub(r"[\s-]+", "_", name.strip())
    return listed("column").get(plain, plain)


def _rows(
    rows: Iterator[Row | BadRow], where: dict[str, int], contacts: frozenset[int], *, bars: bool
) -> Iterator[Cells | BadRow]:
    for row in rows:
        header, _, line = row.original.partition(b"\n")
        if not line.strip(_NOTHING) or _is_instructions(line):
            continue
        back = _with_bars(row) if bars else row
        if isinstance(back, BadRow):
            yield _shape_of(back) if contacts else back
        else:
            kept = _emptied(back, header.translate(_BARS) if bars else header, contacts, bars=bars)
            yield Cells(kept, where, list(kept.defects))


def _is_instructions(line: bytes) -> bool:
    """The row that tells people what to write: most of its cells begin with `Required` or `Optional`."""
    cells = [cell.strip(b' "\r\n') for cell in line.split(b",")]
    return (
        bool(_INSTRUCTIONS.match(cells[0]))
        and sum(bool(_INSTRUCTIONS.match(cell)) for cell in cells) >= _FEWEST_INSTRUCTIONS
    )


def _with_bars(row: Row | BadRow) -> Row | BadRow:
    original = row.original.translate(_BARS)
    if isinstance(row, BadRow):
        return replace(row, original=original)
    return replace(row, values=[value.translate(_BARS_IN_TEXT) for value in row.values], original=original)


def _shape_of(row: BadRow) -> BadRow:
    header, end, line = row.original.partition(b"\n")
    return replace(row, message=row.message + _NOT_KEPT, original=header + end + line.translate(_SHAPE))


def _emptied(row: Row, header: bytes, contacts: frozenset[int], *, bars: bool) -> Row:
    if not contacts:
        return row
    values = ["" if at in contacts else value for at, value in enumerate(row.values)]
    line = io.StringIO()
    csv.writer(line, delimiter="|" if bars else ",", lineterminator="\n").writerow(values)
    return replace(row, values=values, original=header + b"\n" + line.getvalue().encode())
