"""One GP extract as a whole: who its patients are, whom an entry speaks of, and what each record is called."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import orjson

from adapters.fhir import people
from adapters.fhir.bundle import Bundle, Entry, shelve
from adapters.fhir.values import Node, nodes, text
from hub.update import Person

SOURCE = "gp-connect"
MEDIA = "application/fhir+json"


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient of the file as this practice knows them. `practice` is its ODS code, empty when not stated."""

    person: Person
    practice: str


@dataclass(frozen=True, slots=True)
class Extract:
    """All of one file that a single entry needs in order to be understood. `patients` is by place
    in the file, `holders` by NHS number, `shared` holds the identifiers that several entries claim.
    """

    bundle: Bundle
    staff: people.Staff
    patients: dict[str, Patient]
    holders: dict[str, list[Patient]]
    shared: frozenset[str]

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
        if business and business not in self.shared:
            return business
        if identity:
            return f"{business or f'{entry.type}|{patient.practice}'}|{identity}"
        return business

    def _named(self, reference: Node) -> Patient | None:
        if stated := text(reference, "reference"):
            entry = self.bundle.find(stated.partition("/_history/")[0])
            return self.patients.get(entry.place) if entry else None
        stated_numbers = people.nhs_numbers({"identifier": reference.get("identifier")})
        holders = [patient for number in stated_numbers for patient in self.holders.get(number, [])]
        return holders[0] if len(holders) == 1 else None


def extract_of(entries: list[Entry], records: list[Entry]) -> Extract:
    """What the file says as a whole."""
    bundle = shelve(entries)
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
    )


def business_id(entry: Entry) -> str:
    """`type|system|value` of the first identifier, or empty."""
    for part in nodes(entry.resource, "identifier"):
        if value := text(part, "value"):
            return f"{entry.type}|{text(part, 'system')}|{value}"
    return ""


def original_of(resource: Node) -> bytes:
    """The record's own JSON, its keys in one order, so that the same content is always the same bytes."""
    return orjson.dumps(resource, option=orjson.OPT_SORT_KEYS)


def _patient(entry: Entry, bundle: Bundle) -> Patient:
    """Known by the practice's id, never by the NHS number: eleven patients have been seen to share an invalid one."""
    practice = bundle.organisation(entry.resource, "managingOrganization")
    identity = text(entry.resource, "id")
    person = people.person(entry.resource, "")
    told_apart = identity if practice and identity else people.combination(person)
    local_id = f"{practice}|{told_apart}" if told_apart else ""
    return Patient(replace(person, local_id=local_id), practice)
