"""Who said what they do about which version of which entry: every word of it, in the order in which it was said.

The newest row of a person and an entry is their word on it now; up to a moment, what it was then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from hub.events.inbox import EntryAcknowledged
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "acknowledged"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.acknowledged",)

# Whoever oversees may read everything but the words.
CREATE: LiteralString = """
create table if not exists read.acknowledged (
    position     bigint      primary key,
    entry        uuid        not null,
    revision     bigint      not null,
    child        uuid        not null,
    by           text        not null,
    organisation text        not null,
    agency       text        not null,
    what         text        not null,
    due          text        not null,
    at           timestamptz not null,
    doing        text        not null,
    passed_to    text        not null
);
create index if not exists acknowledged_of_entry on read.acknowledged (entry, by, position);
create index if not exists acknowledged_of_child on read.acknowledged (child);
grant select on read.acknowledged to hub_reader;
grant select (position, entry, revision, child, by, organisation, agency, what, due, at)
    on read.acknowledged to hub_auditor;
-- The second line: of any other child than the one this transaction is about, nothing is let out.
alter table read.acknowledged enable row level security;
drop policy if exists of_the_child on read.acknowledged;
create policy of_the_child on read.acknowledged for select to hub_reader
    using (child = (select nullif(current_setting('hub.child', true), '')::uuid));
drop policy if exists overseen on read.acknowledged;
create policy overseen on read.acknowledged for select to hub_auditor using (true);
"""
INSERT: LiteralString = (
    "insert into read.acknowledged (position, entry, revision, child, by, organisation, agency, what, due, at, doing, "
    "passed_to) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in log order."""
    rows = [_row(one, one.event) for one in recorded if isinstance(one.event, EntryAcknowledged)]
    if rows:
        cursor.executemany(INSERT, rows)


def _row(one: Recorded, event: EntryAcknowledged) -> tuple[object, ...]:
    about = (event.entry, event.revision, event.child, event.by, event.organisation, event.agency)
    return (one.position, *about, event.what, event.due, one.recorded_at, event.doing, event.passed_to)
