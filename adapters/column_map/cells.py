"""One row of a mapped table under its column names, and what the delivery's name says of its publisher and period."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from adapters.column_map.rules import PERIOD, PUBLISHER, ColumnMap, Rule, Table
from adapters.reading.csv_rows import Row
from adapters.reading.dates import day_of
from hub.update import Defect

UNKNOWN = "unknown"
_LONGEST_DATE = 40


@dataclass(frozen=True, slots=True)
class Named:
    """What a delivery's name says; empty where it says nothing.

    publisher: the code of the council or board. period: the year in which the reporting year ends. since, until: its
    days. delivered: the day on which the set was made.
    """

    publisher: str = ""
    period: str = ""
    since: str = ""
    until: str = ""
    delivered: str = ""


def named(name: str, known: ColumnMap) -> Named:
    """Read a delivery's name by the patterns of a map."""
    said = {rule.part: (found[1], rule) for rule in known.names if (found := _found(rule, name))}
    publisher = said["publisher"][0] if "publisher" in said else ""
    delivered = day_of(said["delivered"][0]) if "delivered" in said else ""
    if "period" not in said:
        return Named(publisher, delivered=delivered)
    year, since, until = _year(*said["period"])
    return Named(publisher, year, since, until, delivered)


def _found(rule: Rule, name: str) -> re.Match[str] | None:
    return re.search(rule.value, name, re.IGNORECASE) if rule.part in {"publisher", "period", "delivered"} else None


def _year(text: str, rule: Rule) -> tuple[str, str, str]:
    """`2025`, `2024-25` and `2024_25` are the year that ends in 2025; `gives` is its first day, as `04-01`."""
    first, short = int(text[:4]), text[5:]
    last = first + 1 if short and int(short) == (first + 1) % 100 else first
    start = date.fromisoformat(f"{last - 1}-{rule.gives}")
    end = date.fromisoformat(f"{last}-{rule.gives}") - timedelta(days=1)
    return str(last), start.isoformat(), end.isoformat()


class Cells:
    """One row of one table. A cell that is not there is empty; a column that the map does not name is none."""

    __slots__ = ("_blank", "_formats", "_not_known", "_where", "defects", "name", "row", "table")

    def __init__(self, row: Row, where: dict[str, int], table: Table, name: Named) -> None:
        self.row, self.table, self.name = row, table, name
        self._where = where
        self._formats = tuple(rule.value for rule in table.all("dates"))
        self._not_known = {rule.value for rule in table.all("not-known")}
        self._blank = {(rule.column, rule.value) for rule in table.all("blank")}
        self.defects = list(row.defects)

    def text(self, column: str) -> str:
        """The cell, trimmed, empty for a value that stands for nothing; or what the delivery's name says."""
        if column == PUBLISHER:
            return self.publisher
        if column == PERIOD:
            return self.name.period
        at = self._where.get(column.casefold())
        text = self.row.values[at].strip() if at is not None else ""
        return "" if (column, text) in self._blank else text

    @property
    def publisher(self) -> str:
        """Who sent it: by the row, else by the delivery's name, else `unknown`; empty where the row should say."""
        column = next((rule.column for rule in self.table.all("publisher") if rule.column), "")
        return self.text(column) if column else self.name.publisher or UNKNOWN

    def day(self, column: str) -> str:
        """The cell as `YYYY-MM-DD`; empty when it is blank, and with a defect when it is no day or a stand-in."""
        text = self.text(column)
        day = _day(text, self._formats)
        if day in self._not_known:
            self.defect("date-not-known", column, "A stand-in for a date that is not known.")
            return ""
        if text and not day:
            self.defect("bad-date", column, "Not a date.")
        return day

    def is_stated(self, column: str) -> bool:
        """Whether the cell holds more than a stand-in for a date that is not known."""
        text = self.text(column)
        return bool(text) and _day(text, self._formats) not in self._not_known

    def key(self, column: str) -> str:
        """The cell as part of an id: a day is one day, however it is written."""
        text = self.text(column)
        return _day(text, self._formats) or text

    def matching(self, part: str, column: str) -> Rule | None:
        """The rule of a part for what stands in this column; `*` is anything that is not blank."""
        rules = {rule.value: rule for rule in self.table.all(part) if rule.column == column}
        text = self.text(column)
        for spelling in (text, text.upper(), text.removesuffix(".0")):
            if spelling in rules:
                return rules[spelling]
        return rules.get("*") if text else None

    def is_among(self, part: str) -> bool:
        """Whether any column of a part holds one of the values the part names."""
        return any(self.matching(part, column) for column in {rule.column for rule in self.table.all(part)})

    def defect(self, code: str, column: str, note: str) -> None:
        """Note what is wrong with one cell, once."""
        found = Defect(code, self.place(column), note)
        if found not in self.defects:
            self.defects.append(found)

    def place(self, column: str) -> str:
        """Row and column, for the sender to find it."""
        return f"row {self.row.number}, column {column}"

    def original(self) -> bytes:
        """A table of this one row, with the columns that the map names: what else a file holds is not taken in."""
        columns = [name for name in self.table.columns if name.casefold() in self._where]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerow([self.row.values[self._where[name.casefold()]] for name in columns])
        return text.getvalue().encode("utf-8")


@lru_cache(maxsize=8192)
def _day(text: str, formats: tuple[str, ...]) -> str:
    if not formats:
        return day_of(text)
    if len(text) > _LONGEST_DATE or not text.isascii():
        return ""
    for form in formats:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day, which has no zone
        except ValueError:
            continue
    return ""
