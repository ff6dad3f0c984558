"""A story told at set times: what is recorded in each stage is recorded at that stage's own moment, in both logs.

The database alone sets an event's time, so the times are put right afterwards, behind the hub's back, and every read
model is made anew from the logs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, LiteralString

from psycopg import sql

from projections.rebuild import GROUPS
from tests.fix_hub import TestHub

LOGS: Final[tuple[LiteralString, ...]] = ("ledger.events", "access.events")
MOVE: LiteralString = "update {} set recorded_at = %s where position > %s and position <= %s"
BEFORE: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Stages:
    """The stages of one story, in order. What was recorded before the first was recorded at the beginning of 2026.

    over: is called after each stage, at its moment; it records nothing.
    """

    hub: TestHub
    over: Callable[[], None] = lambda: None
    _told: list[tuple[datetime, tuple[int, ...]]] = field(default_factory=list)

    @contextmanager
    def at(self, moment: str) -> Iterator[None]:
        """Whatever is recorded in this block is recorded at this moment (UTC), which is also the hub's own now."""
        if not self._told:
            self._told.append((BEFORE, self._ends()))
        self.hub.clock.at = moment_of(moment)
        yield
        self.hub.house.catch_up()
        self._told.append((moment_of(moment), self._ends()))
        self.over()

    def settle(self) -> None:
        """Put the times right, and make every read model anew from the logs alone."""
        with self.hub.as_owner() as owner:
            for place, log in enumerate(LOGS):
                owner.execute(_of("alter table {} disable trigger append_only", log))
                after = 0
                for moment, ends in self._told:
                    owner.execute(_of(MOVE, log), [moment, after, ends[place]])
                    after = ends[place]
                owner.execute(_of("alter table {} enable always trigger append_only", log))
        for group in GROUPS:
            self.hub.house.rebuild(group.name, lambda _: None, accept=True)

    def _ends(self) -> tuple[int, ...]:
        with self.hub.as_owner() as owner:
            found = [owner.execute(_of("select max(position) from {}", log)).fetchone() for log in LOGS]
        return tuple(int(row[0] or 0) if row else 0 for row in found)


def _of(statement: LiteralString, table: LiteralString) -> sql.Composed:
    return sql.SQL(statement).format(sql.SQL(table))


def moment_of(text: str) -> datetime:
    """A moment in UTC, as `2026-01-31 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
