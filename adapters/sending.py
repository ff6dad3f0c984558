"""What a sender may say: records of its own systems and agency, and involvement of its own organisations alone.

The same bounds hold when a record is sent and when it is tried again, so that nothing gets in by waiting first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from adapters.cloudevents import BATCH, OWN_SOURCE, CloudEvent, of_agency
from adapters.cloudevents.json_form import read_structured
from adapters.cloudevents.split import elements
from adapters.hub_cloudevents.records import system_of
from adapters.sources import source as known_source
from hub.errors import NotPermitted
from hub.update import Defect, InvolvementFact, Refusal, Translated, Update

ELSEWHERE = "involvement-of-another"
"""The question about a record that says another organisation than its sender's works with the child."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose system it is, and what it may say.

    owner: the organisation. agency: its kind. systems: the addresses of its own events, empty for any. organisations:
    those whose involvement it may state, empty for any.
    """

    owner: str
    agency: str
    systems: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()


def of_sender(found: Iterable[Translated], source: str, sender: Sender) -> Iterator[Translated]:
    """The same, each marked with its sender and held to what that may say.

    Raises NotPermitted at a record of a system that is not the sender's: nobody writes in another's name.
    """
    known = known_source(source)
    bound = of_agency(found, sender.agency) if known.agency is None and sender.agency else found
    for one in bound:
        if source == OWN_SOURCE and sender.systems and not _systems(one) <= set(sender.systems):
            raise _another_system()
        if isinstance(one, Refusal):
            yield replace(one, sender=sender.owner, agency=sender.agency if known.agency is None else "")
        elif known.common:
            yield one
        else:
            yield replace(_involving(one, sender.organisations), sender=sender.owner)


def _systems(one: Translated) -> set[str]:
    """The addresses of the systems that speak in a record, or in whatever was refused."""
    if isinstance(one, Update):
        return {system_of(one)}
    try:
        parts = elements(one.original) if one.media_type == BATCH else [one.original]
    except (ValueError, RecursionError):
        return set()
    events = map(read_structured, parts)
    return {event.source for event in events if isinstance(event, CloudEvent)}


def _involving(update: Update, organisations: tuple[str, ...]) -> Update:
    """Without what it says of other organisations' involvement, which a person looks at instead."""
    kept = tuple(
        fact for fact in update.facts if not isinstance(fact, InvolvementFact) or fact.organisation in organisations
    )
    if not organisations or kept == update.facts:
        return update
    defects = (*update.defects, Defect("involvement-not-the-senders", update.place, "Kept out; a person is asked."))
    return replace(update, facts=kept, defects=defects, question=update.question or ELSEWHERE)


def _another_system() -> NotPermitted:
    return NotPermitted(
        "An event's source is an address that is not registered for this system.",
        "Send events of your own system only, or have the address added to your registration.",
    )
