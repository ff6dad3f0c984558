"""How every recorded reading was decided, without anybody in it: few situations, however many readings.

A situation is who asked (role and kind of agency) for what on which basis, and every fact's value. A ruling is all that
one policy version decided in one situation. Readings point to rulings; of the child and of any entry nothing is kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

import orjson

from hub.events.access import Disclosed
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.store.rows import as_json

NAME = "decided"
LOG: LiteralString = "access"
TABLES: tuple[LiteralString, ...] = ("read.situations", "read.rulings", "read.decided")

CREATE: LiteralString = """
create table if not exists read.situations (
    number int  primary key,
    stated text not null unique
);
create table if not exists read.rulings (
    number    int   primary key,
    digest    bytea not null unique,
    situation int   not null,
    policy    text  not null,
    decisions text  not null
);
create table if not exists read.decided (
    reading      uuid        primary key,
    position     bigint      not null unique,
    at           timestamptz not null,
    reader       text        not null,
    organisation text        not null,
    ruling       int         not null,
    emergency    boolean     not null,
    counted      smallint[]  not null,
    entries      int[]       not null
);
create index if not exists decided_at on read.decided (at);
grant select on read.situations, read.rulings, read.decided to hub_auditor;
"""

SITUATIONS: LiteralString = "select stated, number from read.situations where stated = any(%s)"
RULINGS: LiteralString = "select digest, number from read.rulings where digest = any(%b)"
LAST_SITUATION: LiteralString = "select coalesce(max(number), 0) from read.situations"
LAST_RULING: LiteralString = "select coalesce(max(number), 0) from read.rulings"
NEW_SITUATION: LiteralString = "insert into read.situations (stated, number) values (%s, %s)"
NEW_RULING: LiteralString = (
    "insert into read.rulings (number, digest, situation, policy, decisions) values (%s, %s, %s, %s, %s)"
)
COLUMNS = ("reading", "position", "at", "reader", "organisation", "ruling", "emergency", "counted", "entries")
INSERT: LiteralString = (
    "insert into read.decided (reading, position, at, reader, organisation, ruling, emergency, counted, entries) "
    "select * from json_to_recordset(%s::json) as w (reading uuid, position bigint, at timestamptz, reader text, "
    "organisation text, ruling int, emergency bool, counted smallint[], entries int[])"
)
DURING: LiteralString = """
select d.reading, d.position, (d.at at time zone 'Europe/London')::date, d.reader, d.ruling, d.emergency, d.counted,
       d.entries
  from read.decided d
 where d.position > %(after)s and (%(since)s::timestamptz is null or d.at >= %(since)s)
   and (%(until)s::timestamptz is null or d.at <= %(until)s)
   and (%(organisation)s::text is null or d.organisation = %(organisation)s)
 order by d.position limit %(limit)s
"""
RULED: LiteralString = """
select r.number, r.policy, s.stated, r.decisions from read.rulings r join read.situations s on s.number = r.situation
 where r.number in (select d.ruling from read.decided d
                     where (%(since)s::timestamptz is null or d.at >= %(since)s)
                       and (%(until)s::timestamptz is null or d.at <= %(until)s)
                       and (%(organisation)s::text is null or d.organisation = %(organisation)s))
"""
PAGE = 20_000
WORD = re.compile(r"[a-z][a-z_-]*(:[a-z-]+)?")
"""What a fact of a situation is made of. Whatever else a record says of a fact is about somebody, or an entry."""


Decision = tuple[str, str, str, bool, bool, int, str]
"""Agency, category, sensitivity, third_party and released of a kind of entry, and the level and rule it got."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """All that one policy version decided in one situation.

    stated: role, agency, purpose, basis, and `facts`, each fact's value by its name. decisions: one for each kind of
    entry.
    """

    number: int
    policy: str
    stated: Mapping[str, Any]
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class DecidedReading:
    """One reading: on which day (in Scotland), by whom, under which ruling.

    counted are places in the ruling's decisions, from 0, and entries how many came out by each.
    """

    reading: UUID
    position: int
    day: date
    reader: str
    ruling: int
    emergency: bool
    counted: Sequence[int]
    entries: Sequence[int]


@dataclass(frozen=True, slots=True)
class Period:
    """Which readings are meant: from when until when, both included, and of whose organisation; None for any."""

    since: datetime | None = None
    until: datetime | None = None
    organisation: str | None = None


def during(cursor: Cursor, period: Period) -> Iterator[DecidedReading]:
    """The readings of a period, oldest first, a page at a time."""
    wanted = {"since": period.since, "until": period.until, "organisation": period.organisation, "limit": PAGE}
    after, found = 0, PAGE
    while found == PAGE:
        rows = cursor.execute(DURING, wanted | {"after": after}, binary=True).fetchall()
        yield from (DecidedReading(*row) for row in rows)
        found, after = len(rows), rows[-1][1] if rows else after


def rulings(cursor: Cursor, period: Period) -> dict[int, Ruling]:
    """The rulings that the readings of a period rest on, by their numbers."""
    wanted = {"since": period.since, "until": period.until, "organisation": period.organisation}
    rows = cursor.execute(RULED, wanted).fetchall()
    return {
        number: Ruling(number, policy, orjson.loads(stated), tuple(map(tuple, orjson.loads(decisions))))
        for number, policy, stated, decisions in rows
    }


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of access events, in log order."""
    found = [(one, one.event) for one in recorded if isinstance(one.event, Disclosed) and one.event.decisions]
    if not found:
        return
    stated = [_stated(event) for _, event in found]
    situations = _situations(cursor, stated)
    ruled = [(situations[s], event.policy, _decisions(event)) for s, (_, event) in zip(stated, found, strict=True)]
    numbers = _rulings(cursor, ruled)
    rows = [_row(one, event, number) for (one, event), number in zip(found, numbers, strict=True)]
    cursor.execute(INSERT, [as_json(COLUMNS, rows)])


def _stated(event: Disclosed) -> str:
    """The situation as text: the same for every reading in it, whoever read and of whichever child."""
    facts = {name: value for name, value, _ in event.facts if WORD.fullmatch(name) and WORD.fullmatch(value)}
    who = {"role": event.role, "agency": event.agency, "purpose": event.purpose, "basis": event.basis}
    return orjson.dumps(who | {"facts": facts}, option=orjson.OPT_SORT_KEYS).decode()


def _decisions(event: Disclosed) -> str:
    decisions = [
        (one.agency, one.category, one.sensitivity, one.third_party, one.released, one.level, one.rule)
        for one in event.decisions
    ]
    return orjson.dumps(decisions).decode()


def _situations(cursor: Cursor, stated: Sequence[str]) -> dict[str, int]:
    """The number of each situation; a new one gets the next, in the order of the log."""
    wanted = list(dict.fromkeys(stated))
    known: dict[str, int] = dict(cursor.execute(SITUATIONS, [wanted]).fetchall())
    if new := [one for one in wanted if one not in known]:
        fresh = dict(zip(new, range(_last(cursor, LAST_SITUATION) + 1, 2**31), strict=False))
        cursor.executemany(NEW_SITUATION, list(fresh.items()))
        known |= fresh
    return known


def _rulings(cursor: Cursor, ruled: Sequence[tuple[int, str, str]]) -> list[int]:
    """The number of each ruling, in their order."""
    digests = [hashlib.sha256(f"{situation} {policy} {text}".encode()).digest() for situation, policy, text in ruled]
    wanted = dict(zip(digests, ruled, strict=True))
    known: dict[bytes, int] = dict(cursor.execute(RULINGS, [list(wanted)]).fetchall())
    if new := [digest for digest in wanted if digest not in known]:
        fresh = dict(zip(new, range(_last(cursor, LAST_RULING) + 1, 2**31), strict=False))
        cursor.executemany(NEW_RULING, [(number, digest, *wanted[digest]) for digest, number in fresh.items()])
        known |= fresh
    return [known[digest] for digest in digests]


def _last(cursor: Cursor, question: LiteralString) -> int:
    row = cursor.execute(question).fetchone()
    return int(row[0]) if row else 0


def _row(one: Recorded, event: Disclosed, ruling: int) -> tuple[object, ...]:
    counted = [(place, decision.entries) for place, decision in enumerate(event.decisions) if decision.entries]
    emergency = ("emergency", "open") in {(name, value) for name, value, _ in event.facts}
    head = (one.stream, one.position, one.recorded_at, event.reader, event.organisation, ruling, emergency)
    return (*head, [place for place, _ in counted], [entries for _, entries in counted])
