"""Writing to and reading from the two logs in PostgreSQL, through the library's recorder interface."""

# ruff: noqa: S608  # the only names put into statements are the two logs' own schemas, literals of this module

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString, NoReturn
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, NotSupportedError, StoredEvent

from hub.store.database import Cursor, Database

Log = LiteralString
LEDGER: Log = "ledger"
ACCESS: Log = "access"

COLUMNS: LiteralString = "originator_id, originator_version, topic, state"


@dataclass(frozen=True, slots=True)
class Appended:
    """Where one event ended: status is stored, held or conflict."""

    status: str
    position: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """One stored event with its place in the log."""

    position: int
    recorded_at: datetime
    event: StoredEvent


def append(cursor: Cursor, log: Log, events: Sequence[StoredEvent]) -> list[Appended]:
    """Append in one statement; one answer for each event, in their order."""
    if not events:
        return []
    arrays = (
        [event.originator_id for event in events],
        [event.originator_version for event in events],
        [event.topic for event in events],
        [event.state for event in events],
    )
    statement: LiteralString = (
        "select status, at_position, at_time from " + log + ".append(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[])"
    )
    cursor.execute(statement, arrays, prepare=True)
    return [Appended(*row) for row in cursor.fetchall()]


def read(cursor: Cursor, log: Log, *, after: int, limit: int) -> list[Stored]:
    """The next events after a position, oldest first."""
    statement: LiteralString = (
        "select position, recorded_at, "
        + COLUMNS
        + " from "
        + log
        + ".events where position > %s order by position limit %s"
    )
    cursor.execute(statement, [after, limit], prepare=True, binary=True)
    return [Stored(row[0], row[1], StoredEvent(*row[2:])) for row in cursor.fetchall()]


def read_these(cursor: Cursor, log: Log, wanted: Sequence[tuple[UUID, int]]) -> list[Stored]:
    """These events, by stream and version, in the order of the log; those that do not exist are left out."""
    statement: LiteralString = (
        "select position, recorded_at, e." + COLUMNS + " from " + log + ".events e "
        "join unnest(%s::uuid[], %s::bigint[]) as w (id, version) on e.originator_id = w.id "
        "and e.originator_version = w.version order by position"
    )
    cursor.execute(statement, [[one[0] for one in wanted], [one[1] for one in wanted]], binary=True)
    return [Stored(row[0], row[1], StoredEvent(*row[2:])) for row in cursor.fetchall()]


def last_position(cursor: Cursor, log: Log) -> int:
    """The newest position, 0 for an empty log."""
    statement: LiteralString = "select coalesce(max(position), 0) from " + log + ".events"
    row = cursor.execute(statement).fetchone()
    return int(row[0]) if row else 0


def naming(cursor: Cursor, log: Log, named: UUID) -> list[tuple[UUID, int]]:
    """Stream and version of every event of the streams in which an event holds this id in clear."""
    statement: LiteralString = (
        "select originator_id, originator_version from " + log + ".events where originator_id in "
        "(select originator_id from " + log + ".events where position(%s::bytea in state) > 0)"
    )
    return cursor.execute(statement, [str(named).encode()]).fetchall()


def waiting_since(cursor: Cursor, log: Log, *, after: int) -> timedelta | None:
    """How long ago the first event after a position was recorded; None where there is none."""
    statement: LiteralString = (
        "select clock_timestamp() - recorded_at from " + log + ".events where position > %s order by position limit 1"
    )
    row = cursor.execute(statement, [after]).fetchone()
    return row[0] if row else None


class HubRecorder(ApplicationRecorder):
    """The library's interface over one log: all or nothing, never its own SQL.

    Writes as one role; reads as the projector, the only role that may read the ledger back.
    """

    def __init__(self, database: Database, log: Log, writer: str) -> None:
        self._database, self._log, self._writer = database, log, writer

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:  # noqa: ANN401 - the library's signature
        """Append all, or raise IntegrityError and append none. `cursor` in kwargs joins a transaction."""
        if kwargs.get("tracking") is not None:
            raise NotSupportedError("tracking is kept by the projections' own runner")
        if (cursor := kwargs.get("cursor")) is not None:
            return self._insert(cursor, stored_events)
        with self._database.transaction(self._writer) as own:
            return self._insert(own, stored_events)

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """One stream's events, in order."""
        order: LiteralString = " desc" if desc else ""
        statement: LiteralString = (
            "select " + COLUMNS + " from " + self._log + ".events where originator_id = %s and originator_version > %s "
            "and originator_version <= %s order by originator_version" + order + " limit %s"
        )
        with self._database.transaction("hub_projector") as cursor:
            cursor.execute(statement, [originator_id, gt or 0, 2**62 if lte is None else lte, limit], binary=True)
            return [StoredEvent(*row) for row in cursor.fetchall()]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Events by position, as the library's notification log reads them."""
        after = (start or 0) - (1 if inclusive_of_start else 0)
        with self._database.transaction("hub_projector") as cursor:
            found = read(cursor, self._log, after=after, limit=limit)
        return [
            Notification(s.event.originator_id, s.event.originator_version, s.event.topic, s.event.state, s.position)
            for s in found
            if (stop is None or s.position <= stop) and (not topics or s.event.topic in topics)
        ]

    def max_notification_id(self) -> int | None:
        """The newest position, None for an empty log."""
        with self._database.transaction("hub_projector") as cursor:
            return last_position(cursor, self._log) or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> NoReturn:  # noqa: ARG002 - the library's signature
        """Not offered: the library's subscriptions can miss events and never poll (see the runner)."""
        raise NotSupportedError("follow the log with projections.runner")

    def _insert(self, cursor: Cursor, events: Sequence[StoredEvent]) -> list[int]:
        answers = append(cursor, self._log, events)
        if any(answer.status != "stored" for answer in answers):
            raise IntegrityError("another event has that place in its stream")
        return [answer.position for answer in answers]
