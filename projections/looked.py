"""When each person last looked at each child's chronology: made from the access log and nothing else.

Readings that follow each other closely are one look: turning a page, or reading once more, is not coming back. Each
person and child have the newest reading, and the last one of the look before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, LiteralString
from uuid import UUID

from hub.events.access import Disclosed
from hub.store.database import Cursor
from hub.store.ledger import Recorded

NAME = "looked"
LOG: LiteralString = "access"
TABLES: tuple[LiteralString, ...] = ("read.looked",)
SITTING: Final = timedelta(minutes=30)
"""Between two readings of one look there is no more than this. After a change: hub project rebuild looked."""

# before: null where there was no look before this one.
CREATE: LiteralString = """
create table if not exists read.looked (
    reader text        not null,
    child  uuid        not null,
    last   timestamptz not null,
    before timestamptz,
    primary key (reader, child)
);
grant select on read.looked to hub_reader;
-- The second line: whoever asks reads of their own looks alone (projections.second_line).
alter table read.looked enable row level security;
drop policy if exists looked_by on read.looked;
create policy looked_by on read.looked for select to hub_reader using (
    reader = (select nullif(current_setting('hub.person', true), '')));
"""
LOOK: LiteralString = """
insert into read.looked as held (reader, child, last) values (%(reader)s, %(child)s, %(at)s)
on conflict (reader, child) do update
   set before = case when excluded.last - held.last > %(sitting)s then held.last else held.before end,
       last = excluded.last
"""
LAST: LiteralString = "select last, before from read.looked where reader = %s and child = %s"


def last_look(cursor: Cursor, reader: str, child: UUID, now: datetime) -> datetime | None:
    """When this person's last look at this child ended, the one that goes on now not counted; None for never."""
    row = cursor.execute(LAST, [reader, child], prepare=True).fetchone()
    if row is None:
        return None
    last, before = row
    found: datetime | None = last if now - last > SITTING else before
    return found


def apply(cursor: Cursor, recorded: Sequence[Recorded]) -> None:
    """Take in a batch of access events, in log order."""
    looks = [
        {"reader": one.event.reader, "child": one.event.child, "at": one.recorded_at, "sitting": SITTING}
        for one in recorded
        if isinstance(one.event, Disclosed) and _looked(one.event)
    ]
    cursor.executemany(LOOK, looks)


def _looked(event: Disclosed) -> bool:
    """Whether somebody was shown the chronology as it is known now; how it was known once is another question.

    Where they wanted only some of it, what they did not want has not been looked at.
    """
    return event.action == "chronology" and event.outcome == "shown" and not event.known_at
