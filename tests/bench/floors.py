"""What intake is held against: the very rows that it wrote, by binary COPY, and by the event-sourcing library alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, LiteralString
from uuid import UUID

import orjson
import psycopg
from eventsourcing.application import Application
from eventsourcing.domain import DomainEvent
from eventsourcing.persistence import StoredEvent
from psycopg.conninfo import conninfo_to_dict

MOST_AT_ONCE = 500
"""Events that the library is given in one call. Of 2,500 (1.3 MB) its pipeline never comes back."""

Row = tuple[UUID, int, str, bytes, datetime]
"""Stream, version, topic, state, and the moment at which it was recorded, which is that of its whole batch."""

SINCE: LiteralString = (
    "select originator_id, originator_version, topic, state, recorded_at from ledger.events where position > %s "
    "order by position"
)
NEWEST = "select coalesce(max(position), 0) from ledger.events"
# The same columns, indexes and checks. The trigger that refuses changes is left out: COPY would not fire it.
TABLE = ("create schema bench", "create table bench.events (like ledger.events including all)")
COPY = "copy bench.events (originator_id, originator_version, topic, state, recorded_at) from stdin (format binary)"
TYPES = ("uuid", "int8", "text", "bytea", "timestamptz")
DIFFER = (
    "select count(*) from (select originator_id, originator_version, topic, state from bench.events except all "
    "select originator_id, originator_version, topic, state from ledger.events) as other"
)


class Written:
    """What intake has written since it was last asked, in its own batches. `admin` may read the ledger."""

    def __init__(self, admin: psycopg.Connection) -> None:
        self._admin = admin
        self._position = self._newest()

    def since(self) -> list[list[Row]]:
        """The new rows, one list for each batch."""
        rows: list[Row] = self._admin.execute(SINCE, [self._position], binary=True).fetchall()
        self._position = self._newest()
        return [list(batch) for _, batch in groupby(rows, itemgetter(4))]

    def _newest(self) -> int:
        row = self._admin.execute(NEWEST).fetchone()
        return int(row[0]) if row else 0


@dataclass(frozen=True, slots=True)
class Copied:
    """Binary COPY into a table of the same shape, one transaction for each batch. `connection` is in autocommit."""

    connection: psycopg.Connection

    @classmethod
    def on(cls, connection: psycopg.Connection) -> Copied:
        """Make the table first."""
        for statement in TABLE:
            connection.execute(statement)
        return cls(connection)

    def put(self, batches: Sequence[Sequence[Row]]) -> None:
        """Copy every batch; each is durable before the next."""
        for batch in batches:
            with self.connection.cursor() as cursor, cursor.copy(COPY) as copy:
                copy.set_types(TYPES)
                for row in batch:
                    copy.write_row(row)

    def strays(self) -> int:
        """How many of the copied rows are not those of the ledger; anything but 0 spoils the measurement."""
        row = self.connection.execute(DIFFER).fetchone()
        return int(row[0]) if row else -1


class Saving(Application[UUID]):
    """Its name is that of its table."""

    name = "saving"


class Storing(Application[UUID]):
    """Another table, so that the same events have room in both."""

    name = "storing"


@dataclass(frozen=True)
class Kept(DomainEvent):
    """One of the hub's events as the library would hold it: its content in clear JSON types, sealed by nobody."""

    content: dict[str, Any]


class Library:
    """The library with its own PostgreSQL recorder and its normal settings, in tables of its own."""

    def __init__(self, dsn: str) -> None:
        where = conninfo_to_dict(dsn)
        environment = {f"POSTGRES_{name.upper()}": str(where[name]) for name in ("dbname", "host", "port", "user")}
        module = {"PERSISTENCE_MODULE": "eventsourcing.postgres", "POSTGRES_PASSWORD": "", "POSTGRES_SCHEMA": "public"}
        self._saving, self._storing = Saving({**environment, **module}), Storing({**environment, **module})

    def save(self, batches: Sequence[Sequence[Kept]]) -> None:
        """What its user does: hand over events, which it writes as JSON and appends, a batch a transaction."""
        for batch in batches:
            self._saving.save(*batch)

    def append(self, batches: Sequence[Sequence[StoredEvent]]) -> None:
        """Its recorder alone, given bytes: nothing is written as JSON, nothing is named."""
        for batch in batches:
            self._storing.recorder.insert_events(batch)

    def close(self) -> None:
        """Close its connections."""
        self._saving.close()
        self._storing.close()


def as_events(batches: Sequence[Sequence[Row]]) -> list[list[Kept]]:
    """The same events for the library to save; made beforehand, as whoever uses it would have them."""
    now = datetime.now(UTC)
    return [[Kept(row[0], row[1], now, orjson.loads(row[3])) for row in batch] for batch in _smaller(batches)]


def as_stored(batches: Sequence[Sequence[Row]]) -> list[list[StoredEvent]]:
    """The same bytes for its recorder."""
    return [[StoredEvent(*row[:4]) for row in batch] for batch in _smaller(batches)]


def _smaller(batches: Sequence[Sequence[Row]]) -> Iterator[Sequence[Row]]:
    for batch in batches:
        yield from (batch[at : at + MOST_AT_ONCE] for at in range(0, len(batch), MOST_AT_ONCE))
