"""Days as people write them and as sources state them: 17 May 2024, three days, the first day a month can mean."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

UK: Final = ZoneInfo("Europe/London")

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""Not the machine's locale: what is written reads the same everywhere."""
WEEKEND: Final = 5


def day(value: date) -> str:
    """Write `17 May 2024`."""
    return f"{value.day} {MONTHS[value.month - 1][:3]} {value.year}"


def plural(number: int, noun: str) -> str:
    """Write `1 entry`, `2 entries`, `3 days`."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") and noun != "day" else f"{number:,} {noun}s"


def starts(text: str) -> date | None:
    """Give the first day that an ISO text of any precision can mean."""
    return _day(text, last=False)


def ends(text: str) -> date | None:
    """Give the last day that an ISO text of any precision can mean."""
    return _day(text, last=True)


def later(start: date, *, months: int = 0, days: int = 0) -> date:
    """Give a day so many months and days later; of a month that has no such day, its last one."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    first = date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
    return first + timedelta(days=days)


def working_days_later(start: date, number: int) -> date:
    """Give the day so many working days later, Saturdays and Sundays left out; public holidays it does not know.

    Of none, the day itself, or the Monday after a weekend.
    """
    while start.weekday() >= WEEKEND:
        start += timedelta(days=1)
        number -= number > 0 and start.weekday() < WEEKEND
    for _ in range(number):
        start += timedelta(days=3 if start.weekday() == WEEKEND - 1 else 1)
    return start


def _day(text: str, *, last: bool) -> date | None:
    try:
        if len(text) > len("2021-03-02"):
            value = datetime.fromisoformat(text)
            return value.astimezone(UK).date() if value.tzinfo else value.date()
        first = date.fromisoformat((text + "-01-01")[:10])
        if not last or len(text) == len("2021-03-02"):
            return first
        year, month = divmod(first.year * 12 + (first.month if len(text) == len("2021-03") else 12), 12)
        return date(year, month + 1, 1) - timedelta(days=1)
    except ValueError:
        return None
