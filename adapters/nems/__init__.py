"""England's child health events (NEMS, FHIR STU3 XML): each message one record of what happened to one child.

Messages repeat, overtake one another and are taken back. A record is therefore known by the business
identifier of what it is about, never by the message's own id, and its order is the time it was last
updated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from adapters.fhir.values import text
from adapters.nems import happenings
from adapters.nems.message import BIRTH, DEATH, MEDIA, SOURCE, Message, Unplaced, open_message
from adapters.nems.people import Subject, subject_of, without_contacts
from adapters.reading import Unreadable, read_xml, unreadable_refusal
from hub.update import Delivery, Polarity, Refusal, Sensitivity, Translated, Update
from hub.vocabulary import terms

_MOST_HELD = 250_000
"""Elements and attributes of one message; those that are published have 200 to 600."""


def translate(delivery: Delivery) -> Iterator[Translated]:
    """The one record of the message: an Update, or a Refusal. Its bytes are kept without a family's contact details."""
    try:
        root = read_xml(delivery.content, _MOST_HELD)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    # Opened first: what was stated is judged as it came.
    opened = _opened(root)
    kept = without_contacts(root, delivery.content)
    if isinstance(opened, Unplaced):
        yield Refusal(SOURCE, opened.reason, opened.place, opened.message, opened.next_step, kept, MEDIA)
    else:
        yield replace(opened, original=kept)


def _opened(root: etree._Element) -> Update | Unplaced:
    try:
        message = open_message(root)
        return _update(message, subject_of(message))
    except Unplaced as why:
        return why


def _update(message: Message, subject: Subject) -> Update:
    code = happenings.code_of(message)
    occurred, wrong_times = happenings.occurred(message, subject)
    mother = happenings.mother_text(message, subject)
    polarity: Polarity = "did-not-happen" if code == "hv.immunisation.missed" else "happened"
    sensitivity: Sensitivity = (
        "restricted" if message.restricted or subject.person.restricted else terms()[code].sensitivity
    )
    return Update(
        SOURCE,
        record_id=_record_id(message, subject),
        version=_version(message),
        order=message.stamp.order,
        action=happenings.action_of(message, subject),
        person=subject.person,
        code=code,
        occurred=occurred,
        original=b"",
        media_type=MEDIA,
        place=message.header.place,
        headline=happenings.headline(message, subject),
        detail=happenings.detail(message, subject),
        recorded_at_source=message.stamp.value,
        organisation=happenings.responsible(message),
        author=happenings.author_of(message),
        codings=happenings.codings_of(message),
        sensitivity=sensitivity,
        polarity=polarity,
        third_persons=tuple(replace(person, text=mother) for person in subject.third_persons),
        facts=happenings.facts(message, subject),
        defects=message.defects + subject.defects + wrong_times,
    )


def _record_id(message: Message, subject: Subject) -> str:
    """By subject for birth and death, by business identifier for the rest, by message where there is none.

    A patient's own identifier is nobody's record id: it would make all changes to a person one record.
    """
    if message.event in {BIRTH, DEATH}:
        return f"{message.event}|{subject.person.local_id}"
    focus = message.focus
    if focus and focus.type != "Patient" and (value := text(focus.resource, "identifier", "value")):
        return f"{message.event}|{text(focus.resource, 'identifier', 'system')}|{value}"
    identity = text(message.header.resource, "id")
    if not identity:
        place = message.header.place
        raise Unplaced(
            "no-record-id", place, "Neither the message nor what it is about has an id.", "Send it with one."
        )
    return f"{message.event}|{identity}"


def _version(message: Message) -> str:
    stated = (text(message.header.resource, "meta", "versionId"), message.stamp.value)
    return "|".join(filter(None, stated))
