"""A reader for tables in CSV that is told by data alone what their columns mean: a new source needs no program.

`adapters/maps/<source>.csv` says it (see `column_map_rules.py`); a row of `adapters/sources.csv` names this module.
One file holds one table, told by its columns. Every row gives an update or a refusal; a table may be read for two
things (a stay and its end), and then each record keeps the columns it was read from, and no others, so that it can be
read again alone. A column that the map does not name is neither read nor kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.column_map import people, says
from adapters.column_map.cells import UNKNOWN, Cells, Named, named
from adapters.column_map.rules import PERIOD, PUBLISHER, ColumnMap, Rule, Table, map_of
from adapters.reading import Unreadable, unreadable_refusal
from adapters.reading.csv_rows import CSV_MEDIA, BadRow, Row, read_table
from adapters.reading.limits import until_hopeless
from adapters.reading.no_records import or_no_records
from hub.update import Delivery, Refusal, Translated, Update

_AGAIN = "Correct the row in the system it comes from and send the table again."
_MEND = "Ask the hub's keepers to add the value to the source's column map, then retry the record."


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Updates and refusals, row by row in the file's order and as they are asked for.

    A file that holds none of the source's tables is one refusal, `not-this-format`; a table without rows, `no-records`.
    """
    return or_no_records(until_hopeless(_found(delivery), delivery, CSV_MEDIA), delivery)


def _found(delivery: Delivery) -> Iterator[Translated]:
    known = map_of(delivery.source)
    try:
        _refuse_xml(delivery.content)
        table = read_table(delivery.content, known.columns)
        where = {name: at for at, name in reversed(list(enumerate(table.names)))}
        tables = _tables(known, where)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    name = named(delivery.name, known)
    for row in table.rows:
        if isinstance(row, BadRow):
            yield Refusal(known.source, row.reason, row.place, row.message, row.next_step, row.original, CSV_MEDIA)
        else:
            yield from _row(row, where, tables, name)


def _refuse_xml(content: bytes) -> None:
    if content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise Unreadable(
            "not-this-format",
            "line 1",
            "The file is XML, and this source is read as comma-separated tables.",
            "Export the return as comma-separated tables, one file each, with their header rows, and send those.",
            CSV_MEDIA,
        )


def _tables(known: ColumnMap, where: dict[str, int]) -> tuple[Table, ...]:
    found = known.told_by(where)
    if not found:
        names = ", ".join(one.name for one in known.tables)
        message = "The columns are those of no table of this source that the hub reads."
        step = f"Send one of these tables, comma-separated, with its header row: {names}."
        raise Unreadable("not-this-format", "row 1", message, step, CSV_MEDIA)
    return found


def _row(row: Row, where: dict[str, int], tables: tuple[Table, ...], name: Named) -> Iterator[Translated]:
    """What each table that reads this row makes of it; a row of which none has anything to say is refused."""
    silent = True
    for table in tables:
        cells = Cells(row, where, table, name)
        if says.applies(cells):
            silent = False
            yield _one(cells)
    if silent:
        cells = Cells(row, where, tables[0], name)
        yield _refusal(cells, "nothing-said", "", "The row says nothing that the table is read for.")


def _one(cells: Cells) -> Translated:
    if why := _why_not(cells):
        return _refusal(cells, *why)
    code = says.code(cells)
    if isinstance(code, str):
        return _unmapped(cells, code)
    if column := says.not_known(cells):
        return _unmapped(cells, column)
    return _update(cells, code)


def _why_not(cells: Cells) -> tuple[str, str, str] | None:
    """Reason, column and message where the row cannot be placed."""
    table = cells.table
    if table.all("publisher") and not cells.publisher:
        column = next(rule.column for rule in table.all("publisher") if rule.column)
        return "no-publisher", column, "The row does not say which council or board it comes from."
    if not people.local_id(cells):
        return "no-subject", table.all("person")[0].column, "The row does not say which person it is about."
    if not people.record_id(cells):
        column = next(rule.column for rule in table.all("record") if not cells.text(rule.column))
        return "no-record-id", column, "The row lacks what tells it from the person's other records."
    return None


def _unmapped(cells: Cells, column: str) -> Refusal:
    if cells.text(column):
        message = f"The value in the column {column} is not in the source's column map."
        return _refusal(cells, "unmapped-code", column, message, _MEND)
    return _refusal(cells, "no-code", column, f"The column {column} is blank, so what happened is not said.")


def _refusal(cells: Cells, reason: str, column: str, message: str, step: str = _AGAIN) -> Refusal:
    place = cells.place(column) if column else f"row {cells.row.number}"
    return Refusal(cells.table.source, reason, place, message, step, cells.original(), CSV_MEDIA)


def _update(cells: Cells, code: Rule) -> Update:
    retracts = cells.is_among("retract")
    _note_the_name(cells)
    return Update(
        source=cells.table.source,
        record_id=people.record_id(cells),
        version=_text(cells, "version"),
        order=_order(cells),
        action="retract" if retracts else "assert",
        person=people.person(cells),
        code=code.gives,
        occurred=says.occurred(cells),
        original=cells.original(),
        media_type=CSV_MEDIA,
        place=f"row {cells.row.number}",
        headline="" if retracts else code.words,
        detail="" if retracts else says.detail(cells),
        recorded_at_source=_day(cells, "recorded"),
        organisation=says.organisation(cells),
        author=says.author(cells),
        codings=() if retracts else tuple(says.codings(cells)),
        sensitivity=says.sensitivity(cells, code.gives),
        significance=says.significance(cells),
        polarity="did-not-happen" if cells.is_among("did-not-happen") else "happened",
        facts=() if retracts else tuple(says.facts(cells)),
        snapshot=says.snapshot(cells),
        defects=tuple(cells.defects),
    )


def _note_the_name(cells: Cells) -> None:
    """A snapshot whose file does not say whose it is, or of when, is taken, and cannot be compared."""
    if cells.table.all("snapshot") and cells.publisher == UNKNOWN:
        cells.defect("publisher-unknown", PUBLISHER, "The file's name does not say which council it comes from.")
    if cells.table.all("snapshot") and not cells.name.period:
        cells.defect("period-unknown", PERIOD, "The file's name does not say the year.")


def _text(cells: Cells, part: str) -> str:
    rule = cells.table.first(part)
    return cells.text(rule.column) if rule else ""


def _day(cells: Cells, part: str) -> str:
    rule = cells.table.first(part)
    return cells.day(rule.column) if rule else ""


def _order(cells: Cells) -> str:
    """The row's own, padded where it is a number; of a snapshot, the place of its delivery."""
    rule = cells.table.first("order")
    if rule is None:
        return (cells.name.delivered or cells.name.period) if cells.table.all("snapshot") else ""
    text = cells.key(rule.column)
    return text.zfill(12) if text.isascii() and text.isdigit() else text
