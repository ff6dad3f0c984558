"""One FHIR R4 file as a whole: who its patients are, whom an entry speaks of, its id, and what it rests on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from adapters.fhir import people
from adapters.fhir.bundle import Bundle, Entry, shelve
from adapters.fhir.values import Node, nodes, resource_type, text, texts
from adapters.gp_fhir_r4.kept import Item, kept_of
from adapters.reading.nhs_number import local_id
from adapters.reading.unreadable import Unreadable
from hub.update import Person

CONTEXT = frozenset(
    {
        "Composition",
        "Device",
        "HealthcareService",
        "List",
        "Location",
        "Medication",
        "MessageHeader",
        "OperationOutcome",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Provenance",
        "RelatedPerson",
        "Specimen",
    }
)
"""What is read for the sake of other entries and is no record itself."""
_RESTS_ON = frozenset({"Location", "Medication", "Organization", "Patient", "Practitioner", "PractitionerRole"})
_LARGEST_BESIDE = 16 * 1024
_LARGEST_PATIENT = 64 * 1024
_MOST_BESIDE = 32
_NEXT = "Send it in one Bundle with its patient, or with the patient's NHS number in the reference."


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient of the file. `publisher` is the practice's ODS code, else the address of its server, else empty.

    `item` is where the patient stands; None where an entry holds the patient inside itself, or only their number.
    """

    person: Person
    publisher: str
    practice: str = ""
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Extract:
    """All of a file that one entry needs in order to be understood. `items`, `patients` and `sizes` are by place."""

    items: dict[str, Item]
    bundle: Bundle
    staff: people.Staff
    patients: dict[str, Patient]
    shared: frozenset[str]
    marked: bool
    sizes: dict[str, int] = field(default_factory=dict)

    def subject(self, entry: Entry) -> Patient:
        """The patient an entry names; the only one where it names nobody. Raises Unreadable where that is not one."""
        if entry.type == "Patient":
            return self._one(entry, [self.patients[entry.place]])
        named = _named(entry.resource)
        if not named and len(self.patients) == 1:
            return self._one(entry, list(self.patients.values()))
        return self._one(entry, [one for part in named if (one := self._of(part, entry))])

    def record_id(self, entry: Entry, patient: Patient) -> str:
        """The record's business identifier, else its id where it is kept, else its name in the file; empty without.

        The id is put to an identifier that several entries share: one entry would be a false correction of another.
        """
        identity, holder = text(entry.resource, "id"), patient.publisher or patient.person.local_id
        if entry.type == "Patient":
            return f"Patient|{patient.person.local_id}"
        if business := business_id(entry, holder):
            return f"{business}|{identity}" if identity and self.is_shared(entry) else business
        if identity:
            return f"{entry.type}|{holder}|{identity}"
        return f"{entry.type}|{entry.full_url}" if entry.full_url.startswith("urn:uuid:") else ""

    def is_shared(self, entry: Entry) -> bool:
        """Whether another entry of the file it came in has the same identifier and another id."""
        return self.marked or business_id(entry, "") in self.shared

    def beside(self, entry: Entry, patient: Patient) -> list[Item]:
        """What has to be kept with an entry for it to be read again alone: its patient, its staff, its medicine."""
        found: dict[str, Item] = {}
        waiting = [patient.item] if patient.item and patient.item.entry is not entry else []
        waiting += self._referred(entry.resource)
        while waiting and len(found) < _MOST_BESIDE:
            item = waiting.pop(0)
            if item.entry.place in found or item.entry is entry or self._is_large(item, patient):
                continue
            found[item.entry.place] = item
            waiting += self._referred(item.entry.resource) + self._roles_of(item)
        return list(found.values())

    def medicines(self, resource: Node) -> list[Node]:
        """The medicines a resource refers to, within itself or in the file."""
        within = {f"#{text(part, 'id')}": part for part in nodes(resource, "contained")}
        inside = [within.get(text(part, "reference")) for part in nodes(resource, "medicationReference")]
        shelved = [entry.resource for entry in self.bundle.referred(resource, "medicationReference")]
        return [part for part in [*inside, *shelved] if part and resource_type(part) == "Medication"]

    def _of(self, reference: Node, entry: Entry) -> Patient | None:
        """The patient of one reference: beside the entry, inside it, or known by number alone."""
        stated = text(reference, "reference").partition("/_history/")[0]
        by_number = people.person({"identifier": reference.get("identifier")}, "")
        if stated.startswith("#"):
            return next((_patient(part) for part in _contained(entry, stated)), None)
        found = self.bundle.find(stated) if stated else None
        patient = self.patients.get(found.place) if found else None
        if patient is None:
            return Patient(replace(by_number, local_id=local_id(by_number)), "") if by_number.identifiers else None
        numbers = _numbers(by_number) | _numbers(patient.person)
        if len(numbers) > 1:
            raise _two_identities(entry)
        return patient

    def _one(self, entry: Entry, found: list[Patient]) -> Patient:
        if len({patient.person.local_id for patient in found}) > 1:
            raise _two_identities(entry)
        patient = found[0] if found else None
        if patient is None or not patient.person.local_id:
            raise Unreadable("no-subject", entry.place, "The entry does not say of which patient it speaks.", _NEXT)
        if len(_numbers(patient.person)) > 1:
            raise _two_identities(entry)
        if patient.item and self._size(patient.item) > _LARGEST_PATIENT:
            words = f"The patient's own record is over {_LARGEST_PATIENT} bytes without any contact in it."
            raise Unreadable("patient-too-large", entry.place, words, "Send the patient with what identifies them.")
        return patient

    def claimed(self, entry: Entry) -> list[Item]:
        """The patients of the file whom an entry names, however many; none that is too large to be kept beside it."""
        found = self.bundle.referred({"of": _named(entry.resource)}, "of")
        patients = {one.place: self.items[one.place] for one in found if one.type == "Patient" and one is not entry}
        return [item for item in patients.values() if self._size(item) <= _LARGEST_PATIENT][:_MOST_BESIDE]

    def _is_large(self, item: Item, patient: Patient) -> bool:
        return item is not patient.item and self._size(item) > _LARGEST_BESIDE

    def _size(self, item: Item) -> int:
        """Bytes of what is kept of an item, measured once."""
        place = item.entry.place
        if place not in self.sizes:
            self.sizes[place] = len(kept_of(item))
        return self.sizes[place]

    def _referred(self, resource: Node) -> list[Item]:
        entries = (self.bundle.find(reference) for reference in _references(resource))
        return [self.items[entry.place] for entry in entries if entry and entry.type in _RESTS_ON - {"Patient"}]

    def _roles_of(self, item: Item) -> list[Item]:
        role = self.staff.role_of(item.entry)
        return [self.items[role.place]] if role else []


def extract_of(items: list[Item], *, marked: bool) -> Extract:
    """What the file says as a whole."""
    bundle = shelve(item.entry for item in items)
    claimed: dict[str, set[str]] = defaultdict(set)
    for item in items:
        if item.entry.type not in CONTEXT and (name := business_id(item.entry, "")):
            claimed[name].add(text(item.entry.resource, "id") or item.entry.place)
    by_place = {item.entry.place: item for item in items}
    patients = {
        entry.place: _patient(entry.resource, by_place[entry.place], bundle) for entry in bundle.of_type("Patient")
    }
    shared = frozenset(name for name, identities in claimed.items() if len(identities) > 1)
    return Extract(by_place, bundle, people.Staff(bundle), patients, shared, marked)


def business_id(entry: Entry, holder: str) -> str:
    """`type|system|value` of the first identifier, the holder in place of a system that is not stated; or empty."""
    for part in nodes(entry.resource, "identifier"):
        if value := text(part, "value"):
            return f"{entry.type}|{text(part, 'system') or holder}|{value}"
    return ""


def _patient(resource: Node, item: Item | None = None, bundle: Bundle | None = None) -> Patient:
    """Known by the id at the practice or server that keeps the record; else by number, date of birth and name."""
    practice = bundle.organisation(resource, "managingOrganization") if bundle else ""
    url = item.entry.full_url if item else ""
    server = url.rpartition("/Patient/")[0] if url.startswith(("https://", "http://")) else ""
    publisher, identity, person = practice or server, text(resource, "id"), people.person(resource, "")
    own = f"{publisher}|{identity}" if publisher and identity and item else local_id(person)
    return Patient(replace(person, local_id=own), publisher, practice, item)


def _named(resource: Node) -> list[Node]:
    """The references that say whom a resource is about; of an appointment, its participants who are patients."""
    taking_part = [
        actor
        for actor in nodes(resource, "participant", "actor")
        if resource_type(resource) == "Appointment" and "Patient/" in text(actor, "reference")
    ]
    return [*nodes(resource, "subject"), *nodes(resource, "patient"), *taking_part]


def _contained(entry: Entry, reference: str) -> Iterator[Node]:
    held = nodes(entry.resource, "contained")
    return (part for part in held if resource_type(part) == "Patient" and f"#{text(part, 'id')}" == reference)


def _numbers(person: Person) -> frozenset[str]:
    """Distinct NHS numbers, without spaces."""
    return frozenset("".join(one.value.split()) for one in person.identifiers if one.system == "nhs-number")


def _references(value: object) -> Iterator[str]:
    """Every reference anywhere in a resource; the reader has bounded the depth."""
    if isinstance(value, dict):
        yield from texts(value, "reference")
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _two_identities(entry: Entry) -> Unreadable:
    return Unreadable(
        "two-identities",
        entry.place,
        "The entry speaks of two people, or of one with two NHS numbers, where there should be one.",
        "A person who knows the family decides whose record it is, or the sender corrects it.",
    )
