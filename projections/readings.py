"""Recorded readings as the access log itself holds them: one, or all of a period, with what lies behind their facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hub.events.access import Disclosed
from hub.store.database import Cursor
from hub.store.ledger import Ledger

BATCH = 1000
BEFORE: LiteralString = "select coalesce(max(position), 0) from access.events where recorded_at < %s"
DESCRIBED: LiteralString = "select at_position, kind, at_time from ledger.described(%s)"


@dataclass(frozen=True, slots=True)
class Kept:
    """One reading as it was recorded, its place in the access log, and when that was."""

    position: int
    at: datetime
    event: Disclosed


@dataclass(frozen=True, slots=True)
class Behind:
    """The event behind a fact: its place in the ledger, its kind and when it was recorded; nothing of what it says."""

    position: int
    kind: str
    at: datetime


class Readings:
    """The access log's own records, read by the role that may read nothing else of the hub."""

    def __init__(self, access: Ledger) -> None:
        self._access = access

    def one(self, cursor: Cursor, reading: UUID) -> Kept | None:
        """One reading by its id; None for an unknown one, and for one that this release cannot read."""
        found = self._access.read_these(cursor, [(reading, 1)])
        return next((Kept(r.position, r.recorded_at, r.event) for r in found if isinstance(r.event, Disclosed)), None)

    def during(
        self, cursor: Cursor, since: datetime | None, until: datetime | None
    ) -> Iterator[tuple[UUID, Kept | None]]:
        """Every record of a period, both ends included, oldest first; None in place of one that cannot be read."""
        after = 0 if since is None else _before(cursor, since)
        while batch := self._access.read(cursor, after=after, limit=BATCH):
            after = batch[-1].position
            for one in batch:
                if until is not None and one.recorded_at > until:
                    return
                if isinstance(one.event, Disclosed):
                    yield one.stream, Kept(one.position, one.recorded_at, one.event)
                elif one.event is None:
                    yield one.stream, None


def behind(cursor: Cursor, positions: Sequence[int]) -> dict[int, Behind]:
    """What may be told of these events of the ledger, by their positions."""
    rows = cursor.execute(DESCRIBED, [sorted(set(positions))]).fetchall()
    return {row[0]: Behind(*row) for row in rows}


def _before(cursor: Cursor, moment: datetime) -> int:
    row = cursor.execute(BEFORE, [moment]).fetchone()
    return int(row[0]) if row else 0
