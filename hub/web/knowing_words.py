"""How the pages speak of corrections and of who knew what when."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from consent.knowing_shapes import Knower, Span
from consent.recall_shapes import CORRECTED, OTHER_CHILD, TAKEN_BACK
from hub.people import Agency
from hub.web import words

WHAT: Final = {
    CORRECTED: "It was corrected after you were told of it.",
    TAKEN_BACK: "It was taken back by the agency that recorded it.",
    OTHER_CHILD: "It is not about this child. You were told of it under the wrong one.",
}
WHAT_BRIEFLY: Final = {CORRECTED: "Corrected", TAKEN_BACK: "Taken back", OTHER_CHILD: "Not this child's"}
SAID: Final = {"seen": "Seen", "acting": "Acting on it", "not-for-me": "Not for them"}
LEVELS: Final = ("announced", "that it exists", "its summary", "all of it", "all of it")


def agency(name: str) -> str:
    """Write the name of a kind of agency as people read it."""
    return Agency(name).label if name in {one.value for one in Agency} else name


def who(one: Knower) -> str:
    """Write who it is: an agency, an organisation of it, or a person of that."""
    return one.person or one.organisation or agency(one.agency)


def short(name: UUID) -> str:
    """Write as much of an id as tells it from others on a page; the address of what it names has all of it."""
    return str(name).partition("-")[0]


def open_to_them(spans: tuple[Span, ...], *, by_day: bool) -> list[str]:
    """Write when it was open to them, each time of its own."""
    return [f"From {time(span.since, by_day=by_day)} {_until(span, by_day=by_day)}" for span in spans]


def time(moment: datetime, *, by_day: bool) -> str:
    """Write a moment, or its day alone where no more is told."""
    return words.day(moment.date()) if by_day else words.moment(moment)


def _until(span: Span, *, by_day: bool) -> str:
    return "and still" if span.until is None else f"until {time(span.until, by_day=by_day)}"
