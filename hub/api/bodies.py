"""The bodies of what people state about a child: read small, read strictly, and turned into what the hub is told."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, TypeVar

import msgspec
from starlette.requests import Request

from consent.inbox_terms import Word
from consent.statements import CapacitySaid, ConsentSaid, DutySaid, SafeAddressSaid, TieSaid
from hub.doors import read_bounded
from hub.errors import BadInput

LIMIT: Final = 64 * 1024
Said = TypeVar("Said", ConsentSaid, CapacitySaid, DutySaid, TieSaid, SafeAddressSaid, Word)
_KINDS: Final = (ConsentSaid, CapacitySaid, DutySaid, TieSaid, SafeAddressSaid, Word)
_OBJECT: Final = msgspec.json.Decoder(dict[str, str | bool])
_SCHEMAS: Final = msgspec.json.schema_components(_KINDS)[1]


async def body_of(request: Request, kind: type[Said]) -> Said:
    """Read what was stated; raises BadInput that names every field there may be, and repeats nothing that was sent."""
    body = await read_bounded(request.stream(), LIMIT, request.headers.get("content-length"))
    names = [part.name for part in fields(kind)]
    try:
        found = _OBJECT.decode(body)
        if not found.keys() <= set(names):
            raise ValueError  # noqa: TRY301 - it is answered as any other body that is not understood
        return msgspec.convert(found, kind)
    except (ValueError, RecursionError):
        raise BadInput("What was sent is not understood.", f"Send one object with these: {', '.join(names)}.") from None


def described(kind: type[Said]) -> dict[str, Any]:
    """The same for /openapi.json."""
    schema = _SCHEMAS[kind.__name__] | {"additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
