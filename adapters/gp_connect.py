"""A GP practice's structured record of a child (GP Connect, FHIR STU3): each entry in it made an update.

The bundle is a whole extract. Its registration and each clinical resource are records of their own; the
lists, people, places and medicines beside them are read as their context. An entry goes to the patient
that it names and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator

from adapters.fhir.bundle import Entry
from adapters.fhir.values import every, nodes, resource_type, text
from adapters.gp_entries import KINDS
from adapters.gp_extract import MEDIA, SOURCE, Extract, Patient, extract_of, original_of
from adapters.gp_updates import clinical, registration
from adapters.limits import until_hopeless
from adapters.reading import Unreadable, read_json, unreadable_refusal
from hub.update import Delivery, Refusal, Translated

CONTEXT = frozenset(
    {
        "List",
        "Organization",
        "Practitioner",
        "PractitionerRole",
        "Location",
        "Medication",
        "HealthcareService",
        "Specimen",
    }
)
"""What is read for the sake of other entries and is no record itself."""


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Every record of the extract, in the order of the file and as they are asked for: an Update, or a Refusal.

    A refusal keeps its record's bytes. A file that is neither a GP Connect collection nor a single resource
    of one is one Refusal; so is the rest of a file after a thousand refusals running.
    """
    return until_hopeless(_found(delivery), delivery, MEDIA)


def _found(delivery: Delivery) -> Iterator[Translated]:
    try:
        entries = _entries(read_json(delivery.content))
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    if entries is None:
        yield _whole(delivery, "not-this-format", "The file is not a GP Connect structured record.")
        return
    records = list(_records(entries))
    if not records:
        yield _whole(delivery, "no-records", "The file holds no registration and no clinical entry.")
        return
    extract = extract_of(entries, records)
    for entry in records:
        yield _translated(entry, extract)


def _entries(content: object) -> list[Entry] | None:
    """The entries of a collection, or the one resource that stands alone; None for anything else."""
    kind = resource_type(content)
    if isinstance(content, dict) and (kind == "Patient" or kind in KINDS):
        return [Entry("", content)]
    if kind != "Bundle" or text(content, "type") != "collection":
        return None
    return [_entry(index, part) for index, part in enumerate(every(content, "entry"))]


def _entry(index: int, part: object) -> Entry:
    """An entry without a resource keeps what it has, and is refused later with its bytes."""
    resource = next(iter(nodes(part, "resource")), None)
    if resource is None:
        return Entry(f"/entry/{index}", {"entry": part})
    return Entry(f"/entry/{index}/resource", resource, text(part, "fullUrl"))


def _records(entries: list[Entry]) -> Iterator[Entry]:
    """The records of the file. A list may carry ended allergies inside itself: they are records too."""
    for entry in entries:
        if entry.type not in CONTEXT:
            yield entry
            continue
        for index, inner in enumerate(nodes(entry.resource, "contained")):
            if resource_type(inner) not in CONTEXT:
                yield Entry(f"{entry.place}/contained/{index}", inner)


def _translated(entry: Entry, extract: Extract) -> Translated:
    if not entry.type:
        return _refused(entry, "no-resource", "The entry holds no FHIR resource.", "Send each entry with its resource.")
    if entry.type != "Patient" and entry.type not in KINDS:
        message = "The hub does not know this type of resource."
        return _refused(entry, "unmapped-code", message, "Ask for this type to be added to the adapter, then retry.")
    patient = extract.patients.get(entry.place) if entry.type == "Patient" else extract.subject(entry.resource)
    if patient is None or not patient.person.local_id:
        message = "The entry does not say of which patient in this file it speaks."
        return _refused(entry, "no-subject", message, "Send it with its patient, in one collection.")
    return _known(entry, patient, extract)


def _known(entry: Entry, patient: Patient, extract: Extract) -> Translated:
    if entry.type == "Patient":
        return registration(entry, patient, extract)
    record_id = extract.record_id(entry, patient)
    if not record_id:
        message = "The entry has neither an identifier nor an id, so a correction could never find it."
        return _refused(entry, "no-record-id", message, "Send it with the identifier it has in the practice's system.")
    return clinical(entry, record_id, patient, extract)


def _refused(entry: Entry, reason: str, message: str, next_step: str) -> Refusal:
    return Refusal(SOURCE, reason, entry.place, message, next_step, original_of(entry.resource), MEDIA)


def _whole(delivery: Delivery, reason: str, message: str) -> Refusal:
    step = "Send one GP Connect collection bundle in JSON, with its patient, as the practice's system exports it."
    return Refusal(SOURCE, reason, "", message, step, delivery.content, MEDIA)
