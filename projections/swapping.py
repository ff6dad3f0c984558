"""Putting another version of a read model in the place of the one in use, so that no reader can notice.

While the follower stands at one event, both versions hold the same events. Then all transactions that were running are
let end, so that whoever reads from now on sees both of them whole. Only then do the tables change names, all in one
transaction. A reader holds its tables until it ends, so it never sees one table of one version and one of the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import LiteralString

import psycopg
from psycopg import sql

from hub.errors import Busy
from hub.store.database import Connection, Cursor, Database
from projections import generations, runner
from projections.generations import Version
from projections.naming import Model, aside, renamed

PAUSE = 0.02
# For how long the others are let end, and in how many tries the tables are asked for. The follower stands still
# meanwhile, and gives up what it waits for after 20 seconds.
PATIENCE = 8.0
TRIES = 14
PATIENT: LiteralString = "set local idle_in_transaction_session_timeout = '10min'; set local synchronous_commit = on"
ONLY_ONE: LiteralString = "select pg_try_advisory_lock(7341004)"
NO_LONGER: LiteralString = "select pg_advisory_unlock(7341004)"
# Every transaction in this database but those that do this, and those that wait for it.
RUNNING: LiteralString = """
select l.pid || ' ' || l.virtualtransaction from pg_locks l join pg_stat_activity a on a.pid = l.pid
 where l.locktype = 'virtualxid' and l.granted and a.datname = current_database() and a.usesysid is not null
   and l.pid <> all (%(ours)s) and not pg_blocking_pids(l.pid) && %(ours)s::int[]
"""
# Whoever waits for a second is looked at by the server for a deadlock, and may be ended. Before that this gives way.
GIVE_WAY: LiteralString = """
select set_config('statement_timeout', least(700, (select setting::int * 7 / 10 from pg_settings
                                                    where name = 'deadlock_timeout'))::text, true)
"""
TAKE_TIME: LiteralString = "set local statement_timeout = 0"
PARKED_AS: LiteralString = "update read.parked set projection = %s where projection = %s"
PLACE: LiteralString = """
insert into read.positions (projection, position) select %s, position from read.positions where projection = %s
"""
GIVEN_WAY = (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable)


@contextmanager
def standing(database: Database, model: Model) -> Iterator[tuple[Connection, int]]:
    """Hold the follower of a read model where it is; the connection that holds it, and the position."""
    with closing(database.connect("hub_projector")) as holder, holder.transaction():
        holder.execute(PATIENT)
        holder.execute(runner.START, [model.name])
        row = holder.execute(runner.POSITION, [model.name]).fetchone()
        yield holder, int(row[0]) if row else 0


def swap(database: Database, model: Model, old: Version, new: Version, fill: Callable[[int], object]) -> None:
    """Put a version in the place of the one in use; `fill` brings it to a position and commits.

    Raises Busy, with everything as it was, where somebody reads for too long.
    """
    with closing(database.connect("hub_projector")) as turn, _alone(turn):
        # Nearly all of it before the follower has to stand still.
        fill(_reached(turn, model))
        with standing(database, model) as (holder, position):
            fill(position)
            _let_others_end(turn, [holder.info.backend_pid, turn.info.backend_pid])
            with holder.cursor() as cursor:
                _exchange(cursor, model, old, new)


def _reached(connection: Connection, model: Model) -> int:
    row = connection.execute(runner.REACHED, [model.name]).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _alone(turn: Connection) -> Iterator[None]:
    """One exchange at a time in the whole database: each would wait for the end of the other."""
    end = time.monotonic() + PATIENCE * 4
    while turn.execute(ONLY_ONE).fetchone() != (True,):
        if time.monotonic() > end:
            raise Busy("Another read model is being exchanged just now.", "Try again in a minute.")
        time.sleep(PAUSE)
    yield  # the server lets go when the connection is closed


def _let_others_end(turn: Connection, ours: list[int]) -> None:
    """Wait until every transaction that is running has ended: what came before it is then seen by everybody."""
    end = time.monotonic() + PATIENCE
    before = _running(turn, ours)
    while before := before & _running(turn, ours):
        if time.monotonic() > end:
            raise Busy(
                "Somebody has been reading or writing for so long that the read model could not be exchanged.",
                "What was built is kept: run the same again when less is going on.",
            )
        time.sleep(PAUSE)


def _running(turn: Connection, ours: list[int]) -> set[str]:
    return {row[0] for row in turn.execute(RUNNING, {"ours": ours}).fetchall()}


def _exchange(cursor: Cursor, model: Model, old: Version, new: Version) -> None:
    for tried in range(TRIES):
        try:
            with cursor.connection.transaction():
                cursor.execute(GIVE_WAY)
                # The smaller ones are what a reader asks first.
                cursor.execute(sql.SQL("lock table {} in access exclusive mode").format(_listed(model.tables[::-1])))
                cursor.execute(TAKE_TIME)
                _rename(cursor, model, old, new)
                return
        except GIVEN_WAY:
            time.sleep(PAUSE * (1 + tried % 5))
    raise Busy(
        "So much is being read that the read model could not be exchanged.",
        "What was built is kept: run the same again when less is going on.",
    )


def _listed(tables: tuple[str, ...]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.SQL, tables))


def _rename(cursor: Cursor, model: Model, old: Version, new: Version) -> None:
    kept = generations.of(cursor, model).get(generations.KEPT)
    if kept is not None and kept.version != new.version:
        generations.drop(cursor, model, kept)
    for version, away in ((old.version, True), (new.version, False)):
        for table in model.tables:
            _moved(cursor, "table", renamed(table, model.tables, version), table, away=away)
        for index in model.indexes():
            _moved(cursor, "index", f"read.{aside(index, version)}", f"read.{index}", away=away)
    for after, before in ((model.key(old.version), model.name), (model.name, model.key(new.version))):
        cursor.execute(PARKED_AS, [after, before])
    cursor.execute(PLACE, [model.key(old.version), model.name])
    cursor.execute(generations.FORGET_PLACE, [model.key(new.version)])
    generations.exchange(cursor, model, old, new)


def _moved(cursor: Cursor, kind: LiteralString, beside: str, in_use: str, *, away: bool) -> None:
    old, new = (in_use, beside) if away else (beside, in_use)
    statement = sql.SQL("alter {} if exists {} rename to {}")
    cursor.execute(statement.format(sql.SQL(kind), sql.SQL(old), sql.Identifier(new.removeprefix("read."))))
