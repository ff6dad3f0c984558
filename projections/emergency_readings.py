"""What was opened under each emergency access: which readings, and how many entries at which level; no content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hub.events.access import Disclosed
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "emergency-readings"
LOG: LiteralString = "access"
TABLES: tuple[LiteralString, ...] = ("read.emergency_readings",)
FACT = "emergency"

# opened is the log position of the opening, as the reading's own facts name it.
CREATE: LiteralString = """
create table if not exists read.emergency_readings (
    reading   uuid        primary key,
    opened    bigint      not null,
    position  bigint      not null unique,
    at        timestamptz not null,
    action    text        not null,
    purpose   text        not null,
    basis     text        not null,
    outcome   text        not null,
    shown     int         not null,
    redacted  int         not null,
    withheld  int         not null
);
create index if not exists emergency_readings_by_opening on read.emergency_readings (opened, position);
grant select on read.emergency_readings to hub_auditor;
"""

INSERT: LiteralString = (
    "insert into read.emergency_readings (reading, opened, position, at, action, purpose, basis, outcome, shown, "
    "redacted, withheld) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
UNDER: LiteralString = (
    "select opened, reading, at, action, purpose, basis, outcome, shown, redacted, withheld "
    "from read.emergency_readings where opened = any(%s) order by position"
)


@dataclass(frozen=True, slots=True)
class Under:
    """One reading under an emergency access; shown counts what could be read whole, taking away included."""

    reading: UUID
    at: datetime
    action: str
    purpose: str
    basis: str
    outcome: str
    shown: int
    redacted: int
    withheld: int


def under(cursor: Cursor, openings: Sequence[int]) -> dict[int, list[Under]]:
    """The readings under each of these openings, named by their log position, oldest first."""
    found: dict[int, list[Under]] = {position: [] for position in openings}
    for opened, *reading in cursor.execute(UNDER, [list(openings)]):
        found[opened].append(Under(*reading))
    return found


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of access events, in log order."""
    rows = [
        _row(one, one.event, position)
        for one in recorded
        if isinstance(one.event, Disclosed)
        for name, value, position in one.event.facts
        if (name, value) == (FACT, "open")
    ]
    if rows:
        cursor.executemany(INSERT, rows)


def _row(one: Recorded, event: Disclosed, opened: int) -> tuple[object, ...]:
    counted: Counter[int] = Counter()
    for decision in event.decisions:
        counted[min(decision.level, 3)] += decision.entries
    head = (one.stream, opened, one.position, one.recorded_at, event.action, event.purpose, event.basis, event.outcome)
    return (*head, counted[3], counted[2], counted[1])
