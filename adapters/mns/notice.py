"""One multicast notification: that something happened to somebody, and where to ask what. It never says what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NoReturn

from adapters.fhir import times
from adapters.reading.nhs_number import local_id
from adapters.reading.unreadable import JSON_MEDIA, Unreadable
from hub.update import Defect, Identifier, Person

AGAIN = "Send the notice as the notification service delivers it, with its id, source, type, time and subject."
NUMBER_CHANGE = "nhs-number-change-"
_NAMED_PATIENT = re.compile(r"(?:/Patient/|[?&]patient=)([0-9]{10})(?![0-9])")


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice, whichever of the three shapes it came in.

    `identity` is its own id, `dataref` where its content can be asked for, `status` the code that only the oldest
    shape states, `said` lines of what little it says, `original` one JSON text from which it can be read again alone.
    """

    identity: str
    source: str
    type: str
    time: times.Moment
    dataref: str
    person: Person
    original: bytes
    place: str
    media_type: str = JSON_MEDIA
    status: str = ""
    sender: str = ""
    organisation: str = ""
    said: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()


def subject(number: str, place: str, family: str = "", born: str = "") -> Person:
    """The person of a notice; raises Unreadable where it names nobody.

    A number that does not hold, with nothing beside it, is nobody's id: each such notice then stands for itself.
    """
    if not number:
        _refuse("no-subject", place, "The notice does not say whom it is about.")
    person = Person("", (Identifier("nhs-number", number),), family, birth_dates=(born,) if born else ())
    return replace(person, local_id=local_id(person))


def instant(stated: str, place: str) -> times.Moment:
    """The time of a notice. Raises Unreadable for anything but an instant: none is ever made up."""
    found = times.moment(stated)
    if found is None or found.utc is None:
        _refuse("no-time", place, "The notice does not state at which instant it was made.")
    return found


def one_person(kind: str, number: str, dataref: str, place: str) -> None:
    """Raises Unreadable where the notice is about one number and points to another's record.

    A change of number may well point to the new one; a person is asked about each of those in any case.
    """
    named = set(_NAMED_PATIENT.findall(dataref))
    if kind.startswith(NUMBER_CHANGE) or not named or named == {"".join(number.split())}:
        return
    raise Unreadable(
        "two-identities",
        place,
        "The notice is about one person and points to the record of another.",
        "A person who knows the family decides whose notice it is, or the sender corrects it.",
        JSON_MEDIA,
    )


def incomplete(place: str, name: str) -> NoReturn:
    """Refuse a notice that lacks what every notice has."""
    _refuse("cloudevent-incomplete", f"{place}/{name}", f"The notice has no {name}, or one that is no text.")


def _refuse(reason: str, place: str, message: str) -> NoReturn:
    raise Unreadable(reason, place, message, AGAIN, JSON_MEDIA)
