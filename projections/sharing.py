"""The facts a decision rests on: consent, and the stage of planning and protection, current with their events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString
from uuid import UUID

from hub.events.records import EntryRetracted, Record
from hub.events.sharing import ConsentEvent, ConsentGiven, ConsentRefused, ConsentWithdrawn
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from projections.versions import winners

NAME = "sharing"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.status", "read.consent")

CREATE: LiteralString = """
create table if not exists read.status (
    stream        uuid    not null,
    revision      bigint  not null,
    ordinal       int     not null,
    person_record uuid    not null,
    kind          text    not null,
    since         text    not null,
    until         text    not null,
    stands        boolean not null,
    position      bigint  not null,
    primary key (stream, revision, ordinal)
);
create index if not exists status_by_person on read.status (person_record) where stands;
create table if not exists read.consent (
    stream    uuid   primary key,
    child     uuid   not null,
    recipient text   not null,
    category  text   not null,
    state     text   not null check (state in ('given', 'refused', 'withdrawn')),
    since     text   not null,
    until     text   not null,
    version   bigint not null,
    position  bigint not null
);
create index if not exists consent_by_child on read.consent (child, recipient);
grant select on read.status, read.consent to hub_reader;
grant select, insert, update on read.status, read.consent to hub_writer;
"""

FALL: LiteralString = "update read.status set stands = false where stream = %s and revision <> %s and stands"
INSERT: LiteralString = (
    "insert into read.status (stream, revision, ordinal, person_record, kind, since, until, stands, position) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
CONSENT: LiteralString = (
    "insert into read.consent (stream, child, recipient, category, state, since, until, version, position) "
    "values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict (stream) do update set state = excluded.state, "
    "since = excluded.since, until = excluded.until, version = excluded.version, position = excluded.position "
    "where consent.version < excluded.version"
)
STATUS_OF: LiteralString = """
select s.kind, min(s.position) from identity.links l join read.status s using (person_record)
 where l.child = %(child)s and l.known_to = 'infinity' and s.stands
   and (s.since = '' or s.since <= %(on)s) and (s.until = '' or s.until >= %(on)s)
 group by s.kind
"""
CONSENT_OF: LiteralString = (
    "select category, state, since, until, position from read.consent where child = %s and recipient = %s"
)


@dataclass(frozen=True, slots=True)
class Consent:
    """The state of consent for one category on a day, and the log position of the decision behind it."""

    category: str
    state: str
    position: int


def status_of(cursor: Cursor, child: UUID, on: date) -> dict[str, int]:
    """The stages in force for a child on a day, each with the log position of the record behind it."""
    return dict(cursor.execute(STATUS_OF, {"child": child, "on": on.isoformat()}, prepare=True).fetchall())


def consent_of(cursor: Cursor, child: UUID, recipient: str, on: date) -> list[Consent]:
    """What was decided about sharing with one agency, by category, as it stands on a day."""
    rows = cursor.execute(CONSENT_OF, [child, recipient], prepare=True).fetchall()
    return [
        Consent(category, _on(state, since, until, on.isoformat()), position)
        for category, state, since, until, position in rows
    ]


def _on(state: str, since: str, until: str, day: str) -> str:
    if state != "given":
        return str(state)
    if since > day:
        return "none"
    return "expired" if until and until < day else "given"


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in the transaction that records them."""
    standing = winners(cursor, recorded)
    if later := [(stream, revision) for stream, revision in standing.items() if revision > 1]:
        cursor.executemany(FALL, later)
    statuses, consents = [], []
    for one in recorded:
        match one.event:
            case EntryRetracted():
                pass
            case Record() as event:
                stands = standing[one.stream] == event.originator_version
                for n, fact in enumerate(event.statuses, start=1):
                    head = (one.stream, event.originator_version, n, event.person_record)
                    statuses.append((*head, fact.kind, fact.since, fact.until, stands, one.position))
            case ConsentEvent() as event:
                consents.append(_consent(one, event))
            case _:
                pass
    for statement, rows in ((INSERT, statuses), (CONSENT, consents)):
        if rows:
            cursor.executemany(statement, rows)


def _consent(one: Recorded, event: ConsentEvent) -> tuple[object, ...]:
    state = {ConsentGiven: "given", ConsentRefused: "refused", ConsentWithdrawn: "withdrawn"}[type(event)]
    head = (one.stream, event.child, event.recipient, event.category)
    return (*head, state, event.since, event.until, event.originator_version, one.position)
