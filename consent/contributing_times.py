"""When something happened, as somebody writes it down: a year, a month, a day or a time, and never in the future."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hub.update import Occurred, Precision

UK: Final = ZoneInfo("Europe/London")
FIRST_YEAR: Final = 1900
_SHAPES: Final = (
    (re.compile(r"[0-9]{4}"), Precision.YEAR),
    (re.compile(r"[0-9]{4}-[0-9]{2}"), Precision.MONTH),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), Precision.DAY),
    (
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?"),
        Precision.INSTANT,
    ),
)
SHAPE: Final = "Write it as 2026, 2026-03, 2026-03-21 or 2026-03-21T14:05, as exactly as it is known."


class Untimely(ValueError):
    """A time that cannot be kept. field: start or end; the message says what is wrong and what to write."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def occurred(start: str, end: str, now: datetime, *, approximate: bool) -> Occurred:
    """The time as the hub keeps it: instants with an offset, British time where none is written.

    Raises Untimely for no time, for one that is in the future, and for a period that ends before it begins.
    """
    if not start.strip():
        raise Untimely("start", "Say when it happened. " + SHAPE)
    begins, precision, assumed = _read("start", start.strip())
    ends, end_precision, end_assumed = _read("end", end.strip()) if end.strip() else ("", precision, False)
    for field, text, kind in (("start", begins, precision), ("end", ends, end_precision)):
        if text and _span(text, kind)[0] > now:
            raise Untimely(field, "It is in the future. Record what has happened; a plan is kept in its own record.")
    if ends and _span(ends, end_precision)[1] < _span(begins, precision)[0]:
        raise Untimely("end", "It ends before it begins.")
    if ends and precision is not end_precision:
        raise Untimely("end", "Write the end as exactly as the beginning.")
    return Occurred(begins, precision, ends, approximate, assumed or end_assumed)


def _read(field: str, text: str) -> tuple[str, Precision, bool]:
    """The text as it is kept, its precision, and whether its offset was assumed."""
    precision = next((kind for shape, kind in _SHAPES if shape.fullmatch(text)), Precision.UNKNOWN)
    try:
        kept, assumed = zoned(text) if precision is Precision.INSTANT else (text, False)
        _span(kept, precision)
    except (ValueError, OverflowError):
        raise Untimely(field, "There is no such day or time. " + SHAPE) from None
    return kept, precision, assumed


def on_british_clocks(text: str) -> str:
    """A time that is kept, as British clocks showed it, to the minute. Raises ValueError for what is none."""
    return datetime.fromisoformat(text).astimezone(UK).strftime("%Y-%m-%dT%H:%M")


def zoned(text: str) -> tuple[str, bool]:
    """A time with its offset, and whether that was assumed: on British clocks, where none is written."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UK)).isoformat(), moment.tzinfo is None


def _span(text: str, precision: Precision) -> tuple[datetime, datetime]:
    """The first and the last moment that a text can mean. Raises ValueError for none, and for what is too long ago."""
    if precision is Precision.UNKNOWN:
        raise ValueError
    if precision is Precision.INSTANT:
        first = last = datetime.fromisoformat(text).astimezone(UTC)
    else:
        year, month, day = (*map(int, text.split("-")), 0, 0)[:3]
        begins = date(year, month or 1, day or 1)
        ends = date(year, month or 12, day or calendar.monthrange(year, month or 12)[1])
        first, last = _midnight(begins), _midnight(ends + timedelta(days=1)) - timedelta(microseconds=1)
    if first.year < FIRST_YEAR:
        raise ValueError
    return first, last


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UK).astimezone(UTC)
