"""What is new to one person of the children they work with: entries that came, were corrected or were passed to them.

A child is looked at only where something came that this person was not told of; what of it they may know is then asked
as for any reading, after a decision, and through the tables' own policies.
"""

# ruff: noqa: S608  # what statements are put together of are constants of this project

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from hub.people import Practitioner
from hub.store.database import Cursor
from projections import involvement, story
from projections.differing import differs

# Whether the version that stands tells otherwise, at a level, than the last one that somebody was told of or had a word
# on; null where there is none. What they were told of then may be sealed to them since, so it is looked for past that.
_MET_OTHERWISE: LiteralString = (
    """
create or replace function read.met_otherwise(who text, whose uuid, one uuid, stands bigint, level int)
    returns boolean language sql stable security definer set search_path = pg_catalog as $$
    select """
    + differs("was", "now", "level")
    + """
      from (select s.revision from read.shown s
             where s.entry = one and s.reader = who and s.level >= 1 and s.revision > 0
             union
            select a.revision from read.acknowledged a where a.entry = one and a.by = who and a.child = whose) met
      join read.entries was on was.stream = one and was.revision = met.revision
      join read.entries now on now.stream = one and now.revision = stands
     order by was.known_from desc, was.revision desc limit 1
$$;
revoke execute on function read.met_otherwise(text, uuid, uuid, bigint, int) from public;
grant execute on function read.met_otherwise(text, uuid, uuid, bigint, int) to hub_reader;
"""
)
# The ids of children alone leave this function, which looks past what is sealed: nothing else of it is told to anybody.
_WITH_NEWS: LiteralString = """
create or replace function read.with_news(who text, us text[], children uuid[], since timestamptz)
    returns table (child uuid) language sql stable security definer set search_path = pg_catalog as $$
    select c.id
      from unnest(children) as c (id)
     cross join lateral (select greatest(
           (select max(e.known_from) from identity.links l join read.entries e on e.person_record = l.person_record
             where l.child = c.id and l.known_to = 'infinity' and e.known_to = 'infinity' and not e.retracted
               and e.known_from >= since and not exists (
                   select from read.shown s
                    where s.entry = e.stream and s.revision = e.revision and s.reader = who and s.level >= 1)
               and case when e.revision > 1 then read.met_otherwise(who, c.id, e.stream, e.revision, 3) is not false
                        else true end),
           (select max(a.at) from read.acknowledged a
             where a.child = c.id and a.what = 'not-for-me' and a.passed_to = any (us) and a.at >= since)) as at) newest
     where newest.at is not null
     order by newest.at desc, c.id
$$;
revoke execute on function read.with_news(text, text[], uuid[], timestamptz) from public;
grant execute on function read.with_news(text, text[], uuid[], timestamptz) to hub_reader;
"""
CREATE: LiteralString = _MET_OTHERWISE + _WITH_NEWS

WITH_NEWS: LiteralString = "select child from read.with_news(%s, %s, %s, %s)"
# Since when this person's practice, team or school, or they themselves, work with the child, as far as it is stated.
BEGAN: LiteralString = (
    """
select least(
  (select min(case when i.since = '' then ((i.known_from at time zone 'Europe/London')::date)::text else i.since end)
     from identity.links l join read.involvement i using (person_record)
    where l.child = %(child)s and i.organisation = %(organisation)s and i.organisation <> ''
      and i.duty = any (%(duties)s)
      and (i.duty not in ('allocated-social-worker', 'class-teacher') or i.worker in ('', %(worker)s))
"""
    + involvement.IN_FORCE
    + involvement.STATED
    + involvement.ENDED
    + """),
  (select min(d.since)::text from read.duties d
    where d.child = %(child)s and d.organisation = %(organisation)s and d.organisation <> ''
      and d.duty in ('lead-professional', 'works-with') and d.worker in ('', %(worker)s)
      and d.since <= %(day)s::date and d.until >= %(day)s::date and d.known_to = 'infinity'))
"""
)
# Of what may be known at least in summary: what came since, in a version that this person was neither shown nor
# acknowledged, unless as far as it is open to them it tells what the last one told that they met; and what somebody
# passed to them since they last opened or acknowledged it.
NEWS: LiteralString = (
    story.PEOPLE
    + """
select e.stream, e.revision, g.key, p.restricted, e.known_from, told.ever and not told.opened, told.opened, passed.at
  from people p
  join read.entries e on e.person_record = p.person_record
"""
    + story.LEVEL
    + """
 cross join lateral (
       select coalesce(bool_or(s.revision = e.revision), false) as opened, count(*) > 0 as ever,
              max(s.last_at) filter (where s.revision = e.revision) as at
         from read.shown s where s.entry = e.stream and s.reader = %(reader)s and s.level >= 1 and s.revision > 0) told
 cross join lateral (
       select coalesce(bool_or(a.revision = e.revision), false) as acknowledged, max(a.at) as at
         from read.acknowledged a where a.entry = e.stream and a.child = %(child)s and a.by = %(reader)s) said
 cross join lateral (
       select max(n.at) as at from (
              select distinct on (a.by) a.what, a.passed_to, a.at
                from read.acknowledged a
               where a.entry = e.stream and a.child = %(child)s and a.by <> %(reader)s
               order by a.by, a.position desc) n
        where n.what = 'not-for-me' and n.passed_to = any (%(us)s)
          and n.at >= %(window)s and n.at > coalesce(greatest(said.at, told.at), '-infinity')) passed
 where g.level >= 2 and """
    + story.KNOWN
    + """
   and (passed.at is not null or (e.known_from >= %(since)s and not told.opened and not said.acknowledged
                                  and case when e.revision = 1 then true else read.met_otherwise(
                                      %(reader)s, %(child)s, e.stream, e.revision, g.level) is not false end
                                  and (e.source, e.author, e.organisation) <> (%(own)s, %(signed)s, %(at_work)s)))
 order by coalesce(passed.at, e.known_from) desc, e.stream
 limit %(limit)s
"""
)
# Of one entry: how far it is open now, the version that stands, and the version that this person was told of last.
STANDS: LiteralString = (
    story.PEOPLE
    + """
select g.level, e.revision, g.key, p.restricted, coalesce(
       (select s.revision from read.shown s
         where s.entry = e.stream and s.reader = %(reader)s and s.revision > 0
         order by s.revision = e.revision desc, s.last_at desc, s.revision desc limit 1), e.revision)
  from people p
  join read.entries e on e.person_record = p.person_record
"""
    + story.LEVEL
    + " where e.stream = %(entry)s and "
    + story.KNOWN
)
# Of some entries, those whose version came since a moment; below `shown` a day is a day, as in a reading.
CAME_SINCE: LiteralString = (
    story.PEOPLE
    + "select e.stream from people p join read.entries e on e.person_record = p.person_record"
    + story.LEVEL
    + """ where e.stream = any (%(entries)s::uuid[])
   and e.known_from >= case when g.level >= 3 then %(since)s else date_trunc('day', %(since)s::timestamptz, 'UTC') end
   and """
    + story.KNOWN
)

OWN_WORDS: LiteralString = """
select distinct on (a.entry) a.entry, a.what, a.doing, a.due, a.passed_to from read.acknowledged a
 where a.child = %s and a.by = %s order by a.entry, a.position desc
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose news. us: what something is passed to them as, their organisation's code and their role.

    since: what came before it is no news to them; window: likewise for what was passed. own: how what they wrote by
    hand is signed, by its source, author and organisation; nobody is told of that.
    """

    reader: str
    us: tuple[str, ...]
    since: datetime
    window: datetime
    limit: int
    own: tuple[str, str, str]


class News(NamedTuple):
    """One entry that is new to somebody. corrected: they were told of an earlier version. opened: of this one too.

    key, restricted: as in `story.Row`. passed_at: when somebody last passed it to them, None where nobody did.
    """

    entry: UUID
    revision: int
    key: int
    restricted: bool
    known_from: datetime
    corrected: bool
    opened: bool
    passed_at: datetime | None


class OwnWord(NamedTuple):
    """What somebody last said they do about an entry; shapes as `hub.events.inbox.EntryAcknowledged`."""

    what: str
    doing: str
    due: str
    passed_to: str


class Stands(NamedTuple):
    """How far an entry is open to somebody, its version, the key that decided, and the version they were told of."""

    level: int
    revision: int
    key: int
    restricted: bool
    told: int


def with_news(
    cursor: Cursor, reader: Practitioner, us: Sequence[str], children: Sequence[UUID], since: datetime
) -> list[UUID]:
    """Those of these children of whom anything came since, or was passed on, that this person was not told of.

    Of whom the newest came first.
    """
    return [row[0] for row in cursor.execute(WITH_NEWS, [reader.id, list(us), list(children), since]).fetchall()]


def began(cursor: Cursor, reader: Practitioner, child: UUID, duties: Sequence[str], on: date) -> date | None:
    """The first day on which this person's own organisation, or they, work with the child now; None if unstated."""
    asked = {
        "child": child,
        "organisation": reader.organisation,
        "worker": reader.worker,
        "duties": list(duties),
        "day": on.isoformat(),
        "at": involvement.NOW,
    }
    row = cursor.execute(BEGAN, asked, prepare=True).fetchone()
    try:
        return date.fromisoformat(row[0]) if row and row[0] else None
    except ValueError:
        return None


def news(cursor: Cursor, child: UUID, levels: story.Levels, wanted: Wanted) -> list[News]:
    """What is new to somebody of a child, as far as these levels let it be known, the newest first."""
    asked = story.arguments(child, levels, None) | {
        "reader": wanted.reader,
        "us": list(wanted.us),
        "since": wanted.since,
        "window": wanted.window,
        "limit": wanted.limit,
        "own": wanted.own[0],
        "signed": wanted.own[1],
        "at_work": wanted.own[2],
    }
    return list(map(News._make, cursor.execute(NEWS, asked, prepare=True).fetchall()))


def stands(cursor: Cursor, child: UUID, levels: story.Levels, reader: str, entry: UUID) -> Stands | None:
    """One entry of a child as these levels let it be known; None where they do not, or there is none."""
    asked = story.arguments(child, levels, None) | {"reader": reader, "entry": entry}
    row = cursor.execute(STANDS, asked, prepare=True).fetchone()
    return Stands._make(row) if row else None


def came_since(
    cursor: Cursor, child: UUID, levels: story.Levels, entries: Collection[UUID], since: datetime
) -> frozenset[UUID]:
    """Of these entries, those that were added or corrected since a moment."""
    asked = story.arguments(child, levels, None) | {"entries": sorted(entries), "since": since}
    return frozenset(row[0] for row in cursor.execute(CAME_SINCE, asked).fetchall())


def words_of(cursor: Cursor, child: UUID, reader: str) -> dict[UUID, OwnWord]:
    """What somebody last said of each entry of a child."""
    rows = cursor.execute(OWN_WORDS, [child, reader], prepare=True).fetchall()
    return {entry: OwnWord(*word) for entry, *word in rows}
