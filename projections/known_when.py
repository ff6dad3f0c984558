"""What the logs say of who knew an entry when: its versions, to whom each was told, what they said they do about it.

Labels, ids and moments alone: no word of any entry is read here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from projections.involvement import NOW
from projections.session import Cursor

LINKED: LiteralString = """
select l.person_record, l.known_from, least(l.known_to, %(at)s),
       (select min(s.known_from) from identity.statements s where s.person_record = l.person_record and s.restricted)
  from identity.links l where l.child = %(child)s and l.known_from <= %(at)s
"""
VERSIONS: LiteralString = """
select e.stream, e.revision, e.person_record, e.decision_key, e.organisation, e.recorded_at_source, e.retracted,
       e.known_from, least(e.known_to, %(at)s), e.known_to > %(at)s
  from read.entries e
 where e.person_record = any (%(records)s) and e.known_from <= %(at)s and e.known_from < e.known_to
 order by e.known_from, e.stream, e.revision
"""
TOLD: LiteralString = """
select entry, revision, reader, organisation, agency, told_at, opened_at
  from read.told_of_child(%(entries)s::uuid[], %(at)s)
"""
SAID: LiteralString = """
select entry, by, organisation, agency, what, at
  from read.acknowledged where child = %(child)s and entry = any (%(entries)s) and at <= %(at)s
 order by position
"""
TIED: LiteralString = """
select i.organisation, i.worker, i.position from identity.links l join read.involvement i using (person_record)
 where l.child = %(child)s and i.organisation <> '' and i.known_from < i.known_to and i.known_from <= %(at)s
union all
select d.organisation, d.worker, d.position from read.duties d
 where d.child = %(child)s and d.organisation <> '' and d.known_from <= %(at)s
"""
TIES: LiteralString = "select distinct person from read.ties where child = %(child)s"
REGISTERED: LiteralString = """
select person, since::text, until::text, state, known_from::text, known_to::text from read.registrations
 where person = any (%(people)s) order by person, known_from, since
"""
# Nobody can still record a reading of an earlier moment once whoever is at it has finished: that is what is waited for.
WAIT: LiteralString = "select pg_advisory_xact_lock_shared(7341002)"
READ_SO_FAR: LiteralString = """
select clock_timestamp() > %(at)s and not exists (
       select from access.events e where e.recorded_at <= %(at)s
          and e.position > coalesce((select position from read.positions where projection = 'shown'), 0))
"""
SAID_SO_FAR: LiteralString = """
select ledger.taken_in(coalesce((select position from read.positions where projection = 'acknowledged'), 0), %s)
"""


@dataclass(frozen=True, slots=True)
class Linked:
    """When a person record belonged to the child. until: at the latest the moment that is asked about.

    marked: since when its agency marks the person as restricted, None where it does not.
    """

    record: UUID
    since: datetime
    until: datetime
    marked: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    """A version that stood, from when until when (at the latest the moment that is asked about); still: it stands then.

    key: its decision key; organisation and recorded_at_source as its agency gave them.
    """

    entry: UUID
    revision: int
    record: UUID
    key: int
    organisation: str
    recorded_at_source: str
    retracted: bool
    since: datetime
    until: datetime
    still: bool


@dataclass(frozen=True, slots=True)
class Told:
    """That one version was told to one person: first in any way, and first with at least its summary (None: never)."""

    entry: UUID
    revision: int
    reader: str
    organisation: str
    agency: str
    told_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said they do about an entry, and when."""

    entry: UUID
    by: str
    organisation: str
    agency: str
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tied:
    """An organisation, and perhaps a worker, that works or worked with the child; position: of what says so."""

    organisation: str
    worker: str
    position: int


def now(cursor: Cursor) -> datetime:
    """The log's own time."""
    row = cursor.execute("select clock_timestamp()").fetchone()
    return row[0] if row else NOW


def linked(cursor: Cursor, child: UUID, at: datetime) -> list[Linked]:
    """Which person records were the child's when."""
    return [Linked(*row) for row in cursor.execute(LINKED, {"child": child, "at": at})]


def versions(cursor: Cursor, records: list[UUID], at: datetime) -> list[Version]:
    """Every version that stood of every entry of these person records, oldest first."""
    return [Version(*row) for row in cursor.execute(VERSIONS, {"records": records, "at": at})]


def told(cursor: Cursor, entries: list[UUID], at: datetime) -> list[Told]:
    """To whom these were told under the child asked about (`second_line.about`); governance is not among them."""
    return [Told(*row) for row in cursor.execute(TOLD, {"entries": entries, "at": at})]


def said(cursor: Cursor, child: UUID, entries: list[UUID], at: datetime) -> list[Said]:
    """What people said they do about these entries, in the order in which they said it."""
    return [Said(*row) for row in cursor.execute(SAID, {"child": child, "entries": entries, "at": at})]


def tied(cursor: Cursor, child: UUID, at: datetime) -> list[Tied]:
    """Whoever works or ever worked with the child, as was known by then."""
    return [Tied(*row) for row in cursor.execute(TIED, {"child": child, "at": at})]


def with_ties(cursor: Cursor, child: UUID) -> set[str]:
    """The people of whom a tie of their own to the child was ever stated."""
    return {row[0] for row in cursor.execute(TIES, {"child": child})}


def registered(cursor: Cursor, people: list[str]) -> dict[str, tuple[object, ...]]:
    """When each of these people may practise, as was ever stated: equal for those who are alike in it."""
    found: dict[str, tuple[object, ...]] = {}
    for person, *term in cursor.execute(REGISTERED, {"people": people}):
        found[person] = (*found.get(person, ()), tuple(term))
    return found


def read_so_far(cursor: Cursor, at: datetime) -> bool:
    """Whether every reading up to a moment that has passed is taken in; for whoever answers for the log."""
    cursor.execute(WAIT)
    row = cursor.execute(READ_SO_FAR, {"at": at}).fetchone()
    return bool(row and row[0])


def said_so_far(cursor: Cursor, at: datetime) -> bool:
    """Whether everything that people said up to a moment is taken in; not in a transaction of one snapshot."""
    row = cursor.execute(SAID_SO_FAR, [at]).fetchone()
    return bool(row and row[0])
