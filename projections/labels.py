"""The kind of one entry, for those who explain a decision about it: its labels, and nothing of what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from hub.store.database import Cursor

CREATE: LiteralString = """
create or replace function read.labels_of(of_child uuid, record uuid, moment timestamptz)
returns table (agency text, category text, sensitivity text, third_party boolean, restricted boolean)
language sql stable security definer set search_path = pg_catalog as $$
    select k.agency, k.category, k.sensitivity, k.third_party, exists (
           select from identity.statements s where s.person_record = e.person_record and s.restricted)
      from read.entries e
      join read.decision_keys k on k.number = e.decision_key
      join identity.links l on l.person_record = e.person_record and l.child = of_child
       and l.known_from <= moment and l.known_to > moment
     where e.stream = record and not e.retracted and e.known_from <= moment and e.known_to > moment
$$;
revoke execute on function read.labels_of(uuid, uuid, timestamptz) from public;
grant execute on function read.labels_of(uuid, uuid, timestamptz) to hub_auditor;
"""
OF: LiteralString = "select agency, category, sensitivity, third_party, restricted from read.labels_of(%s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Labels:
    """What of an entry mattered to a decision at a moment. restricted: its source marks whom it is recorded of."""

    agency: str
    category: str
    sensitivity: str
    third_party: bool
    restricted: bool


def labels_of(cursor: Cursor, child: UUID, entry: UUID, moment: datetime) -> Labels | None:
    """The kind of a child's entry as it stood at a moment; None where it was not there, or is of another child."""
    row = cursor.execute(OF, [child, entry, moment]).fetchone()
    return Labels(*row) if row else None
