"""Reading the ledger of what was asked for, shared and not shared. Whoever calls decides who may see which of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hub.store.database import Cursor

_WHOLE: LiteralString = (
    "select matter, child, asked_by, asker, asked, asked_purpose, asked_basis, due, requested_at, decided_by, decider, "
    "outcome, recipient, recipient_role, purpose, bases, since, until, entries, informed, decided_at, "
    "released_by, released_at, declined_at, ended_by, ended_at, words, array(select r.entry from read.releases r "
    "where r.decision = matter and r.known_to = 'infinity' order by r.entry) from read.sharing "
)
OF_CHILD: LiteralString = _WHOLE + "where child = %s order by position desc limit %s"
ONE: LiteralString = _WHOLE + "where matter = %s"
ASKED_ABOUT: LiteralString = "select child from read.asked_about(%s, %s)"
WAITING: LiteralString = (
    _WHOLE + "where child = %s and requested_at is not null and decided_at is null and asked = any (%s) "
    "order by position limit %s"
)
_IDS: LiteralString = (
    "select matter, child, asked_by, asker, asked, coalesce(nullif(purpose, ''), asked_purpose), due, requested_at, "
    "decided_by, decider, outcome, recipient, decided_at, declined_at is not null from read.sharing "
)
UNANSWERED: LiteralString = (
    _IDS + "where requested_at is not null and decided_at is null "
    "and (%(whose)s::text is null or %(whose)s in (asker, asked)) order by requested_at, matter limit %(limit)s"
)
NOT_SHARED: LiteralString = (
    _IDS + "where outcome in ('not-share', 'share-part') and (%(whose)s::text is null or decider = %(whose)s) "
    "order by decided_at desc, matter limit %(limit)s"
)

# Through the tables' own policy: what the decision before it keeps sealed is not found.
KEYS_OF: LiteralString = """
select e.stream, e.person_record, e.decision_key, exists (
       select from identity.statements s where s.person_record = l.person_record and s.restricted), e.revision
  from identity.links l join read.entries e on e.person_record = l.person_record
 where l.child = %s and e.stream = any (%s)
   and not e.retracted and l.known_to = 'infinity' and e.known_to = 'infinity'
"""
CATEGORIES: LiteralString = (
    "select distinct category from read.releases where decision = %s and known_to = 'infinity' order by category"
)
UNMOVED: LiteralString = """
select count(*) from unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::boolean[]) as w (entry, person, revision, strict)
 where exists (select from identity.links l
                where l.person_record = w.person and l.child = %s and l.known_to = 'infinity')
   and w.strict = exists (select from identity.statements s where s.person_record = w.person and s.restricted)
   and w.revision = (select r.revision from intake.revisions r where r.stream = w.entry
                      order by r.source_order desc, r.revision desc limit 1)
"""


@dataclass(frozen=True, slots=True)
class Matter:
    """Everything about one matter, as the columns of the ledger; words by the names of their events' fields.

    open: those of the entries that nothing has closed since it was decided to share them.
    """

    matter: UUID
    child: UUID
    asked_by: str
    asker: str
    asked: str
    asked_purpose: str
    asked_basis: str
    due: str
    requested_at: datetime | None
    decided_by: str
    decider: str
    outcome: str
    recipient: str
    recipient_role: str
    purpose: str
    bases: list[str]
    since: str
    until: str
    entries: list[UUID]
    informed: str
    decided_at: datetime | None
    released_by: str
    released_at: datetime | None
    declined_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    words: dict[str, str]
    open: list[UUID]


Key = tuple[UUID, UUID, int, bool, int]
"""An entry, its person record and decision key, whether it counts as restricted, and the version that stands."""

Line = tuple[object, ...]
"""A matter for those who oversee: ids, codes and times, and no word that anybody wrote."""


def of_child(cursor: Cursor, child: UUID, limit: int) -> list[Matter]:
    """Every matter of a child, newest first."""
    return [Matter(*row) for row in cursor.execute(OF_CHILD, [child, limit], prepare=True)]


def one(cursor: Cursor, matter: UUID) -> Matter | None:
    """One matter, None where there is none."""
    row = cursor.execute(ONE, [matter]).fetchone()
    return Matter(*row) if row else None


def categories(cursor: Cursor, matter: UUID) -> list[str]:
    """The kinds of information that a decision shares, as they were when it was made."""
    return [row[0] for row in cursor.execute(CATEGORIES, [matter])]


def keys_of(cursor: Cursor, child: UUID, entries: Sequence[UUID]) -> list[Key]:
    """Of these entries of the child: person record, decision key, whether it counts as restricted, and the version."""
    return cursor.execute(KEYS_OF, [child, list(entries)], prepare=True).fetchall()


def unmoved(cursor: Cursor, child: UUID, seen: Sequence[tuple[UUID, UUID, int, bool]]) -> bool:
    """Whether these entries still are what they were: (entry, person record, version, whether restricted) of each.

    Asked of what is current with the ledger itself, and not of a read model that follows it.
    """
    columns = [[one[part] for one in seen] for part in range(4)]
    row = cursor.execute(UNMOVED, [*columns, child]).fetchone()
    return row is not None and row[0] == len(seen)


def asked_about(cursor: Cursor, asked: Sequence[str], limit: int) -> list[UUID]:
    """The children about whom a request to any of these waits for an answer, the most pressing first."""
    return [row[0] for row in cursor.execute(ASKED_ABOUT, [list(asked), limit])]


def waiting(cursor: Cursor, child: UUID, asked: Sequence[str], limit: int) -> list[Matter]:
    """Requests about one child without an answer, to any of these."""
    return [Matter(*row) for row in cursor.execute(WAITING, [child, list(asked), limit])]


def pressing(matter: Matter) -> tuple[object, ...]:
    """The place of a request among those that wait: by the day it is needed, then by when it was asked."""
    return not matter.due, matter.due, matter.requested_at, matter.matter


def unanswered(cursor: Cursor, whose: str | None, limit: int) -> list[Line]:
    """Requests without an answer, asked by or of one organisation or by anybody; the oldest first."""
    return cursor.execute(UNANSWERED, {"whose": whose, "limit": limit}).fetchall()


def not_shared(cursor: Cursor, whose: str | None, limit: int) -> list[Line]:
    """Decisions of one organisation or of anybody not to share some or all, the newest first."""
    return cursor.execute(NOT_SHARED, {"whose": whose, "limit": limit}).fetchall()
