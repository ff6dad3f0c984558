"""The second line: what a reading was not decided to let out, the database itself does not let out either.

The gate's own statement is the first line (`projections.story`). Should its filter ever be forgotten, the tables' own
policies still hold: they read what was decided from settings of the transaction. Where nothing was decided, and of any
other child, no row is let out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID

from hub.people import Practitioner
from hub.store.database import Cursor

# A sub-select is evaluated once for a statement, and not once for each row. Of a version that no longer stands, the
# standing one decides too, as in the first line; to look that up, the table is read past its own policy. A record that
# turned out to be another child's is let out to whoever names a moment at which it was this one's, and to nobody else.
CREATE: LiteralString = """
create or replace function read.decided_ids(setting text) returns uuid[] language sql stable
    set search_path = pg_catalog as $$ select coalesce(nullif(current_setting(setting, true), ''), '{}')::uuid[] $$;
create or replace function read.decided_levels(setting text) returns smallint[] language sql stable
    set search_path = pg_catalog as $$ select coalesce(nullif(current_setting(setting, true), ''), '{}')::smallint[] $$;
create or replace function read.standing_key(record uuid) returns smallint language sql stable security definer
    set search_path = pg_catalog as $$
    select n.decision_key from read.entries n where n.stream = record and not n.retracted
     order by n.source_order desc, n.revision desc limit 1
$$;
create or replace function read.stands_elsewhere(record uuid, of_child uuid) returns boolean language sql stable
    security definer set search_path = pg_catalog as $$
    select not exists (
           select from identity.links l
            where l.child = of_child and l.known_to = 'infinity' and l.person_record = (
                  select n.person_record from read.entries n where n.stream = record and not n.retracted
                   order by n.source_order desc, n.revision desc limit 1))
$$;
create or replace function read.lets_out(person uuid, record uuid, key smallint) returns boolean language sql stable
    set search_path = pg_catalog as $$
    select coalesce((
        case when person = any (read.decided_ids('hub.people'))
             then case when record = any (read.decided_ids('hub.released'))
                       then read.decided_levels('hub.shared') else read.decided_levels('hub.levels') end
             when person = any (read.decided_ids('hub.strict_people'))
             then case when record = any (read.decided_ids('hub.released'))
                       then read.decided_levels('hub.shared_strict') else read.decided_levels('hub.strict') end
        end)[key], 0) > 0
$$;
revoke execute on function read.decided_ids(text), read.decided_levels(text), read.standing_key(uuid),
    read.stands_elsewhere(uuid, uuid), read.lets_out(uuid, uuid, smallint) from public;
grant execute on function read.decided_ids(text), read.decided_levels(text), read.standing_key(uuid),
    read.stands_elsewhere(uuid, uuid), read.lets_out(uuid, uuid, smallint) to hub_reader;
alter table read.entries enable row level security;
drop policy if exists as_decided on read.entries;
create policy as_decided on read.entries for select to hub_reader using (
    coalesce((
        case when person_record = any (coalesce((select read.decided_ids('hub.people')), '{}'))
             then case when stream = any (coalesce((select read.decided_ids('hub.released')), '{}'))
                       then (select read.decided_levels('hub.shared'))
                       else (select read.decided_levels('hub.levels')) end
             when person_record = any (coalesce((select read.decided_ids('hub.strict_people')), '{}'))
             then case when stream = any (coalesce((select read.decided_ids('hub.released')), '{}'))
                       then (select read.decided_levels('hub.shared_strict'))
                       else (select read.decided_levels('hub.strict')) end
        end)[decision_key], 0) > 0
    and (coalesce((select current_setting('hub.as_then', true)), '') <> ''
         or person_record <> all (coalesce((select read.decided_ids('hub.moved')), '{}')))
    and (known_to = 'infinity' or read.lets_out(person_record, stream, read.standing_key(stream))));
"""

ABOUT: LiteralString = (
    "select set_config('hub.child', %s, true), set_config('hub.person', %s, true), "
    "set_config('hub.organisation', %s, true), set_config('hub.agency', %s, true)"
)
CONFINE: LiteralString = """
select set_config('hub.people', coalesce(array_agg(p.id) filter (where not p.restricted), '{}')::text, true),
       set_config('hub.strict_people', coalesce(array_agg(p.id) filter (where p.restricted), '{}')::text, true),
       set_config('hub.moved', coalesce(array_agg(p.id) filter (where not p.still), '{}')::text, true),
       set_config('hub.as_then', '', true),
       set_config('hub.levels', %(levels)s, true), set_config('hub.strict', %(strict)s, true),
       set_config('hub.released', %(released)s, true),
       set_config('hub.shared', %(shared)s, true), set_config('hub.shared_strict', %(shared_strict)s, true)
  from (select l.person_record as id, bool_or(l.known_to = 'infinity') as still, exists (
               select from identity.statements s where s.person_record = l.person_record and s.restricted) as restricted
          from identity.links l where l.child = %(child)s group by l.person_record) p
"""
AS_THEN: LiteralString = "select set_config('hub.as_then', 'yes', true)"


def about(cursor: Cursor, reader: Practitioner, child: UUID | None = None) -> None:
    """Say who asks, and about which child: the database now tells nothing of another, and of no other side's matters.

    Without a child it tells what is the reader's own and nobody else's.
    """
    who = (reader.id, reader.organisation, reader.agency.value)
    cursor.execute(ABOUT, ["" if child is None else str(child), *who], prepare=True)


def confine(cursor: Cursor, decided: Mapping[str, object]) -> None:
    """Say what was decided: child, levels, strict, released, shared, shared_strict, as `projections.story` has them."""
    cursor.execute(CONFINE, decided, prepare=True)


def as_then(cursor: Cursor) -> None:
    """Say that what is read next is as it was known at a moment that is named, for the rest of what was decided."""
    cursor.execute(AS_THEN, prepare=True)
