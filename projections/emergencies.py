"""Emergency access as decisions need it: who has it to which child, until when, and whether its reason and review came.

Current with each event. What governance and the reader are shown of it comes from here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import LiteralString
from uuid import UUID

from hub.events.emergency import (
    EmergencyAcknowledged,
    EmergencyEnded,
    EmergencyEvent,
    EmergencyOpened,
    EmergencyReasonGiven,
    EmergencyReviewed,
)
from hub.people import Practitioner
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "emergencies"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.emergencies", "read.emergency_acknowledgements")

# Of the words, the reason and the note, whoever reads for a person reads none: they are for the review alone.
# until is the end that was set, over_at the end that came: earlier where the reader ended it. Nobody has two at once
# to one child.
CREATE: LiteralString = """
create table if not exists read.emergencies (
    emergency    uuid        primary key,
    stream       uuid        not null,
    child        uuid        not null,
    person       text        not null,
    role         text        not null,
    agency       text        not null,
    organisation text        not null,
    opened_at    timestamptz not null,
    until        timestamptz not null,
    over_at      timestamptz not null check (over_at between opened_at and until),
    reasoned_at  timestamptz,
    reason       text        not null default '',
    reviewed_at  timestamptz,
    reviewed_by  text        not null default '',
    finding      text        not null default '',
    note         text        not null default '',
    position     bigint      not null unique,
    exclude using gist (stream with =, tstzrange(opened_at, over_at) with &&)
);
create index if not exists emergencies_by_child on read.emergencies (child, person, over_at);
create index if not exists emergencies_by_person on read.emergencies (person, opened_at);
create index if not exists emergencies_to_review on read.emergencies (position)
    where finding in ('', 'needs-follow-up');
create table if not exists read.emergency_acknowledgements (
    emergency uuid        not null,
    person    text        not null,
    at        timestamptz not null,
    primary key (emergency, person)
);
revoke select on read.emergencies from hub_reader;
grant select (emergency, stream, child, person, role, agency, organisation, opened_at, until, over_at, reasoned_at,
              finding, position) on read.emergencies to hub_reader;
grant select on read.emergency_acknowledgements to hub_reader;
grant select on read.emergencies, read.emergency_acknowledgements to hub_auditor;
grant select, insert, update on read.emergencies, read.emergency_acknowledgements to hub_writer;
-- The second line: whoever asks reads of their own, and of what they are to be told of (projections.second_line).
alter table read.emergencies enable row level security;
drop policy if exists own_or_told on read.emergencies;
create policy own_or_told on read.emergencies for select to hub_reader using (
    person = (select nullif(current_setting('hub.person', true), ''))
    or child = any (coalesce((select nullif(current_setting('hub.told', true), '')::uuid[]), '{}'))
    or (finding in ('', 'needs-follow-up')
        and (select nullif(current_setting('hub.governs', true), '')) in ('*', organisation)));
drop policy if exists governed on read.emergencies;
create policy governed on read.emergencies for select to hub_auditor using (true);
drop policy if exists written on read.emergencies;
create policy written on read.emergencies to hub_writer using (true) with check (true);
"""

OPENED: LiteralString = (
    "insert into read.emergencies (emergency, stream, child, person, role, agency, organisation, opened_at, until, "
    "over_at, position) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
REASONED: LiteralString = "update read.emergencies set reasoned_at = %s, reason = %s where emergency = %s"
ENDED: LiteralString = "update read.emergencies set over_at = least(over_at, %s) where emergency = %s"
REVIEWED: LiteralString = (
    "update read.emergencies set reviewed_at = %s, reviewed_by = %s, finding = %s, note = %s where emergency = %s"
)
ACKNOWLEDGED: LiteralString = (
    "insert into read.emergency_acknowledgements (emergency, person, at) values (%s, %s, %s) on conflict do nothing"
)
HELD: LiteralString = """
select e.emergency, e.child, e.person, e.role, e.agency, e.organisation, e.opened_at, e.until, e.over_at,
       e.reasoned_at is not null, e.finding, e.position from read.emergencies e where """
OPEN: LiteralString = HELD + "e.child = %s and e.person = %s and e.opened_at <= %s and e.over_at > %s"
ONE: LiteralString = HELD + "e.emergency = %s"
MINE: LiteralString = (
    HELD + "e.person = %(person)s and e.opened_at <= %(now)s and (e.over_at > %(now)s or e.reasoned_at is null) "
    "order by e.position"
)
WORDS: LiteralString = "e.position, e.reason, e.note from"
UNREVIEWED: LiteralString = (
    HELD.replace("e.position from", WORDS) + "e.finding in ('', 'needs-follow-up') and (%(organisation)s::text is null "
    "or e.organisation = %(organisation)s) and e.child <> all (%(tied)s) order by e.position limit %(limit)s"
)
TOLD: LiteralString = "select set_config('hub.told', %s, true), set_config('hub.governs', %s, true)"
UNTOLD: LiteralString = (
    HELD + "(e.child = any(%(children)s) or (%(governs)s and e.finding in ('', 'needs-follow-up') and "
    "(%(organisation)s::text is null or e.organisation = %(organisation)s))) and e.person <> %(person)s "
    "and e.child <> all (%(tied)s) and not exists "
    "(select from read.emergency_acknowledgements a where a.emergency = e.emergency and a.person = %(person)s) "
    "order by e.position"
)

# A part of what `projections.standing` asks for in one statement.
FACTS: LiteralString = """
select 'emergency', 'open', '', '', e.position from read.emergencies e
 where e.child = %(child)s and e.person = %(person)s and e.opened_at <= %(moment)s and e.over_at > %(moment)s
"""
LED: LiteralString = """
select distinct child from read.duties
 where duty = 'lead-professional' and agency = %s and organisation = %s and organisation <> '' and worker in ('', %s)
   and since <= %s and until >= %s and known_to = 'infinity'
"""


@dataclass(frozen=True, slots=True)
class ToTell:
    """Who has to be told: of these children, and as governance of all (governs) or of one organisation's people.

    tied: the children to whom they have a tie of their own; of these they are told nothing.
    """

    person: str
    children: Sequence[UUID] = ()
    governs: bool = False
    organisation: str | None = None
    tied: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """One emergency access as recorded. over_at is when it ends or ended.

    reasoned stays true when the reason itself was erased. finding and note are the last review's, empty before one;
    reason and note are read for a review alone.
    """

    emergency: UUID
    child: UUID
    person: str
    role: str
    agency: str
    organisation: str
    opened_at: datetime
    until: datetime
    over_at: datetime
    reasoned: bool
    finding: str
    position: int
    reason: str = ""
    note: str = ""


def open_for(cursor: Cursor, child: UUID, person: str, now: datetime) -> Held | None:
    """The emergency access that this person has to this child at a moment; over at its last moment, not after it."""
    row = cursor.execute(OPEN, [child, person, now, now], prepare=True).fetchone()
    return Held(*row) if row else None


def one(cursor: Cursor, emergency: UUID) -> Held | None:
    """An emergency access by its id."""
    row = cursor.execute(ONE, [emergency]).fetchone()
    return Held(*row) if row else None


def of_person(cursor: Cursor, person: str, now: datetime) -> list[Held]:
    """What this person has open at a moment, and what is over and still without its reason; oldest first."""
    return [Held(*row) for row in cursor.execute(MINE, {"person": person, "now": now})]


def led_by(cursor: Cursor, reader: Practitioner, on: date) -> list[UUID]:
    """The children whose lead professional somebody is on a day, alone or with the organisation's whole team."""
    who = [reader.agency.value, reader.organisation, reader.worker]
    return [row[0] for row in cursor.execute(LED, [*who, on, on])]


def untold(cursor: Cursor, whom: ToTell) -> list[Held]:
    """What others opened, this person has to be told of and has not acknowledged; oldest first."""
    values = {
        "person": whom.person,
        "children": list(whom.children),
        "governs": whom.governs,
        "organisation": whom.organisation,
        "tied": list(whom.tied),
    }
    governs = "" if not whom.governs else "*" if whom.organisation is None else whom.organisation
    cursor.execute(TOLD, ["{" + ",".join(map(str, whom.children)) + "}", governs])
    return [Held(*row) for row in cursor.execute(UNTOLD, values)]


def to_review(cursor: Cursor, organisation: str | None, tied: Sequence[UUID], limit: int) -> list[Held]:
    """What no review has closed yet, by anybody or by one organisation's people, of no child tied; oldest first."""
    values = {"organisation": organisation, "tied": list(tied), "limit": limit}
    return [Held(*row) for row in cursor.execute(UNREVIEWED, values)]


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    for item in recorded:
        if isinstance(item.event, EmergencyEvent):
            _apply(cursor, item, item.event)


def _apply(cursor: Cursor, recorded: Recorded, event: EmergencyEvent) -> None:
    match event:
        case EmergencyOpened():
            who = (event.by, event.role, event.agency, event.organisation)
            times = (event.at, event.until, event.until, recorded.position)
            cursor.execute(OPENED, [event.emergency, recorded.stream, event.child, *who, *times])
        case EmergencyReasonGiven():
            cursor.execute(REASONED, [event.at, event.reason, event.emergency])
        case EmergencyEnded():
            cursor.execute(ENDED, [event.at, event.emergency])
        case EmergencyAcknowledged():
            cursor.execute(ACKNOWLEDGED, [event.emergency, event.by, event.at])
        case EmergencyReviewed():
            cursor.execute(REVIEWED, [event.at, event.by, event.finding, event.note, event.emergency])
        case _:
            pass
