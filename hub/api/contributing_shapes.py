"""What people add to a chronology, read from JSON: strictly, and without repeating anything of it in a refusal."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final
from uuid import UUID

import msgspec
import orjson
from starlette.requests import Request

from consent.contributing_terms import VIEWS, EntrySaid, Named
from hub.doors import read_bounded
from hub.errors import BadInput

LIMIT: Final = 64 * 1024
ONCE: Final = {
    "once": {"type": "string", "format": "uuid", "description": "Another for each entry: sent twice, kept once."}
}
REVISION: Final = {"revision": {"type": "integer", "minimum": 0, "description": "The version that this corrects."}}
WHOSE: Final = {"whose": {"type": "string", "enum": list(VIEWS)}}
REASON: Final = {"reason": {"type": "string", "maxLength": 4000}}
_GROUND: Final = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
        "description": "On which you read what it is about, where that is not one of casework's usual ones.",
    }
    for name in ("purpose", "basis")
]
_NAMES: Final = tuple(part.name for part in fields(EntrySaid))
_PERSON: Final = {part.name for part in fields(Named)}
_OBJECT: Final = msgspec.json.Decoder(dict[str, Any])
_SCHEMAS: Final = msgspec.json.schema_components((EntrySaid,), ref_template="#/components/schemas/{name}")[1]

Beside = dict[str, Any]
"""What stands in the body beside the entry."""


async def body_of(request: Request, *beside: str, without: tuple[str, ...] = ()) -> tuple[EntrySaid, Beside]:
    """Read an entry and what stands beside it. Raises BadInput that names every field there may be."""
    names = [name for name in _NAMES if name not in without]
    try:
        found = _OBJECT.decode(await read_bounded(request.stream(), LIMIT, request.headers.get("content-length")))
        kept = {name: found.pop(name) for name in beside if name in found}
        people = found.get("people", [])
        if not found.keys() <= set(names) or not all(one.keys() <= _PERSON for one in people):
            raise ValueError  # noqa: TRY301 - it is answered as any other body that is not understood
        return msgspec.convert(found, EntrySaid), kept
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise _not_understood((*names, *beside)) from None


async def reason_of(request: Request) -> str:
    """Read why an entry is taken back."""
    try:
        found = _OBJECT.decode(await read_bounded(request.stream(), LIMIT, request.headers.get("content-length")))
        if found.keys() != {"reason"} or not isinstance(found["reason"], str):
            raise ValueError  # noqa: TRY301 - likewise
        return str(found["reason"])
    except (ValueError, RecursionError):
        raise _not_understood(("reason",)) from None


def once_of(beside: Beside) -> UUID | None:
    """The id by which a repetition is known, where there is one."""
    once = beside.get("once")
    try:
        return None if once is None else UUID(once)
    except (ValueError, TypeError, AttributeError):
        raise _not_understood(("once",)) from None


def revision_of(beside: Beside) -> int:
    """The version that is corrected; 0 for whichever stands."""
    revision = beside.get("revision", 0)
    if type(revision) is not int or not 0 <= revision < 2**31:
        raise _not_understood(("revision",))
    return revision


def whose_view(beside: Beside) -> str:
    """The code of a view, by whose it is."""
    whose = beside.get("whose")
    if not isinstance(whose, str) or whose not in VIEWS:
        raise BadInput("It is not said whose view it is.", f"Give whose as one of: {', '.join(VIEWS)}.")
    return VIEWS[whose]


def described(beside: dict[str, Any], *without: str) -> dict[str, Any]:
    """The same for /openapi.json; where something is added, with the ground on which its writer read."""
    held = _inlined(_SCHEMAS["EntrySaid"])
    properties = {name: schema for name, schema in held["properties"].items() if name not in without}
    body = _body(held | {"properties": properties | beside, "additionalProperties": False})
    return body | ({"parameters": _GROUND} if "once" in beside else {})


def described_reason() -> dict[str, Any]:
    """The same for /openapi.json, of a reason alone."""
    return _body({"type": "object", "required": ["reason"], "properties": REASON, "additionalProperties": False})


def added_to_json(entry: UUID) -> bytes:
    """One object: the entry's id."""
    return orjson.dumps({"entry": str(entry)})


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _inlined(schema: Any) -> Any:  # noqa: ANN401 - any part of a JSON Schema
    """The same with what it refers to in its place."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(_SCHEMAS[schema["$ref"].rpartition("/")[2]])
        return {name: _inlined(part) for name, part in schema.items()}
    return [_inlined(part) for part in schema] if isinstance(schema, list) else schema


def _not_understood(names: tuple[str, ...]) -> BadInput:
    return BadInput("What was sent is not understood.", f"Send one object with these: {', '.join(names)}.")
