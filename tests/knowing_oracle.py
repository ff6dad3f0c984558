"""Who knew what when, from the raw logs alone and no read model: the oracle that the matrix is held against.

What was told, read and said comes from the events themselves. What was open to whom is no event: it is what the gate of
the time would have shown, so it is asked of the gate, in the story's own stages, and compared by the test.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.events.access import Disclosed, unpacked
from hub.events.inbox import EntryAcknowledged
from hub.events.records import EntryRetracted, Record
from hub.store.ledger import Recorded
from tests.fix_hub import TestHub

Who = tuple[str, str, str]


@dataclass(slots=True)
class Knew:
    """What one person, organisation or agency had been told, had read and had said."""

    delivered: datetime | None = None
    opened: tuple[datetime, int] | None = None
    acknowledged: datetime | None = None
    what: str = ""


@dataclass(slots=True)
class Entries:
    """For each entry, what everybody knew."""

    rows: dict[UUID, dict[Who, Knew]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(Knew)))
    received: dict[UUID, datetime] = field(default_factory=dict)
    gone: set[UUID] = field(default_factory=set)


def known(hub: TestHub, child: UUID, at: datetime) -> Entries:
    """What both logs say up to a moment of the entries of a child's records."""
    found = Entries()
    for one in raw(hub, "ledger"):
        if one.recorded_at > at:
            continue
        match one.event:
            case EntryRetracted():
                found.gone.add(one.stream)
            case Record():
                found.received.setdefault(one.stream, one.recorded_at)
                found.gone.discard(one.stream)
            case EntryAcknowledged() as event if event.child == child:
                for who in _rows(event.agency, event.organisation, event.by):
                    row = found.rows[event.entry][who]
                    row.acknowledged, row.what = row.acknowledged or one.recorded_at, event.what
            case _:
                pass
    for one in raw(hub, "access"):
        if one.recorded_at <= at and isinstance(one.event, Disclosed) and one.event.child == child:
            _tell(found, one, one.event)
    return found


def raw(hub: TestHub, log: str) -> Sequence[Recorded]:
    """All of a log, as it stands."""
    house = hub.house
    with house._database.transaction("hub_projector") as cursor:
        return house._ledgers[log].read(cursor, after=0, limit=1_000_000)


def _tell(found: Entries, one: Recorded, event: Disclosed) -> None:
    if event.agency == "oversight" or not event.entries:
        return
    for entry, revision, level in unpacked(event.entries):
        for who in _rows(event.agency, event.organisation, event.reader):
            row = found.rows[entry][who]
            row.delivered = row.delivered or one.recorded_at
            if level >= 2 and row.opened is None:
                row.opened = (one.recorded_at, revision)


def _rows(agency: str, organisation: str, person: str) -> list[Who]:
    return [(agency, "", ""), (agency, organisation, ""), (agency, organisation, person)]
