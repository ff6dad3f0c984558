"""Whether a step was in time, by the day on which it was taken; and beside it, whether the hub was told late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from consent import days
from consent.clock_data import Clock
from consent.derived import Known, Statement, on


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a step. since: from which day on it is looked for; due: the last day in time."""

    since: date | None
    due: date

    @property
    def texts(self) -> tuple[str, str]:
        """Both, as a statement states them."""
        return self.since.isoformat() if self.since else "", self.due.isoformat()


def judged(clock: Clock, done: Known, window: Window, entries: tuple[UUID, ...]) -> Statement:
    """What is said of a step that was taken: in time, late, or told late. That it was late stays said."""
    late, told = (done.day - window.due).days, _told(done, window.due)
    what = f"{clock.label}: done {on(done)}"
    if late > 0:
        words = f"{what}, {days.plural(late, 'day')} after its last day, {days.day(window.due)}."
        return Statement(clock.id, "done-late", words, entries, *window.texts, late, clock.source)
    if told > 0:
        words = (
            f"{what}, in time. The hub was told only {days.plural(told, 'day')} after its last day, "
            f"{days.day(window.due)}: until then it stood as overdue."
        )
        return Statement(clock.id, "recorded-late", words, entries, *window.texts, told, clock.source)
    unsure = "" if done.exact or (done.last or done.day) <= window.due else "; whether in time is not known"
    return Statement(clock.id, "done", f"{what}{unsure}.", entries, *window.texts, source=clock.source)


def _told(done: Known, due: date) -> int:
    return (done.told - due).days if done.told is not None else 0
