"""Concerns that nobody of another agency answered: found from events alone, as of any moment. A list, never a score.

A concern is answered for good when its own record says what was done, and when a later entry is about it: its outcome,
or an analysis. A view of it or a disagreement with it is no answer. Somebody of another agency who said that they act
on it answers it until the day by which they were to do so, and for as long after as is allowed for; a promise that no
outcome followed is listed again, and with its day. Age counts from when the hub first had it.
"""

# ruff: noqa: S608  # what statements are put together of are constants of this project

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from hub.store.database import Cursor
from projections import story

# Of an entry `e` with its kind `k`, as of `m.at`; `first.at` is when the hub first had any version of it. Of those who
# said something, the newest word of each by then counts.
_FIRST: LiteralString = """
 cross join lateral (select min(f.known_from) as at from read.entries f where f.stream = e.stream) first
"""
# Who of another agency acts on it, by their newest word, and by when they were to have done so.
_ACTING: LiteralString = """
  (select distinct on (a.by) a.what, a.agency, a.organisation, a.due from read.acknowledged a
    where a.entry = e.stream and a.at <= m.at order by a.by, a.position desc) said
 where said.what = 'acting' and said.agency not in (k.agency, 'oversight', 'family')
"""
_UNANSWERED: LiteralString = """
   e.valence in ('concern', 'mixed') and e.significance in ('notable', 'significant')
   and coalesce(e.account ->> 'action_taken', '') = ''
   and not exists (select from {acting} and said.due >= {kept})
   and not exists (
       select from read.entries c
        where c.cites @> array[e.stream] and not c.retracted and c.known_from <= m.at and c.known_to > m.at
          and not starts_with(c.code, 'any.disagreement.') and not starts_with(c.code, 'any.view.'))
"""

CREATE: LiteralString = (
    """
drop function if exists read.unanswered(timestamptz, timestamptz);
create or replace function read.unanswered(moment timestamptz, before timestamptz, kept text)
    returns table (entry uuid, child uuid, agency text, since timestamptz) language sql stable security definer
    set search_path = pg_catalog as $$
    select e.stream, l.child, k.agency, first.at
      from (select moment as at) m
      join read.entries e on e.known_from <= m.at and e.known_to > m.at
      join read.decision_keys k on k.number = e.decision_key
      join identity.links l on l.person_record = e.person_record and l.known_from <= m.at and l.known_to > m.at
"""
    + _FIRST
    + " where not e.retracted and first.at < before and "
    + _UNANSWERED.replace("{acting}", _ACTING).replace("{kept}", "kept")
    + """
     order by first.at, e.stream
$$;
revoke execute on function read.unanswered(timestamptz, timestamptz, text) from public;
grant execute on function read.unanswered(timestamptz, timestamptz, text) to hub_auditor;
"""
)
# Of those who act, nobody counts whose involvement the reader may not know of: a line that goes would tell of it.
_SEEN: LiteralString = _ACTING + " and said.organisation = any (%(seen)s)"
OF_CHILD: LiteralString = (
    story.PEOPLE
    + """
select e.stream, e.revision, g.key, p.restricted, g.level, k.agency, e.occurred_start, e.precision, e.occurred_end,
       e.approximate, e.code, e.significance, first.at,
       coalesce((select max(said.due) from """
    + _SEEN
    + """), '')
  from people p
 cross join (select %(at)s::timestamptz as at) m
  join read.entries e on e.person_record = p.person_record
  join read.decision_keys k on k.number = e.decision_key
"""
    + story.LEVEL
    + _FIRST
    + " where g.level >= 3 and first.at < %(before)s and "
    + story.KNOWN
    + " and "
    + _UNANSWERED.replace("{acting}", _SEEN).replace("{kept}", "%(kept)s")
    + " order by first.at, e.stream"
)
EVERYWHERE: LiteralString = "select entry, child, agency, since from read.unanswered(%s, %s, %s)"


class Open(NamedTuple):
    """One concern of a child that waits for an answer and is open to a reader. since: when the hub first had it.

    promised: the last day by which somebody was to have acted on it (YYYY-MM-DD), empty where nobody was.
    """

    entry: UUID
    revision: int
    key: int
    restricted: bool
    level: int
    agency: str
    start: str
    precision: str
    end: str
    approximate: bool
    code: str
    significance: str
    since: datetime
    promised: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which concerns: without an answer by a moment, that came before another; kept: promises for this day on count."""

    at: datetime
    before: datetime
    kept: str


class Waits(NamedTuple):
    """One concern of any child that waits for an answer: ids, whose it is, and since when."""

    entry: UUID
    child: UUID
    agency: str
    since: datetime


def of_child(
    cursor: Cursor, child: UUID, levels: story.Levels, wanted: Wanted, seen: Collection[str]
) -> Sequence[Open]:
    """The concerns of a child without an answer by a moment, which came before another, as far as they are open.

    What answers them is looked for among what these levels let be known: of an outcome that is sealed nothing is told.
    seen: the organisations of which the reader may know that they work with the child; no other's word counts.
    """
    asked = story.arguments(child, levels, wanted.at)
    asked |= {"before": wanted.before, "kept": wanted.kept, "seen": sorted(seen)}
    return list(map(Open._make, cursor.execute(OF_CHILD, asked).fetchall()))


def everywhere(cursor: Cursor, wanted: Wanted) -> Sequence[Waits]:
    """The same of every child, for those who answer for the hub, the oldest first."""
    return list(map(Waits._make, cursor.execute(EVERYWHERE, [wanted.at, wanted.before, wanted.kept]).fetchall()))
