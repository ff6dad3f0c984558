"""Reading again what is stored, by today's mapping: an old event is shown rightly though nobody sends it again.

Each record's own bytes were kept, sealed. Read by a mended code list they go in as the same version of the same record;
where the reading differs, the difference is a revision, so that what was known before stays known as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import LiteralString
from uuid import UUID

from hub.events.records import Record
from hub.intake.retrying import FIRST, NAMED, holders_of, place_of
from hub.store.database import Cursor, Database
from hub.store.keyring import Erased
from hub.store.ledger import Ledger
from hub.update import Delivery

PAGE = 200
STANDING: LiteralString = """
select stream, revision from (
    select distinct on (stream) stream, revision, mapping from intake.revisions
    where source = %s and stream > %s order by stream, source_order desc, revision desc
) as standing where mapping <> %s order by stream limit %s
"""
ORIGINALS: LiteralString = (
    "select o.originator_id, o.originator_version, o.sealed, o.sealed_name from ledger.originals o "
    "join unnest(%s::uuid[], %s::bigint[]) as w (id, version) on o.originator_id = w.id "
    "and o.originator_version = w.version order by 1"
)


def deliveries(database: Database, ledger: Ledger, source: str, mapping: str) -> Iterator[tuple[Delivery, Record]]:
    """The bytes of every standing record of a source that was read by another mapping than this one, and the record.

    `ledger` is one of its own: its keys are loaded page by page. Records of erased people are passed over.
    """
    after = FIRST
    while page := _page(database, source, mapping, after):
        after = page[-1][0]
        with database.transaction("hub_projector") as cursor:
            found = list(_opened(cursor, ledger, page))
        yield from found


def _page(database: Database, source: str, mapping: str, after: UUID) -> list[tuple[UUID, int]]:
    with database.transaction("hub_projector") as cursor:
        return cursor.execute(STANDING, [source, after, mapping, PAGE]).fetchall()


def _opened(cursor: Cursor, ledger: Ledger, page: list[tuple[UUID, int]]) -> Iterator[tuple[Delivery, Record]]:
    columns = [list(column) for column in zip(*page, strict=True)]
    events = {one.stream: one.event for one in ledger.read_these(cursor, page) if isinstance(one.event, Record)}
    for stream, _, sealed, sealed_name in cursor.execute(ORIGINALS, columns).fetchall():
        event = events.get(stream)
        if event is not None and (found := _unsealed(ledger, event, bytes(sealed), bytes(sealed_name or b""))):
            yield found, event


def _unsealed(ledger: Ledger, event: Record, content: bytes, name: bytes) -> Delivery | None:
    place = place_of(event.originator_id, event.originator_version)
    try:
        for holder in reversed(holders_of(event)):
            content = ledger.sealing.keyring.open(holder, content, place)
            name = name and ledger.sealing.keyring.open(holder, name, place + NAMED)
    except Erased:
        return None
    return Delivery(event.source, name.decode(errors="backslashreplace"), content)
