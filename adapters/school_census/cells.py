"""One row of a census table under its column names, and the school term that the table belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.reading.csv_rows import Row
from adapters.reading.dates import day_of
from hub.update import Defect

_NAMED_TERM = re.compile(r"(20\d\d)_(spring|summer|autumn)_", re.IGNORECASE)
_TERM_DAYS = {
    "spring": (1, "01-01", "03-31"),
    "summer": (2, "04-01", "07-31"),
    "autumn": (3, "09-01", "12-31"),
}
ROLLS = ("pupilonrolltableid", "pupilnolongeronrolltableid")
_LONGEST_COUNT = 6


@dataclass(frozen=True, slots=True)
class Term:
    """A school term, as the file's name says. All empty when it says nothing."""

    version: str = ""
    order: str = ""
    since: str = ""
    until: str = ""


class Cells:
    """One row under its header's names. A cell that is not there reads as empty."""

    __slots__ = ("defects", "pupil", "row", "school", "where")

    def __init__(self, row: Row, where: dict[str, int]) -> None:
        self.row = row
        self.where = where
        self.defects = list(row.defects)
        self.pupil = self.text(ROLLS[0]) or self.text(ROLLS[1])
        self.school = self.text("nativeid")

    def text(self, name: str) -> str:
        """The cell, trimmed."""
        at = self.where.get(name)
        return self.row.values[at].strip() if at is not None else ""

    def day(self, name: str) -> str:
        """The cell as `YYYY-MM-DD`; empty, with a defect, when it holds something else."""
        text = self.text(name)
        day = day_of(text)
        if text and not day:
            self.defect("bad-date", name, "Not a date.")
        return day

    def count(self, name: str) -> int | None:
        """The cell as a whole number (`10.0` is 10); None, with a defect, when it holds something else."""
        text = self.text(name)
        whole = text.removesuffix(".0")
        if len(whole) <= _LONGEST_COUNT and whole.isascii() and whole.isdigit():
            return int(whole)
        if text:
            self.defect("bad-number", name, "Not a whole number.")
        return None

    def defect(self, code: str, name: str, note: str) -> None:
        """Note what is wrong with one cell."""
        self.defects.append(Defect(code, self.place(name), note))

    def place(self, name: str) -> str:
        """Row and column, for the sender to find it."""
        return f"row {self.row.number}, column {name}"


def term_of(name: str) -> Term:
    """The term in a name such as `2024_autumn_….csv`: the year is that of the calendar, not of the school year."""
    found = _NAMED_TERM.match(name)
    if not found:
        return Term()
    year, season = found[1], found[2].lower()
    number, first, last = _TERM_DAYS[season]
    return Term(f"{year}_{season}", f"{year}-{number}-{season}", f"{year}-{first}", f"{year}-{last}")
