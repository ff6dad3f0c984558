"""Whom a NEMS message speaks of: the child, never the mother, and never a guess between two people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lxml import etree

from adapters.fhir import people, times
from adapters.fhir.bundle import Entry
from adapters.fhir.values import Node, extensions, nodes, text
from adapters.fhir.xml import FHIR
from adapters.nems.message import BIRTH, Message, Unplaced
from adapters.reading.nhs_number import local_id
from hub.update import Defect, Person, ThirdPerson

_NEWBORN_DAYS = 366
_FAMILY = (f"{FHIR}Patient", f"{FHIR}RelatedPerson")
_CONTACTS = tuple(f"{FHIR}{name}" for name in ("telecom", "contact", "photo"))
_ADDRESS_LINES = (f"{FHIR}line", f"{FHIR}text")


@dataclass(frozen=True, slots=True)
class Subject:
    """The child of the message. `patient` is where it describes the child, None when only its header does."""

    person: Person
    patient: Entry | None
    mother: Entry | None = None
    third_persons: tuple[ThirdPerson, ...] = ()
    defects: tuple[Defect, ...] = ()


def subject_of(message: Message) -> Subject:
    """The child, with every date of birth that the message states. Raises Unplaced when that is not one person."""
    found = _birth(message) if message.event == BIRTH else _usual(message)
    if not found.person.local_id:
        raise _nobody(message, "The message gives its subject no number together with a name or a date of birth.")
    return found


def without_contacts(root: etree._Element, content: bytes) -> bytes:
    """The message without telephone numbers, e-mail, contacts and the lines of addresses of families; else as it came.

    A professional's or an organisation's are theirs to be reached by, and stay.
    """
    people_of_it = list(root.iter(*_FAMILY))
    homes = [home for person in people_of_it for home in person.iterchildren(f"{FHIR}address")]
    found = [(person, part) for person in people_of_it for part in person.iterchildren(*_CONTACTS)]
    found += [(home, part) for home in homes for part in home.iterchildren(*_ADDRESS_LINES)]
    for parent, part in found:
        parent.remove(part)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) if found else content


def _usual(message: Message) -> Subject:
    header, patient = _routing(message), _patient(message)
    described = patient.resource if patient else {}
    if len(people.nhs_numbers(header) | people.nhs_numbers(described)) > 1:
        raise _two_identities(message)
    told, known = people.person(header, ""), people.person(described, "")
    born = tuple(dict.fromkeys(known.birth_dates + told.birth_dates))
    person = Person(
        local_id(told) or local_id(known),
        identifiers=known.identifiers or told.identifiers,
        family=known.family or told.family,
        given=known.given or told.given,
        birth_dates=born,
        sex=known.sex,
        postcode=known.postcode,
        restricted=known.restricted or (patient is None and message.kind != "delete"),
    )
    wrong = people.birth_defects(described, patient.place) if patient else ()
    return Subject(person, patient, defects=wrong + _conflicts(message, born, told, known))


def _birth(message: Message) -> Subject:
    """The child is whom the RelatedPerson names: first Patient, header and the message's subject are the mother."""
    child = _child(message)
    person = people.person(child.resource, "")
    person = replace(person, local_id=local_id(person))
    others = [entry for entry in message.bundle.of_type("Patient") if entry is not child]
    mother = others[0] if others else None
    defects = people.birth_defects(child.resource, child.place) + _birth_conflict(child.place, person.birth_dates)
    described = mother.resource if mother else _routing(message)
    if people.nhs_numbers(described) & people.nhs_numbers(child.resource):
        if mother:
            raise _two_identities(message)
        return Subject(person, child, defects=defects)
    return Subject(person, child, mother, _mother(described, person), defects)


def _child(message: Message) -> Entry:
    bundle = message.bundle
    related = [entry for part in bundle.of_type("RelatedPerson") for entry in bundle.referred(part.resource, "patient")]
    children = {entry.place: entry for entry in related if entry.type == "Patient"}
    if len(children) > 1:
        raise _two_identities(message)
    patients = bundle.of_type("Patient")
    if not children and len(patients) == 1 and _is_newborn(patients[0], message):
        return patients[0]
    child = next(iter(children.values()), None)
    if child is None or len(patients) > 2 or _is_older(child, patients):  # noqa: PLR2004 - a mother and a child
        raise _nobody(message, "The message does not make plain which of its people was born.")
    return child


def _is_newborn(patient: Entry, message: Message) -> bool:
    """Born within a year of the message, so not the mother."""
    born = times.moment(f"{text(patient.resource, 'birthDate')}T00:00:00Z")
    if born is None or born.utc is None:
        return False
    stamps = [stamp.utc for stamp in (message.updated, message.sent) if stamp.utc]
    return any(abs((stamp - born.utc).days) <= _NEWBORN_DAYS for stamp in stamps)


def _is_older(child: Entry, patients: tuple[Entry, ...]) -> bool:
    """Whether somebody in the message was born after the child, who then cannot be the child."""
    own = people.birth_dates(child.resource)
    others = [people.birth_dates(entry.resource) for entry in patients if entry is not child]
    return any(own and born and min(born) > max(own) for born in others)


def _mother(described: Node, child: Person) -> tuple[ThirdPerson, ...]:
    mother = people.person(described, "")
    name = people.full_name(described)
    if not name and not mother.identifiers:
        return ()
    own_id = local_id(mother) or f"{child.local_id}|mother"
    return (ThirdPerson("mother", own_id, name, identifiers=mother.identifiers),)


def _routing(message: Message) -> Node:
    """The header's demographics in the shape of a Patient. Raises Unplaced where it states two of a kind."""
    by_name: dict[str, Node] = {}
    for part in _parts(extensions(message.header.resource, "RoutingDemographics-1")):
        if by_name.setdefault(text(part, "url"), part) != part:
            raise _two_identities(message)
    return {
        "identifier": nodes(by_name.get("nhsNumber"), "valueIdentifier"),
        "name": nodes(by_name.get("name"), "valueHumanName"),
        "birthDate": text(by_name.get("birthDateTime"), "valueDateTime"),
    }


def _parts(holders: Iterable[Node]) -> Iterator[Node]:
    """What extensions hold, however deep it is nested; the reader has bounded the depth."""
    for holder in holders:
        for part in nodes(holder, "extension"):
            if text(part, "url").endswith("RoutingDemographics-1"):
                yield from _parts([part])
            else:
                yield part


def _patient(message: Message) -> Entry | None:
    """The patient of what the message is about; failing that its only patient."""
    focus, bundle = message.focus, message.bundle
    if focus and focus.type == "Patient":
        return focus
    named = [*bundle.referred(focus.resource, "subject"), *bundle.referred(focus.resource, "patient")] if focus else []
    patients = [entry for entry in named if entry.type == "Patient"] or list(bundle.of_type("Patient"))
    if len({entry.place for entry in patients}) > 1:
        raise _two_identities(message)
    return patients[0] if patients else None


def _conflicts(message: Message, born: tuple[str, ...], told: Person, known: Person) -> tuple[Defect, ...]:
    place = message.header.place
    named = told.family and known.family and told.family.casefold() != known.family.casefold()
    differing = (Defect("name-conflict", place, "Header and patient state different family names."),) if named else ()
    return _birth_conflict(place, born) + differing


def _birth_conflict(place: str, born: tuple[str, ...]) -> tuple[Defect, ...]:
    if len(born) <= 1:
        return ()
    return (Defect("birth-date-conflict", place, "The message states more than one date of birth; all are kept."),)


def _two_identities(message: Message) -> Unplaced:
    return Unplaced(
        "two-identities",
        message.header.place,
        "The message speaks of two people where there should be one.",
        "A person who knows the family decides whose record it is, or the sender corrects it.",
    )


def _nobody(message: Message, why: str) -> Unplaced:
    return Unplaced("no-subject", message.header.place, why, "Send it with the child's number, name and date of birth.")
