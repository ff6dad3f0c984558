"""Silences: times in which nobody, or one agency, wrote anything that this reader may know of.

They are worked out from the entries that the reader may know of and from nothing else, so no silence tells of an entry
that is sealed, and none is said to be empty: only that this reader may know of nothing in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from consent import days
from consent.decision import Entry
from consent.derived import Known, Section, Statement, dated, happening
from hub.people import Agency

SILENCE: Final = timedelta(days=90)
MADE_OF: Final = (
    "The days of all entries that you may know of; what is withheld from you counts with its day, what is sealed does "
    "not count at all. A silence is 90 days or more."
)
UNKNOWN: Final = "Somebody may have written something of which you may not know."


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody wrote anything that this reader may know of. entries: those at its two ends."""

    after: date
    before: date
    entries: tuple[UUID, ...] = ()

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.before - self.after).days

    @property
    def sentence(self) -> str:
        """How the list states it."""
        length = days.plural(self.days, "day")
        return f"No entries for {length}, from {days.day(self.after)} to {days.day(self.before)}"


def silences(entries: Iterable[Entry]) -> list[Gap]:
    """Find every stretch of 90 days or more without an entry; a period that goes on is no silence."""
    return between(map(happening, entries))


def between(known: Iterable[Known], until: date | None = None) -> list[Gap]:
    """The same of happenings, and where a last day is given, the silence from the last happening to that day."""
    ordered = sorted(dated(known), key=lambda one: (one.day, one.until or one.day, one.entries))
    gaps: list[Gap] = []
    latest: Known | None = None
    for one in ordered:
        gaps += _gap(latest, one.day, one.entries)
        if latest is None or _end(one) > _end(latest):
            latest = one
    return gaps if until is None else [*gaps, *_gap(latest, until, ())]


def gaps(known: Sequence[Known], today: date, involved: Collection[Agency]) -> Section:
    """All silences of everybody; and of each agency the one that lasts and the longest before. involved: agencies that
    the reader may know work with the child, whether or not they wrote.
    """
    past = [one for one in dated(known) if one.day <= today]
    everybody = [_nobody(gap, today) for gap in between(past, today)]
    theirs = [one for agency in Agency for one in _of_agency(agency, past, today, works=agency in involved)]
    undated = len(known) - len(dated(known))
    left = (f"{days.plural(undated, 'entry')} without a date could not be counted.",) if undated else ()
    return Section("silences", (*everybody, *theirs), MADE_OF, (UNKNOWN, *left))


def _of_agency(agency: Agency, known: Iterable[Known], today: date, *, works: bool) -> Iterator[Statement]:
    own = [one for one in known if agency in one.agencies]
    if not own and works:
        words = f"{agency.label} works with the child, and there is no entry of theirs that you may know of."
        yield Statement(agency.value, "nothing", words)
    found = between(own, today)
    lasting = [gap for gap in found if gap.before == today and len(gap.entries) == 1]
    for gap in lasting:
        yield _statement(agency.value, "lasts", f"{agency.label}: nothing that you may know of", gap, "until today")
    before = [gap for gap in found if gap not in lasting]
    if before:
        longest = max(before, key=lambda gap: (gap.days, gap.after))
        until = f"to {days.day(longest.before)}, the longest of {len(before)}" if len(before) > 1 else ""
        yield _statement(agency.value, "longest", f"{agency.label}: nothing that you may know of", longest, until)


def _nobody(gap: Gap, today: date) -> Statement:
    lasts = gap.before == today and len(gap.entries) == 1
    what = "Nobody wrote anything that you may know of"
    return _statement("everybody", "lasts" if lasts else "silence", what, gap, "until today" if lasts else "")


def _statement(name: str, status: str, what: str, gap: Gap, until: str) -> Statement:
    last = until or f"to {days.day(gap.before)}"
    words = f"{what} for {days.plural(gap.days, 'day')}, from {days.day(gap.after)} {last}."
    since, before = gap.after.isoformat(), gap.before.isoformat()
    return Statement(name, status, words, gap.entries, since, before, gap.days)


def _gap(latest: Known | None, before: date, entries: tuple[UUID, ...]) -> list[Gap]:
    if latest is None or before - _end(latest) < SILENCE:
        return []
    # Of several that end the same day, which one it is does not matter, and of a joined one the first does.
    return [Gap(_end(latest), before, (latest.entries[0], *entries[:1]))]


def _end(one: Known) -> date:
    return one.until or one.day
