"""Who works with each child: as agencies' own records say, when, and since when the hub knew it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import LiteralString
from uuid import UUID

from hub.events.records import EntryRetracted
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.store.rows import as_json
from projections.versions import settle_facts

NAME = "involvement"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.involvement",)
NOW = datetime(9999, 12, 30, tzinfo=UTC)
"""Later than anything can become known: what is known now."""

CREATE: LiteralString = """
create table if not exists read.involvement (
    stream        uuid        not null,
    revision      bigint      not null,
    ordinal       int         not null,
    person_record uuid        not null,
    agency        text        not null,
    duty          text        not null,
    organisation  text        not null,
    worker        text        not null,
    name          text        not null,
    since         text        not null,
    until         text        not null,
    known_from    timestamptz not null,
    known_to      timestamptz not null,
    position      bigint      not null,
    primary key (stream, revision, ordinal),
    exclude using gist (stream with =, ordinal with =, tstzrange(known_from, known_to) with &&)
);
create index if not exists involvement_by_person on read.involvement (person_record);
create index if not exists involvement_by_organisation on read.involvement (organisation) where known_to = 'infinity';
create index if not exists involvement_by_worker on read.involvement (worker)
    where known_to = 'infinity' and worker <> '';
grant select on read.involvement to hub_reader;
grant select, insert, update on read.involvement to hub_writer;
"""

CLOSE: LiteralString = (
    "update read.involvement set known_to = %s where stream = %s and revision = %s and known_to = 'infinity'"
)
ROW = (
    "stream",
    "revision",
    "ordinal",
    "person_record",
    "agency",
    "duty",
    "organisation",
    "worker",
    "name",
    "since",
    "until",
    "known_from",
    "known_to",
    "position",
)
INSERT: LiteralString = (
    "insert into read.involvement (stream, revision, ordinal, person_record, agency, duty, organisation, worker, name, "
    "since, until, known_from, known_to, position) select * from json_to_recordset(%s::json) as w (stream uuid, "
    "revision bigint, ordinal int, person_record uuid, agency text, duty text, organisation text, worker text, "
    "name text, since text, until text, known_from timestamptz, known_to timestamptz, position bigint)"
)
# A duty counts only from a kind of agency that can state it: what a school says of a practice makes nobody a doctor.
STATED: LiteralString = """
   and (i.duty, i.agency) in (('school', 'education'), ('class-teacher', 'education'), ('gp-practice', 'gp'),
        ('gp-practice', 'health-visiting'), ('health-visiting-team', 'health-visiting'),
        ('allocated-social-worker', 'social-work'))
"""
# Dates are text of the form YYYY-MM-DD, so they compare as they stand; until is the last day. An end that comes in
# a record of its own (a pupil left) closes what another record opened: same child, duty and organisation, and the
# same worker where one worker is meant; one source may name a practice's doctor and another not.
ENDED: LiteralString = """
   and not exists (
       select from identity.links m join read.involvement e using (person_record)
        where m.child = l.child and m.known_from <= %(at)s and m.known_to > %(at)s
          and e.known_from <= %(at)s and e.known_to > %(at)s and i.until = ''
          and e.duty = i.duty and e.organisation = i.organisation
          and (e.worker = i.worker or e.duty not in ('allocated-social-worker', 'class-teacher'))
          and e.until <> '' and e.until >= i.since and e.until < %(day)s)
"""
IN_FORCE: LiteralString = """
   and l.known_from <= %(at)s and l.known_to > %(at)s and i.known_from <= %(at)s and i.known_to > %(at)s
   and (i.since = '' or i.since <= %(day)s) and (i.until = '' or i.until >= %(day)s)
"""
OF_CHILD: LiteralString = (
    """
select i.duty, i.organisation, i.worker, i.position from identity.links l join read.involvement i using (person_record)
 where l.child = %(child)s
"""
    + IN_FORCE
    + STATED
    + ENDED
    + """
 order by i.position, i.ordinal
"""
)
# What is on record of the reader's own practice, team or school and this child: no more is needed to decide.
FACTS: LiteralString = (
    """
select 'involvement', i.duty, i.worker, '', min(i.position)
  from identity.links l join read.involvement i using (person_record)
 where l.child = %(child)s and i.organisation = %(organisation)s and i.organisation <> ''
   and i.duty = any (%(duties)s)
"""
    + IN_FORCE
    + STATED
    + ENDED
    + """
 group by i.duty, i.worker
"""
)
CASELOAD: LiteralString = (
    """
select l.child from read.involvement i join identity.links l using (person_record)
 where i.duty = %(duty)s and i.organisation <> '' and i.organisation = %(organisation)s
   and (i.duty <> 'allocated-social-worker' or (i.worker <> '' and i.worker = %(worker)s))
   and i.known_to = 'infinity'
"""
    + IN_FORCE
    + STATED
    + ENDED
    + """
union
select d.child from read.duties d
 where d.duty in ('lead-professional', 'works-with') and d.agency = %(agency)s
   and d.organisation = %(organisation)s and d.organisation <> '' and d.worker in ('', %(worker)s)
   and d.since <= %(day)s::date and d.until >= %(day)s::date and d.known_to = 'infinity'
 order by child limit %(limit)s
"""
)
WORKED_WITH: LiteralString = (
    """
select l.child from identity.links l join read.involvement i using (person_record)
 where l.child = any (%(children)s) and i.organisation = %(organisation)s and i.organisation <> ''
"""
    + IN_FORCE
    + STATED
    + ENDED
    + """
union
select d.child from read.duties d
 where d.child = any (%(children)s) and d.duty in ('lead-professional', 'works-with')
   and d.organisation = %(organisation)s and d.organisation <> ''
   and d.since <= %(day)s::date and d.until >= %(day)s::date and d.known_to = 'infinity'
"""
)


@dataclass(frozen=True, slots=True)
class Involvement:
    """One involvement in force, and the log position of the record behind it."""

    duty: str
    organisation: str
    worker: str
    position: int


def of_child(cursor: Cursor, child: UUID, on: date, known_at: datetime = NOW) -> list[Involvement]:
    """Everyone who works with this child on a day, as agencies' records say."""
    arguments = {"child": child, "day": on.isoformat(), "at": known_at}
    return [Involvement(*row) for row in cursor.execute(OF_CHILD, arguments, prepare=True)]


def caseload(  # noqa: PLR0913 - whose caseload, each part named
    cursor: Cursor, *, agency: str, duty: str, organisation: str, worker: str, on: date, limit: int | None
) -> list[UUID]:
    """The children with whom this organisation (or its worker, where one is meant) works on a day.

    By this duty in agencies' records, or by what was stated through the hub. limit: at most so many, None for all.
    """
    arguments = {
        "agency": agency,
        "duty": duty,
        "organisation": organisation,
        "worker": worker,
        "day": on.isoformat(),
        "at": NOW,
        "limit": limit,
    }
    return [row[0] for row in cursor.execute(CASELOAD, arguments)]


def worked_with(cursor: Cursor, children: Sequence[UUID], organisation: str, on: date) -> list[UUID]:
    """Those of these children with whom anybody of an organisation works on a day."""
    arguments = {"children": list(children), "organisation": organisation, "day": on.isoformat(), "at": NOW}
    return [row[0] for row in cursor.execute(WORKED_WITH, arguments)]


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    settled, closed = settle_facts(cursor, recorded)
    if closed:
        cursor.executemany(CLOSE, [(one.known_to, one.stream, one.revision) for one in closed])
    rows = [
        (
            one.recorded.stream,
            one.event.originator_version,
            ordinal,
            one.event.person_record,
            one.event.agency,
            fact.duty,
            fact.organisation,
            fact.worker,
            fact.name,
            fact.since,
            fact.until,
            one.recorded.recorded_at,
            one.known_to or "infinity",
            one.recorded.position,
        )
        for one in settled
        if not isinstance(one.event, EntryRetracted)
        for ordinal, fact in enumerate(one.event.involvements, start=1)
    ]
    if rows:
        cursor.execute(INSERT, [as_json(ROW, rows)])
