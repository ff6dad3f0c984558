"""The quarantine: where a record waits, whole and sealed, with its reason, until it is placed or a person lets go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from hub.store.database import Cursor

HELD = "select fingerprint from intake.quarantine where fingerprint = any(%s) and state = 'waiting'"
# The same bytes sent again after a person had settled or discarded them wait again: nobody decided about these.
HOLD = (
    "insert into intake.quarantine "
    "(id, kind, source, reason, place, message, next_step, media_type, bytes, fingerprint, sender, agency, sealed, "
    "sealed_name) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
    "on conflict (id) do update set state = 'waiting', "
    "place = excluded.place, message = excluded.message, next_step = excluded.next_step, "
    "received_at = clock_timestamp(), settled_at = null, settled_by = '', because = ''"
)
_WAITING: LiteralString = (
    "select id, kind, source, reason, place, message, next_step, bytes, received_at, state, attempts, settled_at, "
    "settled_by, because from intake.quarantine where "
)
LISTED: LiteralString = (
    _WAITING + "state = 'waiting' and (%(source)s = '' or source = %(source)s) "
    "and (%(reason)s = '' or reason = %(reason)s) order by received_at desc, id limit %(limit)s"
)
ONE: LiteralString = _WAITING + "id = %s"
COUNTED = "select source, reason, count(*) from intake.quarantine where state = 'waiting' group by 1, 2 order by 1, 2"
TO_RETRY = (
    "select id, source, reason, media_type, sender, agency, sealed, sealed_name from intake.quarantine "
    "where state = 'waiting' "
    "and (%(ids)s::uuid[] is null or id = any(%(ids)s)) and (%(source)s = '' or source = %(source)s) "
    "and (%(reason)s = '' or reason = %(reason)s) and id > %(after)s order by id limit %(limit)s"
)
TRIED = "update intake.quarantine set attempts = attempts + 1 where id = any(%s)"
SETTLE = (
    "update intake.quarantine set state = %s, settled_at = clock_timestamp(), settled_by = %s, because = %s "
    "where id = any(%s) and state = 'waiting'"
)


@dataclass(frozen=True, slots=True)
class Held:
    """Something for the quarantine, sealed under a key of its own (`id`). `name` is that of its file, or empty."""

    id: UUID
    kind: str
    source: str
    reason: str
    place: str
    message: str
    next_step: str
    media_type: str
    original: bytes
    name: bytes
    fingerprint: bytes
    sender: str
    agency: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What may be said of a record in quarantine: never its bytes, nor the name of its file.

    kind: quarantined or conflict. state: waiting, settled (a retry placed it) or discarded. bytes: its size.
    """

    id: UUID
    kind: str
    source: str
    reason: str
    place: str
    message: str
    next_step: str
    bytes: int
    received_at: datetime
    state: str
    attempts: int
    settled_at: datetime | None
    settled_by: str
    because: str


@dataclass(frozen=True, slots=True)
class ToRetry:
    """One record's sealed bytes and the sealed name of its file."""

    id: UUID
    source: str
    reason: str
    media_type: str
    sender: str
    agency: str
    sealed: bytes
    sealed_name: bytes | None


def held(cursor: Cursor, fingerprints: Iterable[bytes]) -> set[bytes]:
    """Which of these wait in quarantine already."""
    cursor.execute(HELD, [list(fingerprints)])
    return {bytes(row[0]) for row in cursor.fetchall()}


def hold(cursor: Cursor, waiting: Sequence[tuple[Held, bytes, bytes | None]]) -> None:
    """Put records into quarantine, each with its sealed bytes and its file's sealed name."""
    rows = [
        (
            h.id,
            h.kind,
            h.source,
            h.reason,
            h.place,
            h.message,
            h.next_step,
            h.media_type,
            len(h.original),
            h.fingerprint,
            h.sender,
            h.agency,
            sealed,
            sealed_name,
        )
        for h, sealed, sealed_name in waiting
    ]
    if rows:
        cursor.executemany(HOLD, rows)


def waiting(cursor: Cursor, limit: int, source: str = "", reason: str = "") -> list[Waiting]:
    """What waits, newest first."""
    cursor.execute(LISTED, {"limit": limit, "source": source, "reason": reason})
    return [Waiting(*row) for row in cursor.fetchall()]


def one(cursor: Cursor, identity: UUID) -> Waiting | None:
    """One record, whatever became of it."""
    row = cursor.execute(ONE, [identity]).fetchone()
    return Waiting(*row) if row else None


def to_retry(  # noqa: PLR0913 - three ways to choose, and where to go on
    cursor: Cursor, *, ids: Sequence[UUID] | None, source: str, reason: str, after: UUID, limit: int
) -> list[ToRetry]:
    """The next waiting records to be tried again, in the order of their ids."""
    chosen = {"ids": list(ids) if ids is not None else None, "source": source, "reason": reason}
    cursor.execute(TO_RETRY, chosen | {"after": after, "limit": limit})
    return [_to_retry(row) for row in cursor.fetchall()]


def _to_retry(row: tuple[Any, ...]) -> ToRetry:
    identity, source, reason, media_type, sender, agency, sealed, name = row
    return ToRetry(identity, source, reason, media_type, sender, agency, bytes(sealed), bytes(name) if name else None)


def tried(cursor: Cursor, ids: Sequence[UUID]) -> None:
    """Count one more attempt for each."""
    cursor.execute(TRIED, [list(ids)])


def settle(cursor: Cursor, ids: Sequence[UUID], state: str, by: str, because: str) -> int:
    """Let these wait no longer; how many of them had been waiting."""
    return cursor.execute(SETTLE, [state, by, because, list(ids)]).rowcount
