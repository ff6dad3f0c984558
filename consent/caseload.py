"""The children whom somebody works with by record: their own team, school or practice, or they themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from consent.decision import FoundChild
from consent.facts import DUTIES
from hub.people import Practitioner
from projections import involvement
from projections.session import Cursor


@dataclass(frozen=True, slots=True)
class Caseload:
    """Those who are listed. more: whether there are others; they are found by an agency's number."""

    children: tuple[FoundChild, ...]
    more: bool = False


def by_record(session: Cursor, reader: Practitioner, on: date, limit: int | None = None) -> list[UUID]:
    """The children with whom this reader is on record as working on a day; limit: at most so many, None for all."""
    return involvement.caseload(
        session,
        agency=reader.agency.value,
        duty=DUTIES.get(reader.agency, ""),
        organisation=reader.organisation,
        worker=reader.worker,
        on=on,
        limit=limit,
    )
