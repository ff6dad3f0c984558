"""Connections to PostgreSQL, one pool a role: whoever writes cannot read, and nobody serves as the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import ConnectionPool

from hub.errors import StoreUnavailable

Connection = psycopg.Connection[TupleRow]
Cursor = psycopg.Cursor[TupleRow]

ROLES = ("hub_writer", "hub_reader", "hub_projector", "hub_auditor")
KEYS_ROLE = "hub_keykeeper"
# A process that stands still in the middle of something must not make everybody else wait for ever.
BOUNDS = "-c idle_in_transaction_session_timeout=30s -c lock_timeout=20s"
# The pool doubles its pauses for so many seconds and then gives up until somebody asks again. Were this longer, the hub
# would be away for as long again after its database was back.
RETRY = 3.0
SAID = {"53100": "its disk is full", "55P03": "somebody else held what it needed for too long"}


class Database:
    """The hub's database as its service sees it: pools of connections, each fixed to one role.

    `url` is the service's login, a member of the roles that itself may do nothing. `bounds` are options of the server
    for how long a connection may wait or stand still.
    """

    def __init__(self, url: str, *, pool_size: int = 8, bounds: str = BOUNDS) -> None:
        self._url = url
        self._pool_size = pool_size
        self._bounds = bounds
        self._pools: dict[str, ConnectionPool[Connection]] = {}

    def connect(self, role: str) -> Connection:
        """A connection of one's own, fixed to a role, in autocommit; the caller closes it. Bounded like the pools."""
        return psycopg.connect(self._as(role), autocommit=True, row_factory=tuple_row)

    @contextmanager
    def transaction(self, role: str, *, snapshot: bool = False) -> Iterator[Cursor]:
        """One transaction as a role. snapshot: everything read is of one moment (repeatable read).

        Raises StoreUnavailable for whatever the database says, at the end of the transaction too; that is also what
        ends a wait for a lock of more than 20 seconds, and a transaction in which nothing happens for 30.
        """
        try:
            with self._pool(role).connection(timeout=5) as connection, connection.cursor() as cursor:
                if snapshot:
                    cursor.execute("set transaction isolation level repeatable read")
                yield cursor
        except psycopg.Error as error:
            raise unavailable(error) from None

    def close(self) -> None:
        """Close every pool."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _pool(self, role: str) -> ConnectionPool[Connection]:
        if role not in self._pools:
            arguments: dict[str, Any] = {"row_factory": tuple_row}
            self._pools[role] = ConnectionPool(
                self._as(role),
                min_size=1,
                max_size=self._pool_size,
                kwargs=arguments,
                open=True,
                name=role,
                reconnect_timeout=RETRY,
            )
        return self._pools[role]

    def _as(self, role: str) -> str:
        return make_conninfo(
            self._url, options=f"-c role={role} {self._bounds}", application_name=f"chronology-hub {role}"
        )


def unavailable(error: psycopg.Error) -> StoreUnavailable:
    """What is said to callers of anything that the database says."""
    code = error.sqlstate or type(error).__name__
    # The server's own words can quote a row, so only their class goes further.
    return StoreUnavailable(
        f"The database could not do this ({SAID.get(code, code)}).",
        "Try again; if it goes on, ask whoever runs the hub to look at the database's log.",
    )
