"""A GP practice's structured record of a child (GP Connect, FHIR STU3): each entry in it made an update.

The bundle is a whole extract. Its registration and each clinical resource are records of their own; the
lists, people, places and medicines beside them are read as their context. An entry goes to the patient
that it names and to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from adapters.fhir.bundle import Entry
from adapters.fhir.gp_entries import KINDS
from adapters.fhir.values import every, nodes, resource_type, text
from adapters.gp_connect.extract import MEDIA, SOURCE, Extract, Patient, extract_of
from adapters.gp_connect.kept import (
    CONTEXT,
    TAG_ORIGINAL,
    is_too_large,
    kept_of,
    original_of,
    rests,
    tags_of,
    without_resource,
)
from adapters.gp_connect.updates import clinical, registration
from adapters.reading import Unreadable, read_json, unreadable_refusal
from adapters.reading.limits import until_hopeless, until_swollen
from hub.update import Delivery, Refusal, Translated

_NO_RESOURCE = ("no-resource", "The entry holds no FHIR resource.", "Send each entry with its resource.")
_PATIENT_TOO_LARGE = (
    "patient-too-large",
    "The patient's own names, numbers and addresses are more than can be kept with each of their records.",
    "Send the patient with what identifies them.",
)
_UNKNOWN_TYPE = (
    "unmapped-code",
    "The hub does not know this type of resource.",
    "Ask for this type to be added to the adapter, then retry.",
)
_NO_SUBJECT = (
    "no-subject",
    "The entry does not say of which patient in this file it speaks.",
    "Send it with its patient, in one collection.",
)
_NO_RECORD_ID = (
    "no-record-id",
    "The entry has neither an identifier nor an id, so a correction could never find it.",
    "Send it with the identifier it has in the practice's system.",
)


def translate(delivery: Delivery) -> Iterator[Translated]:
    """Every record of the extract, in the order of the file and as they are asked for: an Update, or a Refusal.

    A refusal keeps its record's bytes. A file that is neither a GP Connect collection nor a single resource
    of one is one Refusal; so is the rest of a file after a thousand refusals running, or where what is kept beside its
    records has made far more of it than was sent.
    """
    return until_hopeless(until_swollen(_found(delivery), delivery, MEDIA), delivery, MEDIA)


def _found(delivery: Delivery) -> Iterator[Translated]:
    try:
        content = read_json(delivery.content)
    except Unreadable as error:
        yield unreadable_refusal(delivery, error)
        return
    entries, tags = _entries(content), tags_of(content)
    if entries is None:
        yield _whole(delivery, "not-this-format", "The file is not a GP Connect structured record.")
        return
    records = list(_records(entries[:1] if _is_original(entries, tags) else entries))
    if not records:
        yield _whole(delivery, "no-records", "The file holds no registration and no clinical entry.")
        return
    extract = extract_of(entries, records, tags)
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
        return without_resource(index, part)
    return Entry(f"/entry/{index}/resource", resource, text(part, "fullUrl"))


def _is_original(entries: list[Entry], tags: frozenset[str]) -> bool:
    """Whether this is one record as the hub keeps it: what follows it is its patient and its context, no records."""
    return TAG_ORIGINAL in tags and all(rests(entry) for entry in entries[1:])


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
        return _refused(entry, extract, _NO_RESOURCE)
    if entry.type == "Patient" and is_too_large(entry):
        return _refused(entry, extract, _PATIENT_TOO_LARGE)
    patient = extract.patients.get(entry.place) if entry.type == "Patient" else extract.subject(entry.resource)
    if entry.type != "Patient" and entry.type not in KINDS:
        return _refused(entry, extract, _UNKNOWN_TYPE, patient)
    if patient is None or not patient.person.local_id:
        return _refused(entry, extract, _NO_SUBJECT)
    return _known(entry, patient, extract)


def _known(entry: Entry, patient: Patient, extract: Extract) -> Translated:
    if entry.type == "Patient":
        return registration(entry, patient, extract)
    if record_id := extract.record_id(entry, patient):
        return clinical(entry, record_id, patient, extract)
    return _refused(entry, extract, _NO_RECORD_ID, patient)


def _refused(entry: Entry, extract: Extract, why: tuple[str, str, str], patient: Patient | None = None) -> Refusal:
    """The refusal of one entry. With its patient it keeps what it rests on, so that it can be placed one day."""
    kept = kept_of(entry)
    if patient is None:
        original = original_of(entry, kept, (), extract.bundle.names)
    else:
        original = extract.original(entry, kept, patient, extract.named_anywhere(orjson.loads(kept)))
    reason, message, next_step = why
    return Refusal(SOURCE, reason, entry.place, message, next_step, original, MEDIA)


def _whole(delivery: Delivery, reason: str, message: str) -> Refusal:
    step = "Send one GP Connect collection bundle in JSON, with its patient, as the practice's system exports it."
    return Refusal(SOURCE, reason, "", message, step, delivery.content, MEDIA)
