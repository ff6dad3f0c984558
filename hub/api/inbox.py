"""The HTTP doors to it: what is new since somebody last looked, and what they said they do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from consent.inbox_terms import Word
from hub.api.access import Bearer, token_of
from hub.api.bodies import body_of, described
from hub.api.inbox_shapes import inbox_to_json, overseen_to_json, unanswered_to_json
from hub.auth import Verifier
from hub.doors import Hub

Ground = Annotated[str, Query(max_length=64)]
Day = Annotated[date | None, Query()]
CHILD = "/v1/children/{child}"


@dataclass(frozen=True, slots=True)
class Inbox:
    """Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["inbox"], dependencies=[Depends(known)])
        router.add_api_route("/v1/inbox", self.mine, methods=["GET"], response_class=Response)
        router.add_api_route(
            f"{CHILD}/entries/{{entry}}/acknowledgement",
            self.acknowledge,
            methods=["POST"],
            response_class=Response,
            status_code=201,
            openapi_extra=described(Word),
        )
        router.add_api_route(f"{CHILD}/unanswered", self.unanswered, methods=["GET"], response_class=Response)
        router.add_api_route("/v1/governance/unanswered", self.overseen, methods=["GET"], response_class=Response)
        return router

    def mine(self, request: Request) -> Response:
        """List what is new of the children you work with: that it is there, of which agency, since which day."""
        return _json(inbox_to_json(self.hub.inbox.mine(request.state.reader)))

    async def acknowledge(
        self, request: Request, child: UUID, entry: UUID, purpose: Ground = "", basis: Ground = "public-task"
    ) -> Response:
        """Say what you do about an entry: seen; acting, what and by when; or not for you, and whose it is instead."""
        said = await body_of(request, Word)
        made = self.hub.inbox.acknowledge
        reader = request.state.reader
        await run_in_threadpool(lambda: made(reader, child, entry, said, purpose=purpose, basis=basis))
        return Response(b'{"recorded":true}', 201, media_type="application/json")

    def unanswered(self, request: Request, child: UUID, at: Day = None) -> Response:
        """List the concerns of a child that nobody of another agency answered by the end of a day."""
        return _json(unanswered_to_json(self.hub.inbox.unanswered(request.state.reader, child, at=at)))

    def overseen(self, request: Request, at: Day = None) -> Response:
        """Count those of every child by agency and age; the oldest by their ids. For governance leads."""
        return _json(overseen_to_json(self.hub.inbox.all_unanswered(request.state.reader, at=at)))


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
