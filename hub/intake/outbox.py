"""Notices: that something changed in a child's story, for whoever should look, and never what.

They are written in the transaction of the event, so none is lost and none is invented. What is sealed to others is not
noticed: nothing above `concern`, and nothing at all of a child whom any agency has marked as restricted. A request for
information and its answer are noticed alike, whatever the answer; a decision that nobody asked for is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hub.events.emergency import EmergencyOpened
from hub.events.identity import PersonRecordLinked
from hub.events.records import Record
from hub.events.requests import SharingDecided, SharingRequested
from hub.store.database import Connection, Cursor
from hub.store.ledger import Recorded
from hub.store.rows import as_json

NOTICED: Final = frozenset({"ordinary", "concern"})

CHILDREN = (
    "select l.person_record, l.child from identity.links l "
    "where l.person_record = any(%s) and l.known_to = 'infinity' and not exists "
    "(select from identity.links o join identity.statements s using (person_record) "
    "where o.child = l.child and o.known_to = 'infinity' and s.restricted)"
)
UNRESTRICTED = (
    "select c.child from unnest(%s::uuid[]) as c (child) where not exists "
    "(select from identity.links o join identity.statements s using (person_record) "
    "where o.child = c.child and o.known_to = 'infinity' and s.restricted)"
)
# A record that was moved: whom it left, if anything of it was ever noticed and neither side is restricted.
LEFT = (
    "select distinct l.person_record, l.known_to, l.child from unnest(%s::uuid[], %s::timestamptz[]) as w (record, at) "
    "join identity.links l on l.person_record = w.record and l.known_to = w.at and l.known_from < l.known_to "
    "where exists (select from intake.outbox n where n.person_record = l.person_record) "
    "and not exists (select from identity.statements s where s.person_record = l.person_record and s.restricted) "
    "and not exists (select from identity.links o join identity.statements s using (person_record) "
    "where o.child = l.child and o.known_to = 'infinity' and s.restricted)"
)
NOTICE = ("id", "child", "person_record", "key", "at")
PUT = (
    "insert into intake.outbox (id, child, person_record, key, at) "
    "select id, child, person_record, key, date_trunc('second', at) from json_to_recordset(%s::json) "
    "as w (id uuid, child uuid, person_record uuid, key bytea, at timestamptz) on conflict (id) do nothing"
)
# A child may have become restricted since the notice was written.
WITHDRAW = (
    "delete from intake.outbox n where n.sent_at is null and exists "
    "(select from identity.links o join identity.statements s using (person_record) "
    "where o.child = n.child and o.known_to = 'infinity' and s.restricted)"
)
WAITING = "select number, id, child, key, at from intake.outbox where sent_at is null order by number limit %s"
SENT = "update intake.outbox set sent_at = clock_timestamp() where number = any(%s)"
HOW_MANY = "select count(*) from intake.outbox where sent_at is null"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something changed in this child's story. `id` is what a repetition is known by; `number` stays in the hub."""

    number: int
    id: UUID
    child: UUID
    key: bytes
    at: datetime


class Outbox:
    """Writes notices beside events. `digest` is keyed, so neither id nor key of a notice can be guessed."""

    def __init__(self, digest: Callable[..., bytes]) -> None:
        self._digest = digest

    def apply(self, cursor: Cursor, recorded: Sequence[Recorded]) -> None:
        """Note what these events change, in their transaction; never part of a rebuild, which changes nothing."""
        noticed = [one for one in recorded if isinstance(one.event, Record) and one.event.sensitivity in NOTICED]
        linked = [one for one in recorded if isinstance(one.event, PersonRecordLinked)]
        people = {one.event.person_record for one in noticed if isinstance(one.event, Record)}
        child_of = _children(cursor, people | {one.stream for one in linked})
        left = _left(cursor, linked) if linked else {}
        rows = [row for one in linked for row in self._moved(one, left, child_of)]
        rows += [row for one in noticed for row in self._changed(one, child_of)]
        rows += self._asked(cursor, recorded)
        rows += [row for one in recorded for row in self._emergency(one)]
        if rows:
            cursor.execute(PUT, [as_json(NOTICE, rows)])

    def _changed(self, one: Recorded, child_of: dict[UUID, UUID]) -> Iterable[tuple[object, ...]]:
        if isinstance(one.event, Record) and (child := child_of.get(one.event.person_record)):
            yield self._row(one, child, one.event.person_record)

    def _emergency(self, one: Recorded) -> Iterable[tuple[object, ...]]:
        """That somebody opened emergency access: whoever looks after the child asks, and is told. It reads as any."""
        if isinstance(one.event, EmergencyOpened):
            yield self._row(one, one.event.child, one.stream)

    def _moved(
        self, one: Recorded, left: Mapping[tuple[UUID, datetime], list[UUID]], child_of: dict[UUID, UUID]
    ) -> Iterable[tuple[object, ...]]:
        """A record that went from one child to another changes the stories of both."""
        children = left.get((one.stream, one.recorded_at), [])
        for child in children:
            yield self._row(one, child, one.stream)
        if children and (joined := child_of.get(one.stream)):
            yield self._row(one, joined, one.stream)

    def _asked(self, cursor: Cursor, recorded: Sequence[Recorded]) -> Iterable[tuple[object, ...]]:
        """A request, and the answer to one: the step after a request is its answer, and its only one."""
        steps = [
            (one, one.event.child)
            for one in recorded
            if isinstance(one.event, SharingRequested)
            or (isinstance(one.event, SharingDecided) and one.event.originator_version > 1)
        ]
        if not steps:
            return []
        open_to_all = {row[0] for row in cursor.execute(UNRESTRICTED, [[child for _, child in steps]])}
        return [self._row(one, child, one.stream) for one, child in steps if child in open_to_all]

    def _row(self, one: Recorded, child: UUID, person_record: UUID) -> tuple[object, ...]:
        version = one.event.originator_version if one.event else 0
        identity = UUID(bytes=self._digest("notice", str(one.stream), str(version), str(child))[:16], version=4)
        return identity, child, person_record, self._digest("notice-key", str(child))[:16], one.recorded_at


def _children(cursor: Cursor, people: set[UUID]) -> dict[UUID, UUID]:
    """The child of each person record; none for a record of a child of whom nothing is noticed."""
    return dict(cursor.execute(CHILDREN, [list(people)]).fetchall()) if people else {}


def _left(cursor: Cursor, linked: Sequence[Recorded]) -> dict[tuple[UUID, datetime], list[UUID]]:
    """Whom each of these records left when it was linked; nearly always nobody, being linked for the first time."""
    found: dict[tuple[UUID, datetime], list[UUID]] = {}
    asked = [[one.stream for one in linked], [one.recorded_at for one in linked]]
    for person_record, moment, child in cursor.execute(LEFT, asked).fetchall():
        found.setdefault((person_record, moment), []).append(child)
    return found


class Waiting:
    """The notices that wait to be sent, over the connection that holds the turn to send them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.execute("listen hub_ledger")

    def next(self, most: int) -> list[Notice]:
        """The oldest, in their order; those of a child who is restricted by now are gone."""
        self._connection.execute(WITHDRAW)
        found = self._connection.execute(WAITING, [most]).fetchall()
        return [Notice(number, one, child, bytes(key), at) for number, one, child, key, at in found]

    def sent(self, notices: Sequence[Notice]) -> None:
        """Mark what the brokers have acknowledged."""
        self._connection.execute(SENT, [[one.number for one in notices]])

    def wait(self, seconds: float) -> None:
        """Wait so long, or until something is recorded."""
        for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            pass


def how_many(cursor: Cursor) -> int:
    """How many notices wait to be sent."""
    row = cursor.execute(HOW_MANY).fetchone()
    return int(row[0]) if row else 0
