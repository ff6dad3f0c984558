"""Throwing read models away and making them again from the log: the same rows, byte for byte."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import LiteralString

from psycopg import sql

from hub.errors import BadInput
from hub.identity import register
from hub.intake import tables as intake
from hub.store.database import Cursor, Database
from hub.store.ledger import Ledger
from projections import (
    access_log,
    casework,
    chronology,
    circumstances,
    decided,
    editions,
    emergencies,
    emergency_readings,
    generations,
    inbox,
    involvement,
    joined,
    labels,
    looked,
    news,
    partnership,
    pinned,
    policies,
    recalled,
    requests,
    runner,
    second_line,
    sharing,
    shown,
    unanswered,
)
from projections.naming import BODY, Model
from projections.remaking import Remade, Remaking
from projections.runner import Apply, Projection

BATCH = 2000
FACTS = "facts"


@dataclass(frozen=True, slots=True)
class Group:
    """Tables that are rebuilt together, because each leans on the one before it.

    current: kept in the event's own transaction, so writers wait while it is rebuilt.
    """

    name: str
    log: LiteralString
    tables: tuple[LiteralString, ...]
    apply: tuple[Apply, ...]
    current: bool


GROUPS = (
    Group(
        FACTS,
        "ledger",
        (
            *register.TABLES,
            *intake.TABLES,
            *involvement.TABLES,
            *sharing.TABLES,
            *circumstances.TABLES,
            *partnership.TABLES,
            *emergencies.TABLES,
            *policies.TABLES,
            *casework.TABLES,
            *requests.TABLES,
            *joined.TABLES,
            *recalled.TABLES,
            *editions.TABLES,
        ),
        (
            register.apply,
            intake.apply,
            involvement.apply,
            sharing.apply,
            circumstances.apply,
            partnership.apply,
            emergencies.apply,
            policies.apply,
            casework.apply,
            requests.apply,
            joined.apply,
            recalled.apply,
            editions.apply,
        ),
        current=True,
    ),
    Group(chronology.NAME, "ledger", chronology.TABLES, (chronology.apply,), current=False),
    Group(emergency_readings.NAME, "access", emergency_readings.TABLES, (emergency_readings.apply,), current=False),
    Group(access_log.NAME, "access", access_log.TABLES, (access_log.apply,), current=False),
    Group(decided.NAME, decided.LOG, decided.TABLES, (decided.apply,), current=False),
    Group(shown.NAME, shown.LOG, shown.TABLES, (shown.apply,), current=False),
    Group(looked.NAME, looked.LOG, looked.TABLES, (looked.apply,), current=False),
    Group(inbox.NAME, inbox.LOG, inbox.TABLES, (inbox.apply,), current=False),
)
FOLLOWED = (
    Projection(chronology.NAME, chronology.LOG, chronology.apply),
    Projection(emergency_readings.NAME, emergency_readings.LOG, emergency_readings.apply),
    Projection(access_log.NAME, access_log.LOG, access_log.apply),
    Projection(decided.NAME, decided.LOG, decided.apply),
    Projection(shown.NAME, shown.LOG, shown.apply),
    Projection(looked.NAME, looked.LOG, looked.apply),
    Projection(inbox.NAME, inbox.LOG, inbox.apply),
)
OWNERS = (
    runner,
    generations,
    involvement,
    sharing,
    circumstances,
    partnership,
    policies,
    casework,
    emergencies,
    requests,
    emergency_readings,
    chronology,
    second_line,
    editions,
    pinned,
    access_log,
    decided,
    shown,
    joined,
    recalled,
    looked,
    inbox,
    news,
    unanswered,
    labels,
)
_DEFINED = "".join(owner.CREATE for owner in OWNERS)
NAMES = frozenset(re.findall(r"create (?:unique )?(?:table|index) if not exists (?:read\.)?(\w+)", _DEFINED))
MADE_BY = hashlib.sha256(_DEFINED.encode()).hexdigest()  # kept as the schema's comment: other text, other tables
STANDING: LiteralString = """
select obj_description('read'::regnamespace, 'pg_namespace'),
       (select count(*) from pg_class where relnamespace = 'read'::regnamespace and relname = any(%s))
"""
# A rebuild waits for its locks as long as it takes, and may think between two batches for longer than others may.
PATIENT: LiteralString = "set local lock_timeout = 0; set local idle_in_transaction_session_timeout = '10min'"
FORGET: LiteralString = "delete from read.parked where projection = %s"
RESET: LiteralString = """
insert into read.positions (projection, position) values (%s, 0) on conflict (projection) do update set position = 0
"""


def create(database: Database) -> bool:
    """Make the tables that do not exist yet, as the projector who owns them; whether there may have been any.

    Where all are there, as this release makes them, it only looks, so that a start never waits for a rebuild.
    """
    with database.transaction("hub_projector") as cursor:
        if _made(cursor):
            return False
        cursor.execute("select pg_advisory_xact_lock(7341003)")
        for owner in OWNERS:
            cursor.execute(owner.CREATE)
        generations.take_over(cursor, models())
        cursor.execute(sql.SQL("comment on schema read is {}").format(MADE_BY))
    return True


def _made(cursor: Cursor) -> bool:
    row = cursor.execute(STANDING, [list(NAMES)]).fetchone()
    return row == (MADE_BY, len(NAMES))


@cache
def model_of(projection: Projection) -> Model:
    """A followed read model as its versions are made: its tables, and all that defines them."""
    group = next(group for group in GROUPS if group.name == projection.name)
    defining = "".join(owner.CREATE for owner in OWNERS if _defines(owner.CREATE, group.tables))
    handler = sys.modules[projection.apply.__module__]
    made_by = hashlib.sha256(f"{getattr(handler, 'VERSION', 1)} {defining}".encode()).hexdigest()
    return Model(projection, group.tables, defining, made_by, getattr(handler, "SHARED", ()))


def models() -> tuple[Model, ...]:
    """Every read model that follows a log."""
    return tuple(map(model_of, FOLLOWED))


def _defines(text: str, tables: tuple[str, ...]) -> bool:
    outside = BODY.sub("", text)
    return any(re.search(rf"{re.escape(table)}\b", outside) for table in tables)


def followed(name: str) -> Model:
    """The read model of this name that follows a log. Raises BadInput for the facts, which have one version alone."""
    found = next((one for one in FOLLOWED if one.name == name), None)
    if found is None:
        raise BadInput(
            "The facts are kept in the event's own transaction, so they have one version and none of them waits.",
            "They are made anew in one go: hub project rebuild facts.",
        )
    return model_of(found)


def rebuild(
    database: Database, ledger: Ledger, group: Group, progress: Callable[[int], None], *, accept: bool = False
) -> Remade:
    """Rebuild one group; progress is told after every batch. Memory stays flat, and readers are never kept waiting.

    What follows a log is made beside the one in use and put in its place: see `projections.remaking`. The facts are
    made anew in one transaction, and readers see the old rows until it ends; writers of facts wait at the ledger's
    lock. Who has waited for 20 seconds is told StoreUnavailable (HTTP 503) and tries again, so the facts of a long log
    are rebuilt when little comes in. `ledger` is one of its own: nobody else may load keys into it meanwhile.
    """
    create(database)
    if not group.current:
        return Remaking(database, ledger, followed(group.name)).rebuild(progress, accept=accept)
    with database.transaction("hub_projector") as cursor:
        cursor.execute(PATIENT)
        cursor.execute("select ledger.lock()")
        cursor.execute(RESET, [group.name])
        cursor.execute(FORGET, [group.name])
        # Not truncate: it would empty the tables at once for a reader whose moment is before the new rows.
        for table in group.tables:
            cursor.execute("delete from " + table)  # noqa: S608 - the names are this project's own constants
        return Remade(_replay(cursor, ledger, group, progress))


def _replay(cursor: Cursor, ledger: Ledger, group: Group, progress: Callable[[int], None]) -> int:
    done = after = 0
    while batch := ledger.read(cursor, after=after, limit=BATCH):
        after = batch[-1].position
        for apply in group.apply:
            runner.take_in(cursor.connection, cursor, Projection(group.name, group.log, apply), batch)
        cursor.execute(runner.MOVE, [after, group.name, after])
        done += len(batch)
        progress(done)
    return done
