"""Intake's own tables: the versions it holds, the heads of streams, and the bytes of what was stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from hub.events.base import Act
from hub.events.identity import IdentityQuestioned, PersonDetailsStated, PersonRecordLinked
from hub.events.records import EntryRetracted, Record
from hub.intake.versions import Revision, Versions
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.store.rows import as_json

TABLES: tuple[LiteralString, ...] = ("intake.revisions", "intake.heads")

REVISIONS = (
    "select stream, revision, version, fingerprint, original, person_record, retracted, source_order, mapping, sender "
    "from intake.revisions where stream = any(%s) order by stream, revision"
)
REVISION = (
    "stream",
    "revision",
    "version",
    "fingerprint",
    "person_record",
    "retracted",
    "source_order",
    "mapping",
    "original",
    "source",
    "sender",
)
KEEP_REVISIONS = (
    "insert into intake.revisions (stream, revision, version, fingerprint, person_record, retracted, source_order, "
    "mapping, original, source, sender) select * from json_to_recordset(%s::json) as w (stream uuid, revision bigint, "
    "version bytea, fingerprint bytea, person_record uuid, retracted bool, source_order text, mapping text, "
    "original bytea, source text, sender text)"
)
HEADS = "select stream, version from intake.heads where stream = any(%s)"
MOVE_HEADS = (
    "insert into intake.heads (stream, version) select * from unnest(%s::uuid[], %s::bigint[]) "
    "on conflict (stream) do update set version = greatest(heads.version, excluded.version)"
)
KEEP_ORIGINALS = "select ledger.keep_originals(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[], %b::bytea[])"


@dataclass(frozen=True, slots=True)
class Original:
    """The bytes of one stored record and the name of its file, already sealed."""

    stream: UUID
    revision: int
    media_type: str
    sealed: bytes
    sealed_name: bytes | None


def revisions(cursor: Cursor, streams: Iterable[UUID]) -> dict[UUID, Versions]:
    """The versions held of these records; absent for one that is not held."""
    found: dict[UUID, Versions] = {}
    cursor.execute(REVISIONS, [list(streams)])
    for stream, revision, version, fingerprint, original, *rest in cursor.fetchall():
        one = Revision(revision, bytes(version), bytes(fingerprint), bytes(original), *rest)
        found.setdefault(stream, Versions()).add(one)
    return found


def heads(cursor: Cursor, streams: Iterable[UUID]) -> dict[UUID, int]:
    """The newest version of each of these streams; absent for one that does not exist."""
    cursor.execute(HEADS, [list(streams)])
    return dict(cursor.fetchall())


def keep_originals(cursor: Cursor, originals: Sequence[Original]) -> None:
    """Keep the sealed bytes of stored records beside the ledger."""
    if originals:
        columns = (
            [o.stream for o in originals],
            [o.revision for o in originals],
            [o.media_type for o in originals],
            [o.sealed for o in originals],
            [o.sealed_name for o in originals],
        )
        cursor.execute(KEEP_ORIGINALS, columns)


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Bring intake's tables up to date with events; also how they are rebuilt."""
    rows = [_revision(one, one.event) for one in recorded if isinstance(one.event, Record)]
    if rows:
        cursor.execute(KEEP_REVISIONS, [as_json(REVISION, rows)])
    raced = (PersonDetailsStated, PersonRecordLinked, IdentityQuestioned, Act)
    moved = {one.stream: one.event.originator_version for one in recorded if isinstance(one.event, raced)}
    if moved:
        cursor.execute(MOVE_HEADS, [list(moved), list(moved.values())])


def _revision(one: Recorded, event: Record) -> tuple[object, ...]:
    return (
        one.stream,
        event.originator_version,
        bytes.fromhex(event.source_version),
        bytes.fromhex(event.fingerprint),
        event.person_record,
        isinstance(event, EntryRetracted),
        event.source_order,
        event.mapping,
        bytes.fromhex(event.original),
        event.source,
        event.sender,
    )
