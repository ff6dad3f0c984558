"""Since when the hub knew of an entry, and which birth dates agencies state, as far as this reader may know.

Both go through the same people and levels as the reading of a story (`projections.story`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hub.store.database import Cursor
from projections import story

# Of the versions that this reader may read whole, the first; of an entry that was read whole already.
FIRST_KNOWN: LiteralString = (
    story.PEOPLE
    + """
select e.stream, min(e.known_from) from people p join read.entries e on e.person_record = p.person_record
"""
    + story.LEVEL
    + """
 where e.stream = any (%(entries)s::uuid[]) and not e.retracted and g.level >= 3 and e.known_from <= %(at)s
 group by e.stream
"""
)
# Each agency's newest word on it; a birth date is told by whoever of them has something open to this reader.
BORN: LiteralString = (
    story.PEOPLE  # noqa: S608 - put together of constants alone
    + """
select distinct unnest(s.birth_dates)
  from people p
 cross join lateral (
       select from read.entries e
"""
    + story.LEVEL
    + " where e.person_record = p.person_record and g.level >= 2 and "
    + story.KNOWN
    + """
        limit 1) o
 cross join lateral (
       select n.birth_dates from identity.statements n
        where n.person_record = p.person_record and n.known_from <= %(at)s and n.birth_dates <> '{}'
        order by n.position desc limit 1) s
 order by 1
"""
)


def first_known(cursor: Cursor, question: story.Question, entries: Collection[UUID]) -> dict[UUID, datetime]:
    """When the hub was first told of each of these entries, in a version that the levels open whole."""
    asked = story.arguments(question.child, question.levels, question.known_at) | {"entries": sorted(entries)}
    return dict(cursor.execute(FIRST_KNOWN, asked).fetchall())


def born(cursor: Cursor, question: story.Question) -> list[str]:
    """Every birth date that the child's records state, where the levels let out a summary of the record's entries."""
    asked = story.arguments(question.child, question.levels, question.known_at)
    return [row[0] for row in cursor.execute(BORN, asked).fetchall()]
