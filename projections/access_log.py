"""Who opened what: the access log as people read it, made from the access events and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from hub.events.access import CredentialRefused, Disclosed
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "access-log"
LOG: LiteralString = "access"
TABLES: tuple[LiteralString, ...] = ("read.access_log",)

CREATE: LiteralString = """
create table if not exists read.access_log (
    reading   uuid        primary key,
    position  bigint      not null unique,
    at        timestamptz not null,
    reader    text        not null,
    role      text        not null,
    agency    text        not null,
    action    text        not null,
    child     uuid,
    purpose   text        not null,
    basis     text        not null,
    outcome   text        not null,
    shown     int         not null,
    redacted  int         not null,
    withheld  int         not null,
    rules     text[]      not null,
    policy    text        not null,
    known_at  text        not null
);
-- A log made before this release has no organisations until it is made anew: hub project rebuild access-log.
alter table read.access_log add column if not exists organisation text not null default '';
create index if not exists access_log_by_organisation on read.access_log (organisation, position);
create index if not exists access_log_by_child on read.access_log (child, position);
grant select on read.access_log to hub_auditor;
"""

INSERT: LiteralString = (
    "insert into read.access_log (reading, position, at, reader, role, agency, action, child, purpose, basis, outcome, "
    "shown, redacted, withheld, rules, policy, known_at, organisation) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
TAIL: LiteralString = (
    "select reading, at, reader, role, agency, action, child, purpose, basis, outcome, shown, redacted, withheld, "
    "rules, policy, known_at from read.access_log order by position desc limit %s"
)
TAIL_OF: LiteralString = (
    "select reading, at, reader, role, agency, action, child, purpose, basis, outcome, shown, redacted, withheld, "
    "rules, policy, known_at from read.access_log where organisation = %s order by position desc limit %s"
)


def tail(cursor: Cursor, limit: int, organisation: str | None = None) -> list[tuple[object, ...]]:
    """The newest lines, newest first; with an organisation, of what its own people did."""
    if organisation is None:
        return cursor.execute(TAIL, [limit]).fetchall()
    return cursor.execute(TAIL_OF, [organisation, limit]).fetchall()


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of access events, in log order."""
    rows = [_row(one, one.stream, one.event) for one in recorded if isinstance(one.event, Disclosed)]
    rows += [_refused(one, one.event) for one in recorded if isinstance(one.event, CredentialRefused)]
    cursor.executemany(INSERT, rows)


def _row(one: Recorded, reading: UUID, event: Disclosed) -> tuple[object, ...]:
    counted: Counter[int] = Counter()
    for decision in event.decisions:
        counted[min(decision.level, 3)] += decision.entries
    rules = sorted({decision.rule for decision in event.decisions if decision.rule and decision.entries})
    who = (event.reader, event.role, event.agency, event.action, event.child, event.purpose, event.basis, event.outcome)
    return (
        reading,
        one.position,
        one.recorded_at,
        *who,
        counted[3],
        counted[2],
        counted[1],
        rules,
        event.policy,
        event.known_at,
        event.organisation,
    )


def _refused(one: Recorded, event: CredentialRefused) -> tuple[object, ...]:
    """A credential that was not accepted, as a line of the same log: at which door, why, and how often."""
    who = (event.client or "not known", "system", "", "credential", None, f"at the {event.door} door")
    often = f"{event.times} times" if event.times > 1 else ""
    return (one.stream, one.position, one.recorded_at, *who, often, "refused", 0, 0, 0, [event.cause], "", "", "")
