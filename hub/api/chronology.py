"""Practitioners out: a child's chronology, the reason for each entry's level, and the search for a child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from consent.decision import Order
from hub.api.access import Bearer, instant_in, token_of
from hub.api.shapes import disclosure_to_json, explanation_to_json, found_to_json, instant
from hub.auth import Verifier
from hub.doors import Hub, read_bounded
from hub.errors import BadInput
from hub.people import Practitioner

_SEARCH_LIMIT: Final = 4096
_SEARCH: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["system", "value"],
                    "additionalProperties": False,
                    "properties": {
                        "system": {"type": "string", "examples": ["chi", "nhs-number", "upn"]},
                        "value": {"type": "string"},
                    },
                }
            }
        },
    }
}

Stated = Annotated[str, Query(min_length=1, max_length=64)]
Moment = Annotated[str | None, Query(max_length=40, json_schema_extra={"format": "date-time"})]
Limit = Annotated[int, Query(ge=1, le=500)]
LAST: Final = "last"
Cursor = Annotated[str, Query(max_length=512)]


class _Search(msgspec.Struct, forbid_unknown_fields=True):
    system: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    value: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True)
class Reading:
    """The doors for people's software. Each reading's id is in the header `Hub-Reading`."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All three routes. Who asks is settled before anything else of a request is looked at."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["read"], dependencies=[Depends(known)])
        child = "/v1/children/{child}"
        router.add_api_route(f"{child}/chronology", self.chronology, methods=["GET"], response_class=Response)
        router.add_api_route(
            f"{child}/entries/{{entry}}/explanation", self.explanation, methods=["GET"], response_class=Response
        )
        router.add_api_route(
            "/v1/children/search", self.search, methods=["POST"], response_class=Response, openapi_extra=_SEARCH
        )
        return router

    def chronology(  # noqa: PLR0913 - the parameters of the address
        self,
        request: Request,
        child: UUID,
        *,
        purpose: Stated,
        basis: Stated,
        known_at: Moment = None,
        since: Moment = None,
        limit: Limit = 500,
        cursor: Cursor = "",
        order: Order = "oldest",
    ) -> Response:
        """Show the child's story as far as the reader may see it, or as it stood at `known_at`.

        `since`: an instant, or `last` for what was added or corrected since this reader last looked; when that was is
        in the header `Hub-Last-Looked`, absent for who never did. `order`: oldest or newest first; a cursor goes on in
        the order in which it was given.
        """
        shown = self.hub.disclosure.chronology(
            _reader(request),
            child,
            purpose=purpose,
            basis=basis,
            known_at=instant_in(known_at, "known_at"),
            since=None if since == LAST else instant_in(since, "since"),
            since_last=since == LAST,
            limit=limit,
            cursor=cursor,
            order=order,
        )
        looked = {"Hub-Last-Looked": instant(shown.last_looked)} if shown.last_looked else {}
        return _json(disclosure_to_json(shown), shown.reading, looked)

    def explanation(self, request: Request, child: UUID, entry: UUID, *, purpose: Stated, basis: Stated) -> Response:
        """Say why an entry is open or closed to the reader, and what each reason rests on."""
        found = self.hub.disclosure.explain(_reader(request), child, entry, purpose=purpose, basis=basis)
        return _json(explanation_to_json(found), found.reading)

    async def search(self, request: Request) -> Response:
        """Find a child by an identifier. It travels in the body, because addresses are logged."""
        body = await read_bounded(request.stream(), _SEARCH_LIMIT, request.headers.get("content-length"))
        wanted = _search(body)
        found = await run_in_threadpool(
            lambda: self.hub.disclosure.find(_reader(request), system=wanted.system, value=wanted.value)
        )
        return Response(found_to_json(found), media_type="application/json")


_SEARCHES: Final = msgspec.json.Decoder(_Search)  # made once, by one thread: two at the first use of a class crash


def _reader(request: Request) -> Practitioner:
    reader: Practitioner = request.state.reader
    return reader


def _json(body: bytes, reading: UUID, more: Mapping[str, str] | None = None) -> Response:
    return Response(body, headers={"Hub-Reading": str(reading), **(more or {})}, media_type="application/json")


def _search(body: bytes) -> _Search:
    try:
        return _SEARCHES.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("The search is not understood.", 'Send {"system": …, "value": …}, both text.') from error
