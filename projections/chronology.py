"""Each child's story as a table: one row for each version of each record, with the span in which it was known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import LiteralString

import orjson

from hub.events.records import EntryRetracted, Record
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from projections.versions import Standing, settle

NAME = "chronology"
LOG: LiteralString = "ledger"
TABLES: tuple[LiteralString, ...] = ("read.entries", "read.decision_keys")
SHARED: tuple[LiteralString, ...] = ("read.decision_keys",)
"""Labels, of no child."""

CREATE: LiteralString = """
create table if not exists read.decision_keys (
    number      smallint generated always as identity primary key,
    agency      text not null,
    category    text not null,
    sensitivity text not null,
    third_party boolean not null,
    unique (agency, category, sensitivity, third_party)
);
create table if not exists read.entries (
    stream             uuid        not null,
    revision           bigint      not null,
    person_record      uuid        not null,
    decision_key       smallint    not null,
    code               text        not null,
    occurred_sort      text collate "C" not null,
    occurred_start     text        not null,
    precision          text        not null,
    occurred_end       text        not null,
    approximate        boolean     not null,
    significance       text        not null,
    polarity           text        not null,
    valence            text        not null,
    headline           text        not null,
    detail             text        not null,
    author             text        not null,
    organisation       text        not null,
    source             text        not null,
    source_order       text collate "C" not null,
    recorded_at_source text        not null,
    received_at        timestamptz not null,
    defects            int         not null,
    retracted          boolean     not null,
    known_from         timestamptz not null,
    known_to           timestamptz not null,
    primary key (stream, revision)
);
-- What guidance asks of an entry besides; null where its source says nothing of the kind.
alter table read.entries
    add column if not exists marks jsonb,
    add column if not exists account jsonb,
    add column if not exists cites uuid[] not null default '{}';
create index if not exists entries_by_person on read.entries (person_record, occurred_sort, stream) include (known_to);
create index if not exists entries_standing on read.entries (stream) where known_to = 'infinity';
create index if not exists entries_changed on read.entries (stream)
    where known_to = 'infinity' and (retracted or revision > 1);
create index if not exists entries_that_cite on read.entries (person_record) where cites <> '{}';
create index if not exists entries_cited on read.entries using gin (cites) where cites <> '{}';
grant select on read.entries, read.decision_keys to hub_reader;
"""

CURRENT: LiteralString = (
    "select stream, revision, source_order from read.entries where stream = any(%s) and known_to = 'infinity'"
)
CLOSE: LiteralString = "update read.entries set known_to = %s where stream = %s and revision = %s"
# Numbered here and not by a sequence, which a rebuild would leave where it was: the numbers stay small and dense.
INTERN: LiteralString = """
insert into read.decision_keys (number, agency, category, sensitivity, third_party) overriding system value
select coalesce(max(number), 0) + 1, %s, %s, %s, %s from read.decision_keys
on conflict do nothing
"""
KEYS: LiteralString = (
    "select number, agency, category, sensitivity, third_party from read.decision_keys order by number"
)
COPY: LiteralString = (
    "copy read.entries (stream, revision, person_record, decision_key, code, occurred_sort, occurred_start, precision, "
    "occurred_end, approximate, significance, polarity, valence, headline, detail, author, organisation, source, "
    "source_order, recorded_at_source, received_at, defects, retracted, known_from, known_to, marks, account, "
    "cites) from stdin"
)


def keys(cursor: Cursor) -> list[tuple[int, str, str, str, bool]]:
    """Every decision key: number, agency, category, sensitivity, third party."""
    return cursor.execute(KEYS).fetchall()


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of events, in log order."""
    settled, closed = settle(cursor, CURRENT, recorded)
    if not settled:
        return
    if closed:
        cursor.executemany(CLOSE, [(c.known_to, c.stream, c.revision) for c in closed])
    interned = _intern(cursor, [_key(one.event) for one in settled])
    with cursor.copy(COPY) as copy:
        for one in settled:
            copy.write_row(_row(one, interned[_key(one.event)]))


def _intern(cursor: Cursor, wanted: Sequence[tuple[str, str, str, bool]]) -> dict[tuple[str, str, str, bool], int]:
    known = {(a, c, s, t): n for n, a, c, s, t in keys(cursor)}
    # In the order of the log, so that a rebuild numbers them alike whatever its batches.
    if missing := [key for key in dict.fromkeys(wanted) if key not in known]:
        cursor.executemany(INTERN, missing)
        known = {(a, c, s, t): n for n, a, c, s, t in keys(cursor)}
    return known


def _key(event: Record) -> tuple[str, str, str, bool]:
    return event.agency, event.category, event.sensitivity, bool(event.third_parts)


def _row(one: Standing, key: int) -> tuple[object, ...]:
    event, recorded = one.event, one.recorded
    author = ", ".join(part for part in (event.author.name, event.author.role) if part)
    third = "".join(f"\n[{part.relation}] {part.text}" for part in event.third_parts if part.text)
    return (
        recorded.stream,
        event.originator_version,
        event.person_record,
        key,
        event.code,
        _sorted(event, recorded.recorded_at),
        event.occurred.start,
        str(event.occurred.precision),
        event.occurred.end,
        event.occurred.approximate,
        event.significance,
        event.polarity,
        event.valence,
        event.headline,
        event.detail + third,
        author,
        event.author.organisation or event.organisation,
        event.source,
        event.source_order,
        event.recorded_at_source,
        recorded.recorded_at,
        len(event.defects),
        isinstance(event, EntryRetracted),
        recorded.recorded_at,
        one.known_to or "infinity",
        _json(event.marks),
        _json(event.account),
        list(event.marks.cites) if event.marks else [],
    )


def _json(said: object) -> str | None:
    return None if said is None else orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()


def _sorted(event: Record, recorded_at: datetime) -> str:
    """Of a day without a time, the stated order within the day decides, before anything that has a time."""
    place = sort_key(event.occurred.start, recorded_at)
    ordered = event.marks is not None and event.marks.sequence > 0 and len(place) == len("2026-01-31")
    return f"{place} {event.marks.sequence:03d}" if event.marks and ordered else place


def sort_key(start: str, recorded_at: datetime) -> str:
    """Text that sorts by time whatever the precision: a year before its months, instants in UTC."""
    if not start:
        return recorded_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if re.search(r"T.*(Z|[+-][0-9]{2}:?[0-9]{2})$", start):
        try:
            return datetime.fromisoformat(start).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        except (ValueError, OverflowError):
            return start
    return start
