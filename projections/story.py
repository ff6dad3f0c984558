"""Reading a child's story: one statement lets out what the reader's levels allow; nothing else leaves the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from hub.store.database import Cursor
from projections import second_line, story_order

# Whose records are the child's at a moment, and the levels that apply to each: of somebody whom any statement of
# that agency marks as restricted, the strict ones. The mark is today's, whatever the moment. `shared` are the levels of
# the entries that a recorded decision shares with this reader. moved: today the record is another child's.
PEOPLE: LiteralString = """
with people as materialized (
    select l.person_record, r.restricted,
           case when r.restricted then %(strict)s::smallint[] else %(levels)s::smallint[] end as levels,
           case when r.restricted then %(shared_strict)s::smallint[] else %(shared)s::smallint[] end as shared,
           l.known_to < 'infinity' and not exists (
               select from identity.links n
                where n.person_record = l.person_record and n.child = l.child and n.known_to = 'infinity') as moved
      from identity.links l
     cross join lateral (select exists (
           select from identity.statements s where s.person_record = l.person_record and s.restricted) as restricted
           offset 0) r
     where l.child = %(child)s and l.known_from <= %(at)s and l.known_to > %(at)s)
"""
# What is said is that moment's, permission is today's: a version that no longer stands is shown no further than the
# newest one that was not taken back. (`least` passes over nulls, so a key without a level must become 0 first.) Of what
# turned out to be another child's whoever works with this one is told no more than that it was here.
HELD_LEVEL: LiteralString = """
 cross join lateral (
       select case when e.known_to = 'infinity' then e.decision_key
              else read.standing_key(e.stream) end as standing,
              p.moved or e.known_to <> 'infinity' and read.stands_elsewhere(e.stream, %(child)s) as moved offset 0) t
 cross join lateral (
       select least(x.then, x.now) as level, case when x.now < x.then then t.standing else e.decision_key end as key
         from (select least(coalesce(a.levels[e.decision_key], 0), a.most) as then,
                      least(coalesce(a.levels[t.standing], 0), a.most) as now
                 from (select case when t.moved then 1 end as most,
                              case when e.stream = any (%(released)s::uuid[]) then p.shared else p.levels end as levels
                      ) a
              ) x
       offset 0)"""
LEVEL: LiteralString = HELD_LEVEL + " g\n"
KNOWN: LiteralString = "not e.retracted and g.level > 0 and e.known_from <= %(at)s and e.known_to > %(at)s"

# What a level hides never leaves the database: of something withheld not even the minute, which can say what it was.
# Nor may the order tell it: an entry's place is no finer than the time that this reader is shown (what has no time
# comes last), and what comes after a place is found by nothing else, so a page can end on an entry that is taken back
# before the next page is read. Nor may asking again and again what became known since: below `shown` a day is a day.
COLUMNS: LiteralString = """
select e.stream, g.key, p.restricted, g.level,
       case when g.level >= 2 then e.occurred_start else left(e.occurred_start, 10) end,
       case when g.level < 2 and e.precision = 'instant' then 'day' else e.precision end,
       case when g.level >= 2 then e.occurred_end else left(e.occurred_end, 10) end,
       e.approximate, s.place,
       case when g.level >= 2 then e.code else '' end,
       case when g.level >= 2 then e.significance else '' end,
       case when g.level >= 2 then e.polarity else '' end,
       case when g.level >= 2 then e.valence else '' end,
       case when g.level >= 3 then e.headline else '' end,
       case when g.level >= 3 then e.detail else '' end,
       case when g.level >= 3 then e.author else '' end,
       case when g.level >= 3 then e.organisation else '' end,
       case when g.level >= 3 then e.source else '' end,
       case when g.level >= 3 then e.recorded_at_source else '' end,
       case when g.level >= 3 then e.received_at end,
       case when g.level >= 3 then e.revision else 0 end,
       case when g.level >= 3 then e.defects else 0 end,
       case when g.level >= 3 then e.decision_key else 0 end,
       case when g.level >= 2 then e.revision else 0 end,
       case when g.level >= 2 then coalesce(e.marks->>'assertion', '') else '' end,
       case when g.level >= 3 then e.marks end,
       case when g.level >= 3 then e.account end,
       case when g.level >= 2 then e.cites else '{}' end,
       t.moved"""
PLACED: LiteralString = """
 cross join lateral (select (case when e.occurred_start = '' then
                                       case when g.level >= 3 then '~' || e.occurred_sort else '~' end
                                  when g.level < 2 and e.precision in ('instant', 'day') then left(e.occurred_start, 10)
                                  else e.occurred_sort end) collate "C" as place) s
"""
SHOWN: LiteralString = (
    PEOPLE
    + COLUMNS
    + """
  from people p
  join read.entries e on e.person_record = p.person_record
"""
    + LEVEL
    + PLACED
    + " where "
    + KNOWN
)
READ: LiteralString = SHOWN + story_order.OLDEST_FIRST
NEWEST: LiteralString = SHOWN + story_order.NEWEST_FIRST
# What is said about other entries: nearly always there is nothing, and an index of its own knows it. Which entries are
# meant is not asked here: to send the ids of a page costs more than to read the little that there is.
ABOUT: LiteralString = SHOWN + " and e.cites <> '{}' order by s.place, e.stream"
THIS: LiteralString = SHOWN + " and e.stream = %(entry)s"
# Of some entries, those of which this reader may know anything at all.
KNOWN_OF: LiteralString = (
    PEOPLE
    + """
select e.stream from people p join read.entries e on e.person_record = p.person_record
"""
    + LEVEL
    + " where e.stream = any (%(entries)s::uuid[]) and g.level >= %(least)s and "
    + KNOWN
)
# A name is told by whoever of the agencies has something open to this reader, and by no other.
CARD: LiteralString = (
    PEOPLE
    + """
select s.family, s.given, s.birth_dates
  from people p
 cross join lateral (
       select from read.entries e
"""
    + LEVEL
    + " where e.person_record = p.person_record and g.level >= 2 and "
    + KNOWN
    + """
        limit 1) o
  join identity.statements s on s.person_record = p.person_record and s.known_from <= %(at)s
 order by (s.family = ''), s.position desc limit 1
"""
)
ONE: LiteralString = """
select e.decision_key, exists (
       select from identity.statements s where s.person_record = l.person_record and s.restricted)
  from identity.links l join read.entries e on e.person_record = l.person_record
 where l.child = %s and e.stream = %s and not e.retracted and l.known_to = 'infinity' and e.known_to = 'infinity'
"""
TAKEN_IN: LiteralString = """
select ledger.taken_in(coalesce((select position from read.positions where projection = 'chronology'), 0), %s)
"""

EPOCH = datetime(1, 1, 2, tzinfo=UTC)
FAR = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Levels:
    """What a reader may see: one level for each decision key, by its number from 1.

    strict: the same for what is recorded of somebody whom its agency marks as restricted; what it lacks is sealed.
    released: the entries for which shared and shared_strict stand in the place of both.
    """

    plain: Sequence[int]
    strict: Sequence[int] = ()
    released: Sequence[UUID] = ()
    shared: Sequence[int] = ()
    shared_strict: Sequence[int] = ()

    def reach(self) -> int:
        """The highest level of all."""
        return max((*self.plain, *self.strict, *self.shared, *self.shared_strict), default=0)


class Row(NamedTuple):
    """One entry as far as its level lets it leave the database; what is hidden is empty.

    key: the decision key that decided; restricted: whether it counted as its restricted twin. said: the version's own.
    held: the version, for the record of the reading alone, where more than its existence is told. marks, account: as
    `hub.update.Marks` and `Account`, in JSON's own shapes. cites: the entries that it is about, also those of which the
    reader may not know: they go no further than `consent.entries`. moved: it is another child's today.
    """

    entry: UUID
    key: int
    restricted: bool
    level: int
    start: str
    precision: str
    end: str
    approximate: bool
    place: str
    code: str
    significance: str
    polarity: str
    valence: str
    headline: str
    detail: str
    author: str
    organisation: str
    source: str
    recorded_at_source: str
    received_at: datetime | None
    revision: int
    defects: int
    said: int
    held: int
    assertion: str
    marks: dict[str, Any] | None
    account: dict[str, Any] | None
    cites: Sequence[UUID] = ()
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What to read. after: place and id of the last entry of the page before, no place for the first page."""

    child: UUID
    levels: Levels
    known_at: datetime | None = None
    since: datetime | None = None
    after: tuple[str, UUID] = ("", UUID(int=0))
    limit: int = 500
    newest: bool = False


def confine(cursor: Cursor, child: UUID, levels: Levels) -> None:
    """Have the database's own second line let out what these levels let out of this child, and nothing else."""
    second_line.confine(cursor, arguments(child, levels, None))


def read(cursor: Cursor, question: Question) -> list[Row]:
    """The entries of one child that the levels let out, oldest first, or newest first where that is asked."""
    asked = _asked(cursor, question) | {
        "since": question.since or EPOCH,
        "after_place": question.after[0] or story_order.beginning(newest=question.newest),
        "after": question.after[1],
        "limit": question.limit,
    }
    return list(map(Row._make, cursor.execute(NEWEST if question.newest else READ, asked, prepare=True).fetchall()))


def about(cursor: Cursor, question: Question, entries: Collection[UUID]) -> list[Row]:
    """What is said about any of these entries, at least in summary, oldest first, on whatever page it stands itself."""
    asked = _asked(cursor, question)
    rows, wanted = map(Row._make, cursor.execute(ABOUT, asked, prepare=True).fetchall()), frozenset(entries)
    return [row for row in rows if not wanted.isdisjoint(row.cites)]


def this(cursor: Cursor, question: Question, entry: UUID) -> Row | None:
    """One entry as far as the levels let it out; None for one of which they let nothing out."""
    asked = _asked(cursor, question) | {"entry": entry}
    row = cursor.execute(THIS, asked).fetchone()
    return Row._make(row) if row else None


def known_of(cursor: Cursor, question: Question, entries: Collection[UUID], least: int = 1) -> frozenset[UUID]:
    """Of these entries, those of the child of which the levels let out anything, or at least as much as is named."""
    asked = _asked(cursor, question) | {"entries": sorted(entries), "least": least}
    return frozenset(row[0] for row in cursor.execute(KNOWN_OF, asked).fetchall())


def card(cursor: Cursor, child: UUID, levels: Levels, known_at: datetime | None = None) -> tuple[str, str]:
    """Name and birth date as last stated by an agency of which the reader may see an entry's summary; else empty."""
    row = cursor.execute(CARD, _asked(cursor, Question(child, levels, known_at)), prepare=True).fetchone()
    if row is None:
        return "", ""
    family, given, birth_dates = row
    return " ".join((*given, family)).strip(), birth_dates[-1] if birth_dates else ""


def key_of(cursor: Cursor, child: UUID, entry: UUID) -> tuple[int, bool] | None:
    """The decision key of a child's standing entry, and whether it counts as restricted; None for no such entry."""
    row = cursor.execute(ONE, [child, entry]).fetchone()
    return (int(row[0]), bool(row[1])) if row else None


def taken_in(cursor: Cursor, moment: datetime) -> bool:
    """Whether all that was recorded up to a moment can be read, and nothing more can be recorded as of then.

    Not in a transaction of one snapshot: it must see what was committed meanwhile.
    """
    row = cursor.execute(TAKEN_IN, [moment]).fetchone()
    return bool(row and row[0])


def arguments(child: UUID, levels: Levels, known_at: datetime | None) -> dict[str, object]:
    """What every statement about a child's story is asked with."""
    # Each array arrives as one text literal and is unpacked once.
    return {
        "child": child,
        "at": known_at or FAR,
        "levels": _array(levels.plain),
        "strict": _array(levels.strict),
        "released": "{" + ",".join(map(str, levels.released)) + "}",
        "shared": _array(levels.shared),
        "shared_strict": _array(levels.shared_strict),
    }


def _asked(cursor: Cursor, question: Question) -> dict[str, object]:
    if question.known_at is not None:
        second_line.as_then(cursor)
    return arguments(question.child, question.levels, question.known_at)


def _array(levels: Sequence[int]) -> str:
    return "{" + ",".join(str(int(level)) for level in levels) + "}"
