"""One process at a time: who holds a turn works, everybody else stands by, and a process that dies lets go at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import psycopg

from hub.store.database import Connection, Database, unavailable

TAKE = "select pg_try_advisory_lock(hashtextextended('hub turn ' || %s, 0))"
# A machine that vanished without a word must not keep its turn for the two hours that TCP would allow it.
NOTICE_SILENCE = ("set tcp_keepalives_idle = 10", "set tcp_keepalives_interval = 5", "set tcp_keepalives_count = 3")
SOON, LATER = 0.05, 0.5


@contextmanager
def turn(database: Database, role: str, name: str, stopped: Callable[[], bool]) -> Iterator[Connection | None]:
    """Wait for a turn and give the connection that holds it; None where it was told to stop meanwhile.

    The turn is over when the connection is: whatever must be true only of its holder is done over that connection, or
    is refused by the database itself to whoever came second. Raises StoreUnavailable when the database is gone.
    """
    try:
        with closing(database.connect(role)) as connection:
            for setting in NOTICE_SILENCE:
                connection.execute(setting)
            yield connection if _taken(connection, name, stopped) else None
    except psycopg.Error as error:
        raise unavailable(error) from None


def _taken(connection: Connection, name: str, stopped: Callable[[], bool]) -> bool:
    began, rest = time.monotonic(), threading.Event()
    while not stopped():
        row = connection.execute(TAKE, [name]).fetchone()
        if row and row[0]:
            return True
        # Whoever was killed lets go within a moment; whoever works may do so for days.
        rest.wait(SOON if time.monotonic() - began < 1 else LATER)
    return False
