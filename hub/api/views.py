"""The HTTP doors to it: what follows from the entries, in a form that a person can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import msgspec
import orjson
from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.api.access import Bearer, instant_in, token_of
from hub.api.chronology import Moment, Stated
from hub.api.view_shapes import views_to_json
from hub.auth import Verifier
from hub.doors import Hub, read_bounded
from hub.errors import BadInput

LIMIT: Final = 16 * 1024
SAYING: Final = {"join": "joined", "keep-apart": "apart", "compare-anew": "anew"}
CHILD: Final = "/v1/children/{child}/views"


class Comparison(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two entries, and why they are one happening or two."""

    entries: list[UUID]
    reason: str = ""


_COMPARISONS: Final = msgspec.json.Decoder(Comparison)
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": msgspec.json.schema_components([Comparison])[1]["Comparison"]}},
    }
}


@dataclass(frozen=True, slots=True)
class Views:
    """Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["views"], dependencies=[Depends(known)])
        router.add_api_route(CHILD, self.of, methods=["GET"], response_class=Response)
        for path, taken in (
            ("join", self.join),
            ("keep-apart", self.keep_apart),
            ("compare-anew", self.compare_anew),
        ):
            router.add_api_route(
                f"{CHILD}/{path}", taken, methods=["POST"], response_class=Response, openapi_extra=_BODY
            )
        return router

    def of(self, request: Request, child: UUID, *, purpose: Stated, basis: Stated, known_at: Moment = None) -> Response:
        """Say what follows from the entries that the reader may know of, or what followed at `known_at`."""
        found = self.hub.views.of(
            request.state.reader, child, purpose=purpose, basis=basis, known_at=instant_in(known_at, "known_at")
        )
        headers = {"Hub-Reading": str(found.reading)}
        return Response(views_to_json(found), headers=headers, media_type="application/json")

    async def join(self, request: Request, child: UUID) -> Response:
        """Record that two entries tell of one happening."""
        return await self._said(request, child, "join")

    async def keep_apart(self, request: Request, child: UUID) -> Response:
        """Record that two entries tell of two happenings."""
        return await self._said(request, child, "keep-apart")

    async def compare_anew(self, request: Request, child: UUID) -> Response:
        """Take back what was said of two entries."""
        return await self._said(request, child, "compare-anew")

    async def _said(self, request: Request, child: UUID, what: str) -> Response:
        said = await _comparison(request)
        views, reader = self.hub.views, request.state.reader
        done = {"join": views.join, "keep-apart": views.keep_apart, "compare-anew": views.compare_anew}[what]
        await run_in_threadpool(lambda: done(reader, child, said.entries, reason=said.reason))
        body = {"entries": sorted(map(str, said.entries)), "stands": SAYING[what]}
        return Response(orjson.dumps(body), 201, media_type="application/json")


async def _comparison(request: Request) -> Comparison:
    body = await read_bounded(request.stream(), LIMIT, request.headers.get("content-length"))
    try:
        return _COMPARISONS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadInput("What was sent is not understood.", 'Send {"entries": [one, other], "reason": …}.') from None
