"""Emergency access: opening it, giving the reason, ending it; being told of it; reviewing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from consent.emergency_shapes import FINDINGS
from hub.api.access import Bearer, token_of
from hub.api.emergency_shapes import emergencies_to_json, emergency_to_json, tasks_to_json
from hub.auth import Verifier
from hub.doors import Hub, read_bounded
from hub.errors import BadInput

_LIMIT: Final = 32 * 1024
_Short = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Text = Annotated[str, msgspec.Meta(max_length=4000)]


class Why(msgspec.Struct, forbid_unknown_fields=True):
    """The reason; when opening it may be left out and follow within 24 hours."""

    reason: _Text = ""


class WhoseAndWhy(msgspec.Struct, forbid_unknown_fields=True):
    """A number of the child, and the reason."""

    system: _Short
    value: _Short
    reason: _Text = ""


class Finding(msgspec.Struct, forbid_unknown_fields=True):
    """What a review found."""

    finding: _Short
    note: _Text = ""


Body = TypeVar("Body", Why, WhoseAndWhy, Finding)
_KINDS: Final = (Why, WhoseAndWhy, Finding)
# Made once, by one thread: two at the first use of a class crash.
_READ: Final[dict[type, msgspec.json.Decoder[Any]]] = {kind: msgspec.json.Decoder(kind) for kind in _KINDS}
_SCHEMAS: Final = msgspec.json.schema_components(_KINDS)[1]


@dataclass(frozen=True, slots=True)
class Emergency:
    """The doors to it. Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["emergency"], dependencies=[Depends(known)])
        one = "/v1/emergencies/{emergency}"
        posted: dict[str, Any] = {"methods": ["POST"], "response_class": Response}
        listed: dict[str, Any] = {"methods": ["GET"], "response_class": Response}
        made = posted | {"status_code": 201}
        router.add_api_route("/v1/children/{child}/emergency", self.open, openapi_extra=_takes(Why), **made)
        router.add_api_route("/v1/emergency", self.open_by_number, openapi_extra=_takes(WhoseAndWhy), **made)
        router.add_api_route("/v1/emergencies", self.mine, **listed)
        router.add_api_route("/v1/emergencies/told", self.told, **listed)
        router.add_api_route("/v1/emergencies/waiting", self.waiting, **listed)
        router.add_api_route(f"{one}/reason", self.reason, openapi_extra=_takes(Why), **posted)
        router.add_api_route(f"{one}/end", self.end, **posted)
        router.add_api_route(f"{one}/acknowledgement", self.acknowledge, **posted, status_code=204)
        router.add_api_route(f"{one}/review", self.review, openapi_extra=_takes(Finding), **posted, status_code=204)
        return router

    async def open(self, request: Request, child: UUID) -> Response:
        """Open it to a child, for three hours at most; its reason now or within 24 hours."""
        said = await _body(request, Why, needed=False)
        found = await run_in_threadpool(self.hub.emergency.open, request.state.reader, child, said.reason)
        return _json(emergency_to_json(found), 201)

    async def open_by_number(self, request: Request) -> Response:
        """Open it to a child one does not work with, by a number. It is in the body, because addresses are logged."""
        said = await _body(request, WhoseAndWhy)
        office, reader = self.hub.emergency, request.state.reader
        found = await run_in_threadpool(office.open_by_number, reader, said.system, said.value, said.reason)
        return _json(emergency_to_json(found), 201)

    async def reason(self, request: Request, emergency: UUID) -> Response:
        """Say why, once; only whoever opened it can."""
        said = await _body(request, Why)
        found = await run_in_threadpool(self.hub.emergency.give_reason, request.state.reader, emergency, said.reason)
        return _json(emergency_to_json(found))

    def end(self, request: Request, emergency: UUID) -> Response:
        """End it before its time; only whoever opened it can."""
        return _json(emergency_to_json(self.hub.emergency.end(request.state.reader, emergency)))

    def mine(self, request: Request) -> Response:
        """List what the reader has open now, and what is over and still needs its reason."""
        return _json(emergencies_to_json(self.hub.emergency.mine(request.state.reader)))

    def told(self, request: Request) -> Response:
        """List what the reader has to be told of, as lead professional, allocated worker or governance."""
        return _json(emergencies_to_json(self.hub.emergency.told(request.state.reader)))

    def acknowledge(self, request: Request, emergency: UUID) -> Response:
        """Take note of one that the reader was told of."""
        self.hub.emergency.acknowledge(request.state.reader, emergency)
        return Response(status_code=204)

    def waiting(self, request: Request) -> Response:
        """List what no review has closed yet, with what was opened; for governance leads."""
        return _json(tasks_to_json(self.hub.emergency.waiting(request.state.reader)))

    async def review(self, request: Request, emergency: UUID) -> Response:
        """Say what the review found; for governance leads, and never of one's own."""
        said = await _body(request, Finding)
        office, reader = self.hub.emergency, request.state.reader
        await run_in_threadpool(office.review, reader, emergency, said.finding, said.note)
        return Response(status_code=204)


async def _body(request: Request, kind: type[Body], *, needed: bool = True) -> Body:
    body = await read_bounded(request.stream(), _LIMIT, request.headers.get("content-length"))
    try:
        found: Body = _READ[kind].decode(body if body or needed else b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        names = ", ".join(kind.__struct_fields__)
        step = f"Send one object of texts: {names}; a finding is one of {', '.join(FINDINGS)}."
        raise BadInput("What was sent is not understood.", step) from error
    return found


def _takes(kind: type) -> dict[str, Any]:
    schema = _SCHEMAS[kind.__name__]
    return {"requestBody": {"required": kind is not Why, "content": {"application/json": {"schema": schema}}}}


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")
