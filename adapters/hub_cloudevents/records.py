"""A record of our own envelope made an update: under its agency's and its system's name, so that no two senders mix."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from typing import Final

from adapters.cloudevents import OWN_SOURCE, SINGLE
from adapters.cloudevents.event import CloudEvent
from adapters.hub_cloudevents.shape import Accounted, Chronology, Marked, Numbered, Other, Subject, Time
from hub.update import (
    Account,
    Author,
    Coding,
    Fact,
    Identifier,
    InvolvementFact,
    Marks,
    Occurred,
    Person,
    StatusFact,
    ThirdPerson,
    Update,
)

_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,100}")
_DIGITS: Final = 100


def system_of(update: Update) -> str:
    """The address by which the sending system calls itself: the `source` of its event, which holds no `|`."""
    return update.record_id.split("|", 2)[1]


def update_of(event: CloudEvent, data: Chronology, original: bytes) -> Update:
    """The update. A retraction says of whom and of what it is, and nothing of what was said."""
    system = f"{data.agency}|{event.source}"
    told = data.action == "assert"
    author = data.author
    sequence = str(event.extensions.get("sequence", ""))
    return Update(
        source=OWN_SOURCE,
        record_id=f"{system}|{data.record.id}",
        version=data.record.version or sequence,
        order=_sortable(data.record.order or sequence),
        action=data.action,
        person=_person(system, data.subject),
        code=data.code,
        occurred=_occurred(data.occurred),
        original=original,
        media_type=SINGLE,
        place="/data",
        headline=data.headline if told else "",
        detail=data.detail if told else "",
        recorded_at_source=data.record.recorded_at,
        organisation=data.organisation,
        author=Author(author.name, author.role, author.organisation, author.registration) if author else Author(),
        codings=tuple(Coding(one.system, one.code, one.display) for one in data.codings) if told else (),
        sensitivity=data.sensitivity,
        significance=data.significance,
        polarity=data.polarity,
        about=data.about,
        third_persons=tuple(_other(system, one) for one in data.third_persons) if told else (),
        facts=_facts(data) if told else (),
        agency=data.agency,
        valence=data.valence,
        marks=_marks(data.marks) if told and data.marks else None,
        account=_account(data.account) if told and data.account else None,
    )


def _marks(stated: Marked) -> Marks | None:
    """What is said in coded words; None where nothing is, so that saying nothing in more words changes no record."""
    marks = Marks(
        assertion=stated.assertion,
        source_kind=stated.source_kind,
        turning=stated.turning,
        seen=stated.seen,
        wellbeing=tuple(dict.fromkeys(stated.wellbeing)),
        triangle=tuple(dict.fromkeys(stated.triangle)),
        sequence=stated.sequence,
    )
    return marks if marks != Marks() else None


def _account(stated: Accounted) -> Account | None:
    """The same of what is said in words of its own."""
    account = Account(**{part.name: getattr(stated, part.name) for part in fields(Account)})
    return account if account != Account() else None


def _person(system: str, subject: Subject) -> Person:
    names = subject.names
    return Person(
        local_id=f"{system}|{subject.local_id}",
        identifiers=_identifiers(subject.identifiers),
        family=names.family.strip() if names else "",
        given=tuple(name.strip() for name in names.given if name.strip()) if names else (),
        birth_dates=(subject.birth_date,) if subject.birth_date else (),
        sex=subject.sex,
        postcode=subject.postcode,
        restricted=subject.restricted,
    )


def _identifiers(stated: list[Numbered]) -> tuple[Identifier, ...]:
    return tuple(Identifier(one.system, one.value, one.verified) for one in stated)


def _other(system: str, one: Other) -> ThirdPerson:
    return ThirdPerson(one.relation, f"{system}|{one.local_id}", one.name, one.text, _identifiers(one.identifiers))


def _occurred(stated: Time) -> Occurred:
    return Occurred(stated.start, stated.precision, stated.end, stated.approximate)


def _facts(data: Chronology) -> tuple[Fact, ...]:
    works = (
        InvolvementFact(one.duty, one.organisation, one.worker, one.name, one.since, one.until)
        for one in data.involvement
    )
    stands = (StatusFact(one.kind, one.since, one.until) for one in data.status)
    return (*works, *stands)


def _sortable(order: str) -> str:
    """The same order as text that sorts: numbers padded, instants in UTC, and other text as it is."""
    if _WHOLE_NUMBER.fullmatch(order):
        return order.rjust(_DIGITS, "0")
    try:
        moment = datetime.fromisoformat(order)
        in_utc = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return order
    return in_utc.isoformat(timespec="microseconds") if in_utc else order
