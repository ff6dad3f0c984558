"""Hospitals' and laboratories' messages (HL7 v2: admissions, patients, results, documents), each record by itself.

An admission, attendance, discharge, patient or document is one record, known by the sender's own number of it and never
by the message's number, which is used again. A report of results (an OBR and its OBX) is one record. A message that
cannot be read is refused alone; its neighbours go on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters.hl7v2.framing import MEDIA, Piece, kept, pieces
from adapters.hl7v2.message import Message, opened
from adapters.hl7v2.records import records
from adapters.hl7v2.updates import update
from adapters.reading import Unreadable, read_text
from adapters.reading.limits import MOST_RECORDS, until_hopeless
from hub.update import Delivery, Refusal, Translated

SOURCE = "hl7v2"


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Every record of the file, in its order and as they are asked for: an Update, or a Refusal with its bytes.

    What a message says of next of kin and where they live is in neither; see `hl7v2_framing`.
    """
    for number, one in enumerate(until_hopeless(_found(delivery), delivery, MEDIA), 1):
        if number == MOST_RECORDS:
            # One less than the registry allows: beyond that it would keep the whole file, next of kin and all.
            yield _too_many(one.place, delivery)
            return
        yield replace(one, original=kept(delivery.content)) if _is_whole_file(one) else one


def _is_whole_file(one: Translated) -> bool:
    return isinstance(one, Refusal) and one.reason == "too-many-bad-records"


def _too_many(place: str, delivery: Delivery) -> Refusal:
    words = f"The file holds {MOST_RECORDS} records or more, so those from here on were not read."
    step = "Split the file into smaller ones and send them; what was taken already is then a duplicate."
    return Refusal(SOURCE, "too-many-records", place, words, step, kept(delivery.content), MEDIA)


def _found(delivery: Delivery) -> Iterator[Translated]:
    found = False
    for piece in pieces(delivery.content):
        found = True
        yield from _translated(piece)
    if not found:
        yield _nothing(delivery)


def _translated(piece: Piece) -> Iterator[Translated]:
    try:
        message = opened(piece)
        parts = records(message)
    except Unreadable as error:
        yield _refused(error, piece.original)
        return
    for part in parts:
        yield _record(part)


def _record(part: Message) -> Translated:
    try:
        return update(part)
    except Unreadable as error:
        return _refused(error, part.original)


def _refused(error: Unreadable, original: bytes) -> Refusal:
    place = error.place if error.place.startswith("message") else f"message, {error.place}"
    return Refusal(SOURCE, error.reason, place, error.message, error.next_step, original, MEDIA)


def _nothing(delivery: Delivery) -> Refusal:
    """A file of nothing but blank lines and batch headers."""
    try:
        read_text(delivery.content)
    except Unreadable as error:
        return Refusal(SOURCE, error.reason, "", error.message, error.next_step, delivery.content, MEDIA)
    step = "Send the messages themselves, each from its MSH segment on."
    return Refusal(SOURCE, "no-records", "", "The file holds no message.", step, delivery.content, MEDIA)
