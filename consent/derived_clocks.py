"""Steps that are expected within a time of a start, or again and again while something goes on.

Judged by the day on which a step was taken. A late one ends the waiting, and that it was late stays said. Of a step
that is waited for, it is only said that there is no record of it that this reader may know of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final

from consent import days
from consent.clock_data import Clock, Length
from consent.derived import Known, Section, Statement, between, dated, ids, on, since
from consent.derived_ages import Born, contacts
from consent.derived_judged import Window, judged

MADE_OF: Final = (
    "The child's birth date as stated, the days of the entries that you may know of, and the list of clocks, each with "
    "its source. A contact counts on the day on which it happened."
)
UNKNOWN: Final = "What was done and not recorded, and what was recorded and is sealed from you, is not counted."
SEEN: Final = ("seen", "seen-alone")


def clocks(
    known: Sequence[Known], today: date, born: Born, every: Sequence[Clock], closed: Collection[str] = ()
) -> Section:
    """The state of every clock on a day. closed: the ids of those whose steps are not for this reader to know."""
    past = [one for one in dated(known) if one.day <= today]
    heard = [clock for clock in every if clock.id not in closed]
    ages, unknown = contacts(past, today, born, [clock for clock in heard if clock.kind == "age"])
    others = [one for clock in heard for one in _KINDS.get(clock.kind, _nothing)(clock, past, today)]
    silent = dict.fromkeys(clock.agency.label for clock in every if clock.id in closed)
    shut = tuple(f"What {agency} records of this is not open to you, so it cannot be said." for agency in silent)
    return Section("clocks", (*ages, *others), MADE_OF, (*unknown, *shut, UNKNOWN))


def _nothing(_clock: Clock, _known: Sequence[Known], _today: date) -> Iterator[Statement]:
    yield from ()


def _after(clock: Clock, known: Sequence[Known], today: date) -> Iterator[Statement]:
    """One step for each start: done before the next start of the kind, and not after the end."""
    steps, ends = _steps(clock, known), _ends(clock, known)
    starts = _starts(clock, known)
    for start, following in zip_longest(starts, starts[1:]):
        first = clock.opens.after(start.day) if clock.opens else start.day
        done, end = next(since(steps, first), None), next(since(ends, start.day), None)
        if done is not None and (following is not None and done.day >= following.day):
            done = None
        if done is not None and (end is not None and end.day < done.day):
            done = None
        yield _step(clock, start, done, end, clock.within[0].after(start.day), today)


def _series(clock: Clock, known: Sequence[Known], today: date) -> Iterator[Statement]:
    """Of each time that it went on: every step that was late, how many were not, and the one that is next."""
    steps, ends = _steps(clock, known), _ends(clock, known)
    over = date.min
    for start in _starts(clock, known):
        if start.day < over:
            continue  # it goes on already
        end = next(since(ends, start.day), None)
        over = end.day if end else date.max
        yield from _steps_of(clock, start, end, between(steps, start.day, min(over, today)), today)


def _steps_of(
    clock: Clock, start: Known, end: Known | None, steps: Sequence[Known], today: date
) -> Iterator[Statement]:
    in_time, latest = [], start
    for number, step in enumerate(steps):
        due = _within(clock, number).after(latest.day)
        if step.day > due:
            yield _step(clock, latest, step, end, due, today)
        else:
            in_time.append(step)
        latest = step
    if in_time:
        words = f"{clock.label}: in time {days.plural(len(in_time), 'time')}."
        yield Statement(clock.id, "done", words, ids(*in_time), number=len(in_time), source=clock.source)
    due = _within(clock, len(steps)).after(latest.day)
    if end is None or end.day > due:
        yield _step(clock, latest, None, end, due, today)


def _entry(clock: Clock, known: Sequence[Known], _today: date) -> Iterator[Statement]:
    """Of each entry of the kind, whether the hub was told of it in time; where the reader may know when it was."""
    for one in known:
        if one.told is None or not one.exact or not one.is_any(clock.starts):
            continue
        due = clock.within[0].after(one.day)
        late = (one.told - due).days
        if late > 0:
            what = f"{clock.label}: {one.labels[0]} was {on(one)}, and the hub was told on {days.day(one.told)}"
            words = f"{what}, {days.plural(late, 'day')} late."
            told = (one.day.isoformat(), due.isoformat())
            yield Statement(clock.id, "recorded-late", words, one.entries, *told, late, clock.source)


def _step(  # noqa: PLR0913, PLR0917 - what a step is judged by, each named
    clock: Clock, start: Known, done: Known | None, end: Known | None, due: date, today: date
) -> Statement:
    window = Window(start.day, due)
    span = window.texts
    if done is not None:
        return judged(clock, done, window, ids(start, done))
    note = f" {clock.note}" if clock.note else ""
    what = f"{clock.label}: since {days.day(start.day)}"
    if end is not None and end.day <= due:
        words = f"{what}; no longer expected, it ended {on(end)}."
        return Statement(clock.id, "ended", words, ids(start, end), *span, source=clock.source)
    if end is not None:
        words = f"{what}, no record of it that you may know of by {days.day(due)}, nor until it ended {on(end)}.{note}"
        return Statement(clock.id, "not-done", words, ids(start, end), *span, source=clock.source)
    if today <= due:
        words = f"{what}, due by {days.day(due)}.{note}"
        return Statement(clock.id, "due", words, ids(start), *span, source=clock.source)
    late = (today - due).days
    words = f"{what}, overdue since {days.day(due + timedelta(days=1))}: no record of it that you may know of.{note}"
    return Statement(clock.id, "overdue", words, ids(start), *span, late, clock.source)


def _starts(clock: Clock, known: Sequence[Known]) -> list[Known]:
    """Its starts, one for each day."""
    found = {one.day: one for one in reversed(known) if one.is_any(clock.starts)}
    return [found[day] for day in sorted(found)]


def _counts(clock: Clock, one: Known) -> bool:
    sighted = clock.by_sight and one.seen in SEEN and clock.agency in one.agencies
    return one.is_any(clock.done) or sighted


def _steps(clock: Clock, known: Sequence[Known]) -> list[Known]:
    return [one for one in known if _counts(clock, one)]


def _ends(clock: Clock, known: Sequence[Known]) -> list[Known]:
    return [one for one in known if one.is_any(clock.ends)]


def _within(clock: Clock, number: int) -> Length:
    return clock.within[min(number, len(clock.within) - 1)]


_KINDS: Final = {"after": _after, "series": _series, "entry": _entry}
