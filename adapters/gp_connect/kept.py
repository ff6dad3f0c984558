"""What is kept of one GP record: itself, and beside it just enough of its file that it can be read again alone.

How anybody is reached (telephone, e-mail, photographs, the lines of an address) is left out before anything is stored,
and so are the narratives of people, which repeat it. A patient's contacts stay in the registration alone, by name and
relationship, because it says who they are. What stands beside a record keeps only the elements by which it is read, and
no number of a person's own but the patient's: a doctor is known by the number of the profession.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

import orjson

from adapters.fhir import people
from adapters.fhir.bundle import Entry
from adapters.fhir.values import Node, every, nodes, resource_type, text

TAG_SYSTEM, TAG_ORIGINAL, TAG_SHARED = "urn:chronology-hub", "original", "shared-identifier"
"""Marks on a Bundle: it is the original of its first entry, and of that entry alone; and that entry was one of several
in its file that shared an identifier."""
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

Names: TypeAlias = Mapping[str, Entry | None]
_READ_OF_CONTEXT = ("resourceType", "id", "identifier", "name", "code", "practitioner", "organization")
_READ_OF_A_PATIENT = ("resourceType", "id", "identifier", "name", "gender", "birthDate", "_birthDate")
_ENTRIES, _PART = "/entry", "part"
_LARGEST_CONTEXT = 2 * 1024
_LARGEST_PATIENT = 8 * 1024
_LONGEST_ID = 64
_REACHED_BY = frozenset({"telecom", "contact", "photo", "valueContactPoint", "valueAddress"})
_PEOPLE = frozenset({"Patient", "RelatedPerson", "Person"})
_WHERE = frozenset({"use", "period", "postalCode"})
_MAY_REACH = re.compile(
    rb'"(?:_?(?:telecom|contact|photo|valueContactPoint|valueAddress|address)|Patient|(?:Related)?Person)"'
)


def without_resource(index: int, part: object) -> Entry:
    """What stands in a file where an entry with a resource should."""
    return Entry(f"{_ENTRIES}/{index}", {_PART: part})


def kept_of(entry: Entry) -> bytes:
    """The record's own JSON, its keys in one order, so that the same content is always the same bytes."""
    if entry.type == "Patient":
        return _registration(entry.resource)
    part = entry.resource[_PART] if _is_part(entry) else entry.resource
    as_sent = _json(part)
    # Nearly all clinical entries hold nothing of the kind, and are not copied.
    return _json(_kept(part)) if _MAY_REACH.search(as_sent) else as_sent


def _registration(patient: Node) -> bytes:
    """Of a patient's own entry who the contacts are, too."""
    kept = _kept_node(patient)
    if contacts := nodes(patient, "contact"):
        kept["contact"] = [_read(part, ("name", "relationship")) for part in contacts]
    return _json(kept)


def shelved(entry: Entry) -> Entry:
    """An entry as others may rest on it: a patient or context with what is read of it; a record with its name alone.

    One that is too large for that says nothing, because it would be copied with each record.
    """
    if not rests(entry):
        return Entry(entry.place, {"resourceType": entry.type, "id": text(entry.resource, "id")}, entry.full_url)
    return Entry(entry.place, _bare(entry) if is_too_large(entry) else _read_of(entry), entry.full_url)


def rests(entry: Entry) -> bool:
    """Whether a record may rest on it."""
    return entry.type == "Patient" or entry.type in CONTEXT


def is_too_large(entry: Entry) -> bool:
    """Whether what is read of a patient or of context is more than can be kept with each record."""
    return len(_json(_read_of(entry))) > (_LARGEST_PATIENT if entry.type == "Patient" else _LARGEST_CONTEXT)


def original_of(entry: Entry, kept: bytes, others: Iterable[Entry], names: Names, *, shared: bool = False) -> bytes:
    """The document of one record and of what it rests on, in the format in which both came.

    `names` are those of the whole file, and what each stands for there.
    """
    if not entry.place:
        return kept
    around = {one.place: one for one in others if one.place != entry.place and rests(one)}
    parts = [(entry, kept), *((one, _json(one.resource)) for one in around.values())]
    whole = b"".join(part for _, part in parts)
    entries = [_as_entry(one, part, whole) for one, part in parts]
    entries += [_second(name) for name in _unclear(names, (one for one, _ in parts), whole)]
    tags = [TAG_ORIGINAL, TAG_SHARED] if shared else [TAG_ORIGINAL]
    meta = {"tag": [{"system": TAG_SYSTEM, "code": code} for code in tags]}
    return _json({"resourceType": "Bundle", "type": "collection", "meta": meta, "entry": entries})


def tags_of(bundle: object) -> frozenset[str]:
    """The hub's own marks on a Bundle."""
    return frozenset(text(tag, "code") for tag in nodes(bundle, "meta", "tag") if text(tag, "system") == TAG_SYSTEM)


def _as_entry(entry: Entry, kept: bytes, whole: bytes) -> object:
    """The entry in the shape in which it came: a resource, one inside a list, or something without a resource."""
    body = orjson.Fragment(kept)
    if "/contained/" in entry.place:
        return {"resource": {"resourceType": "List", "contained": [body]}}
    if _is_part(entry):
        return body
    address = {"fullUrl": entry.full_url} if entry.full_url and _is_named(_plain(entry.full_url), whole) else {}
    return {**address, "resource": body}


def _unclear(names: Names, entries: Iterable[Entry], whole: bytes) -> list[str]:
    """The names used here that stood for two entries of the file, and so for neither."""
    found = dict.fromkeys(name for one in entries for name in _names_of(one))
    return [name for name in found if name in names and names[name] is None and _is_named(name, whole)]


def _names_of(entry: Entry) -> tuple[str, str, str]:
    identity = text(entry.resource, "id")
    return identity, f"{entry.type}/{identity}", _plain(entry.full_url)


def _second(name: str) -> object:
    """Something else of the same name, so that the name is still nobody's."""
    return {"fullUrl": name, "resource": {"resourceType": "List"}}


def _is_named(name: str, whole: bytes) -> bool:
    """Whether a reference means this name; one to a version of it does too."""
    forms = (b'"reference":' + _json(form) for form in (name, f"urn:uuid:{name}"))
    return any(form in whole or form[:-1] + b"/_history/" in whole for form in forms)


def _is_part(entry: Entry) -> bool:
    return entry.place.rpartition("/")[0] == _ENTRIES


def _plain(full_url: str) -> str:
    return full_url.removeprefix("urn:uuid:")


def _read_of(entry: Entry) -> Node:
    if entry.type != "Patient":
        return _unnumbered(_read(entry.resource, _READ_OF_CONTEXT))
    homes, practice = nodes(entry.resource, "address"), nodes(entry.resource, "managingOrganization")
    security = every(entry.resource, "meta", "security")
    parts: Node = {
        "address": [_where(home) for home in homes],
        "managingOrganization": practice[0] if practice else {},
        "meta": {"security": security} if security else {},
    }
    return _read(entry.resource, _READ_OF_A_PATIENT) | {name: part for name, part in parts.items() if part}


def _read(resource: Node, names: Iterable[str]) -> Node:
    return {name: _kept(resource[name]) for name in names if name in resource}


def _unnumbered(context: Node) -> Node:
    stated = nodes(context, "identifier")
    kept = [part for part in stated if not people.identifiers({"identifier": part})]
    return context if kept == stated else context | {"identifier": kept}


def _bare(entry: Entry) -> Node:
    identity, bare = text(entry.resource, "id"), Node(resourceType=entry.type)
    return {**bare, "id": identity} if len(identity) <= _LONGEST_ID else bare


def _kept(value: object) -> object:
    """All but how people are reached; the reader has bounded the depth."""
    if isinstance(value, list):
        return [_kept(part) for part in value]
    return _kept_node(value) if isinstance(value, dict) else value


def _kept_node(node: Node) -> Node:
    person = resource_type(node) in _PEOPLE
    return {
        name: _home(part) if name == "address" else _kept(part)
        for name, part in node.items()
        if name.removeprefix("_") not in _REACHED_BY and not (person and name == "text")
    }


def _home(address: object) -> object:
    if isinstance(address, list):
        return [_home(part) for part in address]
    return _where(address) if isinstance(address, dict) else None


def _where(address: Node) -> Node:
    return {name: part for name, part in address.items() if name in _WHERE}


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
