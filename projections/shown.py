"""Which version of which entry was told to whom: made from the access log and nothing else.

It is what a correction is recalled by, and what says who had opened what. One row for each person, entry, version and
child under whom it was told; a version that was only announced to somebody, and not opened, has its row too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from hub.events.access import Disclosed, unpacked
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "shown"
LOG: LiteralString = "access"
TABLES: tuple[LiteralString, ...] = ("read.shown",)

# level: the furthest that it was told, 0 announced, 1 withheld, 2 its summary, 3 and 4 whole. first_reading and
# first_at are of the first reading that told it so far; last_at of the newest of all. told_at is the first of all,
# opened_at the first that told at least its summary. as_then: whenever it was told, it was as the story was known at an
# earlier moment, which was named; an edition is read as what it says.
CREATE: LiteralString = """
create table if not exists read.shown (
    entry         uuid        not null,
    revision      bigint      not null,
    reader        text        not null,
    child         uuid        not null,
    organisation  text        not null,
    agency        text        not null,
    level         smallint    not null,
    times         int         not null,
    first_reading uuid        not null,
    first_at      timestamptz not null,
    last_at       timestamptz not null,
    told_at       timestamptz not null,
    opened_at     timestamptz,
    as_then       boolean     not null,
    primary key (entry, revision, reader, child)
);
create index if not exists shown_by_reader on read.shown (reader, child);
create index if not exists shown_by_child on read.shown (child);
grant select on read.shown to hub_reader, hub_auditor;
-- The second line: whoever asks reads of what they were told themselves. Of what others were told of the child that was
-- asked about (projections.second_line), who knew what when is made, and by this function alone.
alter table read.shown enable row level security;
drop policy if exists told_to on read.shown;
create policy told_to on read.shown for select to hub_reader using (
    reader = (select nullif(current_setting('hub.person', true), '')));
drop policy if exists overseen on read.shown;
create policy overseen on read.shown for select to hub_auditor using (true);
create or replace function read.told_of_child(entries uuid[], moment timestamptz)
    returns table (entry uuid, revision bigint, reader text, organisation text, agency text, told_at timestamptz,
                   opened_at timestamptz)
    language sql stable security definer set search_path = pg_catalog as $$
    select s.entry, s.revision, s.reader, s.organisation, s.agency, s.told_at, s.opened_at from read.shown s
     where s.child = nullif(current_setting('hub.child', true), '')::uuid and s.entry = any (entries)
       and s.told_at <= moment and s.agency <> 'oversight' order by s.told_at, s.reader, s.entry, s.revision
$$;
revoke execute on function read.told_of_child(uuid[], timestamptz) from public;
grant execute on function read.told_of_child(uuid[], timestamptz) to hub_reader;
"""
TELL: LiteralString = """
insert into read.shown as held (entry, revision, reader, child, organisation, agency, level, times, first_reading,
                                first_at, last_at, told_at, opened_at, as_then)
select t.entry, t.revision, %(reader)s, %(child)s, %(organisation)s, %(agency)s, t.level, 1, %(reading)s, %(at)s,
       %(at)s, %(at)s, case when t.level >= 2 then %(at)s::timestamptz end, %(as_then)s
  from unnest(%(entries)s::uuid[], %(revisions)s::bigint[], %(levels)s::smallint[]) as t (entry, revision, level)
on conflict (entry, revision, reader, child) do update
   set level = greatest(held.level, excluded.level), times = held.times + 1, last_at = excluded.last_at,
       opened_at = coalesce(held.opened_at, excluded.opened_at), as_then = held.as_then and excluded.as_then,
       organisation = excluded.organisation, agency = excluded.agency,
       first_reading = case when excluded.level > held.level then excluded.first_reading else held.first_reading end,
       first_at = case when excluded.level > held.level then excluded.first_at else held.first_at end
"""


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of access events, in log order."""
    readings = [(one, one.event) for one in recorded if isinstance(one.event, Disclosed) and one.event.entries]
    cursor.executemany(TELL, [_row(one, event) for one, event in readings])


def _row(one: Recorded, event: Disclosed) -> dict[str, object]:
    told = unpacked(event.entries)
    return {
        "reader": event.reader,
        "child": event.child,
        "organisation": event.organisation,
        "agency": event.agency,
        "reading": one.stream,
        "at": one.recorded_at,
        "as_then": bool(event.known_at) and not event.action.startswith("edition"),
        "entries": [entry.entry for entry in told],
        "revisions": [entry.revision for entry in told],
        "levels": [entry.level for entry in told],
    }
