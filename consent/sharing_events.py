"""The events of a matter, made of what somebody chose, and what is checked under the ledger's lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from consent.releasing import Held, Stand
from consent.sharing_terms import Ask, Choice, tidy
from hub.errors import BadInput
from hub.events.base import Event
from hub.events.requests import SharedEntry, SharingDecided, SharingReleased, SharingRequested
from hub.people import Practitioner
from projections import requests
from projections.matters import Matter
from projections.session import Cursor


class Place(TypedDict):
    """Where an event stands, and who recorded it."""

    originator_id: UUID
    originator_version: int
    child: UUID
    by: str
    organisation: str


def place(stream: UUID, version: int, child: UUID, by: Practitioner) -> Place:
    """The place of the next event of a matter."""
    return Place(originator_id=stream, originator_version=version, child=child, by=by.id, organisation=by.organisation)


def answered() -> BadInput:
    """Said where a matter is not as it was when the person looked at it."""
    return BadInput("This has been answered or changed meanwhile.", "Look at the list of this child's matters again.")


def request(at: Place, ask: Ask) -> SharingRequested:
    """A request, as asked."""
    return SharingRequested(
        **at,
        asked=ask.asked,
        purpose=ask.purpose,
        basis=ask.basis,
        due=ask.due,
        wanted=tidy(ask.wanted),
        why=tidy(ask.why),
    )


def decision(at: Place, choice: Choice, of: Stand) -> SharingDecided:
    """A decision, as chosen, with the labels of the entries as they are now; one not to share opens nothing."""
    shared = dict.fromkeys(choice.entries if choice.shares else ())
    return SharingDecided(
        **at,
        outcome=choice.outcome,
        recipient=choice.recipient,
        recipient_role=choice.recipient_role,
        purpose=choice.purpose,
        bases=tuple(dict.fromkeys(choice.bases)),
        since=choice.since if choice.shares else "",
        until=choice.until if choice.shares else "",
        entries=tuple(_labelled(one, of.held[one]) for one in shared),
        informed=choice.informed,
        what=tidy(choice.what),
        reasons=tidy(choice.reasons),
        child_views=tidy(choice.child_views),
        parent_views=tidy(choice.parent_views),
        informed_why=tidy(choice.informed_why),
        necessity=tidy(choice.necessity),
        withheld=tidy(choice.withheld),
        consulted=tidy(choice.consulted),
    )


def _labelled(entry: UUID, held: Held) -> SharedEntry:
    return SharedEntry(entry, held.person_record, held.sensitivity, held.category, held.agency)


def release(at: Place, decided: SharingDecided | Matter) -> SharingReleased:
    """What was decided, released."""
    named = decided.open if isinstance(decided, Matter) else [one.entry for one in decided.entries]
    return SharingReleased(
        **at,
        entries=tuple(named),
        recipient=decided.recipient,
        purpose=decided.purpose,
        since=decided.since,
        until=decided.until,
    )


def apart(session: Cursor, events: Sequence[Event]) -> Sequence[Event]:
    """The same events. Raises BadInput where one releases what is already released on such a day."""
    if any(isinstance(one, SharingReleased) and requests.overlapping(session, one) for one in events):
        raise BadInput(
            "Something of this is already shared with that organisation, for this purpose, on some of these days.",
            "End that sharing first, choose other days, or leave out what is shared already.",
        )
    return events
