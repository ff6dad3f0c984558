"""A delivery dated in the future is a slip of a hand or a clock: taken at its word, it would outrank all that is true.

Whichever version of a record stands is decided by the source's own order. One wrong year would keep every later
correction out for as long as that year has not come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from hub.update import Refusal, Translated, Update

AHEAD = timedelta(days=2)
"""Clocks differ, and days begin elsewhere; more than that is no clock's fault."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YEAR = re.compile(r"[0-9]{4}(?![0-9])")


def timely(found: Iterable[Translated], today: date) -> Iterator[Translated]:
    """The same, but a record whose place among its versions lies ahead of today is refused."""
    latest = (today + AHEAD).isoformat()
    for one in found:
        yield _ahead(one) if isinstance(one, Update) and _is_ahead(one, latest, today.year) else one


def _is_ahead(update: Update, latest: str, year: int) -> bool:
    orders = [update.order, update.snapshot.order if update.snapshot else ""]
    return any(_later(order, latest, year) for order in orders)


def _later(order: str, latest: str, year: int) -> bool:
    """Days and instants are dates; of a school term or a return only the year is known. Other orders are numbers."""
    if day := _DAY.match(order):
        return day[0] > latest
    named = _YEAR.match(order)
    return named is not None and int(named[0]) > year + 1


def _ahead(update: Update) -> Refusal:
    return Refusal(
        update.source,
        "order-in-the-future",
        update.place,
        "By its date this record or its delivery comes after today, so nothing sent later could ever correct it.",
        "Mend the date (often of the file's name, or the sending system's clock) and send it again.",
        update.original,
        update.media_type,
        update.delivery,
        update.sender,
        update.agency,
    )
