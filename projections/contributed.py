"""What a contribution by hand has to know of the entries it is about, and of itself before it is written again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import LiteralString, NamedTuple
from uuid import UUID

from hub.store.database import Cursor

# Through the tables' own policy: what the decision before it keeps sealed is not found.
CITED: LiteralString = """
select e.stream, e.decision_key, k.sensitivity, k.third_party, e.code, e.cites, exists (
       select from identity.statements s where s.person_record = l.person_record and s.restricted)
  from identity.links l
  join read.entries e on e.person_record = l.person_record
  join read.decision_keys k on k.number = e.decision_key
 where l.child = %s and e.stream = any (%s)
   and not e.retracted and l.known_to = 'infinity' and e.known_to = 'infinity'
"""
RESTRICTED: LiteralString = """
select exists (
       select from identity.links l
         join identity.statements s on s.person_record = l.person_record and s.restricted
         join read.entries e on e.person_record = l.person_record
         join read.decision_keys k on k.number = e.decision_key and k.agency = %s
        where l.child = %s and l.known_to = 'infinity')
"""
# Intake's own table of versions, under the ledger's lock. Nothing of an agency's own feed is ever written by hand.
# Whose it is now: what was written of one child may have been found to be another's since.
STANDS: LiteralString = """
select r.revision, r.fingerprint, r.retracted, r.sender, r.person_record, l.child
  from intake.revisions r
  left join identity.links l on l.person_record = r.person_record and l.known_to = 'infinity'
 where r.stream = %s and r.source = %s
 order by r.revision desc limit 1
"""
WHOSE: LiteralString = "select child from identity.links where person_record = %s and known_to = 'infinity'"


class Cited(NamedTuple):
    """An entry that something is to be about: its kind, and how closed it is. For deciding, and told to nobody."""

    entry: UUID
    key: int
    sensitivity: str
    third_party: bool
    code: str
    cites: Sequence[UUID]
    restricted: bool


class Stands(NamedTuple):
    """The newest version of a contribution. fingerprint: of what it says. child: whose it is by now."""

    revision: int
    fingerprint: bytes
    retracted: bool
    sender: str
    person_record: UUID
    child: UUID | None


def cited(cursor: Cursor, child: UUID, entries: Collection[UUID]) -> list[Cited]:
    """Those of these entries that are the child's and stand, as far as what was decided lets the database find them."""
    return list(map(Cited._make, cursor.execute(CITED, [child, list(entries)]).fetchall()))


def restricted(cursor: Cursor, child: UUID, agency: str) -> bool:
    """Whether a system of this agency marks the child as restricted."""
    row = cursor.execute(RESTRICTED, [agency, child]).fetchone()
    return bool(row and row[0])


def stands(cursor: Cursor, entry: UUID, source: str) -> Stands | None:
    """The newest version of an entry of this source, whosever it is by now; None where there is none."""
    row = cursor.execute(STANDS, [entry, source]).fetchone()
    return Stands(row[0], bytes(row[1]), *row[2:]) if row else None


def whose(cursor: Cursor, person_record: UUID) -> UUID | None:
    """The child whose an agency's record of a person is now; None for one that nobody has begun."""
    row = cursor.execute(WHOSE, [person_record]).fetchone()
    return row[0] if row else None
