"""What somebody stated about a child and the people round the child: capacity, duties, ties, a safe address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from hub.events.circumstances import CapacityStated, Circumstance, DutyStated, SafeAddressStated, TieStated
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from projections.timeline import COLUMNS, Span, Statement, Timeline, first_day, last_day

NAME = "circumstances"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.capacity", "read.duties", "read.ties", "read.safe_addresses")

ONE_AT_A_TIME: LiteralString = (
    "exclude using gist (stream with =, daterange(since, until, '[]') with &&, tstzrange(known_from, known_to) with &&)"
)
CREATE: LiteralString = (
    "create table if not exists read.capacity ("
    + COLUMNS
    + ", child uuid not null, state text not null, "
    + ONE_AT_A_TIME
    + """);
create index if not exists capacity_by_child on read.capacity (child);
create table if not exists read.duties ("""
    + COLUMNS
    + ", child uuid not null, duty text not null, agency text not null, organisation text not null, "
    + "worker text not null, "
    + ONE_AT_A_TIME
    + """);
create index if not exists duties_by_child on read.duties (child);
create index if not exists duties_by_organisation on read.duties (organisation) where known_to = 'infinity';
create table if not exists read.ties ("""
    + COLUMNS
    + ", child uuid not null, person text not null, tie text not null, "
    + ONE_AT_A_TIME
    + """);
create index if not exists ties_by_child on read.ties (child, person);
create index if not exists ties_by_person on read.ties (person) where known_to = 'infinity';
create index if not exists ties_of_parents on read.ties (since) where tie = 'parental' and known_to = 'infinity';
create table if not exists read.safe_addresses ("""
    + COLUMNS
    + ", child uuid not null, "
    + ONE_AT_A_TIME
    + """);
create index if not exists safe_addresses_by_child on read.safe_addresses (child);
grant select on read.capacity, read.duties, read.ties, read.safe_addresses to hub_reader;
grant select, insert, update on read.capacity, read.duties, read.ties, read.safe_addresses to hub_writer;
"""
)
_CAPACITY = Timeline("read.capacity", ("child", "state"), ("uuid", "text"))
_DUTIES = Timeline(
    "read.duties", ("child", "duty", "agency", "organisation", "worker"), ("uuid", "text", "text", "text", "text")
)
_TIES = Timeline("read.ties", ("child", "person", "tie"), ("uuid", "text", "text"))
_SAFE = Timeline("read.safe_addresses", ("child",), ("uuid",))

# A duty says something of this reader where it names them, or their team as a whole. All that was stated of capacity
# is needed, because what counts is whether somebody had it on the day of their consent.
FACTS: LiteralString = """
select 'duty', d.duty, d.worker, '', d.position from read.duties d
 where d.child = %(child)s and d.agency = %(agency)s and d.organisation = %(organisation)s and d.organisation <> ''
   and d.worker in ('', %(worker)s)
   and d.since <= %(on)s and d.until >= %(on)s and d.known_from <= %(at)s and d.known_to > %(at)s
union all
select 'tie', t.tie, '', '', t.position from read.ties t
 where t.child = %(child)s and t.person = %(person)s
   and t.since <= %(on)s and t.until >= %(on)s and t.known_from <= %(at)s and t.known_to > %(at)s
union all
select 'capacity', c.state, c.since::text, c.until::text, c.position from read.capacity c
 where c.child = %(child)s and c.known_from <= %(at)s and c.known_to > %(at)s
union all
select 'safe-address', 'set', '', '', a.position from read.safe_addresses a
 where a.child = %(child)s
   and a.since <= %(on)s and a.until >= %(on)s and a.known_from <= %(at)s and a.known_to > %(at)s
"""

TIED: LiteralString = (
    "select distinct child from read.ties where person = %s and known_to = 'infinity' and since <= %s and until >= %s"
)

# The last word on who decides: of each parent's tie and consent in force, when it was last said, or capacity was.
PARENTS: LiteralString = """
select p.child, coalesce(b.born, ''),
       (greatest(p.said, (select max(c.known_from) from read.capacity c where c.child = p.child))
         at time zone 'Europe/London')::date
  from (select child, known_from as said from read.ties
         where tie = 'parental' and known_to = 'infinity' and since <= %(on)s and until >= %(on)s
        union all
        select child, known_from from read.consent
         where state = 'given' and given_by <> 'child' and known_to = 'infinity' and since <= %(on)s and until >= %(on)s
       ) p
  left join lateral (
       select s.birth_dates[cardinality(s.birth_dates)] as born
         from identity.links l join identity.statements s using (person_record)
        where l.child = p.child and l.known_to = 'infinity' and cardinality(s.birth_dates) > 0
        order by s.position desc limit 1) b on true
"""
PARENTS_OF: LiteralString = PARENTS.replace("and since <=", "and child = %(child)s and since <=")


@dataclass(frozen=True, slots=True)
class ParentDecides:
    """A child for whom a parent decides: the birth date as stated, and the day on which that was last said."""

    child: UUID
    born: str
    said: date


def tied(cursor: Cursor, person: str, on: date) -> list[UUID]:
    """The children to whom somebody has a tie of their own on a day, whatever it is."""
    return [row[0] for row in cursor.execute(TIED, [person, on, on])]


def parents_decide(cursor: Cursor, on: date, child: UUID | None = None) -> list[ParentDecides]:
    """The children, or the one, who have a parent's tie or consent in force on a day, one for each of these."""
    wanted = {"on": on.isoformat(), "child": child}
    return [ParentDecides(*row) for row in cursor.execute(PARENTS if child is None else PARENTS_OF, wanted)]


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    said: dict[Timeline, list[Statement]] = {}
    for one in recorded:
        if isinstance(one.event, Circumstance):
            timeline, values = _said(one.event)
            said.setdefault(timeline, []).append(_statement(one, one.event, values))
    for timeline, statements in said.items():
        timeline.tell(cursor, statements)


def _said(event: Circumstance) -> tuple[Timeline, dict[str, object]]:
    match event:
        case CapacityStated():
            return _CAPACITY, {"state": event.state}
        case DutyStated():
            who = {"agency": event.agency, "organisation": event.organisation, "worker": event.worker}
            return _DUTIES, {"duty": event.duty, **who}
        case TieStated():
            return _TIES, {"person": event.person, "tie": event.tie}
        case SafeAddressStated():
            return _SAFE, {}
        case _:
            raise TypeError(type(event).__name__)


def _statement(one: Recorded, event: Circumstance, values: dict[str, object]) -> Statement:
    first = first_day(event.since)
    span = Span(first, last_day(event.until), {"child": event.child, **values})
    return Statement(one.stream, event.originator_version, first, (span,), one.recorded_at, one.position)
