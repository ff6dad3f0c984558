"""Who may act as a child's Lead Professional: whom somebody outside their own organisation named, or confirmed, too.

Anybody who works with a child may state that their own organisation leads where nobody does; the card then says so, and
they are told what a lead is told. To lift a secret address, to state duties and ties of others and to release what
another agency wrote, a lead acts for everybody: that takes a statement of the same duty, still in force, by somebody of
another kind of agency or by the child's allocated worker. Whoever states it works with the child, or is governance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from consent.facts import ALLOCATED
from consent.statements import LEAD
from hub.people import Practitioner
from projections import casework, involvement
from projections.casework import Stated
from projections.involvement import Involvement
from projections.session import Cursor

Whose = Callable[[str], Practitioner | None]
"""Somebody of the directory by their id; None for an id that it does not list."""


def acts_as_lead(session: Cursor, reader: Practitioner, child: UUID, on: date, whose: Whose) -> bool:
    """Whether somebody is a Lead Professional on a day, alone or with others or their team, and may act as one."""
    if not reader.organisation:
        return False
    casework.for_deciding(session)
    involved = involvement.of_child(session, child, on)
    found = casework.of_child(session, child, ["duty"])
    leads = [one for one in casework.on_day(found, on.isoformat()) if _leads(one, reader, on.isoformat())]
    return any(
        _outside(whose(said.by), one, involved)
        for one in leads
        for said in _unbroken([said for said in found if said.stream == one.stream], on.isoformat())
    )


def is_allocated(person: Practitioner, involved: Sequence[Involvement]) -> bool:
    """Whether agencies' own records say that somebody is the child's allocated worker."""
    return any(
        one.duty == ALLOCATED and one.organisation == person.organisation and one.worker == person.worker != ""
        for one in involved
    )


def _leads(one: Stated, reader: Practitioner, day: str) -> bool:
    said = one.said
    theirs = said["organisation"] == reader.organisation and said["worker"] in ("", reader.worker)
    return said["duty"] == LEAD and theirs and one.in_force(day)


def _unbroken(versions: Sequence[Stated], day: str) -> list[Stated]:
    """The newest versions of one duty, back to the last by which it had ended: what was said before that is over."""
    said = [one for one in versions if one.since <= day]
    ended = [n for n, one in enumerate(said) if not one.in_force(day)]
    return said[ended[-1] + 1 :] if ended else said


def _outside(by: Practitioner | None, one: Stated, involved: Sequence[Involvement]) -> bool:
    return by is not None and (by.agency.value != one.said["agency"] or is_allocated(by, involved))
