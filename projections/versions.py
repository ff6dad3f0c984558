"""Which version of a record stands: the newest by the source's own order, whatever order they arrived in.

Each version's row says from when until when it was what the hub knew. A version that arrives after a newer
one was never what was known: its row is kept with an empty span.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hub.events.records import Record
from hub.store.database import Cursor
from hub.store.ledger import Recorded


@dataclass(frozen=True, slots=True)
class Standing:
    """One version with the span in which it was known as the record; `known_to` None means still."""

    recorded: Recorded
    event: Record
    known_to: datetime | None


@dataclass(frozen=True, slots=True)
class Superseded:
    """A version held before this batch that no longer stands from `known_to` on."""

    stream: UUID
    revision: int
    known_to: datetime


def settle(
    cursor: Cursor, current: LiteralString, recorded: Sequence[Recorded]
) -> tuple[list[Standing], list[Superseded]]:
    """Settle a batch. `current` selects (stream, revision, source_order) of the standing rows of given streams."""
    records = _records(recorded)
    if not records:
        return [], []
    cursor.execute(current, [list({one.stream for one, _ in records})])
    return _settled(records, {stream: (order, revision) for stream, revision, order in cursor.fetchall()})


# Intake's own table of versions, which is brought up to date before the facts are: what stood before this batch.
STOOD: LiteralString = """
select distinct on (r.stream) r.stream, r.revision, r.source_order
  from unnest(%s::uuid[], %s::bigint[]) as w (stream, first)
  join intake.revisions r on r.stream = w.stream and r.revision < w.first
 order by r.stream, r.source_order desc, r.revision desc
"""


def settle_facts(cursor: Cursor, recorded: Sequence[Recorded]) -> tuple[list[Standing], list[Superseded]]:
    """Settle a batch for read models that keep nothing of a record without facts."""
    records = _records(recorded)
    first: dict[UUID, int] = {}
    for one, event in records:
        first.setdefault(one.stream, event.originator_version)
    later = {stream: revision for stream, revision in first.items() if revision > 1}
    stood = cursor.execute(STOOD, [list(later), list(later.values())]).fetchall() if later else []
    return _settled(records, {stream: (order, revision) for stream, revision, order in stood})


def _records(recorded: Sequence[Recorded]) -> list[tuple[Recorded, Record]]:
    return [(one, one.event) for one in recorded if isinstance(one.event, Record)]


def _settled(
    records: Sequence[tuple[Recorded, Record]], before: dict[UUID, tuple[str, int]]
) -> tuple[list[Standing], list[Superseded]]:
    standing: dict[UUID, int] = {}
    settled: list[Standing] = []
    closed: list[Superseded] = []
    for one, event in records:
        key = (event.source_order, event.originator_version)
        if one.stream in standing:
            held = settled[standing[one.stream]]
            newest = (held.event.source_order, held.event.originator_version)
        else:
            newest = before.get(one.stream, ("", 0))
        if key < newest:
            settled.append(Standing(one, event, one.recorded_at))
            continue
        if one.stream in standing:
            held = settled[standing[one.stream]]
            settled[standing[one.stream]] = Standing(held.recorded, held.event, one.recorded_at)
        elif one.stream in before:
            closed.append(Superseded(one.stream, before[one.stream][1], one.recorded_at))
        standing[one.stream] = len(settled)
        settled.append(Standing(one, event, None))
    return settled, closed


# Intake's own table of versions, which is brought up to date before the facts are.
WINNERS: LiteralString = (
    "select distinct on (stream) stream, revision from intake.revisions where stream = any(%s) "
    "order by stream, source_order desc, revision desc"
)


def winners(cursor: Cursor, recorded: Sequence[Recorded]) -> dict[UUID, int]:
    """For each record stream of this batch, the version that stands now."""
    streams = {one.stream for one in recorded if isinstance(one.event, Record)}
    if not streams:
        return {}
    return dict(cursor.execute(WINNERS, [list(streams)]).fetchall())
