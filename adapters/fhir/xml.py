"""FHIR in XML, turned into the same shape as FHIR in JSON, so that one reader serves both."""

from __future__ import annotations

from lxml import etree

from adapters.fhir.values import Node

FHIR = "{http://hl7.org/fhir}"
_WRAPPERS = frozenset({"resource", "contained"})


def to_node(element: etree._Element) -> Node:
    """A resource element as a node with its `resourceType`; elements of other namespaces are left out.

    The reader has already bounded the depth, so recursion is safe.
    """
    return {"resourceType": etree.QName(element).localname, **_children(element)}


def _children(element: etree._Element) -> Node:
    node: Node = {}
    for child in element.iterchildren(f"{FHIR}*"):
        name = etree.QName(child).localname
        value, extended = _value(child, name)
        if value is not None:
            _add(node, name, value)
        if extended:
            _add(node, f"_{name}", extended)
    return node


def _value(child: etree._Element, name: str) -> tuple[object, Node]:
    """What an element says, and what its extensions add to a plain value."""
    if name in _WRAPPERS:
        inner = next(child.iterchildren(f"{FHIR}*"), None)
        return (None if inner is None else to_node(inner)), {}
    inside = _children(child)
    plain = child.get("value")
    if plain is not None:
        return plain, inside
    url = child.get("url")
    return ({"url": url, **inside} if url is not None else inside), {}


def _add(node: Node, name: str, value: object) -> None:
    if name not in node:
        node[name] = value
        return
    held = node[name]
    if isinstance(held, list):
        held.append(value)
    else:
        node[name] = [held, value]
