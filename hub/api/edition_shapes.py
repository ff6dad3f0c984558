"""Editions as JSON: what is said of one is read strictly, and the same edition is always the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
import orjson
from starlette.requests import Request

from consent.edition_shapes import (
    Change,
    Chosen,
    Compared,
    Contribution,
    Drafted,
    EditionLine,
    EditionSaid,
    EditionView,
    Frozen,
    Member,
    Reviewed,
    Written,
)
from hub.api.shapes import entry_to_plain, instant
from hub.doors import read_bounded
from hub.errors import BadInput

LIMIT: Final = 512 * 1024
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class MemberBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of an audience: a person, or an organisation with a role or without."""

    person: str = ""
    organisation: str = ""
    role: str = ""


class WrittenBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part in words; cites are entries of the edition; none: why there is no view."""

    part: str
    text: str = ""
    cites: tuple[UUID, ...] = ()
    none: str = ""


class AskedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An organisation that was asked, and its answer."""

    organisation: str
    answer: str = "no-answer"
    reason: str = ""


class PreparingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a draft is prepared with."""

    purpose: str
    audience: tuple[MemberBody, ...]
    since: str = ""
    until: str = ""
    known_at: Moment | None = None
    stage: str = ""
    basis: str = "public-task"

    def said(self) -> EditionSaid:
        """The same, as the hub is told it."""
        when = (self.since, self.until, self.known_at, self.stage, self.basis)
        return EditionSaid(self.purpose, _members(self.audience), *when)


class ChangingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is changed in a draft. seen: the version that was looked at, 0 for whichever stands."""

    include: tuple[UUID, ...] = ()
    exclude: tuple[UUID, ...] = ()
    reason: str = ""
    written: tuple[WrittenBody, ...] = ()
    asked: tuple[AskedBody, ...] = ()
    audience: tuple[MemberBody, ...] = ()
    refresh: bool = False
    seen: int = 0

    def said(self) -> Change:
        """The same, as the hub is told it."""
        return Change(
            self.include,
            self.exclude,
            self.reason,
            tuple(Written(one.part, one.text, one.cites, one.none) for one in self.written),
            tuple(Contribution(one.organisation, one.answer, one.reason) for one in self.asked),
            _members(self.audience),
            self.refresh,
        )


class FreezingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version that was looked at before it was frozen."""

    seen: int = 0


Body = TypeVar("Body", PreparingBody, ChangingBody, FreezingBody)
_SCHEMAS: Final = msgspec.json.schema_components((PreparingBody, ChangingBody, FreezingBody))[1]


async def body_of(request: Request, kind: type[Body]) -> Body:
    """Read what was said. Raises BadInput that names every field there may be, and repeats nothing that was sent."""
    body = await read_bounded(request.stream(), LIMIT, request.headers.get("content-length"))
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (ValueError, RecursionError):
        wanted = ", ".join(kind.__struct_fields__)
        raise BadInput("What was sent is not understood.", f"Send one object with these: {wanted}.") from None


def described(kind: type[PreparingBody | ChangingBody | FreezingBody]) -> dict[str, Any]:
    """The same for /openapi.json."""
    schema = _inline(_SCHEMAS[kind.__name__])
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _inline(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """A schema in one piece, with what it refers to in its place."""
    if isinstance(schema, list):
        return [_inline(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inline(_SCHEMAS[schema["$ref"].rpartition("/")[2]])
    return {name: _inline(value) for name, value in schema.items()}


def drafted_to_json(done: Drafted) -> bytes:
    """One object: the edition's id and version, and how many entries are in, left out, and new to it."""
    counts = {"included": done.included, "left_out": done.left_out, "new": done.new}
    return _bytes({"edition": str(done.edition), "version": done.version} | counts)


def frozen_to_json(done: Frozen) -> bytes:
    """One object: the edition, the hash of its maker's copy, what it quotes that not all are shown, and notes."""
    return _bytes(
        {
            "edition": str(done.edition),
            "version": done.version,
            "number": done.number,
            "hash": done.hash,
            "frozen_at": instant(done.frozen_at),
            "quoted": [str(one) for one in done.quoted],
            "notes": list(done.notes),
        }
    )


def quoted_to_json(found: Iterable[UUID]) -> bytes:
    """One object with `quoted`: entries that are cited, and that not everybody of the audience is shown in full."""
    return _bytes({"quoted": [str(one) for one in found]})


def view_to_json(found: EditionView) -> bytes:
    """One object: what it is, for whom, what is written, the entries that are in it and those that were left out."""
    card = found.card
    return _bytes(
        _line(found)
        | {
            "child": {"id": str(card.child), "name": card.name, "born": card.born},
            "basis": found.basis,
            "decided_for": found.decided_for,
            "audience": [one._asdict() for one in found.audience],
            "entries": [_chosen(one) for one in found.entries],
            "left_out": [_chosen(one) for one in found.left_out],
            "written": {part: _written(one) for part, one in found.written.items()},
            "asked": [
                {"organisation": one.organisation, "answer": one.answer, "reason": one.reason} for one in found.asked
            ],
            "hash": found.hash,
            "whole": found.whole,
            "closed": found.closed,
            "changed": found.changed,
            "longest": found.longest,
        }
    )


def lines_to_json(found: Iterable[EditionLine]) -> bytes:
    """One object with `editions`, the newest first."""
    return _bytes({"editions": [_line(one) for one in found]})


def compared_to_json(found: Compared) -> bytes:
    """One object: what the newer adds, leaves out, has in another version, and which parts are written otherwise."""
    return _bytes(
        {
            "older": str(found.older),
            "newer": str(found.newer),
            "added": [_chosen(one) for one in found.added],
            "left_out": [_chosen(one) for one in found.left_out],
            "changed": [_chosen(one) for one in found.changed],
            "written": list(found.written),
        }
    )


def reviewed_to_json(found: Reviewed) -> bytes:
    """One object: the newest edition that the reader may read, days since, and what of significance came after."""
    when = None if found.frozen_at is None else instant(found.frozen_at)
    which = None if found.edition is None else str(found.edition)
    after = [str(one) for one in found.significant]
    return _bytes({"edition": which, "frozen_at": when, "days": found.days, "significant": after})


def _line(found: EditionView | EditionLine) -> dict[str, Any]:
    return {
        "edition": str(found.edition),
        "state": found.state,
        "purpose": found.purpose,
        "stage": found.stage,
        "since": found.since,
        "until": found.until,
        "known_at": instant(found.known_at),
        "prepared_by": found.prepared_by,
        "organisation": found.organisation,
        "version": found.version,
        "number": found.number,
        "frozen_at": None if found.frozen_at is None else instant(found.frozen_at),
        "superseded_by": None if found.superseded_by is None else str(found.superseded_by),
    }


def _chosen(one: Chosen) -> dict[str, Any]:
    entry = entry_to_plain(one.entry)
    return {"entry": entry, "why": one.why, "words": one.words, "since": one.since, "closed": one.closed}


def _written(one: Written) -> dict[str, Any]:
    return {"text": one.text, "cites": [str(entry) for entry in one.cites], "none": one.none}


def _members(bodies: Iterable[MemberBody]) -> tuple[Member, ...]:
    return tuple(Member(one.person, one.organisation, one.role) for one in bodies)


def _bytes(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
