"""What was stated about a child through the hub, in every version, and what each record says of who works with one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from hub.events.base import Act
from hub.events.circumstances import CapacityStated, Circumstance, DutyStated, SafeAddressStated, TieStated
from hub.events.records import EntryRetracted, Record
from hub.events.sharing import ConsentEvent, ConsentGiven, ConsentRefused, ConsentWithdrawn
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.store.rows import as_json

NAME = "casework"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.stated", "read.working")

CREATE: LiteralString = """
create table if not exists read.stated (
    stream   uuid        not null,
    version  bigint      not null,
    child    uuid        not null,
    kind     text        not null,
    what     text        not null,
    said     text        not null,
    since    text        not null,
    until    text        not null,
    by       text        not null,
    at       timestamptz not null,
    position bigint      not null unique,
    primary key (stream, version)
);
create index if not exists stated_by_child on read.stated (child, kind);
create index if not exists ties_stated_by on read.stated (by, at) where kind = 'tie';
create table if not exists read.working (
    position      bigint not null,
    ordinal       int    not null,
    person_record uuid   not null,
    agency        text   not null,
    duty          text   not null,
    organisation  text   not null,
    worker        text   not null,
    name          text   not null,
    since         text   not null,
    sensitivity   text   not null,
    confirmed     text   not null,
    primary key (position, ordinal)
);
grant select on read.stated, read.working to hub_reader;
grant select, insert on read.stated, read.working to hub_writer;
-- The second line: of any other child than the one this transaction is about, no statement is let out; and what is on
-- record of consent, capacity and an address, to nobody of whom it was not found that they work with the child. Of a
-- duty that is telling in itself: to those who stated it or have it, and to whom such a line was decided to be known.
alter table read.stated enable row level security;
drop policy if exists of_the_child on read.stated;
create policy of_the_child on read.stated for select to hub_reader
    using (child = (select nullif(current_setting('hub.child', true), '')::uuid)
           and case when kind <> 'duty' then child = (select nullif(current_setting('hub.works_with', true), '')::uuid)
               else said::json ->> 'sensitivity' in ('ordinary', 'concern')
                    or by = (select nullif(current_setting('hub.person', true), ''))
                    or said::json ->> 'organisation' = (select nullif(current_setting('hub.organisation', true), ''))
                    or (select current_setting('hub.lines', true)) = '*'
                    or (said::json ->> 'agency') || ' ' || (said::json ->> 'sensitivity') = any (coalesce(
                        (select string_to_array(nullif(current_setting('hub.lines', true), ''), ',')), '{}'))
               end);
drop policy if exists written on read.stated;
create policy written on read.stated to hub_writer using (true) with check (true);
-- And of who works with that child only the lines that were decided to be known, as agency and kind of line.
alter table read.working enable row level security;
drop policy if exists as_decided on read.working;
create policy as_decided on read.working for select to hub_reader using (
    person_record in (select l.person_record from identity.links l
                       where l.child = (select nullif(current_setting('hub.child', true), '')::uuid))
    and agency || ' ' || case
            when sensitivity not in ('ordinary', 'concern') then sensitivity
            when exists (select from identity.statements s
                          where s.person_record = working.person_record and s.restricted) then 'restricted'
            else 'ordinary' end
        = any (coalesce((select string_to_array(nullif(current_setting('hub.lines', true), ''), ',')), '{}')));
drop policy if exists written on read.working;
create policy written on read.working to hub_writer using (true) with check (true);
"""

WORKS_WITH: LiteralString = "select set_config('hub.works_with', %s, true)"
KNOWN: LiteralString = "select set_config('hub.lines', %s, true)"
STATED: LiteralString = (
    "insert into read.stated (stream, version, child, kind, what, said, since, until, by, at, position) "
    "select * from json_to_recordset(%s::json) as w (stream uuid, version bigint, child uuid, kind text, what text, "
    "said text, since text, until text, by text, at timestamptz, position bigint)"
)
STATED_ROW = ("stream", "version", "child", "kind", "what", "said", "since", "until", "by", "at", "position")
WORKING: LiteralString = (
    "insert into read.working (position, ordinal, person_record, agency, duty, organisation, worker, name, since, "
    "sensitivity, confirmed) select * from json_to_recordset(%s::json) as w (position bigint, ordinal int, "
    "person_record uuid, agency text, duty text, organisation text, worker text, name text, since text, "
    "sensitivity text, confirmed text)"
)
WORKING_ROW = (
    "position",
    "ordinal",
    "person_record",
    "agency",
    "duty",
    "organisation",
    "worker",
    "name",
    "since",
    "sensitivity",
    "confirmed",
)
TIES_OF_A_DAY: LiteralString = (
    "select count(*) from read.stated where kind = 'tie' and by = %s and at > clock_timestamp() - interval '1 day'"
)
OF_CHILD: LiteralString = """
select stream, version, kind, what, said, since, until, by, at, position from read.stated
 where child = %s and kind = any (%s) order by position
"""
STANDING: LiteralString = """
select stream, version, kind, what, said, since, until, by, at, position from read.stated
 where stream = %s order by version desc limit 1
"""
# Of somebody whom any statement of that agency marks as restricted, every line counts as restricted.
SAYING: LiteralString = """
select w.position, w.agency, w.duty, w.organisation, w.worker, w.name, w.since, w.sensitivity, w.confirmed,
       exists (select from identity.statements s where s.person_record = w.person_record and s.restricted)
  from read.working w where w.position = any (%s) order by w.position, w.ordinal
"""

KINDS: dict[type[Act], tuple[str, str]] = {
    ConsentGiven: ("consent", "given"),
    ConsentRefused: ("consent", "refused"),
    ConsentWithdrawn: ("consent", "withdrawn"),
    CapacityStated: ("capacity", ""),
    DutyStated: ("duty", ""),
    TieStated: ("tie", ""),
    SafeAddressStated: ("safe-address", ""),
}
OWN_COLUMNS = frozenset({"originator_id", "originator_version", "child", "since", "until", "recorded_by"})
HERE = ZoneInfo("Europe/London")
LENGTH_OF_DAY = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class Stated:
    """One version of one statement. said: every other field of its event, by name; what: given, refused, withdrawn."""

    stream: UUID
    version: int
    kind: str
    what: str
    said: dict[str, str]
    since: str
    until: str
    by: str
    at: datetime
    position: int

    def in_force(self, day: str) -> bool:
        """Whether it counts on a day, as YYYY-MM-DD; the last day counts."""
        return self.since <= day and (not self.until or day <= self.until)


@dataclass(frozen=True, slots=True)
class Saying:
    """What one record says of who works with a child. confirmed: the day on which it was written, or else came.

    restricted: the agency marks the person as restricted. name: of the worker, where the source gives one.
    """

    position: int
    agency: str
    duty: str
    organisation: str
    worker: str
    name: str
    since: str
    sensitivity: str
    confirmed: str
    restricted: bool = False
    contact: str = ""
    cover: str = ""


def of_child(cursor: Cursor, child: UUID, kinds: Sequence[str]) -> list[Stated]:
    """Every version of every statement of these kinds about a child, oldest first."""
    return [_stated(row) for row in cursor.execute(OF_CHILD, [child, list(kinds)], prepare=True)]


def standing(cursor: Cursor, stream: UUID) -> Stated | None:
    """The newest version of one statement, in force or not; None where nothing was ever stated."""
    row = cursor.execute(STANDING, [stream]).fetchone()
    return _stated(row) if row else None


def on_day(found: Sequence[Stated], day: str) -> list[Stated]:
    """Of each stream the version that speaks of a day, as YYYY-MM-DD: from its first day on a later one does.

    In the order in which the streams began. Whether what it says still counts on that day is for `Stated.in_force`.
    """
    last: dict[UUID, Stated] = {}
    for one in found:
        if one.since <= day and (one.stream not in last or one.version > last[one.stream].version):
            last[one.stream] = one
    return list(last.values())


def works_with(cursor: Cursor, child: UUID) -> None:
    """Say that whoever asks was found to work with the child: the database now tells what is on record of it."""
    cursor.execute(WORKS_WITH, [str(child)], prepare=True)


def confine(cursor: Cursor, known: Collection[tuple[str, str]]) -> None:
    """Say of which agencies' which kinds of line a reader may know: the database now tells of no other record."""
    cursor.execute(KNOWN, [",".join(sorted(f"{agency} {kind}" for agency, kind in known))], prepare=True)


def for_deciding(cursor: Cursor) -> None:
    """Say that who has which duty is asked for a decision, and shown to nobody."""
    cursor.execute(KNOWN, ["*"], prepare=True)


def saying(cursor: Cursor, positions: Sequence[int]) -> list[Saying]:
    """What the records at these places of the log say of who works with their child."""
    return [Saying(*row) for row in cursor.execute(SAYING, [list(positions)], prepare=True)]


def as_saying(one: Stated) -> Saying:
    """A duty that somebody stated, as what it says of who works with the child; confirmed on the day it was stated."""
    said, confirmed = one.said, one.at.astimezone(HERE).date().isoformat()
    return Saying(
        position=one.position,
        agency=said["agency"],
        duty=said["duty"],
        organisation=said["organisation"],
        worker=said["worker"],
        name=said["name"],
        since=one.since,
        sensitivity=said["sensitivity"],
        confirmed=confirmed,
        contact=said["contact"],
        cover=said["cover"],
    )


def ties_of_a_day(cursor: Cursor, by: str) -> int:
    """How many ties somebody stated in the last 24 hours, of whichever children; for whoever writes the ledger."""
    row = cursor.execute(TIES_OF_A_DAY, [by]).fetchone()
    return int(row[0]) if row else 0


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    stated, working = [], []
    for one in recorded:
        match one.event:
            case EntryRetracted():
                pass
            case Record() as event:
                working += _working(one, event)
            case ConsentEvent() | Circumstance() as event:
                stated.append(_row(one, event))
            case _:
                pass
    if stated:
        cursor.execute(STATED, [as_json(STATED_ROW, stated)])
    if working:
        cursor.execute(WORKING, [as_json(WORKING_ROW, working)])


def _stated(row: tuple[object, ...]) -> Stated:
    stream, version, kind, what, said, *rest = row
    return Stated(stream, version, kind, what, orjson.loads(str(said)), *rest)  # type: ignore[arg-type] # the columns


def _row(one: Recorded, event: ConsentEvent | Circumstance) -> tuple[object, ...]:
    kind, what = KINDS[type(event)]
    said = {part.name: getattr(event, part.name) for part in fields(event) if part.name not in OWN_COLUMNS}
    text = orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()
    head = (one.stream, event.originator_version, event.child, kind, what, text)
    return (*head, event.since, event.until, event.recorded_by, one.recorded_at, one.position)


def _working(one: Recorded, event: Record) -> list[tuple[object, ...]]:
    confirmed = _day(event.recorded_at_source) or one.recorded_at.astimezone(HERE).date().isoformat()
    return [
        (
            one.position,
            ordinal,
            event.person_record,
            event.agency,
            fact.duty,
            fact.organisation,
            fact.worker,
            fact.name,
            fact.since,
            event.sensitivity,
            confirmed,
        )
        for ordinal, fact in enumerate(event.involvements, start=1)
    ]


def _day(stated: str) -> str:
    """The day of a source's own time; empty where it states none as exactly as that."""
    try:
        return date.fromisoformat(stated[:LENGTH_OF_DAY]).isoformat() if len(stated) >= LENGTH_OF_DAY else ""
    except ValueError:
        return ""
