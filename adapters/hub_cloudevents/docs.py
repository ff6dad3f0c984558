"""The documentation of our own envelope, written from its description in the code.

`python -m adapters.hub_cloudevents.docs` writes it out; docs/cloudevents.md is that, and a test holds the two together.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import resources

from adapters.hub_cloudevents.schema import EXAMPLE, NAME, Schema, published
from adapters.hub_cloudevents.words import OF_CODES, OPENING, REFUSED
from hub.vocabulary import Term, terms


def document() -> str:
    """The whole page as Markdown."""
    schema = published()
    parts = [
        OPENING.format(name=NAME),
        "## The event and its data\n",
        *(_table(name, schema["$defs"][name]) for name in _reached(schema, "Event")),
        REFUSED,
        "## A complete event\n",
        f"```json\n{example()}```\n",
        "## The codes\n",
        OF_CODES,
        *_codes(),
    ]
    return "\n".join(parts)


def example() -> str:
    """The complete event of the documentation: about an invented child, and a sample that the tests send."""
    return resources.files("adapters").joinpath("samples", "hub-cloudevents", EXAMPLE).read_text(encoding="utf-8")


def _reached(schema: Schema, name: str, seen: list[str] | None = None) -> list[str]:
    """The names of the kinds of object, each after the one that holds it."""
    found = seen if seen is not None else []
    if name in found or "properties" not in schema["$defs"][name]:
        return found
    found.append(name)
    for field in schema["$defs"][name]["properties"].values():
        for inner in _kinds(field):
            _reached(schema, inner, found)
    return found


def _kinds(field: Schema) -> Iterator[str]:
    if "$ref" in field:
        yield field["$ref"].rpartition("/")[2]
    for inner in (*field.get("anyOf", ()), *([field["items"]] if "items" in field else [])):
        yield from _kinds(inner)


def _table(name: str, schema: Schema) -> str:
    rows = [
        f"| `{field}` | {'yes' if field in schema.get('required', ()) else ''} | {_kind(said)} | {_said(said)} |"
        for field, said in schema["properties"].items()
    ]
    head = ["| field | must | kind | what it says |", "|---|---|---|---|"]
    return "\n".join([f"### {name}", "", schema["description"], "", *head, *rows, ""])


def _kind(field: Schema) -> str:
    kinds = list(_kinds(field))
    if "items" in field:
        return f"list of {kinds[0]}" if kinds and _is_object(kinds[0]) else "list of text"
    if kinds and _is_object(kinds[0]):
        return kinds[0]
    return {"boolean": "true or false", "integer": "whole number"}.get(field.get("type", ""), "text")


def _is_object(name: str) -> bool:
    return "properties" in published()["$defs"][name]


def _said(field: Schema) -> str:
    allowed = _allowed(field)
    parts = [field["description"], f"One of {', '.join(f'`{one}`' for one in allowed)}." if allowed else ""]
    if "maxLength" in field:
        parts.append(f"At most {field['maxLength']:,} characters.")
    if "maxItems" in field:
        parts.append(f"At most {field['maxItems']}.")
    return " ".join(part for part in parts if part)


def _allowed(field: Schema) -> list[str]:
    if field.get("pattern"):
        return []  # the codes have a table of their own
    named = [name for name in _kinds(field) if not _is_object(name)]
    within = [field["items"]] if "items" in field else []
    choices = [field, *within, *field.get("anyOf", ()), *(published()["$defs"][name] for name in named)]
    return [one for choice in choices for one in choice.get("enum", ()) if one]


def _codes() -> Iterator[str]:
    for category in sorted({term.category for term in terms().values()}):
        rows = [_code(term) for code, term in sorted(terms().items()) if term.category == category]
        yield "\n".join(
            [f"### {category}", "", "| code | label | significance | sensitivity |", "|---|---|---|---|", *rows, ""]
        )


def _code(term: Term) -> str:
    return f"| `{term.code}` | {term.label} | {term.significance} | {term.sensitivity} |"


if __name__ == "__main__":
    sys.stdout.write(document())
