"""Runners as other processes would have them, and what a test looks at while they work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from hub.update import Update
from projections import chronology
from projections.runner import Projection, Runner
from tests.fix_hub import TestHub

SOON = 2.0
RECOVERY = 15.0
WHOLE = Projection(chronology.NAME, chronology.LOG, chronology.apply)
LEADER = """
select l.pid from pg_locks l join pg_database d on d.oid = l.database
 where l.locktype = 'advisory' and l.granted and d.datname = current_database()
   and (l.classid::bigint << 32) + l.objid::bigint = hashtextextended('hub projection chronology', 0)
"""


def until(true: Callable[[], bool], seconds: float) -> bool:
    """Whether something becomes true within so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def a_runner(hub: TestHub, projection: Projection = WHOLE) -> Runner:
    """A runner as another process would have it: with a ledger and keys of its own."""
    return Runner(hub.house._database, hub.house._another_ledger(projection.log), projection)


@contextmanager
def following(*runners: Runner) -> Iterator[threading.Event]:
    """These runners, each in a thread, until the end of the block."""
    stop = threading.Event()
    threads = [threading.Thread(target=runner.follow, args=[stop]) for runner in runners]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=30)
        assert not any(thread.is_alive() for thread in threads)


def leader(hub: TestHub) -> int | None:
    """The database process of the runner that leads the chronology."""
    with hub.as_owner() as connection:
        row = connection.execute(LEADER).fetchone()
    return int(row[0]) if row else None


def entries(hub: TestHub) -> set[str]:
    """The headlines that the chronology's table holds as standing."""
    with hub.as_owner() as connection:
        rows = connection.execute("select headline from read.entries where known_to = 'infinity' and not retracted")
        return {row[0].removeprefix("canary-").removesuffix("-headline") for row in rows}


def parked(hub: TestHub) -> list[str]:
    """Why what waits in the chronology waits."""
    query = "select reason from read.parked where projection = 'chronology' order by position"
    with hub.as_owner() as connection:
        return [row[0] for row in connection.execute(query)]


def send(hub: TestHub, *updates: Update) -> None:
    hub.house.hub.intake.receive(updates)
