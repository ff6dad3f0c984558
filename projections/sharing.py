"""The facts of sharing: consent, and the stages of planning and protection, when, and since when the hub knew it so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from zoneinfo import ZoneInfo

from hub.events.records import EntryRetracted
from hub.events.sharing import ConsentEvent, ConsentGiven, ConsentRefused, ConsentWithdrawn
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.store.rows import as_json
from projections.timeline import COLUMNS, LAST, Span, Statement, Timeline, day_after, first_day, last_day
from projections.versions import settle_facts

NAME = "sharing"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.status", "read.consent")
HERE = ZoneInfo("Europe/London")

CREATE: LiteralString = (
    """
create table if not exists read.status (
    stream        uuid        not null,
    revision      bigint      not null,
    ordinal       int         not null,
    person_record uuid        not null,
    kind          text        not null,
    since         text        not null,
    until         text        not null,
    known_from    timestamptz not null,
    known_to      timestamptz not null,
    position      bigint      not null,
    primary key (stream, revision, ordinal),
    exclude using gist (stream with =, ordinal with =, tstzrange(known_from, known_to) with &&)
);
create index if not exists status_by_person on read.status (person_record);
create table if not exists read.consent ("""
    + COLUMNS
    + """, child uuid not null, recipient text not null, category text not null, given_by text not null,
    state text not null check (state in ('given', 'expired', 'refused', 'withdrawn')),
    exclude using gist (stream with =, daterange(since, until, '[]') with &&, tstzrange(known_from, known_to) with &&)
);
drop index if exists read.consent_by_child;
create index if not exists consent_standing on read.consent (child, recipient, known_to);
create index if not exists consent_of_parents on read.consent (since)
    where state = 'given' and given_by <> 'child' and known_to = 'infinity';
grant select on read.status, read.consent to hub_reader;
grant select, insert, update on read.status, read.consent to hub_writer;
"""
)

CLOSE: LiteralString = (
    "update read.status set known_to = %s where stream = %s and revision = %s and known_to = 'infinity'"
)
STATUS = (
    "stream",
    "revision",
    "ordinal",
    "person_record",
    "kind",
    "since",
    "until",
    "known_from",
    "known_to",
    "position",
)
INSERT: LiteralString = (
    "insert into read.status (stream, revision, ordinal, person_record, kind, since, until, known_from, known_to, "
    "position) select * from json_to_recordset(%s::json) as w (stream uuid, revision bigint, ordinal int, "
    "person_record uuid, kind text, since text, until text, known_from timestamptz, known_to timestamptz, "
    "position bigint)"
)
_CONSENT = Timeline(
    "read.consent",
    ("child", "recipient", "category", "given_by", "state"),
    ("uuid", "text", "text", "text", "text"),
)
# Dates of agencies' records are text of the form YYYY-MM-DD, so they compare as they stand. Whoever gave consent is
# told with its first day and the day on which it was recorded, because somebody else looks at whether they could.
FACTS: LiteralString = """
select 'status', s.kind, '', '', min(s.position) from identity.links l join read.status s using (person_record)
 where l.child = %(child)s and l.known_from <= %(at)s and l.known_to > %(at)s
   and s.known_from <= %(at)s and s.known_to > %(at)s
   and (s.since = '' or s.since <= %(day)s) and (s.until = '' or s.until >= %(day)s)
 group by s.kind
union all
select 'consent:' || c.category, c.state, c.given_by, c.since::text || ' ' || (
         select (min(k.known_from) at time zone 'Europe/London')::date::text from read.consent k
          where k.stream = c.stream and k.position = c.position), c.position
  from read.consent c
 where c.child = %(child)s and c.recipient = %(agency)s
   and c.since <= %(on)s and c.until >= %(on)s and c.known_from <= %(at)s and c.known_to > %(at)s
"""


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
            fact.kind,
            fact.since,
            fact.until,
            one.recorded.recorded_at,
            one.known_to or "infinity",
            one.recorded.position,
        )
        for one in settled
        if not isinstance(one.event, EntryRetracted)
        for ordinal, fact in enumerate(one.event.statuses, start=1)
    ]
    if rows:
        cursor.execute(INSERT, [as_json(STATUS, rows)])
    _CONSENT.tell(cursor, [_stated(one, one.event) for one in recorded if isinstance(one.event, ConsentEvent)])


def _stated(one: Recorded, event: ConsentEvent) -> Statement:
    first = first_day(event.since)
    match event:
        case ConsentGiven():
            spans = _given(event, first)
        case ConsentRefused() | ConsentWithdrawn():
            first = min(first, _day(one.recorded_at))  # a no counts at once, also one stated for a later day
            state = "refused" if isinstance(event, ConsentRefused) else "withdrawn"
            spans = (_span(event, first, LAST, state),)
        case _:
            raise TypeError(type(event).__name__)
    return Statement(one.stream, event.originator_version, first, spans, one.recorded_at, one.position)


def _given(event: ConsentEvent, first: str) -> tuple[Span, ...]:
    last = last_day(event.until)
    given = _span(event, first, last, "given")
    return (given,) if last == LAST else (given, _span(event, day_after(last), LAST, "expired"))


def _span(event: ConsentEvent, since: str, until: str, state: str) -> Span:
    about = {"child": event.child, "recipient": event.recipient, "category": event.category}
    return Span(since, until, {**about, "given_by": event.given_by, "state": state})


def _day(moment: datetime) -> str:
    return moment.astimezone(HERE).date().isoformat()
