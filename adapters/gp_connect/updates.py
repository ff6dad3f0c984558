"""One registration or one clinical entry of a GP record, made an update in the practice's own words."""

from __future__ import annotations

from typing import get_args

from adapters.fhir import gp_entries, people, times
from adapters.fhir.bundle import Entry
from adapters.fhir.quality import check_json
from adapters.fhir.values import Node, codings, concept_words, extensions, nodes, text
from adapters.gp_connect.extract import MEDIA, SOURCE, Extract, Patient
from adapters.gp_connect.kept import kept_of
from hub.update import Action, Coding, Defect, InvolvementFact, Occurred, Precision, Sensitivity, ThirdPerson, Update
from hub.vocabulary import terms

_FLAGS = frozenset({"NOPAT", "R", "V"})
_RISING: tuple[Sensitivity, ...] = get_args(Sensitivity)
_RELATIONS = {"mother": "mother", "father": "father", "sister": "sibling", "brother": "sibling", "care": "carer"}


def registration(entry: Entry, patient: Patient, extract: Extract) -> Update:
    """That this practice has this patient, and so who their GP practice is."""
    resource, code = entry.resource, "gp.registered"
    kept, doctors = kept_of(entry), extract.professional(resource, ("generalPractitioner",))
    began = (text(part, "valuePeriod", "start") for part in _registration_details(resource))
    occurred, defects = times.happened(next(began, ""), "", f"{entry.place}/extension")
    practice = text(patient.managed[0].resource, "name") if patient.managed else ""
    doctor = extract.staff.author(resource, ("generalPractitioner",)).registration
    return Update(
        SOURCE,
        record_id=f"Patient|{patient.person.local_id}",
        version=text(resource, "meta", "versionId"),
        order=_last_updated(resource).order,
        action="assert",
        person=patient.person,
        code=code,
        occurred=occurred,
        original=extract.original(entry, kept, patient, doctors),
        media_type=MEDIA,
        place=entry.place,
        headline=practice or terms()[code].label,
        recorded_at_source=_last_updated(resource).value,
        organisation=patient.practice,
        sensitivity=sensitivity(code, resource),
        third_persons=_contacts(resource, patient.person.local_id),
        facts=(_practice(patient, doctor, practice, occurred),) if patient.practice else (),
        defects=defects + people.birth_defects(resource, entry.place) + check_json("Patient", kept, entry.place),
    )


def clinical(entry: Entry, record_id: str, patient: Patient, extract: Extract) -> Update:
    """One consultation, observation, problem, medicine or other entry of the record."""
    resource, kind = entry.resource, gp_entries.KINDS[entry.type]
    kept, performing = kept_of(entry), gp_entries.professionals(resource)
    rests_on = (
        *extract.professional(performing, *kind.authors),
        *extract.first(resource, "serviceProvider"),
        *extract.first(resource, "medicationReference"),
    )
    concepts = gp_entries.concepts(kind, resource, extract.bundle)
    coded = codings({"concepts": concepts}, "concepts")
    code = _code(kind.code, resource, coded)
    occurred, wrong_times = times.happened(*gp_entries.happened(kind, resource), entry.place)
    recorded, wrong_record = times.stated(gp_entries.recorded_at(kind, resource), entry.place)
    return Update(
        SOURCE,
        record_id=record_id,
        version=text(resource, "meta", "versionId"),
        order=_last_updated(resource).order,
        action=_action(resource),
        person=patient.person,
        code=code,
        occurred=occurred,
        original=extract.original(entry, kept, patient, rests_on),
        media_type=MEDIA,
        place=entry.place,
        headline=_headline(concepts, resource, code),
        detail=gp_entries.detail(kind, resource),
        recorded_at_source=recorded.value,
        organisation=extract.bundle.organisation({"of": nodes(resource, "serviceProvider")[:1]}, "of")
        or patient.practice,
        author=extract.staff.author(performing, *kind.authors),
        codings=coded,
        sensitivity=sensitivity(code, resource),
        polarity=gp_entries.polarity(code, resource),
        about="parent" if code.startswith("gp.parent.") else "child",
        defects=wrong_times + wrong_record + _unnamed(entry) + check_json(entry.type, kept, entry.place),
    )


def sensitivity(code: str, resource: Node) -> Sensitivity:
    """What the vocabulary says of the code, unless the practice's own flag closes the entry further."""
    flags = {text(part, "code") for part in nodes(resource, "meta", "security")}
    return "restricted" if flags & _FLAGS else terms()[code].sensitivity


def _code(usual: str, resource: Node, coded: tuple[Coding, ...]) -> str:
    """The hub's code: what the codes say where they are mapped, the most closed where they say several things."""
    if text(resource, "notGiven") == "true":
        return "gp.immunisation.missed"
    mapped = gp_entries.codes_of(coded)
    return max(mapped, key=lambda code: _RISING.index(terms()[code].sensitivity), default=usual)


def _practice(patient: Patient, doctor: str, name: str, registered: Occurred) -> InvolvementFact:
    """Who the GP practice is; from when, only where the registration states the day."""
    since = registered.start[:10] if registered.precision in {Precision.DAY, Precision.INSTANT} else ""
    return InvolvementFact("gp-practice", patient.practice, doctor, name, since)


def _action(resource: Node) -> Action:
    states = {text(resource, name) for name in ("status", "verificationStatus", "docStatus")}
    return "retract" if "entered-in-error" in states else "assert"


def _headline(concepts: list[Node], resource: Node, code: str) -> str:
    said = (*map(concept_words, concepts), text(resource, "description"), text(resource, "questionnaire", "display"))
    return next(filter(None, said), terms()[code].label)


def _unnamed(entry: Entry) -> tuple[Defect, ...]:
    if nodes(entry.resource, "subject") or nodes(entry.resource, "patient"):
        return ()
    return (Defect("subject-not-stated", entry.place, "The entry names no patient; the file holds only one."),)


def _last_updated(resource: Node) -> times.Moment:
    return times.moment(text(resource, "meta", "lastUpdated")) or times.NEVER


def _registration_details(resource: Node) -> list[Node]:
    details = extensions(resource, "RegistrationDetails-1")
    return [part for detail in details for part in extensions(detail, "registrationPeriod")]


def _contacts(resource: Node, local_id: str) -> tuple[ThirdPerson, ...]:
    """The people whom the practice holds as the patient's contacts, each apart from the rest of the record."""
    return tuple(
        ThirdPerson(_relation(part), f"{local_id}|contact|{index}", people.full_name(part), _relationship(part))
        for index, part in enumerate(nodes(resource, "contact"))
        if nodes(part, "name")
    )


def _relationship(contact: Node) -> str:
    return "; ".join(said for part in nodes(contact, "relationship") if (said := concept_words(part)))


def _relation(contact: Node) -> str:
    said = _relationship(contact).casefold()
    return next((relation for word, relation in _RELATIONS.items() if word in said), "other")
