"""One FHIR resource, what is contained in it and what stands beside it; and what of them may be kept.

Of people, only what tells who they are is kept: telephone numbers, e-mail addresses, contacts and the lines of an
address are left out before anything is stored.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from adapters.fhir import people
from adapters.fhir.bundle import Bundle, Entry, shelve
from adapters.fhir.values import Node, nodes, resource_type, text
from adapters.reading.unreadable import Unreadable

MEDIA = "application/fhir+json"
AGAIN = "Send the resource again with its identifier, its status and the child it is about."
STAFF = frozenset({"Practitioner", "PractitionerRole", "Organization"})
_CONTAINED = "/contained/"
_CONTACT = frozenset({"telecom", "contact", "photo"})
_PEOPLE = frozenset({"Patient", "RelatedPerson", "Person"})
_WHERE = frozenset({"use", "postalCode", "period"})


@dataclass(frozen=True, slots=True)
class Read:
    """One immunisation, what is contained in it, and what stands beside it."""

    entry: Entry
    contained: Bundle
    beside: Bundle

    def find(self, reference: str) -> Entry | None:
        """What a reference names: within the resource, else in the Bundle."""
        return self.contained.find(reference) or self.beside.find(reference.partition("/_history/")[0])

    def referred(self, *path: str) -> list[Entry]:
        """The entries that the references at a path name."""
        found = (self.find(text(part, "reference")) for part in nodes(self.entry.resource, *path))
        return [entry for entry in found if entry is not None]


def read_entry(entry: Entry, beside: Bundle) -> Read:
    """An entry with what is contained in it."""
    inner = [
        Entry(f"{entry.place}{_CONTAINED}{at}", part, f"#{text(part, 'id')}")
        for at, part in enumerate(nodes(entry.resource, "contained"))
    ]
    return Read(entry, shelve(inner), beside)


def wrong(read: Read, reason: str, message: str) -> Unreadable:
    """Why a resource cannot be placed, for its sender."""
    return Unreadable(reason, read.entry.place, message, AGAIN, MEDIA)


def original_of(read: Read) -> bytes:
    """The resource alone; or a Bundle of it and of those beside it that it names. Contact details are left out."""
    return orjson.dumps(_kept(read), option=orjson.OPT_SORT_KEYS)


def numbers_in(read: Read) -> frozenset[str]:
    """Every NHS number that is stated in what is kept, whoever is said to have it and wherever it stands."""
    found: set[str] = set()
    below: list[object] = [_kept(read)]
    while below:
        one = below.pop()
        if isinstance(one, dict):
            found |= people.nhs_numbers({"identifier": one})
            below.extend(one.values())
        elif isinstance(one, list):
            below.extend(one)
    return frozenset(found)


def _kept(read: Read) -> Node:
    resource = _clean(read.entry.resource)
    if read.entry.type != "Immunization":
        return resource
    named = [entry for entry in read.referred("patient") if entry.type == "Patient"]
    named += [entry for entry in read.referred("performer", "actor") if entry.type in STAFF]
    kept = {entry.place: entry for entry in named if _CONTAINED not in entry.place}.values()
    if not kept:
        return resource
    alone = [{"fullUrl": entry.full_url, "resource": _clean(entry.resource)} for entry in kept]
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource}, *alone]}


def _clean(resource: Node) -> Node:
    """The same without telephone numbers, e-mail and postal addresses, and contacts, also of what is contained.

    A person's narrative repeats them, so it goes too.
    """
    left_out = _CONTACT | {"text"} if resource_type(resource) in _PEOPLE else _CONTACT
    kept = {name: value for name, value in resource.items() if name.removeprefix("_") not in left_out}
    if "address" in kept:
        kept["address"] = [
            {name: value for name, value in part.items() if name in _WHERE} for part in nodes(resource, "address")
        ]
    if "contained" in kept:
        kept["contained"] = [_clean(part) for part in nodes(resource, "contained")]
    return kept
