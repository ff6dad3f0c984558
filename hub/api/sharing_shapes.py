"""Requests and decisions to share: read from JSON, strictly, and written as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
import orjson
from starlette.requests import Request

from consent.sharing_decisions import Recorded
from consent.sharing_terms import Ask, Choice
from consent.sharing_view import LedgerLine, MatterView
from hub.doors import read_bounded
from hub.errors import BadInput

LIMIT: Final = 64 * 1024
Said = TypeVar("Said", Ask, Choice, "Declining", "Ending")


class Declining(msgspec.Struct, frozen=True):
    """Why nothing is shared, and what is said to whoever asked."""

    reasons: str = ""
    answer: str = ""


class Ending(msgspec.Struct, frozen=True):
    """Why a release ends."""

    reason: str = ""


_KINDS: Final = (Ask, Choice, Declining, Ending)
_OBJECT: Final = msgspec.json.Decoder(dict[str, str | list[str]])
_SCHEMAS: Final = msgspec.json.schema_components(_KINDS)[1]
_NAMES: Final[dict[type, tuple[str, ...]]] = {
    Ask: tuple(part.name for part in fields(Ask)),
    Choice: tuple(part.name for part in fields(Choice)),
    Declining: Declining.__struct_fields__,
    Ending: Ending.__struct_fields__,
}


async def body_of(request: Request, kind: type[Said], *also: str) -> tuple[Said, dict[str, UUID | None]]:
    """Read what was said, and ids that may stand beside it. Raises BadInput that repeats nothing of what was sent."""
    body = await read_bounded(request.stream(), LIMIT, request.headers.get("content-length"))
    names: tuple[str, ...] = _NAMES[kind]
    try:
        found = _OBJECT.decode(body)
        ids = {name: _id(found.pop(name, None)) for name in also}
        if not found.keys() <= set(names):
            raise ValueError  # noqa: TRY301 - it is answered as any other body that is not understood
        return msgspec.convert(found, kind), ids
    except (ValueError, TypeError, RecursionError):
        wanted = ", ".join((*names, *also))
        raise BadInput("What was sent is not understood.", f"Send one object with these: {wanted}.") from None


def described(kind: type[Ask | Choice | Declining | Ending], *also: str) -> dict[str, Any]:
    """The same for /openapi.json."""
    held = _SCHEMAS[kind.__name__]
    ids = {name: {"type": "string", "format": "uuid"} for name in also}
    schema = held | {"properties": held["properties"] | ids, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def recorded_to_json(done: Recorded) -> bytes:
    """One object: the matter's id, and how it stands now."""
    return orjson.dumps({"matter": str(done.matter), "state": done.state})


def matters_to_json(found: Iterable[MatterView]) -> bytes:
    """One object with `matters`, each with what is for its reader; days and ages as they stand today."""
    return _listed("matters", found)


def ledger_to_json(found: Iterable[LedgerLine]) -> bytes:
    """One object with `matters`: ids, codes, times and ages, and no word that anybody wrote."""
    return _listed("matters", found)


def _listed(name: str, found: Iterable[MatterView | LedgerLine]) -> bytes:
    lines = [{part: _plain(value) for part, value in asdict(one).items()} for one in found]
    return orjson.dumps({name: lines}, option=orjson.OPT_SORT_KEYS)


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _id(text: object) -> UUID | None:
    return UUID(text) if isinstance(text, str) and text else None
