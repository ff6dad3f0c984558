"""Receipts: what became of every record of a submission, kept with its events and shown to its owner alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from hub.receipt import KeptReceipt, ListedReceipt, Outcome, Receipt, Result, Submission
from hub.store.database import Cursor

OPEN = "insert into intake.receipts (id, owner, client, door, source) values (%s, %s, %s, %s, %s)"
ADD = "insert into intake.receipt_parts (receipt, number, results) values (%s, %s, %s)"
FINISH = "update intake.receipts set finished_at = clock_timestamp(), absent = %s where id = %s"
ONE = (
    "select source, absent, door, received_at, finished_at from intake.receipts "
    "where id = %(id)s and (%(owner)s::text is null or owner = %(owner)s)"
)
PARTS = "select results from intake.receipt_parts where receipt = %s order by number"
LISTED = (
    "select r.id, r.source, r.door, r.received_at, r.finished_at, "
    "coalesce(sum(jsonb_array_length(p.results)), 0)::bigint from intake.receipts r "
    "left join intake.receipt_parts p on p.receipt = r.id where r.owner = %(owner)s "
    "and (%(source)s = '' or r.source = %(source)s) and (%(since)s::timestamptz is null or r.received_at >= %(since)s) "
    "group by r.id order by r.received_at desc, r.id limit %(limit)s"
)


def open_one(cursor: Cursor, identity: UUID, source: str, submission: Submission) -> None:
    """Begin a receipt, in the transaction of its first batch."""
    cursor.execute(OPEN, [identity, submission.owner, submission.client, submission.door, source])


def add(cursor: Cursor, identity: UUID, number: int, results: Sequence[Result]) -> None:
    """Keep the results of one batch."""
    rows = [[r.outcome.value, r.place, r.reason, r.message, r.next_step] for r in results]
    cursor.execute(ADD, [identity, number, Jsonb(rows, dumps=orjson.dumps)])


def finish(cursor: Cursor, identity: UUID, absent: int) -> None:
    """All of the submission has been taken in."""
    cursor.execute(FINISH, [absent, identity])


def look_up(cursor: Cursor, identity: UUID, owner: str | None) -> KeptReceipt | None:
    """A receipt of this owner (None: whoever's); None where there is none, or it is another's."""
    row = cursor.execute(ONE, {"id": identity, "owner": owner}).fetchone()
    if row is None:
        return None
    source, absent, door, received_at, finished_at = row
    results = tuple(
        Result(Outcome(outcome), *rest)
        for (part,) in cursor.execute(PARTS, [identity]).fetchall()
        for outcome, *rest in part
    )
    return KeptReceipt(Receipt(source, results, identity, absent), door, received_at, finished_at)


def listed(cursor: Cursor, owner: str, *, source: str, since: datetime | None, limit: int) -> list[ListedReceipt]:
    """An owner's receipts, newest first."""
    cursor.execute(LISTED, {"owner": owner, "source": source, "since": since, "limit": limit})
    return [ListedReceipt(*row) for row in cursor.fetchall()]
