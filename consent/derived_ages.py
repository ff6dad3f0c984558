"""Contacts that are expected at an age: which of them each recorded contact counts for, and which have none.

A contact counts for the one in whose days it falls. One that falls into the days of none, or of one that has a contact
already, counts late for the newest one before it that has none. Where the birth date is not known for certain nothing
is said: the hub does not guess it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from consent import days
from consent.clock_data import Clock
from consent.derived import Known, Statement, ids
from consent.derived_judged import Window, judged

NOT_BORN: Final = "No birth date of the child is stated in what you may know of, so nothing can be said of an age."
NOT_EXACT: Final = "The birth date is not stated to the day, so nothing can be said of an age."
DISPUTED: Final = "The agencies state different birth dates, so nothing can be said of an age until that is settled."
_EXACT: Final = len("2021-03-02")


@dataclass(frozen=True, slots=True)
class Born:
    """The child's birth date, or why it is not known."""

    day: date | None = None
    why: str = NOT_BORN


def born_of(stated: Sequence[str]) -> Born:
    """The birth date of all that agencies state; None with the reason where they state none, differ, or are inexact."""
    exact = {text for text in stated if len(text) == _EXACT and days.starts(text)}
    inexact = {text for text in stated if text and text not in exact}
    if len(exact) > 1 or any(not text.startswith(part) for text in exact for part in inexact):
        return Born(why=DISPUTED)
    if exact:
        return Born(days.starts(exact.pop()), "")
    return Born(why=NOT_EXACT if inexact else NOT_BORN)


def contacts(
    known: Sequence[Known], today: date, born: Born, clocks: Sequence[Clock]
) -> tuple[list[Statement], tuple[str, ...]]:
    """The state of each expected contact, and what cannot be said. known: those with a date, up to today."""
    if born.day is None or not clocks:
        return [], (born.why,) if clocks else ()
    windows = {clock.id: _window(clock, born.day) for clock in clocks}
    found = _assigned(known, clocks, windows)
    shut = {clock.agency: _withheld(known, clock) for clock in clocks}
    over = all(window.due < today for window in windows.values())
    told = [_state(one, windows[one.id], found.get(one.id), shut[one.agency], today) for one in clocks]
    return [_no_longer(one) if over and one.status == "overdue" else one for one in told], ()


def _no_longer(overdue: Statement) -> Statement:
    """Of a child who is past the last of the ages nobody waits for an earlier contact any more."""
    words = overdue.words.replace(": overdue since ", ": expected before ", 1)
    return replace(overdue, status="not-done", words=words)


def _window(clock: Clock, born: date) -> Window:
    opens = clock.opens.after(born) if clock.opens else None
    return Window(opens, clock.before.after(born) - timedelta(days=1))


def _assigned(known: Sequence[Known], clocks: Sequence[Clock], windows: Mapping[str, Window]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for one in known:
        waiting = [clock for clock in clocks if clock.id not in found and one.is_any(clock.done)]
        chosen = next((clock for clock in waiting if _falls(one.day, windows[clock.id])), None)
        before = [clock for clock in waiting if windows[clock.id].since and windows[clock.id].due < one.day]
        if chosen is None and before:
            chosen = max(reversed(before), key=lambda clock: windows[clock.id].due)
        if chosen is not None:
            found[chosen.id] = one
    return found


def _falls(day: date, window: Window) -> bool:
    return (window.since is None or window.since <= day) and day <= window.due


def _withheld(known: Sequence[Known], clock: Clock) -> list[Known]:
    return [one for one in known if one.withheld and clock.agency in one.agencies]


def _state(clock: Clock, window: Window, done: Known | None, shut: Sequence[Known], today: date) -> Statement:
    if done is not None:
        return judged(clock, done, window, done.entries)
    if window.since is None:
        words = f"{clock.label}: no record of it that you may know of. {clock.note}"
        return Statement(clock.id, "unknown", words, source=clock.source)
    span = f"from {days.day(window.since)} to {days.day(window.due)}"
    if today < window.since:
        return Statement(
            clock.id,
            "not-yet-due",
            f"{clock.label}: not yet due; expected {span}.",
            (),
            *window.texts,
            None,
            clock.source,
        )
    maybe = [one for one in shut if window.since <= one.day]
    hint = "".join(_hints(clock, maybe))
    if today <= window.due:
        words = f"{clock.label}: due now; expected {span}.{hint}"
        return Statement(clock.id, "due", words, ids(*maybe), *window.texts, None, clock.source)
    since = window.due + timedelta(days=1)
    words = f"{clock.label}: overdue since {days.day(since)}; no record of it that you may know of.{hint}"
    late = (today - window.due).days
    return Statement(clock.id, "overdue", words, ids(*maybe), *window.texts, late, clock.source)


def _hints(clock: Clock, maybe: Sequence[Known]) -> Iterator[str]:
    if maybe:
        yield (
            f" {days.plural(len(maybe), 'entry')} of {clock.agency.label} since it was expected "
            f"{'is' if len(maybe) == 1 else 'are'} withheld from you, and may be it."
        )
