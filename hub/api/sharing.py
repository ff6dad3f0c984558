"""Decisions to share and not to share: asked for, decided, released or declined."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from consent.sharing_decisions import Recorded
from consent.sharing_terms import Ask, Choice
from hub.api.access import Bearer, token_of
from hub.api.sharing_shapes import (
    Declining,
    Ending,
    body_of,
    described,
    ledger_to_json,
    matters_to_json,
    recorded_to_json,
)
from hub.auth import Verifier
from hub.doors import Hub

CHILD = "/v1/children/{child}"


@dataclass(frozen=True, slots=True)
class Sharing:
    """The doors to it. Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["sharing"], dependencies=[Depends(known)])
        matter = f"{CHILD}/sharing-decisions/{{matter}}"
        get, post = {"methods": ["GET"], "response_class": Response}, {"methods": ["POST"], "response_class": Response}
        for path, taken, body in (
            (f"{CHILD}/sharing-requests", self.request, described(Ask, "once")),
            (f"{CHILD}/sharing-requests/{{matter}}/decline", self.decline, described(Declining)),
            (f"{CHILD}/sharing-decisions", self.decide, described(Choice, "asked", "once")),
            (f"{matter}/release", self.release, None),
            (f"{matter}/end", self.end, described(Ending)),
        ):
            router.add_api_route(path, taken, status_code=201, openapi_extra=body, **post)  # type: ignore[arg-type]  # the words common to all
        for path, shown in (
            (f"{CHILD}/sharing-decisions", self.of_child),
            ("/v1/sharing-requests", self.waiting),
            ("/v1/governance/sharing-requests", self.unanswered),
            ("/v1/governance/sharing-decisions", self.not_shared),
        ):
            router.add_api_route(path, shown, **get)  # type: ignore[arg-type]  # likewise
        return router

    async def request(self, request: Request, child: UUID) -> Response:
        """Ask an organisation, or a kind of agency, for information about a child. Never says whether there is any."""
        ask, ids = await body_of(request, Ask, "once")
        return _done(
            await run_in_threadpool(self.hub.sharing.request, request.state.reader, child, ask, once=ids["once"])
        )

    async def decide(self, request: Request, child: UUID) -> Response:
        """Record a decision to share or not to, as Practice Guidance 4 §12 asks; `asked` is the request it answers."""
        choice, ids = await body_of(request, Choice, "asked", "once")
        made = self.hub.sharing.decide
        return _done(await run_in_threadpool(lambda: made(request.state.reader, child, choice, **ids)))

    async def decline(self, request: Request, child: UUID, matter: UUID) -> Response:
        """Answer a request with a decision to share nothing: `reasons` are kept, `answer` is told."""
        said, _ = await body_of(request, Declining)
        made = self.hub.sharing.decline
        reader = request.state.reader
        return _done(
            await run_in_threadpool(lambda: made(reader, child, matter, reasons=said.reasons, answer=said.answer))
        )

    async def release(self, request: Request, child: UUID, matter: UUID) -> Response:
        """Release, as the Lead Professional, what was decided to be shared with a third-sector service."""
        return _done(await run_in_threadpool(self.hub.sharing.release, request.state.reader, child, matter))

    async def end(self, request: Request, child: UUID, matter: UUID) -> Response:
        """Close again, at once, what was released."""
        said, _ = await body_of(request, Ending)
        ended = self.hub.sharing.end_release
        return _done(await run_in_threadpool(ended, request.state.reader, child, matter, reason=said.reason))

    def of_child(self, request: Request, child: UUID) -> Response:
        """List what was asked, shared and not shared about a child, as far as it concerns your organisation."""
        return _json(matters_to_json(self.hub.sharing.of_child(request.state.reader, child)))

    def waiting(self, request: Request) -> Response:
        """List the requests that wait for an answer of your organisation."""
        return _json(matters_to_json(self.hub.sharing.waiting_for(request.state.reader)))

    def unanswered(self, request: Request) -> Response:
        """List every request without an answer, with its age. For governance leads."""
        return _json(ledger_to_json(self.hub.sharing.unanswered(request.state.reader)))

    def not_shared(self, request: Request) -> Response:
        """List every decision not to share some or all. For governance leads."""
        return _json(ledger_to_json(self.hub.sharing.not_shared(request.state.reader)))


def _done(done: Recorded) -> Response:
    return Response(recorded_to_json(done), 201, media_type="application/json")


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
