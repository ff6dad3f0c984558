"""A FHIR R4 file taken apart: a Bundle of any kind or one resource, in JSON or XML, as entries with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from adapters.fhir.bundle import Entry
from adapters.fhir.values import Node, every, nodes, resource_type, text, texts
from adapters.fhir.xml import FHIR, to_node
from adapters.gp_fhir_r4.kept import TAG_SYSTEM, Item
from adapters.reading import XML_DEPTH, Unreadable, read_json, read_xml
from adapters.reading.strict_json import DEPTH
from adapters.reading.unreadable import JSON_MEDIA, XML_MEDIA

_OLDER = "/STU3/"
_WRAPPED = 3
"""Levels that an original has above its resource: a Bundle, its entry, and that entry's resource."""
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (XML_DEPTH - _WRAPPED + 1)})")
_DEEP = "The resource is nested more than {} levels deep, too deep to be kept in a Bundle of its own."
_MARK = b"\xef\xbb\xbf"
_NEXT = "Send one FHIR R4 resource, or one Bundle, in JSON or XML, with the patient it is about."


def items_of(content: bytes) -> tuple[list[Item], frozenset[str]]:
    """The entries of a file, and the hub's own tags where it is an original.

    Raises Unreadable where it is no FHIR R4.
    """
    if content.removeprefix(_MARK).lstrip()[:1] == b"<":
        root = read_xml(content)
        if not str(root.tag).startswith(FHIR):
            raise _foreign(XML_MEDIA)
        found, top = list(_of_xml(root)), _head(root)
    else:
        value = read_json(content)
        if not isinstance(value, dict) or not resource_type(value):
            raise _foreign(JSON_MEDIA)
        found, top = list(_of_json(value)), value
    if any(_is_older(resource) for resource in (top, *(item.entry.resource for item in found))):
        raise Unreadable(
            "another-release",
            "",
            "The file is FHIR STU3, not R4.",
            "Send GP Connect records as gp-connect, and child health events as nems.",
            XML_MEDIA,
        )
    tags = nodes(top, "meta", "tag")
    return found, frozenset(text(tag, "code") for tag in tags if text(tag, "system") == TAG_SYSTEM)


def _of_json(value: Node) -> Iterator[Item]:
    wrapped = resource_type(value) == "Bundle" and isinstance(value.get("entry"), list)
    if not wrapped and _deeper(value, DEPTH - _WRAPPED):
        raise Unreadable("json-too-deep", "", _DEEP.format(DEPTH - _WRAPPED), _NEXT, JSON_MEDIA)
    if resource_type(value) != "Bundle":
        yield Item(Entry("/", value), value)
        return
    for index, part in enumerate(every(value, "entry")):
        resource = next(iter(nodes(part, "resource")), None)
        if resource is None:
            yield Item(Entry(f"/entry/{index}", {}), part)
        else:
            yield Item(Entry(f"/entry/{index}/resource", resource, text(part, "fullUrl")), resource)


def _of_xml(root: etree._Element) -> Iterator[Item]:
    if root.tag != f"{FHIR}Bundle":
        if _TOO_DEEP(root):
            raise Unreadable("xml-too-deep", "", _DEEP.format(XML_DEPTH - _WRAPPED), _NEXT, XML_MEDIA)
        yield Item(Entry("/*", to_node(root)), root)
        return
    for index, element in enumerate(root.iterchildren(f"{FHIR}entry"), 1):
        place = f"/Bundle/entry[{index}]"
        holder = element.find(f"{FHIR}resource")
        resource = None if holder is None else next(holder.iterchildren(f"{FHIR}*"), None)
        if resource is None:
            yield Item(Entry(place, {}), element)
            continue
        url = element.find(f"{FHIR}fullUrl")
        full_url = "" if url is None else url.get("value", "")
        yield Item(Entry(f"{place}/resource/*", to_node(resource), full_url), resource)


def _deeper(value: object, most: int) -> bool:
    """Whether lists and objects are nested more than so many levels deep."""
    level = [value]
    for _ in range(most):
        level = [part for holder in level for part in _holders(holder)]
        if not level:
            return False
    return True


def _holders(value: object) -> Iterable[object]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (part for part in inner if isinstance(part, dict | list))


def _head(root: etree._Element) -> Node:
    """A Bundle's own elements without its entries, or nothing for a single resource, which is its own entry."""
    if root.tag != f"{FHIR}Bundle":
        return {}
    meta = root.find(f"{FHIR}meta")
    return {} if meta is None else {"meta": {**to_node(meta)}}


def _is_older(resource: Node) -> bool:
    return any(_OLDER in profile for profile in _profiles(resource))


def _profiles(resource: Node) -> Iterable[str]:
    return texts(resource, "meta", "profile")


def _foreign(media_type: str) -> Unreadable:
    return Unreadable("not-this-format", "", "The file is no FHIR resource.", _NEXT, media_type)
