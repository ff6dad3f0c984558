"""Of which entries people said that they tell of one happening, or of two: every word of it, current with each event.

The newest row of two entries is what stands now; up to a moment, what stood then.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from hub.events.base import Event
from hub.events.views import Comparing, EntriesComparedAnew, EntriesJoined, EntriesKeptApart
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from projections.story import FAR

NAME = "joined"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.joined",)

CREATE: LiteralString = """
create table if not exists read.joined (
    position     bigint      primary key,
    one          uuid        not null,
    other        uuid        not null,
    child        uuid        not null,
    what         text        not null check (what in ('joined', 'apart', 'anew')),
    by           text        not null,
    organisation text        not null,
    agency       text        not null,
    at           timestamptz not null,
    reason       text        not null,
    check (one < other)
);
create index if not exists joined_of_entry on read.joined (one, other, position);
grant select on read.joined to hub_reader;
grant select, insert on read.joined to hub_writer;
-- The second line: nothing is let out of two entries unless something is let out of each (projections.second_line).
alter table read.joined enable row level security;
-- By the name of the table and not by the table, so that another version of it can take its place.
create or replace function read.something_known(record uuid) returns boolean language sql stable
    set search_path = pg_catalog as $$ select exists (select from read.entries e where e.stream = record) $$;
revoke execute on function read.something_known(uuid) from public;
grant execute on function read.something_known(uuid) to hub_reader;
drop policy if exists of_known_entries on read.joined;
create policy of_known_entries on read.joined for select to hub_reader
    using (read.something_known(one) and read.something_known(other));
drop policy if exists written on read.joined;
create policy written on read.joined to hub_writer using (true) with check (true);
"""
INSERT: LiteralString = (
    "insert into read.joined (position, one, other, child, what, by, organisation, agency, at, reason) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
STANDING: LiteralString = """
select distinct on (one, other) one, other, what, by, agency, at, reason from read.joined
 where one = any (%(entries)s::uuid[]) and other = any (%(entries)s::uuid[]) and at <= %(at)s
 order by one, other, position desc
"""
WORDS: Final[dict[type[Event], str]] = {
    EntriesJoined: "joined",
    EntriesKeptApart: "apart",
    EntriesComparedAnew: "anew",
}


@dataclass(frozen=True, slots=True)
class Compared:
    """What stands of two entries. what: joined, apart or anew. by: a directory id."""

    one: UUID
    other: UUID
    what: str
    by: str
    agency: str
    at: datetime
    reason: str


def standing(cursor: Cursor, entries: Collection[UUID], known_at: datetime | None = None) -> list[Compared]:
    """What people said of any two of these entries, as it stands now or stood then."""
    arguments = {"entries": sorted(entries), "at": known_at or FAR}
    return [Compared(*row) for row in cursor.execute(STANDING, arguments).fetchall()]


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in log order and in the transaction that records them."""
    rows = [_row(one, one.event) for one in recorded if isinstance(one.event, Comparing)]
    if rows:
        cursor.executemany(INSERT, rows)


def _row(one: Recorded, event: Comparing) -> tuple[object, ...]:
    about = (*event.entries, event.child, WORDS[type(event)], event.by, event.organisation, event.agency)
    return (one.position, *about, one.recorded_at, event.reason)
