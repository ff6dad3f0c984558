"""Workbooks (XLSX) as rows of text: what each cell shows, and what is odd about it, never a formula or a macro.

The values are those that Excel last calculated. Whoever asks for a value is told where there is none to trust: an
error such as #N/A, a formula that was never calculated, a cell hidden under a merged one.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from typing import Literal, NoReturn, Protocol, cast
from zipfile import ZipFile

import openpyxl
from openpyxl.utils import get_column_letter

from adapters.annex_a.package import MOST_COLUMNS, XLSX_MEDIA, Extras, open_package, refuse
from adapters.reading.unreadable import Unreadable
from hub.update import Defect

__all__ = ["MOST_COLUMNS", "XLSX_MEDIA", "Cell", "Row", "Sheet", "Workbook", "open_workbook"]

Flaw = Literal["", "error-value", "formula-without-value", "merged-cell"]
_MOST_SHEETS = 60
_ERRORS = frozenset({"#N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#GETTING_DATA", "#SPILL!"})
_IMPOSSIBLE = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}

# The library warns of cells by quoting what they hold.
warnings.filterwarnings("ignore", module="openpyxl")


class _Cells(Protocol):
    """A sheet of the library, of which its published types know too little."""

    title: str
    sheet_state: str
    _worksheet_path: str

    def reset_dimensions(self) -> None:
        """Go by what is there, not by what the sheet says of its size."""

    def iter_rows(self, *, max_col: int, values_only: bool) -> Iterator[Sequence[object]]:
        """The values of the rows; those between others that are not there are empty."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its column's letters, what it shows as trimmed text (a date as `YYYY-MM-DD`), and its flaw."""

    column: str
    text: str
    flaw: Flaw = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty, with its number in the sheet, from 1. Empty cells without a flaw are left out."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `number` is its place among the sheets, from 1; `title` is its own and never told."""

    number: int
    title: str
    defects: tuple[Defect, ...]
    _cells: _Cells
    _extras: Extras

    def rows(self) -> Iterator[Row]:
        """The rows as they are asked for, each time from the first; raises Unreadable where the sheet is damaged."""
        try:
            found = self._cells.iter_rows(max_col=MOST_COLUMNS, values_only=True)
            for number, values in enumerate(found, start=1):
                if row := _row(number, values, self._extras):
                    yield row
        except Exception:  # noqa: BLE001 - the library has no error of its own for damaged cells
            _damaged()


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened workbook. `modified` is when it says it was last saved, as an instant in UTC; empty if it does not."""

    sheets: tuple[Sheet, ...]
    modified: str
    defects: tuple[Defect, ...]


_SAVED = re.compile(rb"modified\b[^>]{0,200}>\s*[0-9]{4}-")
_PROPERTIES = "docProps/core.xml"
_MOST_SAID = 64 * 1024


def _says_when(content: bytes) -> bool:
    """Whether the workbook itself says when it was last saved."""
    with ZipFile(BytesIO(content)) as archive:
        if _PROPERTIES not in archive.namelist():
            return False
        with archive.open(_PROPERTIES) as part:
            return _SAVED.search(part.read(_MOST_SAID)) is not None


def open_workbook(content: bytes) -> Workbook:
    """Open a workbook; raises Unreadable for what is none, or a dangerous, encrypted or damaged one."""
    package = open_package(content)
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        found = [cast(_Cells, one) for one in book.worksheets if hasattr(one, "reset_dimensions")]
        # Where the workbook does not say, the library would take the moment of reading for it.
        modified = book.properties.modified if _says_when(content) else None
    except Unreadable:
        raise
    except Exception:  # noqa: BLE001 - the library has no error of its own for damaged parts
        _damaged()
    if len(found) > _MOST_SHEETS:
        refuse("workbook-too-large", f"The workbook has more than {_MOST_SHEETS} sheets.")
    told = (("macros-ignored", package.macros), ("external-links-ignored", package.links))
    defects = tuple(Defect(code, "workbook", "Never run or followed.") for code, there in told if there)
    sheets = tuple(_sheet(number, one, package.extras) for number, one in enumerate(found, start=1))
    return Workbook(sheets, _instant(modified), defects)


def _damaged() -> NoReturn:
    refuse("workbook-malformed", "The workbook is damaged: its cells cannot be read.")


def _sheet(number: int, cells: _Cells, extras: dict[str, Extras]) -> Sheet:
    cells.reset_dimensions()
    extra = extras.get(cells._worksheet_path)  # noqa: SLF001 - no public name says which part a sheet is
    if extra is None:
        refuse("workbook-malformed", "A sheet of the workbook is not where sheets are.")
    told = (
        ("hidden-sheet", cells.sheet_state != "visible", "The sheet is hidden; it is read all the same."),
        ("columns-not-read", extra.wide, f"The sheet goes beyond column {get_column_letter(MOST_COLUMNS)}."),
    )
    defects = tuple(Defect(code, f"sheet {number}", note) for code, there, note in told if there)
    return Sheet(number, cells.title, defects, cells, extra)


def _row(number: int, values: Sequence[object], extras: Extras) -> Row | None:
    filled = [column for column, value in enumerate(values, start=1) if value is not None]
    if not filled:
        return None
    uncalculated = extras.formulas.get(number, set())
    hidden = _under_a_merge(number, extras)
    cells = []
    for column in sorted({*filled, *uncalculated, *hidden}):
        text = _text(values[column - 1]) if column <= len(values) else ""
        flaw = _flaw(column, text, uncalculated, hidden)
        if text or flaw:
            cells.append(Cell(get_column_letter(column), "" if flaw == "error-value" else text, flaw))
    return Row(number, tuple(cells)) if any(cell.text for cell in cells) else None


def _under_a_merge(row: int, extras: Extras) -> set[int]:
    """The columns of a row that lie under a merged cell: all but the first of its first row."""
    return {
        column
        for top, left, right in extras.merged.get(row, ())
        for column in range(left + (row == top), min(right, MOST_COLUMNS) + 1)
    }


def _flaw(column: int, text: str, uncalculated: set[int], hidden: set[int]) -> Flaw:
    if text in _ERRORS:
        return "error-value"
    if column in uncalculated:
        return "formula-without-value"
    return "merged-cell" if column in hidden else ""


def _text(value: object) -> str:
    """What a cell shows. Numbers without their `.0`; spaces that do not break are spaces."""
    match value:
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case str() | int() | float() | time() | timedelta():
            return " ".join(str(value).translate(_IMPOSSIBLE).split())
        case _:
            return ""


def _instant(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).strftime("%Y-%m-%dT%H:%M:%SZ")
