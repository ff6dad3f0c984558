"""What was asked for, decided, released and declined, current with each event; and what is open because of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from psycopg.types.json import Jsonb

from hub.events.identity import PersonDetailsStated
from hub.events.requests import (
    Sharing,
    SharingDecided,
    SharingDeclined,
    SharingReleased,
    SharingReleaseEnded,
    SharingRequested,
)
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from projections.timeline import LAST
from projections.versions import settle_facts

NAME = "requests"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.releases", "read.sharing")

# A row of read.releases is kept from the decision on and known from the release on, infinity before. Whoever oversees
# may read everything of read.sharing but the words.
CREATE: LiteralString = """
create table if not exists read.releases (
    decision      uuid        not null,
    entry         uuid        not null,
    person_record uuid        not null,
    child         uuid        not null,
    organisation  text        not null,
    purpose       text        not null,
    sensitivity   text        not null,
    category      text        not null,
    agency        text        not null,
    bases         text[]      not null,
    since         date        not null,
    until         date        not null,
    known_from    timestamptz not null,
    known_to      timestamptz not null,
    position      bigint      not null,
    primary key (decision, entry),
    check (since <= until),
    exclude using gist (entry with =, organisation with =, purpose with =, daterange(since, until, '[]') with &&,
                        tstzrange(known_from, known_to) with &&)
);
create index if not exists releases_by_child on read.releases (child, organisation);
create index if not exists releases_by_entry on read.releases (entry) where known_to = 'infinity';
create index if not exists releases_by_person on read.releases (person_record) where known_to = 'infinity';
create table if not exists read.sharing (
    matter         uuid        primary key,
    child          uuid        not null,
    asked_by       text        not null default '',
    asker          text        not null default '',
    asked          text        not null default '',
    asked_purpose  text        not null default '',
    asked_basis    text        not null default '',
    due            text        not null default '',
    requested_at   timestamptz,
    decided_by     text        not null default '',
    decider        text        not null default '',
    outcome        text        not null default '',
    recipient      text        not null default '',
    recipient_role text        not null default '',
    purpose        text        not null default '',
    bases          text[]      not null default '{}',
    since          text        not null default '',
    until          text        not null default '',
    entries        uuid[]      not null default '{}',
    informed       text        not null default '',
    decided_at     timestamptz,
    released_by    text        not null default '',
    released_at    timestamptz,
    declined_at    timestamptz,
    ended_by       text        not null default '',
    ended_at       timestamptz,
    position       bigint      not null,
    words          jsonb       not null default '{}'
);
create index if not exists sharing_by_child on read.sharing (child);
create index if not exists sharing_open on read.sharing (asked) where requested_at is not null and decided_at is null;
grant select on read.releases, read.sharing to hub_reader;
grant select (matter, child, asked_by, asker, asked, asked_purpose, asked_basis, due, requested_at, decided_by, decider,
              outcome, recipient, purpose, decided_at, declined_at, position) on read.sharing to hub_auditor;
grant select, insert, update on read.releases, read.sharing to hub_writer;
-- The second line: whoever asks reads of this child alone, and what their own side asked, was asked, decided or was
-- given, and what was released of what their agency keeps; and, where they lead the child's plan, what waits to be
-- released and what was not shared (projections.second_line).
alter table read.sharing enable row level security;
drop policy if exists own_side on read.sharing;
create policy own_side on read.sharing for select to hub_reader using (
    child = (select nullif(current_setting('hub.child', true), '')::uuid)
    and (asker = (select nullif(current_setting('hub.organisation', true), ''))
         or decider = (select nullif(current_setting('hub.organisation', true), ''))
         or asked in ((select nullif(current_setting('hub.organisation', true), '')),
                      (select nullif(current_setting('hub.agency', true), '')))
         or (recipient = (select nullif(current_setting('hub.organisation', true), ''))
             and released_at is not null and ended_at is null)
         or (released_at is not null and exists (
             select from read.releases r
              where r.decision = sharing.matter
                and r.agency = (select nullif(current_setting('hub.agency', true), ''))))
         or ((outcome = 'not-share' or (outcome = 'share-part' or outcome = 'share') and released_at is null
                 and recipient <> (select coalesce(current_setting('hub.organisation', true), ''))) and exists (
             select from read.duties d
              where d.child = sharing.child and d.duty = 'lead-professional'
                and d.organisation = (select nullif(current_setting('hub.organisation', true), ''))))));
drop policy if exists overseen on read.sharing;
create policy overseen on read.sharing for select to hub_auditor using (true);
drop policy if exists written on read.sharing;
create policy written on read.sharing to hub_writer using (true) with check (true);
-- Whose children have a request waiting for one of these: the ids alone, the most pressing first.
create or replace function read.asked_about(us text[], most int) returns table (child uuid) language sql stable
    security definer set search_path = pg_catalog as $$
    select s.child from read.sharing s
     where s.requested_at is not null and s.decided_at is null and s.asked = any (us)
     group by s.child order by bool_and(s.due = ''), min(nullif(s.due, '')), min(s.requested_at), s.child limit most
$$;
revoke execute on function read.asked_about(text[], int) from public;
grant execute on function read.asked_about(text[], int) to hub_reader;
"""

# Which entries are shared with the reader's organisation for this purpose on this day; of what was shared because
# somebody consented, the category too, because whoever decides looks at whether the consent is live.
FACTS: LiteralString = """
select 'released', r.entry::text, case when 'consent' = any (r.bases) then 'consent' else '' end, r.category, r.position
  from read.releases r
 where r.child = %(child)s and r.organisation = %(organisation)s and r.purpose = %(purpose)s
   and r.since <= %(on)s and r.until >= %(on)s and r.known_from <= %(at)s and r.known_to > %(at)s
"""
OVERLAPPING: LiteralString = """
select exists (select from read.releases
 where entry = any (%s) and organisation = %s and purpose = %s and known_from < 'infinity' and known_to = 'infinity'
   and daterange(since, until, '[]') && daterange(%s, %s, '[]'))
"""
DECIDE: LiteralString = (
    "insert into read.releases (decision, entry, person_record, child, organisation, purpose, sensitivity, category, "
    "agency, bases, since, until, position, known_from, known_to) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'infinity', 'infinity')"
)
RELEASE: LiteralString = (
    "update read.releases set known_from = %s, position = %s where decision = %s and known_to = 'infinity'"
)
_CLOSE: LiteralString = "update read.releases set known_from = least(known_from, %(at)s), known_to = %(at)s "
END: LiteralString = _CLOSE + "where decision = %(decision)s and known_to = 'infinity'"
# What became more sensitive than it was when it was decided is closed until it is decided anew; and so is what somebody
# consented to as another kind of information.
OUTGROWN: LiteralString = (
    _CLOSE + "where entry = %(entry)s and known_to = 'infinity' and ("
    "sensitivity <> %(sensitivity)s and %(sensitivity)s <> 'ordinary' "
    "and (sensitivity = 'ordinary' or %(sensitivity)s <> 'concern') "
    "or category <> %(category)s and 'consent' = any (bases))"
)
MARKED: LiteralString = (
    _CLOSE + "where person_record = %(person)s and known_to = 'infinity' and sensitivity in ('ordinary', 'concern')"
)
REQUESTED: LiteralString = (
    "insert into read.sharing (matter, child, position, words, requested_at, asked_by, asker, asked, asked_purpose, "
    "asked_basis, due) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
DECIDED: LiteralString = (
    "insert into read.sharing (matter, child, position, words, decided_at, decided_by, decider, outcome, recipient, "
    "recipient_role, purpose, bases, since, until, entries, informed) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
    "on conflict (matter) do update set position = excluded.position, words = sharing.words || excluded.words, "
    "decided_at = excluded.decided_at, decided_by = excluded.decided_by, decider = excluded.decider, "
    "outcome = excluded.outcome, recipient = excluded.recipient, recipient_role = excluded.recipient_role, "
    "purpose = excluded.purpose, bases = excluded.bases, since = excluded.since, until = excluded.until, "
    "entries = excluded.entries, informed = excluded.informed"
)
OPENED: LiteralString = "update read.sharing set position = %s, released_at = %s, released_by = %s where matter = %s"
DECLINED: LiteralString = (
    "update read.sharing set position = %s, declined_at = %s, words = words || %s where matter = %s"
)
ENDED: LiteralString = (
    "update read.sharing set position = %s, ended_at = %s, ended_by = %s, words = words || %s where matter = %s"
)


def overlapping(cursor: Cursor, release: SharingReleased) -> bool:
    """Whether any of these entries is already released to the same recipient, for the same purpose, on such a day."""
    lane = (list(release.entries), release.recipient, release.purpose)
    row = cursor.execute(OVERLAPPING, [*lane, release.since, release.until or LAST]).fetchone()
    return bool(row and row[0])


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in log order and in the transaction that records them."""
    stood = {
        (one.recorded.stream, one.event.originator_version): one.event
        for one in settle_facts(cursor, recorded)[0]
        if one.known_to != one.recorded.recorded_at and one.event.originator_version > 1
    }
    for one in recorded:
        match one.event:
            case Sharing() as event:
                _step(cursor, one, event)
            case PersonDetailsStated(restricted=True):
                cursor.execute(MARKED, {"at": one.recorded_at, "person": one.stream})
            case None:
                pass
            case event if (version := (one.stream, event.originator_version)) in stood:
                labels = {"sensitivity": stood[version].sensitivity, "category": stood[version].category}
                cursor.execute(OUTGROWN, {"at": one.recorded_at, "entry": one.stream} | labels)
            case _:
                pass


def _step(cursor: Cursor, at: Recorded, event: Sharing) -> None:
    match event:
        case SharingRequested():
            words = Jsonb({"wanted": event.wanted, "why": event.why})
            asked = (event.by, event.organisation, event.asked, event.purpose, event.basis, event.due)
            cursor.execute(REQUESTED, [at.stream, event.child, at.position, words, at.recorded_at, *asked])
        case SharingDecided():
            cursor.execute(DECIDED, _decided(at, event))
            if event.entries:
                cursor.executemany(DECIDE, _kept(at, event))
        case SharingReleased():
            cursor.execute(RELEASE, [at.recorded_at, at.position, at.stream])
            cursor.execute(OPENED, [at.position, at.recorded_at, event.by, at.stream])
        case SharingDeclined():
            cursor.execute(DECLINED, [at.position, at.recorded_at, Jsonb({"answer": event.answer}), at.stream])
        case SharingReleaseEnded():
            cursor.execute(END, {"at": at.recorded_at, "decision": at.stream})
            ended = Jsonb({"ended": event.reason})
            cursor.execute(ENDED, [at.position, at.recorded_at, event.by, ended, at.stream])
        case _:
            pass


def _decided(at: Recorded, event: SharingDecided) -> list[object]:
    words = Jsonb({name: getattr(event, name) for name in SharingDecided.SEALED})
    who = (event.by, event.organisation, event.outcome, event.recipient, event.recipient_role, event.purpose)
    days = (list(event.bases), event.since, event.until, [one.entry for one in event.entries], event.informed)
    return [at.stream, event.child, at.position, words, at.recorded_at, *who, *days]


def _kept(at: Recorded, event: SharingDecided) -> list[tuple[object, ...]]:
    recipient = (event.child, event.recipient, event.purpose)
    days = (list(event.bases), event.since, event.until or LAST, at.position)
    return [
        (at.stream, one.entry, one.person_record, *recipient, one.sensitivity, one.category, one.agency, *days)
        for one in event.entries
    ]
