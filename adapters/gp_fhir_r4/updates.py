"""One patient or one clinical entry of a FHIR R4 record, made an update in the practice's own words."""

from __future__ import annotations

from functools import cache
from typing import cast, get_args

from adapters.fhir import people, times
from adapters.fhir.bundle import Entry
from adapters.fhir.quality import check_json, check_xml
from adapters.fhir.values import Node, codings, nodes, text, texts
from adapters.gp_fhir_r4 import entries
from adapters.gp_fhir_r4.extract import Extract, Patient
from adapters.gp_fhir_r4.kept import TAG_ORIGINAL, TAG_SHARED, XML_FHIR, Item, kept_of, original_of
from adapters.maps.table import rows
from adapters.reading.unreadable import Unreadable
from hub.update import Action, Author, Coding, Defect, Fact, InvolvementFact, Sensitivity, Update
from hub.vocabulary import terms

SOURCE = "gp-fhir-r4"
_RISING: tuple[Sensitivity, ...] = get_args(Sensitivity)
_JOINED = frozenset({"replaced-by", "replaces"})


def update(item: Item, extract: Extract) -> Update:
    """The update of one entry. Raises Unreadable where it cannot be placed."""
    patient = extract.subject(item.entry)
    if item.entry.type == "Patient":
        return _registration(item, patient, extract)
    return _clinical(item, patient, extract)


def _registration(item: Item, patient: Patient, extract: Extract) -> Update:
    """What a practice says of its patient: registered, or died. It is one record, and its last version stands."""
    resource, place = item.entry.resource, item.entry.place
    practice = patient.practice or extract.bundle.organisation(resource, "generalPractitioner")
    died = text(resource, "deceasedDateTime")
    dead = died or text(resource, "deceasedBoolean") == "true"
    code = "gp.death.recorded" if dead else "gp.registered" if practice else "gp.patient.details"
    since = next(iter(texts(resource, "generalPractitioner", "identifier", "period", "start")), "")
    occurred, defects = times.happened(died if dead else since, "", place)
    recorded, wrong = times.stated(text(resource, "meta", "lastUpdated"), place)
    return Update(
        SOURCE,
        record_id=extract.record_id(item.entry, patient),
        version=text(resource, "meta", "versionId"),
        order=recorded.order,
        action="assert",
        person=patient.person,
        code=code,
        occurred=occurred,
        original=_original(item, patient, extract),
        media_type=item.media_type,
        place=place,
        headline=_practice_name(resource, extract) or terms()[code].label,
        recorded_at_source=recorded.value,
        organisation=practice,
        sensitivity=_sensitivity(code, resource, patient),
        facts=_practices(resource, practice, extract),
        defects=(*defects, *wrong, *people.birth_defects(resource, place), *_checked(item)),
        question="merge-announced" if _JOINED & set(texts(resource, "link", "type")) else "",
    )


def _clinical(item: Item, patient: Patient, extract: Extract) -> Update:
    entry, resource, kind = item.entry, item.entry.resource, entries.KINDS[item.entry.type]
    concepts = entries.concepts(kind, resource, extract.medicines(resource))
    coded = (*codings({"concepts": concepts}, "concepts"), *_class(resource))
    code = entries.code_of(kind, resource, coded, _closedness)
    occurred, wrong_times = times.happened(*entries.happened(kind, resource), entry.place)
    recorded, wrong_record = times.stated(entries.recorded_at(kind, resource), entry.place)
    updated, _ = times.stated(text(resource, "meta", "lastUpdated"), entry.place)
    title = entries.headline(concepts, resource)
    return Update(
        SOURCE,
        record_id=_record_id(entry, patient, extract),
        version=text(resource, "meta", "versionId"),
        order=updated.order,
        action=_action(resource),
        person=patient.person,
        code=code,
        occurred=occurred,
        original=_original(item, patient, extract),
        media_type=item.media_type,
        place=entry.place,
        headline=title or terms()[code].label,
        detail=entries.detail(kind, resource, title),
        recorded_at_source=recorded.value,
        organisation=extract.bundle.organisation(resource, "serviceProvider") or patient.practice,
        author=_author(resource, kind.authors, extract),
        codings=coded,
        sensitivity=_sensitivity(code, resource, patient),
        polarity=entries.polarity(code, resource),
        about="parent" if code.startswith("gp.parent.") else "child",
        defects=(*wrong_times, *wrong_record, *_loose(entry), *_checked(item)),
    )


def _author(resource: Node, paths: tuple[entries.Path, ...], extract: Extract) -> Author:
    """Who recorded it: a professional of the file, one inside the entry, or one who is only named."""
    found = extract.staff.author(resource, *paths)
    if found != Author():
        return found
    inside = (part for part in nodes(resource, "contained") if text(part, "resourceType") == "Practitioner")
    for part in inside:
        return Author(people.full_name(part), registration=text(part, "identifier", "value"))
    named = (part for path in paths for part in nodes(resource, *path) if "Practitioner" in text(part, "reference"))
    return Author(next((text(part, "display") for part in named if text(part, "display")), ""))


def _record_id(entry: Entry, patient: Patient, extract: Extract) -> str:
    if found := extract.record_id(entry, patient):
        return found
    words = "The entry has neither an identifier nor an id, so a correction could never find it."
    raise Unreadable("no-record-id", entry.place, words, "Send it with the identifier it has in the practice's system.")


def _original(item: Item, patient: Patient, extract: Extract) -> bytes:
    tags = (TAG_ORIGINAL, TAG_SHARED) if extract.is_shared(item.entry) else (TAG_ORIGINAL,)
    return original_of([item, *extract.beside(item.entry, patient)], *tags)


def _sensitivity(code: str, resource: Node, patient: Patient) -> Sensitivity:
    """The most closed of what the kind of entry, its labels and its patient's labels say."""
    labels = {text(part, "code") for part in nodes(resource, "meta", "security")}
    stated = [_labels()[label] for label in labels if label in _labels()]
    held = patient.item.entry.resource if patient.item else {}
    beside = {text(part, "code") for part in nodes(held, "meta", "security")}
    stated += [_labels()[label] for label in beside if label in _labels()]
    return max((terms()[code].sensitivity, *stated), key=_RISING.index)


@cache
def _labels() -> dict[str, Sensitivity]:
    return {row["code"]: cast(Sensitivity, row["sensitivity"]) for row in rows("gp-fhir-r4-security")}


def _closedness(code: str) -> int:
    return _RISING.index(terms()[code].sensitivity)


def _class(resource: Node) -> tuple[Coding, ...]:
    """The class of an encounter: a coding, where the other codes are concepts."""
    held = [part for part in nodes(resource, "class") if text(part, "code")]
    return tuple(Coding(text(part, "system"), text(part, "code"), text(part, "display")) for part in held)


def _action(resource: Node) -> Action:
    states = {text(resource, "status"), text(resource, "docStatus")}
    states |= set(texts(resource, "verificationStatus", "coding", "code"))
    return "retract" if "entered-in-error" in states else "assert"


def _practice_name(resource: Node, extract: Extract) -> str:
    held = extract.bundle.referred(resource, "managingOrganization")
    held += extract.bundle.referred(resource, "generalPractitioner")
    named = (text(entry.resource, "name") for entry in held if entry.type == "Organization")
    return next(filter(None, named), "")


def _practices(resource: Node, practice: str, extract: Extract) -> tuple[Fact, ...]:
    if not practice:
        return ()
    since, _ = times.stated(text(resource, "generalPractitioner", "identifier", "period", "start"), "")
    until, _ = times.stated(text(resource, "generalPractitioner", "identifier", "period", "end"), "")
    name = _practice_name(resource, extract)
    return (InvolvementFact("gp-practice", practice, name=name, since=since.day, until=until.day),)


def _loose(entry: Entry) -> tuple[Defect, ...]:
    """What holds by the file alone: a patient who is not named, a record that has no id of its own."""
    found: list[Defect] = []
    if not any(nodes(entry.resource, name) for name in ("subject", "patient", "participant")):
        found.append(Defect("subject-not-stated", entry.place, "The entry names no patient; the file holds only one."))
    if not text(entry.resource, "id") and not nodes(entry.resource, "identifier"):
        found.append(Defect("id-of-the-file", entry.place, "The record has no id but its name in this file."))
    return tuple(found)


def _checked(item: Item) -> tuple[Defect, ...]:
    kept, entry = kept_of(item), item.entry
    check = check_xml if item.media_type == XML_FHIR else check_json
    return check(entry.type, kept, entry.place, "R4")
