"""Who works with each child: as agencies' own records say, current with the record that says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from hub.events.records import EntryRetracted, Record
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.store.rows import as_json
from projections.versions import winners

NAME = "involvement"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.involvement",)

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
    stands        boolean     not null,
    position      bigint      not null,
    primary key (stream, revision, ordinal)
);
create index if not exists involvement_by_person on read.involvement (person_record) where stands;
create index if not exists involvement_by_organisation on read.involvement (organisation) where stands;
create index if not exists involvement_by_worker on read.involvement (worker) where stands and worker <> '';
grant select on read.involvement to hub_reader;
grant select, insert, update on read.involvement to hub_writer;
"""

FALL: LiteralString = "update read.involvement set stands = false where stream = %s and revision <> %s and stands"
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
    "stands",
    "position",
)
INSERT: LiteralString = (
    "insert into read.involvement (stream, revision, ordinal, person_record, agency, duty, organisation, worker, name, "
    "since, until, stands, position) select * from json_to_recordset(%s::json) as w (stream uuid, revision bigint, "
    "ordinal int, person_record uuid, agency text, duty text, organisation text, worker text, name text, since text, "
    "until text, stands bool, position bigint)"
)
# A duty counts only from a kind of agency that can state it: what a school says of a practice makes nobody a doctor.
STATED: LiteralString = """
   and (i.duty, i.agency) in (('school', 'education'), ('gp-practice', 'gp'), ('gp-practice', 'health-visiting'),
        ('health-visiting-team', 'health-visiting'), ('allocated-social-worker', 'social-work'))
"""
# Dates are text of the form YYYY-MM-DD, so they compare as they stand; until is the last day. An end that comes in
# a record of its own (a pupil left) closes what another record opened: same child, duty and organisation, and the
# same worker where one worker is meant; one source may name a practice's doctor and another not.
ENDED: LiteralString = """
   and not exists (
       select from identity.links m join read.involvement e using (person_record)
        where m.child = l.child and m.known_to = 'infinity' and e.stands and i.until = ''
          and e.duty = i.duty and e.organisation = i.organisation
          and (e.worker = i.worker or e.duty <> 'allocated-social-worker')
          and e.until <> '' and e.until >= i.since and e.until < %(on)s)
"""
IN_FORCE: LiteralString = """
   and l.known_to = 'infinity' and i.stands
   and (i.since = '' or i.since <= %(on)s) and (i.until = '' or i.until >= %(on)s)
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
CASELOAD: LiteralString = (
    """
select distinct l.child from read.involvement i join identity.links l using (person_record)
 where i.duty = %(duty)s and i.organisation <> '' and i.organisation = %(organisation)s
   and (i.duty <> 'allocated-social-worker' or (i.worker <> '' and i.worker = %(worker)s))
"""
    + IN_FORCE
    + STATED
    + ENDED
    + """
 order by l.child limit %(limit)s
"""
)


@dataclass(frozen=True, slots=True)
class Involvement:
    """One involvement in force, and the log position of the record behind it."""

    duty: str
    organisation: str
    worker: str
    position: int


def of_child(cursor: Cursor, child: UUID, on: date) -> list[Involvement]:
    """Everyone who works with this child on a day."""
    return [Involvement(*row) for row in cursor.execute(OF_CHILD, {"child": child, "on": on.isoformat()}, prepare=True)]


def caseload(  # noqa: PLR0913 - whose caseload, each part named
    cursor: Cursor, *, duty: str, organisation: str, worker: str, on: date, limit: int
) -> list[UUID]:
    """The children with whom this organisation (or its worker, where one is meant) has this duty on a day."""
    arguments = {
        "duty": duty,
        "organisation": organisation,
        "worker": worker,
        "on": on.isoformat(),
        "limit": limit,
    }
    return [row[0] for row in cursor.execute(CASELOAD, arguments)]


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    standing = winners(cursor, recorded)
    if later := [(stream, revision) for stream, revision in standing.items() if revision > 1]:
        cursor.executemany(FALL, later)
    rows = []
    for one in recorded:
        if not isinstance(one.event, Record) or isinstance(one.event, EntryRetracted):
            continue
        event, stands = one.event, standing[one.stream] == one.event.originator_version
        for ordinal, fact in enumerate(event.involvements, start=1):
            values = (event.agency, fact.duty, fact.organisation, fact.worker, fact.name, fact.since, fact.until)
            rows.append(
                (one.stream, event.originator_version, ordinal, event.person_record, *values, stands, one.position)
            )
    if rows:
        cursor.execute(INSERT, [as_json(ROW, rows)])
