"""Reading editions as they are kept. Whoever calls decides who may see which, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, LiteralString
from uuid import UUID

from hub.events.access import Told
from hub.events.editions import ForWhom, Picked, unpacked_picks
from hub.store.database import Cursor

_WHOLE: LiteralString = (
    "select edition, child, by, organisation, purpose, basis, stage, least, since, until, known_at, log_position, "
    "fixed, audience, picks, reasons, written, asked, version, number, frozen_at, position from read.editions "
)
ONE: LiteralString = _WHOLE + "where edition = %s"
OF_CHILD: LiteralString = _WHOLE + "where child = %s order by position desc"
NUMBERED: LiteralString = "select count(*) from read.editions where child = %s and by = %s and frozen_at is not null"
COPIES: LiteralString = "select copy, readers, digest from read.edition_copies where edition = %s order by copy"
ENTRIES: LiteralString = (
    "select entry, revision, level, included from read.edition_entries where edition = %s and copy = %s order by place"
)
AS_FROZEN: LiteralString = "select read.digest_as_frozen(%s, %s)"
OWN_AS_FROZEN: LiteralString = "select read.own_copy_as_frozen(%s)"
MOMENT: LiteralString = "select moment, place from read.place_in_log(%s)"
STAGES: LiteralString = """
select distinct s.kind from identity.links l join read.status s using (person_record)
 where l.child = %(child)s and l.known_to = 'infinity' and s.known_to = 'infinity'
   and (s.since = '' or s.since <= %(day)s) and (s.until = '' or s.until >= %(day)s)
"""
SHOWN: LiteralString = (
    "select exists (select from read.shown where reader = %s and child = %s and entry = any (%s::uuid[]) and level > 0)"
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Held:
    """An edition as it is kept; a draft as it stands now. reasons: the maker's words, by entry.

    written, asked: as the events hold them, by part and by organisation.
    """

    edition: UUID
    child: UUID
    by: str
    organisation: str
    purpose: str
    basis: str
    stage: str
    least: str
    since: str
    until: str
    known_at: datetime
    log_position: int
    fixed: bool
    audience: tuple[ForWhom, ...]
    picks: tuple[Picked, ...]
    reasons: dict[str, str]
    written: dict[str, dict[str, Any]]
    asked: dict[str, dict[str, str]]
    version: int
    number: int
    frozen_at: datetime | None
    position: int


@dataclass(frozen=True, slots=True)
class HeldCopy:
    """One copy of a frozen edition, for these readers."""

    copy: int
    readers: tuple[str, ...]
    digest: str


def one(cursor: Cursor, edition: UUID) -> Held | None:
    """One edition; None for one that is not there, or that the database does not tell this reader of."""
    row = cursor.execute(ONE, [edition]).fetchone()
    return _held(row) if row else None


def of_child(cursor: Cursor, child: UUID) -> list[Held]:
    """Those of a child that the database tells of, the newest first."""
    return [_held(row) for row in cursor.execute(OF_CHILD, [child]).fetchall()]


def copies(cursor: Cursor, edition: UUID) -> list[HeldCopy]:
    """The copies of a frozen edition."""
    return [HeldCopy(copy, tuple(readers), text) for copy, readers, text in cursor.execute(COPIES, [edition])]


def entries(cursor: Cursor, edition: UUID, copy: int) -> tuple[list[Told], list[Told]]:
    """What a copy holds: the entries that are in, and those that were left out."""
    rows = cursor.execute(ENTRIES, [edition, copy]).fetchall()
    held = [(Told(entry, revision, level), included) for entry, revision, level, included in rows]
    return [told for told, included in held if included], [told for told, included in held if not included]


def digest_as_frozen(cursor: Cursor, edition: UUID, copy: int) -> str:
    """The digest that the log has of a copy; empty where the log has no such copy for these readers."""
    row = cursor.execute(AS_FROZEN, [edition, copy]).fetchone()
    return str(row[0] or "") if row else ""


def own_copy_as_frozen(cursor: Cursor, edition: UUID) -> int | None:
    """Which copy the log has for whoever asks (`second_line.about`); None for none."""
    row = cursor.execute(OWN_AS_FROZEN, [edition]).fetchone()
    return row[0] if row else None


def numbered(cursor: Cursor, child: UUID, by: str) -> int:
    """How many editions of a child somebody has frozen."""
    row = cursor.execute(NUMBERED, [child, by]).fetchone()
    return int(row[0]) if row else 0


def place_in_log(cursor: Cursor, passed: datetime | None) -> tuple[datetime, int]:
    """A moment that has passed, or the newest as of which nothing more can become known; and its place in the log."""
    row = cursor.execute(MOMENT, [passed]).fetchone()
    return (row[0].astimezone(UTC), int(row[1])) if row and row[0] else (passed or EPOCH, 0)


def stages(cursor: Cursor, child: UUID, on: date) -> frozenset[str]:
    """What agencies' records say that a child's case is on a day: concern, registered, plan, looked-after and so on."""
    return frozenset(row[0] for row in cursor.execute(STAGES, {"child": child, "day": on.isoformat()}).fetchall())


def was_shown(cursor: Cursor, reader: str, child: UUID, of: list[UUID]) -> bool:
    """Whether any of these entries was told of to this person before."""
    row = cursor.execute(SHOWN, [reader, child, of]).fetchone()
    return bool(row and row[0])


def _held(row: tuple[Any, ...]) -> Held:
    members = tuple(ForWhom(**member) for member in row[13])
    values: tuple[Any, ...] = (*row[:13], members, tuple(unpacked_picks(row[14])), *row[15:])
    held = Held(*values)
    # In UTC whatever the connection's zone: a copy is hashed with them.
    frozen_at = held.frozen_at.astimezone(UTC) if held.frozen_at else None
    return replace(held, known_at=held.known_at.astimezone(UTC), frozen_at=frozen_at)
