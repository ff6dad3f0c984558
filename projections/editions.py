"""Editions of children's stories, current with each event: drafts as they stand, and frozen copies for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from hub.events.access import Told, unpacked
from hub.events.editions import (
    Copy,
    EditionAudienceChanged,
    EditionContributionNoted,
    EditionEntriesChosen,
    EditionEvent,
    EditionFrozen,
    EditionLookedAgain,
    EditionPrepared,
    EditionWritten,
    ForWhom,
    Picked,
    packed_picks,
    unpacked_picks,
)
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "editions"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.editions", "read.edition_copies", "read.edition_entries")

# picks: every candidate, packed; reasons: of those chosen by hand, the maker's words. read_by: the people and the
# organisations of the audience. In read.edition_entries is each version that a frozen copy holds.
CREATE: LiteralString = """
create table if not exists read.editions (
    edition      uuid        primary key,
    child        uuid        not null,
    by           text        not null,
    organisation text        not null,
    purpose      text        not null,
    basis        text        not null,
    stage        text        not null,
    least        text        not null,
    since        text        not null,
    until        text        not null,
    known_at     timestamptz not null,
    log_position bigint      not null,
    fixed        boolean     not null,
    audience     jsonb       not null,
    read_by      text[]      not null,
    picks        text        not null,
    reasons      jsonb       not null default '{}',
    written      jsonb       not null default '{}',
    asked        jsonb       not null default '{}',
    version      bigint      not null,
    number       int         not null default 0,
    frozen_at    timestamptz,
    position     bigint      not null
);
create index if not exists editions_by_child on read.editions (child);
create table if not exists read.edition_copies (
    edition uuid     not null,
    copy    smallint not null,
    readers text[]   not null,
    digest  text     not null,
    primary key (edition, copy)
);
create table if not exists read.edition_entries (
    edition  uuid     not null,
    copy     smallint not null,
    place    int      not null,
    entry    uuid     not null,
    revision bigint   not null,
    level    smallint not null,
    included boolean  not null,
    primary key (edition, copy, place)
);
create index if not exists edition_entries_by_entry on read.edition_entries (entry, revision);
grant select on read.editions, read.edition_copies, read.edition_entries to hub_reader;
grant select (edition, child, by, organisation, purpose, known_at, version, number, frozen_at) on read.editions
    to hub_auditor;
grant select on read.edition_copies, read.edition_entries to hub_auditor;
grant select, insert, update on read.editions, read.edition_copies, read.edition_entries to hub_writer;
-- The second line: whoever asks reads of this child alone, what they made themselves and what was made for them or for
-- their organisation (projections.second_line).
alter table read.editions enable row level security;
drop policy if exists made_for on read.editions;
create policy made_for on read.editions for select to hub_reader using (
    child = (select nullif(current_setting('hub.child', true), '')::uuid)
    and (by = (select nullif(current_setting('hub.person', true), ''))
         or (frozen_at is not null
             and read_by && (select array[nullif(current_setting('hub.person', true), ''),
                                          nullif(current_setting('hub.organisation', true), '')]))));
drop policy if exists overseen on read.editions;
create policy overseen on read.editions for select to hub_auditor using (true);
drop policy if exists written on read.editions;
create policy written on read.editions to hub_writer using (true) with check (true);
alter table read.edition_copies enable row level security;
drop policy if exists made_for on read.edition_copies;
create policy made_for on read.edition_copies for select to hub_reader using (
    exists (select from read.editions e where e.edition = edition_copies.edition));
drop policy if exists overseen on read.edition_copies;
create policy overseen on read.edition_copies for select to hub_auditor using (true);
drop policy if exists written on read.edition_copies;
create policy written on read.edition_copies to hub_writer using (true) with check (true);
alter table read.edition_entries enable row level security;
drop policy if exists made_for on read.edition_entries;
create policy made_for on read.edition_entries for select to hub_reader using (
    exists (select from read.editions e where e.edition = edition_entries.edition));
drop policy if exists overseen on read.edition_entries;
create policy overseen on read.edition_entries for select to hub_auditor using (true);
drop policy if exists written on read.edition_entries;
create policy written on read.edition_entries to hub_writer using (true) with check (true);
-- The moment up to which the story is taken in, as of which nothing more can become known, and its place in the log;
-- or the place of a moment that has passed. Times never go back in the log, so the place is found by halving it.
create or replace function read.place_in_log(passed timestamptz) returns table (moment timestamptz, place bigint)
    language plpgsql stable security definer set search_path = pg_catalog as $$
declare
    low     bigint := 0;
    high    bigint := coalesce((select p.position from read.positions p where p.projection = 'chronology'), 0);
    middle  bigint;
    newest  timestamptz;
    coming  timestamptz;
begin
    select e.recorded_at into newest from ledger.events e where e.position <= high order by e.position desc limit 1;
    select e.recorded_at into coming from ledger.events e where e.position > high order by e.position limit 1;
    moment := coalesce(passed, case when coming = newest then newest - interval '1 microsecond' else newest end);
    while low < high loop
        middle := (low + high + 1) / 2;
        select e.recorded_at into newest from ledger.events e where e.position <= middle
         order by e.position desc limit 1;
        if newest <= moment then low := middle; else high := middle - 1; end if;
    end loop;
    place := low;
    return next;
end $$;
revoke execute on function read.place_in_log(timestamptz) from public;
-- The digest that the log says a copy was frozen with; null where it names other readers, or no such copy. The tables
-- above can be written to, the log cannot. A digest tells nobody anything who does not hold what it is of.
create or replace function read.digest_as_frozen(one uuid, number int) returns text language sql stable
    security definer set search_path = pg_catalog as $$
    select f.copy->>'digest'
      from (select convert_from(e.state, 'UTF8')::jsonb->'copies'->number as copy from ledger.events e
             where e.originator_id = one and split_part(e.topic, ':', 1) = 'EditionFrozen'
             order by e.originator_version limit 1) f
      join read.edition_copies c on c.edition = one and c.copy = number
     where to_jsonb(c.readers) = f.copy->'readers'
$$;
revoke execute on function read.digest_as_frozen(uuid, int) from public;
-- Likewise which copy the log says is that of whoever asks; null for none.
create or replace function read.own_copy_as_frozen(one uuid) returns int language sql stable
    security definer set search_path = pg_catalog as $$
    select c.place::int - 1
      from (select convert_from(e.state, 'UTF8')::jsonb->'copies' as copies from ledger.events e
             where e.originator_id = one and split_part(e.topic, ':', 1) = 'EditionFrozen'
             order by e.originator_version limit 1) f
     cross join lateral jsonb_array_elements(f.copies) with ordinality as c (said, place)
     where c.said->'readers' ? nullif(current_setting('hub.person', true), '')
$$;
revoke execute on function read.own_copy_as_frozen(uuid) from public;
grant execute on function read.place_in_log(timestamptz), read.digest_as_frozen(uuid, int),
    read.own_copy_as_frozen(uuid) to hub_reader;
"""

PREPARED: LiteralString = (
    "insert into read.editions (edition, child, by, organisation, purpose, basis, stage, least, since, until, "
    "known_at, log_position, fixed, audience, read_by, picks, version, position) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
LOOKED_AGAIN: LiteralString = (
    "update read.editions set known_at = %s, log_position = %s, picks = %s, version = %s where edition = %s"
)
PICKS: LiteralString = "select picks, reasons from read.editions where edition = %s"
CHOSEN: LiteralString = "update read.editions set picks = %s, reasons = %s, version = %s where edition = %s"
WRITTEN: LiteralString = "update read.editions set written = written || %s, version = %s where edition = %s"
ASKED: LiteralString = "update read.editions set asked = asked || %s, version = %s where edition = %s"
AUDIENCE: LiteralString = "update read.editions set audience = %s, read_by = %s, version = %s where edition = %s"
FROZEN: LiteralString = "update read.editions set frozen_at = %s, number = %s, version = %s where edition = %s"
COPIED: LiteralString = "insert into read.edition_copies (edition, copy, readers, digest) values (%s, %s, %s, %s)"
HELD: LiteralString = (
    "insert into read.edition_entries (edition, copy, place, entry, revision, level, included) "
    "values (%s, %s, %s, %s, %s, %s, %s)"
)


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in log order and in the transaction that records them."""
    for one in recorded:
        if isinstance(one.event, EditionEvent):
            _step(cursor, one, one.event)


def _step(cursor: Cursor, at: Recorded, event: EditionEvent) -> None:
    here = (event.originator_version, at.stream)
    match event:
        case EditionPrepared():
            cursor.execute(PREPARED, _prepared(at, event))
        case EditionLookedAgain():
            seen = (datetime.fromisoformat(event.known_at), event.position, event.picks)
            cursor.execute(LOOKED_AGAIN, [*seen, *here])
        case EditionEntriesChosen():
            cursor.execute(CHOSEN, [*_chosen(cursor, at.stream, event), *here])
        case EditionWritten():
            said = {"text": event.text, "cites": [str(one) for one in event.cites], "none": event.none}
            cursor.execute(WRITTEN, [Jsonb({event.part: said}), *here])
        case EditionContributionNoted():
            answer = {"answer": event.answer, "reason": event.reason}
            cursor.execute(ASKED, [Jsonb({event.organisation: answer}), *here])
        case EditionAudienceChanged():
            cursor.execute(AUDIENCE, [*_audience(event.audience), *here])
        case EditionFrozen():
            cursor.execute(FROZEN, [datetime.fromisoformat(event.at), event.number, *here])
            for number, copy in enumerate(event.copies):
                cursor.execute(COPIED, [at.stream, number, list(copy.readers), copy.digest])
                cursor.executemany(HELD, list(_held(at.stream, number, copy)))
        case _:
            pass


def _prepared(at: Recorded, event: EditionPrepared) -> list[object]:
    what = (event.purpose, event.basis, event.stage, event.least, event.since, event.until)
    seen = (datetime.fromisoformat(event.known_at), event.position, event.fixed)
    end = (event.picks, event.originator_version, at.position)
    return [at.stream, event.child, event.by, event.organisation, *what, *seen, *_audience(event.audience), *end]


def _audience(audience: Iterable[ForWhom]) -> tuple[object, ...]:
    members = list(audience)
    listed = [{"person": one.person, "organisation": one.organisation, "role": one.role} for one in members]
    return Jsonb(listed), sorted({one.person or one.organisation for one in members})


def _chosen(cursor: Cursor, edition: UUID, event: EditionEntriesChosen) -> tuple[object, ...]:
    row = cursor.execute(PICKS, [edition]).fetchone()
    picks, reasons = (unpacked_picks(row[0]), dict(row[1])) if row else ([], {})
    by_hand = set(event.entries)
    after = [Picked(p.entry, event.included, "chosen") if p.entry in by_hand else p for p in picks]
    reasons |= {str(entry): event.reason for entry in event.entries}
    return packed_picks(after), Jsonb(reasons)


def _held(edition: UUID, copy: int, held: Copy) -> Iterable[tuple[Any, ...]]:
    both: list[tuple[Told, bool]] = [
        *((one, True) for one in unpacked(held.entries)),
        *((one, False) for one in unpacked(held.left_out)),
    ]
    for place, (one, included) in enumerate(both):
        yield edition, copy, place, one.entry, one.revision, one.level, included
