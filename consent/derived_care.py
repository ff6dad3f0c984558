"""Where a looked-after child lived, and when a child was missing: worked out anew from all entries, in any order.

A placement lasts until its own stated end, the next placement, or an entry that it ended; an earlier one that arrives
late changes what comes after it. A return belongs to the last time before it that the child was reported missing,
whichever of the two arrived first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from itertools import pairwise, zip_longest
from typing import Final

from consent import days
from consent.clock_data import Clock
from consent.derived import Known, Section, Statement, dated, ids, on, since
from consent.derived_judged import Window, judged

BEGUN: Final = ("sw.placement.started", "sw.placement.moved")
ENDED: Final = ("sw.placement.ended", "sw.looked_after.ended")
REPORTED: Final = ("sw.missing.reported", "sw.looked_after.missing", "police.missing")
RETURNED: Final = ("sw.missing.returned",)
MADE_OF_PLACEMENTS: Final = "The entries that you may know of in which a placement began, changed or ended."
MADE_OF_MISSING: Final = (
    "The entries that you may know of in which the child was reported missing, came back, and was talked with about it."
)
UNKNOWN: Final = "A placement or an absence of which you may not know, or that nobody recorded, is not counted."
UNCERTAIN: Final = (
    "Of some of these entries the day is not exactly known; they are counted from the first day it can be."
)


@dataclass(frozen=True, slots=True)
class Spell:
    """One placement. until: the day on which it ended, None while it goes on; ended: the entry that says so."""

    begun: tuple[Known, ...]
    since: date
    until: date | None
    ended: Known | None

    def length(self, today: date) -> int:
        """Its days so far."""
        return ((self.until or today) - self.since).days


def spells(known: Sequence[Known]) -> list[Spell]:
    """The placements in their order; several entries of one day are one. known: those with a date, up to today."""
    begun: dict[date, list[Known]] = {}
    for one in known:
        if one.is_any(BEGUN):
            begun.setdefault(one.day, []).append(one)
    starts, ends = sorted(begun), [one for one in known if one.is_any(ENDED)]
    return [_spell(begun[day], starts, after, ends) for day, after in zip_longest(starts, starts[1:])]


def placements(known: Sequence[Known], today: date) -> Section:
    """Every placement, how often the child moved in twelve months, and the longest."""
    past = [one for one in dated(known) if one.day <= today]
    found = spells(past)
    told = [_lived(one, today) for one in found]
    if found:
        told += [_moves(found, today), _longest(found, today)]
    unsure = (UNCERTAIN,) if any(not one.exact for spell in found for one in spell.begun) else ()
    return Section("placements", tuple(told), MADE_OF_PLACEMENTS, (*unsure, UNKNOWN))


def missing(known: Sequence[Known], today: date, discussion: Clock | None) -> Section:
    """Every time that the child was missing, whether they are back, and whether somebody talked with them."""
    past = [one for one in dated(known) if one.day <= today]
    returns = _by_time([one for one in past if one.is_any(RETURNED)])
    reports = _reports([one for one in past if one.is_any(REPORTED)], returns)
    waiting, unreported, told = deque(returns), list[Known](), list[Statement]()
    talks = [one for one in past if discussion is not None and one.is_any(discussion.done)]
    for times, after in zip_longest(reports, reports[1:]):
        following = after[0] if after else None
        mine: list[Known] = []
        while waiting and not _beyond(following, waiting[0]):
            back = waiting.popleft()
            (mine if _follows(times[0], back) else unreported).append(back)
        first = mine[0] if mine else None
        # Two returns of one day are one: two agencies may each have recorded it.
        unreported += [one for one in mine if first and one.day != first.day]
        told.append(_episode(times, first, following, today))
        if first is not None and discussion is not None:
            told.append(_discussed(discussion, first, following, talks, today))
    told += map(_unreported, _by_time([*unreported, *waiting]))
    return Section("missing", tuple(told), MADE_OF_MISSING, (UNKNOWN,))


def _reports(found: Sequence[Known], returns: Sequence[Known]) -> list[list[Known]]:
    """Reports of one day with no return between them are of one absence: two agencies may each have recorded it."""
    backs: dict[date, list[Known]] = {}
    for one in returns:
        backs.setdefault(one.day, []).append(one)
    groups: list[list[Known]] = []
    for one in _by_time(found):
        last = groups[-1][-1] if groups else None
        if last is not None and last.day == one.day and not _between(last, backs.get(one.day, ()), one):
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _between(last: Known, backs: Sequence[Known], following: Known) -> bool:
    """Whether a return is known by its hour to lie between two reports of its day."""
    return any(back.moment and _follows(last, back) and not _beyond(following, back) for back in backs)


def _spell(begun: Sequence[Known], starts: Sequence[date], following: date | None, ends: Sequence[Known]) -> Spell:
    first = begun[0].day
    # What ended on the day on which this one began is the placement before it, where there is one.
    ended = next(since(ends, first if first == starts[0] else first + timedelta(days=1)), None)
    possible = [(ended.day, ended)] if ended else []
    possible += [(one.until, one) for one in begun if one.until and one.last and one.until > one.last]
    until, by = min(possible, key=lambda one: (one[0], one[1].entries), default=(None, None))
    if following is not None and (until is None or until > following):
        return Spell(tuple(begun), first, following, None)
    return Spell(tuple(begun), first, until, by)


def _lived(spell: Spell, today: date) -> Statement:
    length = spell.length(today)
    until = f"to {days.day(spell.until)}" if spell.until else "and goes on"
    words = f"A placement from {days.day(spell.since)} {until}: {days.plural(length, 'day')}."
    status = "ended" if spell.until else "goes-on"
    span = (spell.since.isoformat(), spell.until.isoformat() if spell.until else "")
    return Statement("placement", status, words, ids(*spell.begun, spell.ended), *span, length)


def _moves(found: Sequence[Spell], today: date) -> Statement:
    """A move is from one placement straight to the next; a first one, and one after a time at home, is none."""
    since = days.later(today, months=-12)
    moved = [
        after
        for before, after in pairwise(found)
        if before.until is not None and (after.since - before.until).days <= 1 and since < after.since <= today
    ]
    times = days.plural(len(moved), "move")
    words = f"{times} from one placement to another in the twelve months to {days.day(today)}."
    entries = ids(*(one for spell in moved for one in spell.begun))
    return Statement("moves", "counted", words, entries, since.isoformat(), today.isoformat(), len(moved))


def _longest(found: Sequence[Spell], today: date) -> Statement:
    longest = max(found, key=lambda spell: (spell.length(today), spell.since))
    length = longest.length(today)
    words = f"The longest placement is that from {days.day(longest.since)}: {days.plural(length, 'day')}."
    return Statement("longest", "counted", words, ids(*longest.begun), longest.since.isoformat(), "", length)


def _episode(reports: Sequence[Known], back: Known | None, following: Known | None, today: date) -> Statement:
    report, since, own = reports[0], reports[0].day.isoformat(), ids(*reports)
    what = f"Reported missing {on(report)}"
    if back is not None:
        words = f"{what}; returned {on(back)}."
        return Statement("episode", "returned", words, (*own, *ids(back)), since, back.day.isoformat())
    if report.until and report.last and report.until > report.last:
        words = f"{what}, until {days.day(report.until)}."
        return Statement("episode", "returned", words, own, since, report.until.isoformat())
    if following is not None:
        words = f"{what}; no record of a return that you may know of before the next report, {on(following)}."
        return Statement("episode", "no-return", words, (*own, *ids(following)), since, following.day.isoformat())
    words = f"{what}; no record of a return that you may know of."
    return Statement("episode", "open", words, own, since, "", (today - report.day).days)


def _discussed(clock: Clock, back: Known, following: Known | None, talks: Sequence[Known], today: date) -> Statement:
    window = Window(back.day, clock.within[0].after(back.day))
    done = next((one for one in since(talks, back.day) if _follows(back, one)), None)
    done = None if done is not None and _beyond(following, done) else done
    if done is not None:
        return judged(clock, done, window, ids(back, done))
    words = f"{clock.label} {on(back)}: due by {days.day(window.due)}."
    if today <= window.due:
        return Statement(clock.id, "due", words, back.entries, *window.texts, None, clock.source)
    words = f"{clock.label} {on(back)}: overdue since {days.day(window.due)}; no record of it that you may know of."
    late = (today - window.due).days
    return Statement(clock.id, "overdue", words, back.entries, *window.texts, late, clock.source)


def _unreported(back: Known) -> Statement:
    words = f"Returned {on(back)}; no report of going missing before it that you may know of."
    return Statement("episode", "no-report", words, back.entries, "", back.day.isoformat())


def _by_time(found: Sequence[Known]) -> list[Known]:
    return sorted(
        found, key=lambda one: (one.day, one.moment.astimezone(UTC).isoformat() if one.moment else "", one.entries)
    )


def _follows(before: Known, after: Known) -> bool:
    """Whether one can come after another: by the time of day where both are known, else by the day."""
    if before.moment is not None and after.moment is not None:
        return after.moment >= before.moment
    return after.day >= before.day


def _beyond(following: Known | None, one: Known) -> bool:
    """Whether it belongs to the next time already."""
    if following is None:
        return False
    if following.moment is not None and one.moment is not None:
        return one.moment >= following.moment
    return one.day > following.day
