"""Who works with a child, and how to reach them: the first tier, before any content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from consent.statements import DutySaid
from hub.api.access import Bearer, token_of
from hub.api.bodies import body_of, described
from hub.api.working_shapes import card_to_json, noted_to_json
from hub.auth import Verifier
from hub.doors import Hub

Stated = Annotated[str, Query(min_length=1, max_length=64)]


@dataclass(frozen=True, slots=True)
class InvolvementCard:
    """The doors to it. Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["involvement"], dependencies=[Depends(known)])
        address = "/v1/children/{child}/involvement"
        router.add_api_route(address, self.card, methods=["GET"], response_class=Response)
        router.add_api_route(
            address,
            self.duty,
            methods=["POST"],
            response_class=Response,
            status_code=201,
            openapi_extra=described(DutySaid),
        )
        return router

    def card(self, request: Request, child: UUID, *, purpose: Stated, basis: Stated) -> Response:
        """Show who works with the child, as far as the reader may know. The reading's id is in `Hub-Reading`."""
        found = self.hub.casework.working_with(request.state.reader, child, purpose=purpose, basis=basis)
        return Response(card_to_json(found), headers={"Hub-Reading": str(found.reading)}, media_type="application/json")

    async def duty(self, request: Request, child: UUID) -> Response:
        """Record that somebody has a duty for the child (Lead Professional, Named Person, works with), or its end."""
        said = await body_of(request, DutySaid)
        await run_in_threadpool(self.hub.casework.record_duty, request.state.reader, child, said)
        return Response(noted_to_json(), 201, media_type="application/json")
