"""Comparing a delivery that should be whole with what was there before: what is missing is a question for a person.

A record counts as missing when its publisher has since sent a whole delivery without it. That is noticed, and never
more: nothing is deleted, ended or hidden by being left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from hub.events.identity import IdentityQuestioned
from hub.intake import tables
from hub.store.database import Cursor
from hub.update import Update

ABSENT, UNREAD = "absent-from-latest", "absent-or-refused"
"""Reasons of a question: every record of the delivery was read; or some were refused, and it may be one of those."""
FEW = 50
SHARE = 5
"""A delivery that lacks more than 50 records and more than a fifth of all is not whole: nobody is asked 8,000 times."""

SEE = (
    "insert into intake.sightings (stream, scope, person_record, seen) "
    "select * from unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[]) on conflict (stream) do update "
    "set seen = greatest(sightings.seen, excluded.seen), scope = excluded.scope, person_record = excluded.person_record"
)
NEWEST = (
    "insert into intake.snapshots (scope, newest) values (%s, %s) on conflict (scope) do update "
    "set newest = greatest(snapshots.newest, excluded.newest) returning newest"
)
HELD = "select newest from intake.snapshots where scope = %s"
KNOWN = "select count(*) from intake.sightings where scope = %s"
SEEN = "select stream, seen from intake.sightings where stream = any(%s)"
LACKING = (
    "select s.stream, s.person_record from intake.sightings s where s.scope = %s and s.seen < %s and s.asked < %s "
    "and not exists (select from intake.revisions r where r.stream = s.stream and r.retracted and not exists "
    "(select from intake.revisions later where later.stream = r.stream and "
    "(later.source_order, later.revision) > (r.source_order, r.revision))) order by s.stream"
)
ASKED = "update intake.sightings set asked = %s where stream = any(%s)"


NO_SCOPE = UUID(int=0)
"""Of a record whose delivery is whole for nothing: seen, and never missed."""


def by_delivery(update: Update) -> bool:
    """Whether its content is its version and its delivery says which is newer.

    That an unchanged record was seen again is then the only sign that what stands still stands.
    """
    return bool(update.order) and not update.version


@dataclass(frozen=True, slots=True)
class Sighting:
    """One record of a source without versions, seen in a delivery."""

    stream: UUID
    scope: UUID
    person_record: UUID
    order: str


@dataclass(slots=True)
class Delivered:
    """What one delivery was whole for, and whether every record of it was read."""

    newest: dict[UUID, str] = field(default_factory=dict)
    refused: bool = False

    def sees(self, sightings: Iterable[Sighting]) -> None:
        """Note the scopes; a delivery of several terms counts for each scope's newest."""
        for one in sightings:
            if one.scope == NO_SCOPE:
                continue
            self.newest[one.scope] = max(one.order, self.newest.get(one.scope, ""))


def seen(cursor: Cursor, streams: Iterable[UUID]) -> dict[UUID, str]:
    """For each of these records, the order of the newest delivery that held it."""
    return dict(cursor.execute(SEEN, [list(streams)]).fetchall())


def see(cursor: Cursor, sightings: Sequence[Sighting]) -> None:
    """Note in which delivery each of these records was last seen."""
    newest = {one.stream: one for one in sorted(sightings, key=lambda one: one.order)}
    if newest:
        rows = [(s.stream, s.scope, s.person_record, s.order) for s in newest.values()]
        cursor.execute(SEE, [list(column) for column in zip(*rows, strict=True)])


def compare(cursor: Cursor, delivered: Delivered, append: Callable[[Sequence[IdentityQuestioned]], None]) -> int:
    """Ask about what each scope's newest whole delivery lacks; how many records that are."""
    return sum(_compare(cursor, scope, order, delivered, append) for scope, order in sorted(delivered.newest.items()))


def _compare(
    cursor: Cursor,
    scope: UUID,
    order: str,
    delivered: Delivered,
    append: Callable[[Sequence[IdentityQuestioned]], None],
) -> int:
    row = cursor.execute(HELD, [scope]).fetchone()
    newest = max(order, row[0] if row else "")
    lacking = cursor.execute(LACKING, [scope, newest, newest]).fetchall()
    known = cursor.execute(KNOWN, [scope]).fetchone()
    if len(lacking) > FEW and known is not None and len(lacking) * SHARE > known[0]:
        return len(lacking)
    cursor.execute(NEWEST, [scope, newest])
    if lacking:
        append(_questions(cursor, lacking, newest, UNREAD if delivered.refused else ABSENT))
        cursor.execute(ASKED, [newest, [stream for stream, _ in lacking]])
    return len(lacking)


def _questions(
    cursor: Cursor, lacking: Sequence[tuple[UUID, UUID]], order: str, reason: str
) -> list[IdentityQuestioned]:
    heads = tables.heads(cursor, {person for _, person in lacking})
    asked: list[IdentityQuestioned] = []
    for stream, person in lacking:
        heads[person] = heads.get(person, 0) + 1
        asked.append(
            IdentityQuestioned(
                originator_id=person,
                originator_version=heads[person],
                reason=reason,
                about=f"{stream.hex}{order}",
            )
        )
    return asked
