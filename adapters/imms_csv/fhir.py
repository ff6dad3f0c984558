"""Immunisations as FHIR R4 in JSON: one resource or a Bundle, the child in it, beside it, or a number alone."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from adapters.fhir.bundle import Entry, shelve
from adapters.fhir.values import every, nodes, resource_type, text
from adapters.imms_csv.dose import SOURCE
from adapters.imms_csv.fhir_dose import update_from
from adapters.imms_csv.resource import AGAIN, MEDIA, STAFF, Read, original_of, read_entry
from adapters.reading.unreadable import Unreadable
from hub.update import Delivery, Refusal, Translated

_BESIDE = STAFF | {"Location", "OperationOutcome"}


def translated(value: object, delivery: Delivery) -> Iterator[Translated]:
    """Updates and refusals of one JSON text: every immunisation, and every patient whom none of them is about."""
    listed = value if isinstance(value, list) else [value]
    found = 0
    for number, one in enumerate(listed):
        place = f"/{number}" if isinstance(value, list) else ""
        for record in _records(one, place):
            found += 1
            yield record
    if not found:
        message = "The file holds no immunisation."
        yield Refusal(SOURCE, "not-this-format", "/", message, AGAIN, delivery.content, MEDIA)


def _records(value: object, place: str) -> Iterator[Translated]:
    if resource_type(value) != "Bundle":
        yield _one(read_entry(Entry(place or "/", value if isinstance(value, dict) else {}), shelve(())), value)
        return
    entries = [_entry(part, f"{place}/entry/{at}") for at, part in enumerate(every(value, "entry"))]
    shelf = shelve(entries)
    reads = [read_entry(entry, shelf) for entry in entries]
    immunisations = [read for read in reads if read.entry.type == "Immunization"]
    named = (entry for read in immunisations for entry in read.referred("patient"))
    about = {entry.place for entry in named if entry.type == "Patient"}
    for read in reads:
        if read.entry.type not in _BESIDE and read.entry.place not in about:
            yield _one(read, read.entry.resource)


def _entry(part: object, place: str) -> Entry:
    return Entry(f"{place}/resource", next(iter(nodes(part, "resource")), {}), text(part, "fullUrl"))


def _one(read: Read, value: object) -> Translated:
    original = original_of(read) if read.entry.resource else orjson.dumps([value])
    try:
        return update_from(read, original)
    except Unreadable as error:
        said = (error.reason, error.place, str(error.args[0]), error.next_step)
        return Refusal(SOURCE, *said, original, MEDIA)
