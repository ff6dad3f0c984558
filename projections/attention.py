"""What governance is to be told of, read from the access log: one line for one person, child and reason, with counts.

Whoever calls decides whose lines are meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from projections.session import Cursor

# The same done again before anybody took note is one line, under the newest of its readings. An emergency access is
# one line with all its readings, and the review that closes it is what takes note of it.
HELD: LiteralString = """
select (array_agg(a.reading order by a.position desc))[1], a.attention, a.reader, a.role, a.agency, a.organisation,
       (array_agg(a.action order by a.position desc))[1], a.child, count(*)::int, min(a.at), max(a.at),
       sum(a.shown)::int, sum(a.redacted)::int, sum(a.withheld)::int, e.emergency,
       case when e.emergency is null then a.noted_by when e.closed then e.reviewed_by else '' end,
       case when e.emergency is null then a.noted_at when e.closed then e.reviewed_at end
  from read.access_log a
  left join (select emergency, position, reviewed_by, reviewed_at, finding in ('justified', 'not-justified') as closed
               from read.emergencies) e on e.position = a.opened and a.attention = 'emergency'
 where a.attention <> '' and (%(organisation)s::text is null or a.organisation = %(organisation)s)
 group by a.attention, a.reader, a.role, a.agency, a.organisation, a.child, a.opened, a.noted_by, a.noted_at,
          e.emergency, e.closed, e.reviewed_by, e.reviewed_at
 order by (case when e.emergency is null then a.noted_at when e.closed then e.reviewed_at end) is not null,
          max(a.position) desc limit %(limit)s
"""
NOTED: LiteralString = "select noted_at is not null from read.access_log where reading = %s"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. reading: the newest of its `times` readings; first, last: when the first and the last of them were.

    why: refusal, tie, emergency or reading. shown, redacted, withheld: entries, each counted in each reading.
    noted_by took note of it; empty and None where nobody has.
    """

    reading: UUID
    why: str
    reader: str
    role: str
    agency: str
    organisation: str
    action: str
    child: UUID | None
    times: int
    first: datetime
    last: datetime
    shown: int
    redacted: int
    withheld: int
    emergency: UUID | None
    noted_by: str
    noted_at: datetime | None


def lines(cursor: Cursor, organisation: str | None, limit: int) -> list[Line]:
    """What nobody has taken note of, newest first, then the rest; with an organisation, of what its own people did."""
    return [Line(*row) for row in cursor.execute(HELD, {"organisation": organisation, "limit": limit})]


def noted(cursor: Cursor, reading: UUID) -> bool:
    """Whether somebody took note of a reading, by itself or with a later one."""
    row = cursor.execute(NOTED, [reading]).fetchone()
    return bool(row and row[0])
