"""Events that could not be taken in and wait with their reason: listed, and tried again once what ailed is mended."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

import psycopg

from hub.errors import BadInput
from hub.store.database import Cursor, Database, unavailable
from hub.store.ledger import Ledger
from projections import runner, swapping
from projections.naming import Model

LIST: LiteralString = """
select projection, position, stream, topic, reason, parked_at from read.parked
 where %(name)s = '' or projection = %(name)s order by projection, position limit %(limit)s
"""
WAITING: LiteralString = "select position, stream from read.parked where projection = %s order by position"
TAKEN: LiteralString = "delete from read.parked where projection = %s and position = %s"
STILL: LiteralString = "update read.parked set reason = %s where projection = %s and position = %s"


@dataclass(frozen=True, slots=True)
class Parked:
    """An event that waits: its place in the log, its stream, its stored name, why, and since when. Nothing it says."""

    projection: str
    position: int
    stream: UUID
    topic: str
    reason: str
    parked_at: datetime


@dataclass(frozen=True, slots=True)
class Retried:
    """How many parked events were taken in, and how many still wait."""

    taken: int
    waiting: int


def parked(database: Database, name: str, limit: int) -> list[Parked]:
    """The events that wait, of one read model or, with an empty name, of all; first in the log first."""
    with database.transaction("hub_projector") as cursor:
        return [Parked(*row) for row in cursor.execute(LIST, {"name": name, "limit": limit}).fetchall()]


def retry(database: Database, ledger: Ledger, model: Model) -> Retried:
    """Take in what can be taken in now, each record's events in their order; its follower waits meanwhile."""
    try:
        with swapping.standing(database, model) as (holder, _), closing(holder.cursor()) as cursor:
            return _retried(cursor, ledger, model)
    except psycopg.Error as error:
        raise unavailable(error) from None


def _retried(cursor: Cursor, ledger: Ledger, model: Model) -> Retried:
    blocked: set[UUID] = set()
    waiting = cursor.execute(WAITING, [model.name]).fetchall()
    for position, stream in waiting:
        if stream not in blocked and not _taken(cursor, ledger, model, position):
            blocked.add(stream)
    left = len(cursor.execute(WAITING, [model.name]).fetchall())
    return Retried(len(waiting) - left, left)


def _taken(cursor: Cursor, ledger: Ledger, model: Model, position: int) -> bool:
    found = ledger.read(cursor, after=position - 1, limit=1)
    if not found or found[0].position != position:
        raise BadInput("An event that waits is not in the log.", "Rebuild this read model: hub project rebuild.")
    reason = found[0].problem or runner.attempt(cursor.connection, cursor, model.projection, found[0])
    if reason:
        cursor.execute(STILL, [reason, model.name, position])
    else:
        cursor.execute(TAKEN, [model.name, position])
    return not reason
