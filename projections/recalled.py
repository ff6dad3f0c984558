"""Who was told a version that no longer stands: derived from what was told and from what stands, and pushed nowhere.

Because nothing is pushed, there is no moment between a reading and a correction at which somebody could be missed:
whichever of the two is taken in last, what was told and what stands are both there afterwards. Kept is only who took
note, current with the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from hub.events.knowing import CorrectionAcknowledged
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from projections.differing import differs

NAME = "recalled"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.correction_acknowledgements",)

# what: taken back comes first, then that the record is no longer this child's. Of the versions that stood, since is
# the first after the last that said otherwise: what anybody took note of from it on is what stands now. A note of
# another child's is a matter of when, because there nothing of the entry itself has changed.
# Whoever only ever asked how the story was known at an earlier moment, after it had changed, knew that it had: the hour
# is for a chronology that is not up to date.
_DERIVED: LiteralString = """
select t.reader, t.organisation, t.agency, t.child, t.entry, t.revision, t.level, t.told_at, w.what, f.revision,
       case w.what when 'other-child' then coalesce(m.at, f.at) else f.at end, k.agency, now.decision_key,
       now.organisation, a.at
  from told t
  join read.entries now on now.stream = t.entry and now.known_to = 'infinity'
  join read.decision_keys k on k.number = now.decision_key
  left join read.entries was on was.stream = t.entry and was.revision = t.revision and t.level >= 2
 cross join lateral (
       select case when now.retracted then 'taken-back'
              when not exists (select from identity.links l
                   where l.child = t.child and l.person_record = now.person_record and l.known_to = 'infinity')
              then 'other-child'
              when was.revision <> now.revision and {was differs} then 'corrected' end as what) w
 cross join lateral (
       select v.revision, v.known_from as at from read.entries v
        where v.stream = t.entry and v.known_from < v.known_to and v.known_from > coalesce((
              select max(o.known_from) from read.entries o
               where o.stream = t.entry and o.known_from < o.known_to
                 and (o.retracted <> now.retracted
                      or w.what = 'other-child' and o.person_record <> now.person_record
                      or w.what = 'corrected' and {other differs})), '-infinity')
        order by v.known_from limit 1) f
  left join lateral (
       select max(l.known_to) as at from identity.links l
        where l.child = t.child and l.person_record = now.person_record) m on true
  left join lateral (
       select min(n.at) as at from read.correction_acknowledgements n
        where n.reader = t.reader and n.entry = t.entry and n.child = t.child and n.what = w.what
          and case w.what when 'other-child' then n.at >= coalesce(m.at, f.at) else n.revision >= f.revision end
       ) a on true
 where w.what is not null
   and (not t.as_then or t.told_at < interval '1 hour' + case w.what when 'corrected' then was.known_to
                                                           when 'taken-back' then f.at else coalesce(m.at, f.at) end)
"""
_COLUMNS: LiteralString = (
    "(reader text, organisation text, agency text, child uuid, entry uuid, revision bigint, level smallint, "
    "told_at timestamptz, what text, since bigint, at timestamptz, wrote text, key smallint, writer text, "
    "noted_at timestamptz)"
)
# Of most entries nothing ever changed, and most children kept all their records: those are passed over first.
_CHANGED: LiteralString = """
   and (exists (select from read.entries e
                 where e.stream = s.entry and e.known_to = 'infinity' and (e.retracted or e.revision > 1))
        or exists (select from identity.links l where l.child = s.child and l.known_to < 'infinity'))
"""


_FUNCTION: LiteralString = """
create or replace function read.{name} returns table {columns} language sql stable security definer
    set search_path = pg_catalog as $$ with told as materialized ({told}) {derived} $$;
revoke execute on function read.{name} from public;
"""


def _function(name: LiteralString, told: LiteralString) -> LiteralString:
    """One way to ask: told selects the rows of read.shown that are meant."""
    derived = _DERIVED.replace("{was differs}", differs("was", "now", "t.level"))
    derived = derived.replace("{other differs}", differs("o", "now", "t.level"))
    made = _FUNCTION.replace("{name}", name).replace("{columns}", _COLUMNS)
    return made.replace("{told}", told).replace("{derived}", derived)


# Nobody reads these rows past the second line but by these functions, and they let out no word of any entry: one what
# whoever asks was told themselves, one for those who answer for the log, of one entry or of the newest that changed.
_TABLE: LiteralString = """
create table if not exists read.correction_acknowledgements (
    reader   text        not null,
    entry    uuid        not null,
    child    uuid        not null,
    revision bigint      not null,
    what     text        not null check (what in ('corrected', 'taken-back', 'other-child')),
    at       timestamptz not null,
    position bigint      not null,
    primary key (reader, entry, child, position)
);
grant select, insert, update on read.correction_acknowledgements to hub_writer;
"""
_OF_MINE: LiteralString = """
select s.* from read.shown s
 where s.reader = nullif(current_setting('hub.person', true), '') and (one is null or s.entry = one) {changed}
"""
_OF_ENTRY: LiteralString = "select s.* from read.shown s where s.entry = one"
_NEWEST: LiteralString = """
select s.* from (
       select c.stream from (
              select e.stream, e.known_from as at from read.entries e
               where e.known_to = 'infinity' and (e.retracted or e.revision > 1)
              union all
              select e.stream, l.known_to from identity.links l
                join read.entries e on e.person_record = l.person_record and e.known_to = 'infinity'
               where l.known_to < 'infinity') c
        group by c.stream order by max(c.at) desc, c.stream limit most) n
  join read.shown s on s.entry = n.stream
"""
# Whose readers are told because they read it; here is which editions whoever prints or sends one on has to look at.
_PINNED: LiteralString = """
create or replace function read.pinned_otherwise(one uuid) returns table (edition uuid, revision bigint)
    language sql stable security definer set search_path = pg_catalog as $$
    select distinct p.edition, p.revision
      from read.edition_entries p
      join read.editions d using (edition)
      join read.entries now on now.stream = p.entry and now.known_to = 'infinity'
      left join read.entries was on was.stream = p.entry and was.revision = p.revision
     where p.entry = one and p.included
       and (now.retracted
            or not exists (select from identity.links l
                   where l.child = d.child and l.person_record = now.person_record and l.known_to = 'infinity')
            or was.revision <> now.revision and {differs})
     order by 1, 2
$$;
revoke execute on function read.pinned_otherwise(uuid) from public;
grant execute on function read.pinned_otherwise(uuid) to hub_auditor;
"""
_KEPT_BY: LiteralString = """
create or replace function read.kept_by(one uuid, out child uuid, out agency text, out key smallint, out marked boolean,
    out writers text[]) language sql stable security definer set search_path = pg_catalog as $$
    select coalesce(l.child, (select o.child from identity.links o where o.person_record = e.person_record
                               order by o.position desc limit 1)), k.agency, e.decision_key,
           exists (select from identity.statements s where s.person_record = e.person_record and s.restricted),
           array_remove(array[e.organisation, (select r.sender from intake.revisions r
                 where r.stream = e.stream and r.revision = e.revision)], '')
      from read.entries e join read.decision_keys k on k.number = e.decision_key
      left join identity.links l on l.person_record = e.person_record and l.known_to = 'infinity'
     where e.stream = one and e.known_to = 'infinity'
$$;
revoke execute on function read.kept_by(uuid) from public;
grant execute on function read.recalled_of_mine(uuid) to hub_reader, hub_writer;
grant execute on function read.recalled_of_entry(uuid), read.recalled_newest(int), read.kept_by(uuid) to hub_auditor;
"""
CREATE: LiteralString = "".join(
    (
        _TABLE,
        _function("recalled_of_mine(one uuid)", _OF_MINE.replace("{changed}", _CHANGED)),
        _function("recalled_of_entry(one uuid)", _OF_ENTRY),
        _function("recalled_newest(most int)", _NEWEST),
        _KEPT_BY,
        _PINNED.replace("{differs}", differs("was", "now", "p.level")),
    )
)
KEEP: LiteralString = (
    "insert into read.correction_acknowledgements (reader, entry, child, revision, what, at, position) "
    "values (%s, %s, %s, %s, %s, %s, %s)"
)
MINE: LiteralString = "select * from read.recalled_of_mine(%s)"
OF_ENTRY: LiteralString = "select * from read.recalled_of_entry(%s)"
NEWEST: LiteralString = "select * from read.recalled_newest(%s)"
KEPT_BY: LiteralString = "select * from read.kept_by(%s)"
EDITIONS: LiteralString = (
    "select edition, p.revision, e.organisation from read.pinned_otherwise(%s) p join read.editions e using (edition) "
    "order by p.edition, p.revision"
)


@dataclass(frozen=True, slots=True)
class Recalled:
    """One version that somebody was told, under one child, and that no longer stands for them.

    level: how far they were told it, and revision which version, 0 where only that there is one. told_at: the first
    time. what: corrected, taken-back or other-child. since: the first version of what stands instead; at: from when.
    wrote: the agency that keeps the record; key: the number of its decision key; writer: the organisation it names.
    noted_at: when they took note, None where they have not.
    """

    reader: str
    organisation: str
    agency: str
    child: UUID
    entry: UUID
    revision: int
    level: int
    told_at: datetime
    what: str
    since: int
    at: datetime
    wrote: str
    key: int
    writer: str
    noted_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptBy:
    """Whose an entry is: the child it belongs to now, the agency that keeps it, and the organisations that wrote it.

    key: the number of its decision key; marked: its agency marks the person as restricted. Child None: there is none.
    """

    child: UUID | None
    agency: str
    key: int
    marked: bool
    writers: tuple[str, ...]


def mine(cursor: Cursor, entry: UUID | None = None) -> list[Recalled]:
    """What whoever asks (`second_line.about`) was told and no longer stands; of one entry, or of all."""
    return _recalled(cursor, MINE, entry)


def of_entry(cursor: Cursor, entry: UUID) -> list[Recalled]:
    """Everybody who was told a version of this entry that no longer stands; for those who answer for the log."""
    return _recalled(cursor, OF_ENTRY, entry)


def newest(cursor: Cursor, most: int) -> list[Recalled]:
    """The same of so many entries as changed last."""
    return _recalled(cursor, NEWEST, most)


def kept_by(cursor: Cursor, entry: UUID) -> KeptBy | None:
    """Whose an entry is; None for no entry."""
    row = cursor.execute(KEPT_BY, [entry]).fetchone()
    if row is None or row[1] is None:
        return None
    child, agency, key, marked, writers = row
    return KeptBy(child, agency, key, marked, tuple(writers))


class Pinned(NamedTuple):
    """An edition that tells a version which no longer stands. organisation: of whoever made it."""

    edition: UUID
    revision: int
    organisation: str


def editions(cursor: Cursor, entry: UUID) -> list[Pinned]:
    """The frozen editions that tell a version of an entry which no longer stands, with it; for those who answer."""
    return list(map(Pinned._make, cursor.execute(EDITIONS, [entry]).fetchall()))


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    rows = [
        (event.by, event.entry, event.child, event.revision, event.what, one.recorded_at, one.position)
        for one in recorded
        if isinstance(event := one.event, CorrectionAcknowledged)
    ]
    if rows:
        cursor.executemany(KEEP, rows)


def _recalled(cursor: Cursor, query: LiteralString, argument: object) -> list[Recalled]:
    found = [Recalled(*row) for row in cursor.execute(query, [argument])]
    return sorted(found, key=lambda one: (one.at, one.entry.bytes, one.child.bytes, one.reader, one.revision))
