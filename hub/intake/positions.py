"""How far each partition of a topic has been taken in, moved in the transaction of the events read from it."""

from __future__ import annotations

from collections.abc import Sequence

from hub.errors import Raced
from hub.receipt import Position
from hub.store.database import Cursor

ALL = "select topic, partition, next from intake.positions"
BEGIN = "insert into intake.positions (topic, partition, next) values (%s, %s, %s) on conflict do nothing"
MOVE = (
    "update intake.positions set next = %s, moved_at = clock_timestamp() "
    "where topic = %s and partition = %s and next = %s"
)


def all_of(cursor: Cursor) -> dict[tuple[str, int], int]:
    """The next offset of every partition that was ever read."""
    return {(topic, partition): following for topic, partition, following in cursor.execute(ALL).fetchall()}


def move(cursor: Cursor, positions: Sequence[Position]) -> None:
    """Move each from where it is expected. Raises Raced, and nothing of the transaction counts, if one is elsewhere."""
    for one in positions:
        cursor.execute(BEGIN, [one.topic, one.partition, one.expected])
        if cursor.execute(MOVE, [one.next, one.topic, one.partition, one.expected]).rowcount != 1:
            raise Raced("Another consumer has read on from here.", "Load the positions again and go on from there.")
