"""One record of an HL7 v2 message made an update: what happened, when, whose record it is, and what takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adapters.hl7v2.codes import sensitivity
from adapters.hl7v2.framing import MEDIA
from adapters.hl7v2.message import Message
from adapters.hl7v2.people import publisher, subject
from adapters.hl7v2.records import kind
from adapters.hl7v2.results import document, report
from adapters.hl7v2.said import Said
from adapters.hl7v2.stays import merge, patient, stay
from adapters.hl7v2.times import order_of, recorded_of, timed
from adapters.reading.unreadable import Unreadable
from hub.update import Defect, Person, Update
from hub.vocabulary import terms

SOURCE = "hl7v2"
_CANCELS = "cancel-"
_SAYING: dict[str, Callable[[str, Message, Person], Said]] = {
    "person": patient,
    "merge": merge,
    "report": report,
    "document": document,
}
"""What reads each kind of message; all others are parts of a stay."""


def update(message: Message) -> Update:
    """The update of one record. Raises Unreadable where it cannot be placed."""
    does = kind(message)
    person, wrong = subject(message)
    what = does.removeprefix(_CANCELS)
    said = _SAYING.get(what, stay)(what, message, person)
    if not said.key:
        step = "Send it with the number that the record has in the sending system."
        raise Unreadable("no-record-id", message.place, "The record has no id that a correction could find.", step)
    if does.startswith(_CANCELS):
        said = replace(said, action="retract")
    return _made(message, person, said, wrong)


def _made(message: Message, person: Person, said: Said, wrong: tuple[Defect, ...]) -> Update:
    order, wrong_order = order_of(message)
    occurred, wrong_times = timed(message, said.when, said.until)
    return Update(
        SOURCE,
        record_id=f"{_sender(message)}|{said.key}",
        version="",
        order=order,
        action=said.action,
        person=person,
        code=said.code,
        occurred=occurred,
        original=message.original,
        media_type=MEDIA,
        place=message.place,
        headline=said.headline or terms()[said.code].label,
        detail="\n".join(dict.fromkeys(filter(None, said.detail))),
        recorded_at_source=recorded_of(message),
        organisation=message.header.text(4),
        author=said.author,
        codings=said.codings,
        sensitivity=sensitivity(said.code, message),
        polarity=said.polarity,
        defects=(*message.defects, *wrong, *said.defects, *wrong_times, *wrong_order, *_not_production(message)),
        question=said.question,
    )


def _sender(message: Message) -> str:
    if sender := publisher(message):
        return sender
    words = "The header names no sending application and facility, so its record ids mean nothing."
    raise Unreadable("no-sender", message.place, words, "Send it with MSH-3 and MSH-4.")


def _not_production(message: Message) -> tuple[Defect, ...]:
    if message.header.text(11) in {"", "P"}:
        return ()
    return (Defect("not-production", f"{message.place}/MSH-11", "The sender marks it as a test or as training."),)
