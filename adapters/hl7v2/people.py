"""The patient of an HL7 v2 message: whose numbers they are is told by who assigned them, never by how they look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stdnum.gb import nhs

from adapters.fhir import people
from adapters.hl7v2.codes import meant, person_closed
from adapters.hl7v2.message import Message, Segment, stamp
from adapters.reading.unreadable import Unreadable
from hub.update import Author, Defect, Identifier, Person

_LOCAL_RANK = ("MR", "MRN", "PI", "PT", "")
_NUMBER, _AUTHORITY, _TYPE = 1, 4, 5
_SEX = {"F": "female", "M": "male", "O": "other", "U": "unknown", "A": "other", "N": "other"}
_NEXT = "Send it with the patient's hospital number and the authority that assigned it."


def subject(message: Message) -> tuple[Person, tuple[Defect, ...]]:
    """The one patient of the message. Raises Unreadable where there is none, or where there are two."""
    patients = list(message.named("PID"))
    if not patients:
        raise Unreadable("no-subject", message.place, "The message names no patient.", _NEXT)
    closed = person_closed(message)
    people_named = [_person(one, message, closed=closed) for one in patients]
    first, defects = people_named[0]
    numbers = {part.value for person, _ in people_named for part in person.identifiers if part.system == "nhs-number"}
    if len({person.local_id for person, _ in people_named}) > 1 or len(numbers) > 1:
        raise Unreadable(
            "two-identities",
            message.place,
            "The message speaks of two people where there should be one.",
            "A person who knows the family decides whose record it is, or the sender corrects it.",
        )
    if not first.local_id:
        raise Unreadable("no-subject", message.place, "The patient has no number by which they could be known.", _NEXT)
    return first, defects


def professional(segment: Segment | None, field: int) -> Author:
    """Somebody of the staff: id, name and title."""
    if segment is None:
        return Author()
    parts = (segment.text(field, at) for at in (6, 3, 4, 2))
    return Author(" ".join(filter(None, parts)), registration=segment.text(field, 1))


def publisher(message: Message) -> str:
    """Sending application and facility, under which record ids are unique; empty when neither is stated."""
    stated = message.header.text(3), message.header.text(4)
    return "|".join(stated) if any(stated) else ""


def _person(patient: Segment, message: Message, *, closed: bool) -> tuple[Person, tuple[Defect, ...]]:
    born, defects = _born(patient, message.place)
    facility = message.header.text(4) or message.header.text(3)
    person = Person(
        "",
        tuple(dict.fromkeys(_identifiers(patient))),
        family=patient.text(5, 1),
        given=tuple(name for name in (patient.text(5, 2), patient.text(5, 3)) if name),
        birth_dates=(born,) if born else (),
        sex=_SEX.get(patient.text(8), ""),
        postcode=patient.text(11, 5),
        restricted=closed,
    )
    return replace(person, local_id=_local_id(patient, facility) or _national(person)), defects


def _born(patient: Segment, place: str) -> tuple[str, tuple[Defect, ...]]:
    stated = patient.text(7)
    if not stated:
        return "", ()
    found = stamp(stated)
    if found is None:
        return "", (Defect("date-invalid", f"{place}/PID-7", "Not a date that exists; it is left out."),)
    return found.day or found.value, ()


def _identifiers(patient: Segment) -> Iterator[Identifier]:
    """National numbers only, however the sender spells who assigned them."""
    for at in range(patient.repetitions(3)):
        value = patient.text(3, _NUMBER, at)
        if value and (system := _system(patient, at)):
            yield Identifier(system, "".join(value.split()) if system == "nhs-number" else value)


def _system(patient: Segment, at: int) -> str:
    authority, kind = patient.text(3, _AUTHORITY, at), patient.text(3, _TYPE, at)
    stated = (f"{authority}^{kind}" if kind else authority, patient.text(3, _AUTHORITY, at, 2))
    return next((system for code in stated if code and (system := meant("authority", code.upper()))), "")


def _local_id(patient: Segment, facility: str) -> str:
    """`facility|authority|number` of the hospital's own number: by kind and authority, not by its place in the list."""
    found = [
        (_rank(patient.text(3, _TYPE, at)), patient.text(3, _AUTHORITY, at), value)
        for at in range(patient.repetitions(3))
        if (value := patient.text(3, _NUMBER, at)) and not _system(patient, at)
    ]
    if not found:
        return ""
    _, authority, value = min(found)
    return f"{facility}|{authority}|{value}"


def _rank(kind: str) -> int:
    return _LOCAL_RANK.index(kind) if kind in _LOCAL_RANK else len(_LOCAL_RANK)


def _national(person: Person) -> str:
    """A valid NHS number, else number, date of birth and name together, else nothing."""
    for part in person.identifiers:
        if part.system == "nhs-number" and nhs.is_valid(part.value) and len(set(part.value)) > 1:
            return part.value
    return people.combination(person)
