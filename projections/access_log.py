"""Who opened what: the access log as people read it, made from the access events and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from hub.events.access import AttentionNoted, CredentialRefused, Disclosed
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "access-log"
LOG: LiteralString = "access"
TABLES: tuple[LiteralString, ...] = ("read.access_log",)
TELL_GOVERNANCE = "notify-governance"
"""What a rule obliges to of which governance is to be told."""

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
-- A log made before this release has none of these until it is made anew: hub project rebuild access-log.
-- attention: why governance is to be told of the line; empty for nearly every one. opened: the log position of the
-- emergency access under which it was made. noted_by took note of it, or of a later line of the same kind.
alter table read.access_log
    add column if not exists organisation text not null default '',
    add column if not exists obligations text[] not null default '{}',
    add column if not exists attention text not null default '',
    add column if not exists opened bigint,
    add column if not exists noted_by text not null default '',
    add column if not exists noted_at timestamptz;
create index if not exists access_log_by_organisation on read.access_log (organisation, position);
create index if not exists access_log_by_child on read.access_log (child, position);
create index if not exists access_log_attention on read.access_log (position) where attention <> '';
grant select on read.access_log to hub_auditor;
"""

INSERT: LiteralString = (
    "insert into read.access_log (reading, position, at, reader, role, agency, action, child, purpose, basis, outcome, "
    "shown, redacted, withheld, rules, policy, known_at, organisation, obligations, attention, opened) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
# Whoever takes note of a line has seen the earlier ones of the same person, child and kind with it.
NOTE: LiteralString = """
update read.access_log a set noted_by = %(by)s, noted_at = %(at)s
  from read.access_log seen
 where seen.reading = %(reading)s and a.attention = seen.attention and a.attention <> ''
   and a.reader = seen.reader and a.child is not distinct from seen.child
   and a.position <= seen.position and a.noted_at is null
"""
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
    for one in recorded:
        if isinstance(one.event, AttentionNoted):
            cursor.execute(NOTE, {"reading": one.stream, "by": one.event.by, "at": one.recorded_at})


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
        list(event.obligations),
        attention_to(event),
        _opened(event),
    )


def attention_to(event: Disclosed) -> str:
    """Why governance is to be told of a line: refusal, tie, emergency or reading; empty where no rule obliges to it."""
    if TELL_GOVERNANCE not in event.obligations:
        return ""
    if event.action == "tie":
        return "tie"
    if event.outcome != "shown":
        return "refusal"
    return "reading" if _opened(event) is None else "emergency"


def _opened(event: Disclosed) -> int | None:
    opened = (position for name, value, position in event.facts if (name, value) == ("emergency", "open"))
    return next(opened, None)


def _refused(one: Recorded, event: CredentialRefused) -> tuple[object, ...]:
    """A credential that was not accepted, as a line of the same log: at which door, why, and how often."""
    who = (event.client or "not known", "system", "", "credential", None, f"at the {event.door} door")
    often = f"{event.times} times" if event.times > 1 else ""
    rest: tuple[object, ...] = (0, 0, 0, [event.cause], "", "", "", [], "", None)
    return (one.stream, one.position, one.recorded_at, *who, often, "refused", *rest)
