"""The HTTP doors to it: what people add to a chronology by hand."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from consent.contributing_terms import OUTCOME, RAISED, RESOLVED, EntrySaid
from hub.api.access import Bearer, token_of
from hub.api.contributing_shapes import (
    ONCE,
    REVISION,
    WHOSE,
    added_to_json,
    body_of,
    described,
    described_reason,
    once_of,
    reason_of,
    revision_of,
    whose_view,
)
from hub.auth import Verifier
from hub.doors import Hub

ENTRIES = "/v1/children/{child}/entries"
ENTRY = f"{ENTRIES}/{{entry}}"


@dataclass(frozen=True, slots=True)
class Contributions:
    """Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["contribute"], dependencies=[Depends(known)])
        routes: tuple[tuple[str, Callable[..., Awaitable[Response]], dict[str, Any]], ...] = (
            (ENTRIES, self.add, described(ONCE)),
            (f"{ENTRY}/outcomes", self.outcome, described(ONCE, "code")),
            (f"{ENTRY}/views", self.view, described(WHOSE | ONCE, "code")),
            (f"{ENTRY}/disagreements", self.disagree, described(ONCE, "code")),
            (f"{ENTRY}/resolutions", self.resolve, described(ONCE, "code")),
            (f"{ENTRY}/corrections", self.correct, described(REVISION)),
            (f"{ENTRY}/retractions", self.take_back, described_reason()),
        )
        for path, taken, body in routes:
            router.add_api_route(
                path, taken, methods=["POST"], status_code=201, response_class=Response, openapi_extra=body
            )
        return router

    async def add(self, request: Request, child: UUID) -> Response:
        """Add an entry to the chronology, under your own name and your agency's; `cites` are entries it is about."""
        said, beside = await body_of(request, "once")
        return await self._added(request, child, said, beside)

    async def outcome(self, request: Request, child: UUID, entry: UUID) -> Response:
        """Add what came of an entry."""
        return await self._about(request, child, entry, OUTCOME)

    async def view(self, request: Request, child: UUID, entry: UUID) -> Response:
        """Add what the child, a parent or an advocate thinks of an entry."""
        said, beside = await body_of(request, "once", "whose", without=("code",))
        return await self._added(request, child, _cite(said, entry, whose_view(beside)), beside)

    async def disagree(self, request: Request, child: UUID, entry: UUID) -> Response:
        """Disagree with an entry: it is shown as disputed until the disagreement is resolved."""
        return await self._about(request, child, entry, RAISED)

    async def resolve(self, request: Request, child: UUID, entry: UUID) -> Response:
        """Say how a disagreement was resolved; `entry` is the disagreement."""
        return await self._about(request, child, entry, RESOLVED)

    async def correct(self, request: Request, child: UUID, entry: UUID) -> Response:
        """Put an entry of your own team right: the body is the whole entry as it should stand."""
        said, beside = await body_of(request, "revision")
        revision = revision_of(beside)
        made = self.hub.contributing.correct
        await run_in_threadpool(lambda: made(request.state.reader, child, entry, said, revision=revision))
        return _done(entry)

    async def take_back(self, request: Request, child: UUID, entry: UUID) -> Response:
        """Take an entry of your own team back as wrong."""
        reason = await reason_of(request)
        await run_in_threadpool(self.hub.contributing.take_back, request.state.reader, child, entry, reason)
        return _done(entry)

    async def _about(self, request: Request, child: UUID, entry: UUID, code: str) -> Response:
        said, beside = await body_of(request, "once", without=("code",))
        return await self._added(request, child, _cite(said, entry, code), beside)

    async def _added(self, request: Request, child: UUID, said: EntrySaid, beside: dict[str, Any]) -> Response:
        once, add, asked = once_of(beside), self.hub.contributing.add, request.query_params
        ground = (asked["purpose"], asked["basis"]) if {"purpose", "basis"} <= asked.keys() else None
        made = await run_in_threadpool(lambda: add(request.state.reader, child, said, once=once, ground=ground))
        return _done(made)


def _cite(said: EntrySaid, entry: UUID, code: str) -> EntrySaid:
    return replace(said, code=code, cites=(entry, *said.cites))


def _done(entry: UUID) -> Response:
    return Response(added_to_json(entry), 201, media_type="application/json")
