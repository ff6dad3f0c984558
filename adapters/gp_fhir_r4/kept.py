"""What may be kept of a FHIR R4 resource: all but how to reach people, and of relatives only that they are there.

Telephone numbers, e-mail addresses, contacts, photographs, narrative (which repeats them) and the lines of an address
are left out before anything is stored; of an address its postcode stays, of a RelatedPerson whose relative it is.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TypeGuard

import orjson
from lxml import etree

from adapters.fhir.bundle import Entry
from adapters.fhir.values import Node
from adapters.fhir.xml import FHIR

JSON_FHIR, XML_FHIR = "application/fhir+json", "application/fhir+xml"
TAG_SYSTEM, TAG_ORIGINAL, TAG_SHARED = "urn:chronology-hub", "original", "shared-identifier"
"""Marks on a Bundle: it is the original of its first entry, and of that entry alone; and that entry was one of several
in its file that shared an identifier."""

_REACHED_BY = frozenset({"telecom", "contact", "photo", "valueContactPoint", "valueAddress"})
_WHERE = frozenset({"use", "period", "postalCode"})
_RELATIVE = frozenset({"resourceType", "id", "meta", "patient", "relationship"})
_NARRATIVE = "text"
_BUNDLE = b'<Bundle xmlns="http://hl7.org/fhir"/>'


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a file: the resource as read, and as it arrived: an element of XML, or a value of JSON."""

    entry: Entry
    raw: object

    @property
    def media_type(self) -> str:
        """JSON's or XML's."""
        return XML_FHIR if _is_element(self.raw) else JSON_FHIR


def _is_element(raw: object) -> TypeGuard[etree._Element]:
    return bool(etree.iselement(raw))


def original_of(items: list[Item], *tags: str) -> bytes:
    """A Bundle of these entries under these tags: the record first, then what it rests on."""
    if items[0].media_type == XML_FHIR:
        return _xml_bundle(items, tags)
    entries = [_json_entry(item) for item in items]
    bundle: Node = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    if tags:
        bundle["meta"] = {"tag": [{"system": TAG_SYSTEM, "code": tag} for tag in tags]}
    return orjson.dumps(bundle, option=orjson.OPT_SORT_KEYS)


def kept_of(item: Item) -> bytes:
    """The one resource, as it is kept."""
    if _is_element(item.raw):
        return etree.tostring(_kept_element(item.raw), with_tail=False)
    return orjson.dumps(_kept(item.raw), option=orjson.OPT_SORT_KEYS)


def _json_entry(item: Item) -> object:
    if not item.entry.type:
        return _kept(item.raw)
    entry: Node = {"resource": _kept(item.raw)}
    return {"fullUrl": item.entry.full_url, **entry} if item.entry.full_url else entry


def _kept(value: object) -> object:
    if isinstance(value, list):
        return [_kept(part) for part in value]
    if not isinstance(value, dict):
        return value
    relative = value.get("resourceType") == "RelatedPerson"
    return {
        name: _where(part) if name == "address" else _kept(part)
        for name, part in value.items()
        if _is_kept(name.removeprefix("_"), narrative=isinstance(part, dict | list))
        and (not relative or name in _RELATIVE)
    }


def _is_kept(name: str, *, narrative: bool) -> bool:
    return name not in _REACHED_BY and not (name == _NARRATIVE and narrative)


def _where(address: object) -> object:
    if isinstance(address, list):
        return [_where(part) for part in address]
    return {name: part for name, part in address.items() if name in _WHERE} if isinstance(address, dict) else None


def _xml_bundle(items: list[Item], tags: tuple[str, ...]) -> bytes:
    bundle = etree.fromstring(_BUNDLE)
    meta = etree.SubElement(bundle, f"{FHIR}meta")
    for name in tags:
        tag = etree.SubElement(meta, f"{FHIR}tag")
        etree.SubElement(tag, f"{FHIR}system", value=TAG_SYSTEM)
        etree.SubElement(tag, f"{FHIR}code", value=name)
    etree.SubElement(bundle, f"{FHIR}type", value="collection")
    for item in items:
        entry = etree.SubElement(bundle, f"{FHIR}entry")
        if item.entry.full_url:
            etree.SubElement(entry, f"{FHIR}fullUrl", value=item.entry.full_url)
        if item.entry.type and _is_element(item.raw):
            etree.SubElement(entry, f"{FHIR}resource").append(_kept_element(item.raw))
    return etree.tostring(bundle)


def _kept_element(resource: etree._Element) -> etree._Element:
    """A copy without what is not kept; the reader has bounded its depth."""
    copy = deepcopy(resource)
    copy.tail = None
    for element in list(copy.iter()):
        parent = element.getparent()
        if parent is not None and not _is_kept_element(element, parent):
            parent.remove(element)
    return copy


def _is_kept_element(element: etree._Element, parent: etree._Element) -> bool:
    if not str(element.tag).startswith(FHIR):
        return False
    name, holder = etree.QName(element).localname, etree.QName(parent).localname
    if holder == "address" and name not in _WHERE:
        return False
    if holder == "RelatedPerson" and name not in _RELATIVE:
        return False
    return _is_kept(name, narrative=element.get("value") is None)
