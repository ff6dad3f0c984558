"""Making the rows of one child anew, and no others: read models stay in use meanwhile, and readers see old or new."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from hub.errors import BadInput
from hub.store.database import Cursor, Database, unavailable
from hub.store.ledger import Ledger, Recorded
from projections import runner, swapping
from projections.naming import Model

BATCH = 2000
# Whatever agency's record of a person was ever taken to be this child's.
PEOPLE: LiteralString = "select distinct person_record from identity.links where child = %s"
RECORDS: LiteralString = """
select r.stream, r.revision from intake.revisions r
 where r.stream in (select o.stream from intake.revisions o where o.person_record = any (%s))
"""
COLUMNS: LiteralString = """
select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped
"""
UNPARK: LiteralString = "delete from read.parked where projection = %s and stream = any(%s)"
# How a table says whose a row is, the plainest first.
OWNED_BY: dict[str, LiteralString] = {
    "child": "delete from {} where child = %(child)s",
    "person_record": "delete from {} where person_record = any (%(people)s) or stream = any (%(streams)s)",
    "stream": "delete from {} where stream = any (%(streams)s)",
}


@dataclass(frozen=True, slots=True)
class Repaired:
    """Of one child: how many streams of events were gone through again, and how many events they hold."""

    streams: int
    events: int


def repair(database: Database, ledger: Ledger, model: Model, child: UUID) -> Repaired:
    """Make the rows of one child anew from that child's own streams, in one transaction; the follower waits meanwhile.

    A child who is not in the log has none. Raises BadInput for a read model whose rows belong to no child.
    """
    try:
        with swapping.standing(database, model) as (holder, position), closing(holder.cursor()) as cursor:
            owned = {table: _owned(cursor, table) for table in model.tables if table not in model.shared}
            people = [row[0] for row in cursor.execute(PEOPLE, [child]).fetchall()]
            named = ledger.naming(cursor, child) if "child" in owned.values() else []
            records = cursor.execute(RECORDS, [people]).fetchall() if model.projection.log == "ledger" else []
            events = _events(ledger.read_these(cursor, list({*records, *named})), child, records)
            events = [one for one in events if one.position <= position]
            streams = list({one.stream for one in events})
            for table, column in owned.items():
                whose = {"child": child, "people": people, "streams": streams}
                cursor.execute(sql.SQL(OWNED_BY[column]).format(sql.SQL(table)), whose)
            cursor.execute(UNPARK, [model.name, streams])
            for start in range(0, len(events), BATCH):
                runner.take_in(holder, cursor, model.projection, events[start : start + BATCH])
            return Repaired(len(streams), len(events))
    except psycopg.Error as error:
        raise unavailable(error) from None


def _owned(cursor: Cursor, table: str) -> str:
    columns = {row[0] for row in cursor.execute(COLUMNS, [table]).fetchall()}
    found = next((one for one in OWNED_BY if one in columns), None)
    if found is None:
        raise BadInput(
            "The rows of this read model belong to no one child, so it cannot be repaired for one.",
            "Rebuild it: hub project rebuild.",
        )
    return found


def _events(found: Sequence[Recorded], child: UUID, records: Sequence[tuple[UUID, int]]) -> list[Recorded]:
    """Of these events, those of the child's own records, and of every stream that is about the child."""
    whose = {stream for stream, _ in records}
    whose |= {one.stream for one in found if getattr(one.event, "child", None) == child}
    return [one for one in found if one.stream in whose]
