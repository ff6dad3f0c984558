"""Recording consent, and what it depends on: capacity, ties of one's own, an address that has to be kept secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from consent.statements import CapacitySaid, ConsentSaid, SafeAddressSaid, TieSaid
from hub.api.access import Bearer, token_of
from hub.api.bodies import body_of, described
from hub.api.working_shapes import noted_to_json, page_to_json
from hub.auth import Verifier
from hub.doors import Hub


@dataclass(frozen=True, slots=True)
class Consents:
    """The doors to it. Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["consents"], dependencies=[Depends(known)])
        child = "/v1/children/{child}"
        posted: dict[str, Any] = {"methods": ["POST"], "response_class": Response, "status_code": 201}
        router.add_api_route(f"{child}/consents", self.on_record, methods=["GET"], response_class=Response)
        router.add_api_route(f"{child}/consents", self.consent, openapi_extra=described(ConsentSaid), **posted)
        router.add_api_route(f"{child}/capacity", self.capacity, openapi_extra=described(CapacitySaid), **posted)
        router.add_api_route(f"{child}/ties", self.tie, openapi_extra=described(TieSaid), **posted)
        router.add_api_route(
            f"{child}/safe-address", self.safe_address, openapi_extra=described(SafeAddressSaid), **posted
        )
        return router

    def on_record(self, request: Request, child: UUID) -> Response:
        """Show what is on record of consent, capacity and a secret address, to those who work with the child."""
        found = self.hub.casework.on_record(request.state.reader, child)
        return Response(page_to_json(found), headers={"Hub-Reading": str(found.reading)}, media_type="application/json")

    async def consent(self, request: Request, child: UUID) -> Response:
        """Record that consent was given, refused or withdrawn; it is in force for the next decision."""
        said = await body_of(request, ConsentSaid)
        notes = await run_in_threadpool(self.hub.casework.record_consent, request.state.reader, child, said)
        return _recorded(notes)

    async def capacity(self, request: Request, child: UUID) -> Response:
        """Record whether the child can decide about their own information."""
        said = await body_of(request, CapacitySaid)
        await run_in_threadpool(self.hub.casework.record_capacity, request.state.reader, child, said)
        return _recorded()

    async def tie(self, request: Request, child: UUID) -> Response:
        """Record a tie to the child: one's own of any child, with always the same answer; or somebody else's."""
        said = await body_of(request, TieSaid)
        await run_in_threadpool(self.hub.casework.record_tie, request.state.reader, child, said)
        return _recorded()

    async def safe_address(self, request: Request, child: UUID) -> Response:
        """Record that an address of the child has to be kept secret, or no longer has to."""
        said = await body_of(request, SafeAddressSaid)
        await run_in_threadpool(self.hub.casework.record_safe_address, request.state.reader, child, said)
        return _recorded()


def _recorded(notes: tuple[str, ...] = ()) -> Response:
    return Response(noted_to_json(notes), 201, media_type="application/json")
