"""The published description of our own envelope, made from the one in the code, and looked up in for what to mend."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any, Final, cast

import msgspec

from adapters.hub_cloudevents.shape import Event
from hub.vocabulary import terms

NAME: Final = "hub.chronology.update.v1"
EXAMPLE: Final = "isla-family-support.json"
"""A complete event, in adapters/samples/hub-cloudevents."""
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


@cache
def published() -> Schema:
    """The JSON Schema of one event of our own type, as it is served; the codes are those of the vocabulary now."""
    made: Schema = msgspec.json.schema(Event)
    made["$defs"]["Chronology"]["properties"]["code"]["enum"] = sorted(terms())
    head = {
        "$schema": DIALECT,
        "$id": f"urn:chronology-hub:schema:{NAME}",
        "title": NAME,
        "description": "One record about one child, as the data of a CloudEvent 1.0 in JSON. "
        "Beside the attributes described here an event may have extensions, which the hub does not read.",
    }
    sample = resources.files("adapters").joinpath("samples", "hub-cloudevents", EXAMPLE).read_bytes()
    return head | made | {"examples": [msgspec.json.decode(sample)]}


def at(pointer: str) -> Schema:
    """The description of one field, by its JSON pointer into the event; empty where there is none."""
    found = _resolved(published())
    for step in pointer.split("/")[1:]:
        inner = found.get("items", {}) if step.isdigit() else found.get("properties", {}).get(step, {})
        # What is said of the field itself comes before what is said of its kind.
        found = _resolved(inner) | {key: inner[key] for key in ("description",) if key in inner}
    return found


def _resolved(schema: Schema) -> Schema:
    for choice in schema.get("anyOf", ()):
        if "$ref" in choice:
            return _resolved(choice)
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return cast(Schema, published()["$defs"][name]) if name else schema
