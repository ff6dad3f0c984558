"""Following a log: batches, rows and position in one transaction, one leader, and nothing lost or skipped in silence.

LISTEN comes before the first read, and a poll besides, so that no notice can be missed. An event that
cannot be taken in is parked with its reason, and every later event of the same record stream with it,
so that a record is never shown half way.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

import psycopg

from hub.errors import HubError, StoreUnavailable
from hub.store.database import Connection, Cursor, Database, unavailable
from hub.store.ledger import Ledger, Recorded

BATCH = 1000
POLL_SECONDS = 1.0
LONGEST_PAUSE = 8.0
OVER_A_LIMIT = (psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)

_log = logging.getLogger(__name__)

CREATE: LiteralString = """
create table if not exists read.positions (
    projection text primary key,
    position   bigint      not null default 0,
    heartbeat  timestamptz not null default now()
);
create table if not exists read.parked (
    projection text        not null,
    position   bigint      not null,
    stream     uuid        not null,
    topic      text        not null,
    reason     text        not null,
    parked_at  timestamptz not null default now(),
    primary key (projection, position)
);
create index if not exists parked_streams on read.parked (projection, stream);
grant select on read.positions, read.parked to hub_reader, hub_auditor, hub_writer;
"""
REACHED: LiteralString = "select position from read.positions where projection = %s"
POSITION: LiteralString = "select position from read.positions where projection = %s for update"
START: LiteralString = "insert into read.positions (projection) values (%s) on conflict do nothing"
MOVE: LiteralString = (
    "update read.positions set position = %s, heartbeat = clock_timestamp() where projection = %s and position < %s"
)
BEAT: LiteralString = "update read.positions set heartbeat = clock_timestamp() where projection = %s"
PARKED: LiteralString = (
    "select stream, min(position) from read.parked where projection = %s and stream = any(%s) group by stream"
)
PARK: LiteralString = """
insert into read.parked (projection, position, stream, topic, reason) values (%s, %s, %s, %s, %s)
on conflict do nothing
"""
LEAD: LiteralString = "select pg_try_advisory_lock(hashtextextended('hub projection ' || %s, 0))"
LET_GO: LiteralString = "select pg_advisory_unlock(hashtextextended('hub projection ' || %s, 0))"


Apply = Callable[[Cursor, Sequence[Recorded]], None]
"""Takes in a batch of events, in log order, inside the caller's transaction."""


@dataclass(frozen=True, slots=True)
class Projection:
    """A read model that follows a log."""

    name: str
    log: LiteralString
    apply: Apply


class Runner:
    """Keeps one projection up to date. Several may run; one leads and the others stand by."""

    def __init__(self, database: Database, ledger: Ledger, projection: Projection) -> None:
        self._database, self._ledger, self._projection = database, ledger, projection

    def catch_up(self) -> int:
        """Bring the projection to the end of the log now, unless another process leads it; returns events taken in.

        Where another leads, waits until that one has reached what was the end when this was called.
        Raises StoreUnavailable when the database cannot be reached.
        """
        try:
            with closing(self._database.connect("hub_projector")) as connection:
                return self._catch_up(connection)
        except psycopg.Error as error:
            raise unavailable(error) from None

    def follow(self, stop: threading.Event) -> None:
        """Follow the log until told to stop; survives whatever may happen to the databases meanwhile."""
        pause = POLL_SECONDS
        while not stop.is_set():
            began = time.monotonic()
            try:
                with closing(self._database.connect("hub_projector")) as connection:
                    self._follow(connection, stop)
            except (psycopg.Error, HubError) as error:
                _log.warning("%s is interrupted (%s); trying again", self._projection.name, type(error).__name__)
                if time.monotonic() - began > LONGEST_PAUSE:
                    pause = POLL_SECONDS  # it had followed well for a while
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    def _catch_up(self, connection: Connection) -> int:
        target, taken = self._ledger.last(connection.cursor()), 0
        while not self._lead(connection):
            row = connection.execute(REACHED, [self._projection.name]).fetchone()
            if row and row[0] >= target:
                return 0
            threading.Event().wait(0.02)
        try:
            while step := self._step(connection):
                taken += step
        finally:
            connection.execute(LET_GO, [self._projection.name])
        return taken

    def _follow(self, connection: Connection, stop: threading.Event) -> None:
        while not stop.is_set() and not self._lead(connection):
            stop.wait(POLL_SECONDS)
        connection.execute("listen hub_ledger" if self._projection.log == "ledger" else "listen hub_access")
        while not stop.is_set():
            if self._step(connection):
                continue
            connection.execute(BEAT, [self._projection.name])
            for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
                pass

    def _lead(self, connection: Connection) -> bool:
        row = connection.execute(LEAD, [self._projection.name]).fetchone()
        return bool(row and row[0])

    def _step(self, connection: Connection) -> int:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute(START, [self._projection.name])
            row = cursor.execute(POSITION, [self._projection.name]).fetchone()
            batch = self._ledger.read(cursor, after=row[0] if row else 0, limit=BATCH)
            if batch:
                take_in(connection, cursor, self._projection, batch)
                cursor.execute(MOVE, [batch[-1].position, self._projection.name, batch[-1].position])
        return len(batch)


def take_in(connection: Connection, cursor: Cursor, projection: Projection, batch: Sequence[Recorded]) -> None:
    """Apply a batch; where that fails, apply its events one by one and park the ones that fail."""
    parked = cursor.execute(PARKED, [projection.name, [one.stream for one in batch]]).fetchall()
    blocked: dict[UUID, int] = dict(parked)  # from which position on: what came before it was taken in
    if not blocked and all(one.event is not None for one in batch):
        try:
            with connection.transaction():
                projection.apply(cursor, batch)
        except Exception as error:  # whatever it was, it is found again one by one and parked
            if _interrupted(error):
                raise
            _log.warning(
                "A batch of %s failed (%s); taking its events one by one", projection.name, type(error).__name__
            )
        else:
            return
    for one in batch:
        late = blocked.get(one.stream, one.position) < one.position
        reason = "an earlier event of its record is parked" if late else one.problem
        if not reason:
            reason = attempt(connection, cursor, projection, one)
        if reason:
            blocked.setdefault(one.stream, one.position)
            cursor.execute(PARK, [projection.name, one.position, one.stream, one.topic, reason])


def attempt(connection: Connection, cursor: Cursor, projection: Projection, one: Recorded) -> str:
    """Take one event in; why that could not be done, empty where it was done."""
    try:
        with connection.transaction():
            projection.apply(cursor, [one])
    except Exception as error:  # a handler's own mistake must not stop every other record
        if _interrupted(error):
            raise
        # The class only: an error's text can quote what it failed on.
        return f"{type(error).__name__} in {projection.name.partition('@')[0]}"  # as in the version that is in use
    return ""


def _interrupted(error: Exception) -> bool:
    """A database stopped answering, which says nothing of the event; a value beyond its limits does."""
    away = isinstance(error, (psycopg.OperationalError, StoreUnavailable))
    return away and not isinstance(error, OVER_A_LIMIT)
