"""The HTTP doors to it: chronologies that were chosen, analysed and frozen for a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.api.access import Bearer, token_of
from hub.api.edition_shapes import (
    ChangingBody,
    FreezingBody,
    PreparingBody,
    body_of,
    compared_to_json,
    described,
    drafted_to_json,
    frozen_to_json,
    lines_to_json,
    quoted_to_json,
    reviewed_to_json,
    view_to_json,
)
from hub.auth import Verifier
from hub.doors import Hub

EDITIONS = "/v1/children/{child}/editions"
EDITION = f"{EDITIONS}/{{edition}}"


@dataclass(frozen=True, slots=True)
class Editions:
    """Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["editions"], dependencies=[Depends(known)])
        for path, method, taken, status, body in (
            (EDITIONS, "POST", self.prepare, 201, PreparingBody),
            (EDITION, "PATCH", self.change, 200, ChangingBody),
            (f"{EDITION}/freeze", "POST", self.freeze, 201, FreezingBody),
        ):
            router.add_api_route(
                path,
                taken,
                methods=[method],
                status_code=status,
                response_class=Response,
                openapi_extra=described(body),
            )
        for path, shown in (
            (EDITIONS, self.listed),
            (f"{EDITIONS}/reviewed", self.reviewed),
            (EDITION, self.read),
            (f"{EDITION}/quoted", self.quoted),
            (f"{EDITION}/compare", self.compare),
        ):
            router.add_api_route(path, shown, methods=["GET"], response_class=Response)
        return router

    async def prepare(self, request: Request, child: UUID) -> Response:
        """Make a draft in one action: every entry that you may see is in or left out, with its reason."""
        body = await body_of(request, PreparingBody)
        made = self.hub.editions.prepare
        return _json(drafted_to_json(await run_in_threadpool(made, request.state.reader, child, body.said())), 201)

    async def change(self, request: Request, child: UUID, edition: UUID) -> Response:
        """Change a draft of yours: entries with a reason, parts in words, agencies asked, the audience."""
        body, reader = await body_of(request, ChangingBody), request.state.reader
        made = self.hub.editions.change
        done = await run_in_threadpool(lambda: made(reader, child, edition, body.said(), seen=body.seen))
        return _json(drafted_to_json(done))

    async def freeze(self, request: Request, child: UUID, edition: UUID) -> Response:
        """Freeze a draft of yours: its audience may read it from then on, and nobody changes it."""
        body, reader = await body_of(request, FreezingBody), request.state.reader
        made = self.hub.editions.freeze
        return _json(frozen_to_json(await run_in_threadpool(lambda: made(reader, child, edition, seen=body.seen))), 201)

    def listed(self, request: Request, child: UUID) -> Response:
        """List the editions of a child that you may read, the newest first."""
        return _json(lines_to_json(self.hub.editions.listed(request.state.reader, child)))

    def reviewed(self, request: Request, child: UUID) -> Response:
        """Say when the story was last looked at as a whole, and what of significance became known after."""
        return _json(reviewed_to_json(self.hub.editions.reviewed(request.state.reader, child)))

    def read(self, request: Request, child: UUID, edition: UUID) -> Response:
        """Read an edition that was made for you, or by you. The reading's id is in the header."""
        found = self.hub.editions.read(request.state.reader, child, edition)
        return Response(view_to_json(found), headers={"Hub-Reading": str(found.reading)}, media_type="application/json")

    def quoted(self, request: Request, child: UUID, edition: UUID) -> Response:
        """List what a draft of yours cites that not everybody of its audience would be shown in full."""
        return _json(quoted_to_json(self.hub.editions.quoted(request.state.reader, child, edition)))

    def compare(
        self,
        request: Request,
        child: UUID,
        edition: UUID,
        older: Annotated[UUID, Query(description="The edition to compare with.")],
    ) -> Response:
        """Compare an edition with an older one, of what you may see of both."""
        return _json(compared_to_json(self.hub.editions.compare(request.state.reader, child, older, edition)))


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")
