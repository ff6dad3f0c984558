"""Reading entries in the very versions that an edition holds: no further than it does, nor than may be seen now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, LiteralString, NamedTuple
from uuid import UUID

from hub.events.access import Told
from hub.store.database import Cursor
from projections.differing import differs
from projections.story import COLUMNS, FAR, HELD_LEVEL, PEOPLE, PLACED, Levels, Row, arguments

AS_KNOWN: Final = 0
"""In the place of a version: the one that stood at the moment of the edition."""
LAST_TRUE: Final = -1
"""Likewise: the last version before the entry was taken back."""


class Since(NamedTuple):
    """What became of a version since: whether another stands that tells otherwise as far as it is let out, or none.

    pinned: as far as the edition holds it.
    """

    corrected: bool
    taken_back: bool
    pinned: int


# Whose records are the child's is today's answer: what turned out to be another child's is in no edition any more.
# A version that only came again, or is labelled otherwise for decisions, corrects nothing; nor does what a level hides.
WHICH: LiteralString = """,
       coalesce(n.retracted or {differs}, true), coalesce(n.retracted, false), pin.level
  from people p
  join read.entries e on e.person_record = p.person_record
  join unnest(%(entries)s::uuid[], %(revisions)s::bigint[], %(pinned)s::smallint[]) as pin (entry, revision, level)
    on pin.entry = e.stream and case pin.revision
       when 0 then e.known_from <= %(known)s and e.known_to > %(known)s
       when -1 then e.revision = (select max(n.revision) from read.entries n
                                   where n.stream = e.stream and not n.retracted)
       else e.revision = pin.revision end
  left join read.entries n on n.stream = e.stream and n.known_to = 'infinity'
""".replace("{differs}", differs("e", "n", "g.level"))
LEAST: LiteralString = " held cross join lateral (select least(held.level, pin.level) as level, held.key offset 0) g"
LET_OUT: LiteralString = " where not e.retracted and g.level > 0 order by s.place, e.stream"
READ: LiteralString = PEOPLE + COLUMNS + WHICH + HELD_LEVEL + LEAST + PLACED + LET_OUT
# Everything that a copy holds of its entries, as text that is the same whoever asks and whenever. Only its digest
# leaves the database, so that a copy is proven the same to somebody who may no longer see all of it.
CREATE: LiteralString = """
create or replace function read.pinned_digest(entries uuid[], revisions bigint[], levels smallint[],
                                              known timestamptz) returns text language sql stable security definer
    set search_path = pg_catalog set timezone = 'UTC' as $$
    select encode(sha256(convert_to(coalesce(string_agg(held.said::text, chr(10) order by held.place), ''), 'UTF8')),
                  'hex')
      from (select pin.place, jsonb_build_object('entry', pin.entry, 'level', pin.level,
                'start', case when pin.level >= 2 then e.occurred_start else left(e.occurred_start, 10) end,
                'end', case when pin.level >= 2 then e.occurred_end else left(e.occurred_end, 10) end,
                'precision', case when pin.level < 2 and e.precision = 'instant' then 'day' else e.precision end,
                'approximate', e.approximate)
            || case when pin.level < 2 then '{}' else jsonb_build_object('revision', e.revision, 'code', e.code,
                'significance', e.significance, 'polarity', e.polarity, 'valence', e.valence,
                'assertion', coalesce(e.marks->>'assertion', ''), 'cites', e.cites) end
            || case when pin.level < 3 then '{}' else jsonb_build_object('headline', e.headline, 'detail', e.detail,
                'author', e.author, 'organisation', e.organisation, 'source', e.source,
                'recorded_at_source', e.recorded_at_source, 'received_at', e.received_at, 'defects', e.defects,
                'marks', e.marks, 'account', e.account) end as said
              from unnest(entries, revisions, levels) with ordinality as pin (entry, revision, level, place)
              join read.entries e on e.stream = pin.entry and case pin.revision
                   when 0 then e.known_from <= known and e.known_to > known else e.revision = pin.revision end) held
$$;
revoke execute on function read.pinned_digest(uuid[], bigint[], smallint[], timestamptz) from public;
grant execute on function read.pinned_digest(uuid[], bigint[], smallint[], timestamptz) to hub_reader;
"""


def read(
    cursor: Cursor, child: UUID, levels: Levels, pins: Sequence[Told], known_at: datetime
) -> list[tuple[Row, Since]]:
    """The pinned entries that both the pin and the levels let out, oldest first, with what became of each since."""
    asked = arguments(child, levels, FAR) | _pins(pins) | {"known": known_at}
    rows = cursor.execute(READ, asked).fetchall()
    return [(Row._make(row[:-3]), Since._make(row[-3:])) for row in rows]


def still_of(
    cursor: Cursor, child: UUID, levels: Levels, entries: Iterable[UUID], known_at: datetime
) -> frozenset[UUID]:
    """Of these entries, as they were known then, those whose records are still the child's today."""
    asked = arguments(child, levels, FAR) | {"entries": list(entries), "known": known_at}
    return frozenset(row[0] for row in cursor.execute(STILL_OF, asked).fetchall())


def digest(cursor: Cursor, pins: Sequence[Told], known_at: datetime) -> str:
    """SHA-256, in hex, over all that these pins hold, in their order; of no text unless it is asked for."""
    asked = _pins(pins) | {"known": known_at}
    row = cursor.execute(DIGEST, asked).fetchone()
    return str(row[0]) if row else ""


def taken_back(cursor: Cursor, entries: Iterable[UUID]) -> frozenset[UUID]:
    """Those of these entries, as far as they may be known of, that were taken back."""
    return frozenset(row[0] for row in cursor.execute(TAKEN_BACK, [list(entries)]).fetchall())


DIGEST: LiteralString = (
    "select read.pinned_digest(%(entries)s::uuid[], %(revisions)s::bigint[], %(pinned)s::smallint[], %(known)s)"
)
STILL_OF: LiteralString = (
    PEOPLE
    + """
select e.stream from people p join read.entries e on e.person_record = p.person_record
 where e.stream = any (%(entries)s::uuid[]) and e.known_from <= %(known)s and e.known_to > %(known)s
"""
)
TAKEN_BACK: LiteralString = (
    "select stream from read.entries where stream = any (%s::uuid[]) and known_to = 'infinity' and retracted"
)


def _pins(pins: Sequence[Told]) -> dict[str, object]:
    return {
        "entries": [one.entry for one in pins],
        "revisions": [one.revision for one in pins],
        "pinned": [one.level for one in pins],
    }
