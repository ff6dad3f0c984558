"""Reaching into a FHIR resource without trusting its shape: a missing or misshapen part reads as empty.

A resource read from XML does not say which elements repeat, so one value and a list of one are the same
here: every reader asks for `every`, `nodes` or `text` along a path of element names.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TypeAlias

from hub.update import Coding

Node: TypeAlias = dict[str, object]
"""One FHIR element: names to values."""


def every(node: object, *path: str) -> list[object]:
    """All values at the end of a path, in order, lists opened."""
    found: list[object] = [node]
    for name in path:
        found = [value for part in found if isinstance(part, dict) for value in _listed(part.get(name))]
    return found


def nodes(node: object, *path: str) -> list[Node]:
    """The elements (not the plain values) at the end of a path."""
    return [value for value in every(node, *path) if isinstance(value, dict)]


def texts(node: object, *path: str) -> list[str]:
    """The plain values at the end of a path as text, empty ones left out."""
    plain = (_plain(value) for value in every(node, *path))
    return [value for value in plain if value]


def text(node: object, *path: str) -> str:
    """The first plain value at the end of a path, or empty."""
    return next(iter(texts(node, *path)), "")


def truth(node: object, *path: str) -> bool:
    """Whether the first value is true: JSON `true`, or the word in XML."""
    return text(node, *path) == "true"


def resource_type(node: object) -> str:
    """The type a resource gives itself, or empty."""
    return text(node, "resourceType")


def extensions(node: object, ending: str) -> list[Node]:
    """Extensions whose address ends so, whichever publisher's prefix it carries."""
    return [part for part in nodes(node, "extension") if text(part, "url").endswith(ending)]


def codings(node: object, *path: str) -> tuple[Coding, ...]:
    """Every code of the codeable concepts at a path, as sent."""
    return tuple(
        Coding(text(part, "system"), text(part, "code"), text(part, "display"))
        for concept in nodes(node, *path)
        for part in nodes(concept, "coding")
        if text(part, "code") or text(part, "display")
    )


def concept_words(concept: Node) -> str:
    """A concept in the agency's own words: its text, else what the clinician picked, else the first display."""
    if stated := text(concept, "text"):
        return stated
    choices = nodes(concept, "coding")
    picked = [part for part in choices if truth(part, "userSelected")]
    return next((words for part in picked + choices if (words := _coding_words(part))), "")


def words(node: object, *path: str) -> str:
    """The words of the first concept at a path that has any."""
    return next((said for concept in nodes(node, *path) if (said := concept_words(concept))), "")


def quantity(node: object, *path: str) -> str:
    """A quantity with its unit, such as `7.5 kg`, or empty."""
    for part in nodes(node, *path):
        if amount := text(part, "value"):
            unit = text(part, "unit") or text(part, "code")
            return " ".join(filter(None, (text(part, "comparator"), amount, unit)))
    return ""


def lines(parts: Iterable[str]) -> str:
    """Lines of detail, empty and repeated ones left out."""
    return "\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return str(value) if isinstance(value, str | int) else ""


def _coding_words(coding: Node) -> str:
    described = (text(part, "valueString") for ext in nodes(coding, "extension") for part in extensions(ext, "Display"))
    return next(described, "") or text(coding, "display")
