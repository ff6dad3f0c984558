"""The workbook that English councils keep for inspection (Annex A, XLSX): each dated cell of its lists a happening.

The workbook does not say whose it is, and two councils may number two children alike. So the delivery's name must
begin with the council's three-digit code (`301_annex_a_2024-01-31.xlsx`); without it nothing is placed. The date in the
name, then the moment the workbook was saved, order one delivery after another.

One id with different dates of birth anywhere in the workbook is refused row by row: whose each row is, only the council
can tell. List 11 is about adopters, who are not children, and nothing of it is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from adapters.annex_a.codes import CHILD_LISTS, field_of
from adapters.annex_a.records import SOURCE, outcomes
from adapters.annex_a.row import ADOPTERS, Cell, Fields, Row, read_again, without_secrets
from adapters.annex_a.workbook import XLSX_MEDIA, Sheet, Workbook, open_workbook
from adapters.annex_a.workbook import Row as SheetRow
from adapters.reading import Unreadable, unreadable_refusal
from adapters.reading.dates import day_of
from adapters.reading.limits import until_hopeless
from hub.update import Defect, Delivery, Refusal, Translated

_LIST = re.compile(r"(?:annex a )?list[\s_-]*0?([0-9]{1,2})\b.*", re.IGNORECASE)
_COUNCIL = re.compile(r"([0-9]{3})(?![0-9])")
_NAMED_DAY = re.compile(r"(?<![0-9])([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")
_HEADER_WITHIN = 15
_MOST_KEPT = 5_000
"""Cells kept of a sheet that is not read."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One sheet that is a list: its header, by column, and the number of the row it stands in."""

    number: int
    sheet: Sheet
    header: dict[str, str]
    header_row: int


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Every record of the workbook, list by list and as they are asked for: an Update, or a Refusal of that part.

    A file that is no workbook, a dangerous or damaged one, and one whose name does not say the council, is one Refusal.
    The form in which a single row is kept is read as well.
    """
    return until_hopeless(_translated(delivery), delivery, XLSX_MEDIA)


def _translated(delivery: Delivery) -> Iterator[Translated]:
    try:
        if delivery.content.lstrip()[:1] == b"{":
            yield from outcomes(without_secrets(read_again(delivery.content)), Counter())
            return
        book = open_workbook(delivery.content)
        found = _workbook(delivery, book)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    if isinstance(found, Refusal):
        yield found
        return
    yield from _or_nothing(delivery, found)


def _or_nothing(delivery: Delivery, found: Iterator[Translated]) -> Iterator[Translated]:
    nothing = True
    for one in found:
        nothing = False
        yield one
    if nothing:
        yield _whole(delivery, "no-records", "The lists of the workbook hold no row.", "Send the workbook filled in.")


def _workbook(delivery: Delivery, book: Workbook) -> Iterator[Translated] | Refusal:
    council = _COUNCIL.match(delivery.name)
    if not any(_LIST.match(sheet.title.strip()) for sheet in book.sheets):
        step = "Send a workbook whose sheets are named List 1 to List 10."
        return _whole(delivery, "not-this-format", "None of the workbook's sheets is a list of Annex A.", step)
    if council is None:
        message = "Neither the workbook nor its name says which council's it is."
        step = "Begin the file's name with the council's three-digit code and the day, and send it again."
        return _whole(delivery, "no-publisher", message, f"{step} For example: 301_annex_a_2024-01-31.xlsx")
    lists = [_listed(sheet) for sheet in book.sheets]
    return _rows(council[1], _order(delivery.name, book), book, lists, _births(lists))


def _whole(delivery: Delivery, reason: str, message: str, step: str) -> Refusal:
    return Refusal(SOURCE, reason, "workbook", message, step, delivery.content, XLSX_MEDIA)


def _order(name: str, book: Workbook) -> str:
    named = _NAMED_DAY.search(name)
    day = day_of(named[1]) if named else ""
    return "|".join(filter(None, (day, book.modified)))


def _listed(sheet: Sheet) -> Listed:
    """The list that a sheet is, 0 for none, and its header: the first row that names the child's id."""
    named = _LIST.match(sheet.title.strip())
    number = int(named[1]) if named and int(named[1]) <= ADOPTERS else 0
    for row in sheet.rows():
        if row.number > _HEADER_WITHIN:
            break
        names = {cell.column: cell.text for cell in row.cells}
        if number == ADOPTERS or any(field_of(number, name) == "child" for name in names.values()):
            return Listed(number, sheet, names, row.number)
    return Listed(number, sheet, {}, 0)


def _births(lists: list[Listed]) -> dict[str, set[str]]:
    """Every date of birth that the workbook states of each child. All of it is read, so that damage is found first."""
    found: dict[str, set[str]] = {}
    for listed in lists:
        names = {column: field_of(listed.number, header) for column, header in listed.header.items()}
        for row in listed.sheet.rows():
            texts = {names.get(cell.column, ""): cell.text for cell in row.cells}
            if (child := texts.get("child")) and (born := day_of(texts.get("born", ""))):
                found.setdefault(child, set()).add(born)
    return found


def _rows(
    council: str, order: str, book: Workbook, lists: list[Listed], births: dict[str, set[str]]
) -> Iterator[Translated]:
    seen = Counter[str]()
    for listed in lists:
        if listed.number == 0 or not listed.header:
            yield from _unread(Row(council, order, 0, listed.sheet.number, ()), listed)
            continue
        for one in listed.sheet.rows():
            if one.number > listed.header_row:
                row = Row(council, order, listed.number, one.number, _cells(listed, one))
                row = _with_births(row, births, (*book.defects, *listed.sheet.defects))
                yield from outcomes(without_secrets(row), seen)


def _cells(listed: Listed, row: SheetRow) -> tuple[Cell, ...]:
    return tuple(Cell(one.column, listed.header.get(one.column, ""), one.text, one.flaw) for one in row.cells)


def _with_births(row: Row, births: dict[str, set[str]], defects: tuple[Defect, ...]) -> Row:
    """The row, knowing of every other date of birth that the workbook states for its child."""
    children = Fields.of(row).all("child") if row.list in CHILD_LISTS else set()
    born = {day for child in children for day in births.get(child, ())}
    return replace(row, born=tuple(sorted(born)) if len(born) > 1 else (), defects=defects)


def _unread(sheet: Row, listed: Listed) -> Iterator[Translated]:
    """One refusal for a sheet that is no list, or has no header that names a child; none for an empty one."""
    cells = (
        Cell(f"{cell.column}{row.number}", "", cell.text, cell.flaw)
        for row in listed.sheet.rows()
        for cell in row.cells
    )
    kept = tuple(islice(cells, _MOST_KEPT))
    if kept:
        yield from outcomes(replace(sheet, cells=kept), Counter())
