"""When the child was last seen, by which agency, and whether alone: from what entries themselves say of it.

That somebody was in touch with a family does not say that they saw the child, so only entries that say so count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from consent import days
from consent.derived import Known, Section, Statement, dated, on
from hub.people import Agency

SIGHTED: Final = ("sw.child.seen",)
NOT_SIGHTED: Final = ("sw.child.not_seen",)
WORDS: Final = {"seen-alone": "seen alone", "seen": "seen, and it is not said that it was alone"}
MADE_OF: Final = "The entries that you may know of which say themselves that the child was seen, or was not."
UNKNOWN: Final = (
    "An entry that does not say whether the child was seen is not counted, nor is one of which you may know no more "
    "than that it exists."
)


def last_seen(known: Sequence[Known], today: date) -> Section:
    """The newest sighting of all, the newest of each agency, and every time since that the child was not seen."""
    past = [one for one in dated(known) if one.day <= today]
    sighted = [one for one in past if one.seen in WORDS or one.is_any(SIGHTED)]
    newest = max(sighted, key=_newest, default=None)
    told = [] if newest is None else [_seen("everybody", "The child was last", newest, today)]
    told += [one for agency in Agency for one in _by(agency, sighted, newest, today)]
    told += [_not_seen(one) for one in past if _missed(one) and (newest is None or one.day > newest.day)]
    return Section("seen", tuple(told), MADE_OF, (UNKNOWN,))


def _by(agency: Agency, sighted: Sequence[Known], newest: Known | None, today: date) -> Iterator[Statement]:
    own = max((one for one in sighted if agency in one.agencies), key=_newest, default=None)
    if own is not None and own is not newest:
        yield _seen(agency.value, f"{agency.label} last saw the child:", own, today)


def _seen(name: str, what: str, one: Known, today: date) -> Statement:
    ago = (today - one.day).days
    by = f" by {one.who}" if name == "everybody" else ""
    alone = WORDS.get(one.seen, "seen; whether alone is not told")
    words = f"{what} {alone}{by}, {on(one)}, {days.plural(ago, 'day')} ago."
    return Statement(name, one.seen or "seen", words, one.entries, one.day.isoformat(), "", ago)


def _not_seen(one: Known) -> Statement:
    return Statement(
        "not-seen", "not-seen", f"{one.who} did not see the child {on(one)}.", one.entries, one.day.isoformat()
    )


def _missed(one: Known) -> bool:
    return one.seen == "not-seen" or not one.codes.isdisjoint(NOT_SIGHTED)


def _newest(one: Known) -> tuple[date, bool, tuple[object, ...]]:
    return one.day, one.seen == "seen-alone", one.entries
