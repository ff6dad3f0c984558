"""Everything on record that a decision about one reader and one child rests on, asked for in one statement.

Each read model of facts brings its own part. A part is a select of four texts and a log position: what kind of fact,
its value, and what else must be known of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg import RawCursor

from hub.people import Practitioner
from hub.store.database import Cursor
from projections import circumstances, emergencies, involvement, partnership, requests, sharing

# What a part may ask with: child; agency, organisation, worker, person and duties of the reader; purpose; the day that
# is decided about as a date (on) and as text (day), its instant (moment), and as of when it was known (at).
PARTS: tuple[LiteralString, ...] = (
    involvement.FACTS,
    sharing.FACTS,
    circumstances.FACTS,
    partnership.FACTS,
    emergencies.FACTS,
    requests.FACTS,
)
# The birth date is for working out whose consent counted; it goes no further than that. The newest is believed.
BORN: LiteralString = """
(select 'born', s.birth_dates[cardinality(s.birth_dates)], '', '', s.position
   from identity.links l join identity.statements s using (person_record)
  where l.child = %(child)s and l.known_from <= %(at)s and l.known_to > %(at)s
    and s.known_from <= %(at)s and cardinality(s.birth_dates) > 0
  order by s.position desc limit 1)
"""
ALL: LiteralString = " union all ".join((*PARTS, BORN))
NAMES = ("child", "agency", "organisation", "worker", "person", "duties", "purpose", "day", "on", "moment", "at")
# Numbered once, here: a statement of this length the driver would otherwise take apart again for every decision.
NUMBERED = re.sub(r"%\((\w+)\)s", lambda found: f"${NAMES.index(found[1]) + 1}", ALL).encode()


@dataclass(frozen=True, slots=True)
class Standing:
    """One fact on record. more: a last day, where the kind has one. position: of the event behind it in the log."""

    kind: str
    value: str
    detail: str
    more: str
    position: int


@dataclass(frozen=True, slots=True)
class Question:
    """Whose facts, for whom, for what. moment: when they are to be true. known_at: as the hub knew them then.

    duties: those by which agencies' records can tie this reader to a child.
    """

    child: UUID
    reader: Practitioner
    purpose: str
    duties: tuple[str, ...]
    day: str
    moment: datetime
    known_at: datetime = involvement.NOW


def facts(cursor: Cursor, question: Question) -> list[Standing]:
    """All of them, in an order that is always the same."""
    reader = question.reader
    arguments = {
        "child": question.child,
        "agency": reader.agency.value,
        "organisation": reader.organisation,
        "worker": reader.worker,
        "person": reader.id,
        "duties": list(question.duties),
        "purpose": question.purpose,
        "day": question.day,
        "on": question.day,
        "moment": question.moment,
        "at": question.known_at,
    }
    with RawCursor(cursor.connection) as raw:
        found = raw.execute(NUMBERED, [arguments[name] for name in NAMES], prepare=True).fetchall()
    return sorted((Standing(*row) for row in found), key=lambda one: (one.position, one.kind, one.value, one.detail))
