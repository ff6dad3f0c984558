"""Workbooks made for tests: lists of Annex A, and archives that are not what they claim to be."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | datetime | None
WHO = ("Child Unique ID", "Gender", "Date of Birth")
CONTACTS = (*WHO, "Date of Contact", "Contact Source")
PLANS = (
    *WHO,
    "Child Protection Plan Start Date",
    "Initial Category of Abuse",
    "Child Protection Plan End Date",
    "Allocated Team",
    "Allocated Worker",
)


def day(text: str) -> datetime:
    """A date as Excel holds it."""
    return datetime.fromisoformat(text)


def workbook(lists: dict[str, Sequence[Sequence[Value]]]) -> bytes:
    """An XLSX with these sheets, each with these rows."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in lists.items():
        sheet: Worksheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def with_parts(content: bytes, changed: dict[str, bytes]) -> bytes:
    """The same archive with these parts in place of its own, or beside them."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(made, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, data in changed.items():
            new.writestr(name, data)
    return made.getvalue()


def part(content: bytes, name: str) -> bytes:
    """One part of an archive."""
    with ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name)
