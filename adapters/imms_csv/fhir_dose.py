"""What a FHIR R4 immunisation says: whether it was given, to whom, when, and in whose words."""

from __future__ import annotations

from dataclasses import replace

from adapters.fhir import people, times
from adapters.fhir.bundle import Entry, organisation_code
from adapters.fhir.values import Node, codings, every, extensions, nodes, quantity, text, texts, words
from adapters.imms_csv.codes import means
from adapters.imms_csv.dose import SOURCE, Dose, known_as, labelled, update_of
from adapters.imms_csv.resource import AGAIN, MEDIA, Read, numbers_in, wrong
from adapters.reading.unreadable import Unreadable
from hub.update import Author, Coding, Defect, Identifier, Person, Update
from hub.vocabulary import terms

_FLAGS = frozenset({"NOPAT", "R", "V"})
_VERIFIED = frozenset({"01", "number-present-and-verified"})
_PROCEDURE = "VaccinationProcedure"
_LONGEST_VERSION = 10


def update_from(read: Read, original: bytes) -> Update:
    """The update of one resource; raises Unreadable where it cannot be placed, or is of another type."""
    kind = read.entry.type
    if kind == "Immunization":
        return update_of(_dose(read), original, MEDIA, read.entry.place)
    if kind == "Patient":
        return _patient(read.entry, original)
    raise wrong(read, "resource-not-read", "The hub reads immunisations and patients here, and no other resource.")


def _dose(read: Read) -> Dose:
    resource, place = read.entry.resource, read.entry.place
    outcome = means("status", text(resource, "status"))
    if not outcome:
        raise wrong(read, "unmapped-code", "The status is not in the hub's list of statuses.")
    person, defects = _person(read)
    occurred, wrong_time = times.happened(text(resource, "occurrenceDateTime"), "", f"{place}/occurrenceDateTime")
    recorded, wrong_record = times.stated(text(resource, "recorded"), f"{place}/recorded")
    flagged = _FLAGS & set(texts(resource, "meta", "security", "code"))
    return Dose(
        _record_id(read),
        person,
        occurred,
        headline=_headline(resource),
        details=_details(resource),
        given=outcome != "missed",
        action="retract" if outcome == "retracted" else "assert",
        version=text(resource, "meta", "versionId"),
        order=_order(resource, recorded),
        recorded=recorded.value,
        organisation=_organisation(read),
        author=_author(read),
        codings=(*_procedure(resource), *codings(resource, "vaccineCode"), *codings(resource, "statusReason")),
        sensitivity="restricted" if flagged else "ordinary",
        defects=defects + wrong_time + wrong_record,
    )


def _person(read: Read) -> tuple[Person, tuple[Defect, ...]]:
    """The child; raises Unreadable where the record states another's number too, or does not say whom it is about."""
    resource = read.entry.resource
    named: Node = {"identifier": every(resource, "patient", "identifier")}
    described = read.referred("patient")
    patient = described[0].resource if described and described[0].type == "Patient" else {}
    numbers = people.nhs_numbers(named) | people.nhs_numbers(patient)
    if len(numbers) > 1 or len(described) > 1:
        raise wrong(read, "two-identities", "The immunisation and the patient beside it are of two people.")
    person = _described(patient or named)
    if not (person.identifiers or person.local_id):
        raise wrong(read, "no-subject", "The immunisation does not say well enough whom it is about.")
    if numbers_in(read) - numbers:
        raise wrong(read, "two-identities", "Somebody's number stands in the record who is not its patient.")
    if not person.identifiers:
        person = replace(person, identifiers=people.identifiers(named))
    return known_as(person), people.birth_defects(patient, read.entry.place)


def _described(patient: Node) -> Person:
    """A Patient, with a number that its source calls unverified marked so."""
    verified = {text(part, "value") for part in nodes(patient, "identifier") if _is_verified(part)}
    person = people.person(patient, "")
    marked = (Identifier(one.system, one.value, one.value in verified) for one in person.identifiers)
    return known_as(replace(person, identifiers=tuple(marked)))


def _is_verified(identifier: Node) -> bool:
    stated = extensions(identifier, "NHSNumberVerificationStatus")
    return all(text(part, "valueCodeableConcept", "coding", "code") in _VERIFIED for part in stated)


def _patient(entry: Entry, original: bytes) -> Update:
    """A demographic record by itself: who the child is, and whether the source restricts it.

    It has no version: a restriction that came with the number of a version already held would wait as a conflict.
    """
    person, resource = _described(entry.resource), entry.resource
    if not person.local_id:
        raise Unreadable("no-subject", entry.place, "The patient has no number, name and date of birth.", AGAIN, MEDIA)
    updated, wrong_time = times.stated(text(resource, "meta", "lastUpdated"), f"{entry.place}/meta/lastUpdated")
    code = "hv.record.changed"
    return Update(
        SOURCE,
        record_id=f"Patient|{person.local_id}",
        version="",
        order=_order(resource, updated),
        action="assert",
        person=person,
        code=code,
        occurred=times.happened(updated.value, "", entry.place)[0],
        original=original,
        media_type=MEDIA,
        place=entry.place,
        headline="Demographic record",
        recorded_at_source=updated.value,
        organisation=organisation_code(next(iter(nodes(resource, "managingOrganization")), {})),
        sensitivity="restricted" if person.restricted else terms()[code].sensitivity,
        defects=people.birth_defects(resource, entry.place) + wrong_time,
    )


def _record_id(read: Read) -> str:
    """`system|value` of its identifier, the same as UNIQUE_ID_URI and UNIQUE_ID of the batch; else its own id."""
    for part in nodes(read.entry.resource, "identifier"):
        if value := text(part, "value"):
            return f"{text(part, 'system')}|{value}"
    if identity := text(read.entry.resource, "id"):
        return f"Immunization|{identity}"
    raise wrong(read, "no-record-id", "The immunisation has no identifier and no id.")


def _order(resource: Node, recorded: times.Moment) -> str:
    """When it was last updated, else recorded, then the number of its version."""
    updated = times.moment(text(resource, "meta", "lastUpdated"))
    number = text(resource, "meta", "versionId")
    at = (updated.order if updated else "") or recorded.order or recorded.value
    plain = number.isascii() and number.isdigit() and len(number) <= _LONGEST_VERSION
    return f"{at}|{number.zfill(_LONGEST_VERSION)}" if plain else at


def _procedure(resource: Node) -> tuple[Coding, ...]:
    return tuple(code for part in extensions(resource, _PROCEDURE) for code in codings(part, "valueCodeableConcept"))


def _headline(resource: Node) -> str:
    procedures = [words(part, "valueCodeableConcept") for part in extensions(resource, _PROCEDURE)]
    return next(filter(None, (*procedures, words(resource, "vaccineCode"))), "")


def _details(resource: Node) -> tuple[str, ...]:
    diseases = [words({"one": part}, "one") for part in nodes(resource, "protocolApplied", "targetDisease")]
    expires = text(resource, "expirationDate")
    batch = text(resource, "lotNumber")
    numbers = (text(resource, "protocolApplied", f"doseNumber{kind}") for kind in ("PositiveInt", "String"))
    return (
        labelled("Reason", words(resource, "statusReason")),
        labelled("Vaccine", words(resource, "vaccineCode")),
        labelled("Against", "; ".join(filter(None, diseases))),
        labelled("Dose", next(filter(None, numbers), "")),
        labelled("Batch", f"{batch}, expires {expires}" if batch and expires else batch),
        labelled("Amount", quantity(resource, "doseQuantity")),
        labelled("Site", words(resource, "site")),
        labelled("Route", words(resource, "route")),
        labelled("Place", text(resource, "location", "display") or text(resource, "location", "identifier", "value")),
        *(labelled("Note", said) for said in texts(resource, "note", "text")),
    )


def _organisation(read: Read) -> str:
    """The ODS code of the performer."""
    for actor in nodes(read.entry.resource, "performer", "actor"):
        named = read.find(text(actor, "reference"))
        if code := organisation_code(actor) or (organisation_code(named.resource) if named else ""):
            return code
    return ""


def _author(read: Read) -> Author:
    """Who gave it."""
    actors = read.referred("performer", "actor")
    names = [people.full_name(entry.resource) for entry in actors if entry.type == "Practitioner"]
    return Author(next(filter(None, names), ""), organisation=_organisation(read))
