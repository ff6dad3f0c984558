"""One GP extract as a whole: who its patients are, whom an entry speaks of, and what each record is called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from adapters.fhir import people
from adapters.fhir.bundle import Bundle, Entry, shelve
from adapters.fhir.values import Node, nodes, text, texts
from adapters.gp_connect.kept import CONTEXT, TAG_SHARED, original_of, shelved
from hub.update import Author, Person

SOURCE = "gp-connect"
MEDIA = "application/fhir+json"
_MOST_BESIDE = 8


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient of the file as this practice knows them. `practice` is its ODS code, empty when not stated.

    `entry` is what is read of the patient, `managed` the practice's own entry where there is one.
    """

    person: Person
    practice: str
    entry: Entry
    managed: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Extract:
    """All of one file that a single entry needs in order to be understood. `patients` is by place
    in the file, `holders` by NHS number, `shared` holds the identifiers that several entries claim.
    `marked`: the file is the original of one entry, and its identifier was shared.
    """

    bundle: Bundle
    staff: people.Staff
    patients: dict[str, Patient]
    holders: dict[str, list[Patient]]
    shared: frozenset[str]
    marked: bool

    def subject(self, resource: Node) -> Patient | None:
        """The patient an entry names; the only patient where it names nobody; otherwise nobody."""
        named = [*nodes(resource, "subject"), *nodes(resource, "patient")]
        if not named:
            return next(iter(self.patients.values())) if len(self.patients) == 1 else None
        found = {id(patient): patient for part in named if (patient := self._named(part))}
        return next(iter(found.values())) if len(found) == 1 else None

    def record_id(self, entry: Entry, patient: Patient) -> str:
        """The record's own identifier, or its id in the practice; empty when it has neither.

        The type comes first, and the id last where two entries share one identifier: both have been seen,
        and either would make one entry a false correction of another.
        """
        business, identity = business_id(entry), text(entry.resource, "id")
        if business and not self.is_shared(entry):
            return business
        if identity:
            return f"{business or f'{entry.type}|{patient.practice}'}|{identity}"
        return business

    def is_shared(self, entry: Entry) -> bool:
        """Whether another entry of the file it came in has the same identifier."""
        return self.marked or business_id(entry) in self.shared

    def first(self, resource: Node, name: str) -> tuple[Entry, ...]:
        """The entry that a single reference names, if it is in the file."""
        return tuple(self.bundle.referred({"of": nodes(resource, name)[:1]}, "of"))

    def professional(self, node: Node, *paths: tuple[str, ...]) -> tuple[Entry, ...]:
        """The entries that say who the first professional is to whom one of these paths of references leads."""
        for part in (part for path in paths for part in nodes(node, *path)):
            if self.staff.author({"of": part}, ("of",)) != Author():
                return self._described(*self.first({"of": part}, "of"))
        return ()

    def named_anywhere(self, resource: Node) -> tuple[Entry, ...]:
        """The first few entries of context that a resource of an unknown type names, wherever it does."""
        found = (self.bundle.find(reference) for reference in sorted(set(_references(resource))))
        context = {entry.place: entry for entry in found if entry and entry.type in CONTEXT}
        return tuple(part for entry in list(context.values())[:_MOST_BESIDE] for part in self._described(entry))

    def original(self, entry: Entry, kept: bytes, patient: Patient, beside: tuple[Entry, ...] = ()) -> bytes:
        """The bytes from which one record can be read again alone: it, its patient, and what it rests on."""
        others = (patient.entry, *patient.managed, *beside)
        return original_of(
            entry, kept, others, self.bundle.names, shared=entry.type != "Patient" and self.is_shared(entry)
        )

    def _described(self, entry: Entry) -> tuple[Entry, ...]:
        role = entry if entry.type == "PractitionerRole" else self.staff.role_of(entry)
        if role is None:
            return (entry,)
        holders, organisations = (
            self.bundle.referred(role.resource, name) for name in ("practitioner", "organization")
        )
        return (entry, role, *holders[:1], *organisations[:1])

    def _named(self, reference: Node) -> Patient | None:
        if stated := text(reference, "reference"):
            entry = self.bundle.find(stated.partition("/_history/")[0])
            return self.patients.get(entry.place) if entry else None
        stated_numbers = people.nhs_numbers({"identifier": reference.get("identifier")})
        holders = [patient for number in stated_numbers for patient in self.holders.get(number, [])]
        return holders[0] if len(holders) == 1 else None


def extract_of(entries: list[Entry], records: list[Entry], tags: frozenset[str]) -> Extract:
    """What the file says as a whole; `tags` are the hub's own marks on it."""
    bundle = shelve(shelved(entry) for entry in entries)
    used = Counter(name for entry in records if (name := business_id(entry)))
    patients = {entry.place: _patient(entry, bundle) for entry in bundle.of_type("Patient")}
    holders: dict[str, list[Patient]] = {}
    for entry in bundle.of_type("Patient"):
        for number in people.nhs_numbers(entry.resource):
            claimed = holders.setdefault(number, [])
            # Two are enough to see that a number is nobody's alone; more would make a search of each reference.
            if len(claimed) < 2:  # noqa: PLR2004 - two, as said
                claimed.append(patients[entry.place])
    return Extract(
        bundle,
        people.Staff(bundle),
        patients,
        holders,
        frozenset(name for name, times_used in used.items() if times_used > 1),
        TAG_SHARED in tags,
    )


def business_id(entry: Entry) -> str:
    """`type|system|value` of the first identifier, or empty."""
    for part in nodes(entry.resource, "identifier"):
        if value := text(part, "value"):
            return f"{entry.type}|{text(part, 'system')}|{value}"
    return ""


def _patient(entry: Entry, bundle: Bundle) -> Patient:
    """Known by the practice's id, never by the NHS number: eleven patients have been seen to share an invalid one."""
    practice = bundle.organisation(entry.resource, "managingOrganization")
    identity = text(entry.resource, "id")
    person = people.person(entry.resource, "")
    told_apart = identity if practice and identity else people.combination(person)
    local_id = f"{practice}|{told_apart}" if told_apart else ""
    managed = tuple(bundle.referred(entry.resource, "managingOrganization"))
    return Patient(replace(person, local_id=local_id), practice, entry, managed)


def _references(value: object) -> Iterator[str]:
    """Every reference anywhere in a resource; the reader has bounded the depth."""
    if isinstance(value, dict):
        yield from texts(value, "reference")
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)
