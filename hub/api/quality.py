"""The HTTP door to what could be better in a chronology. Advice, never a block."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from hub.api.access import Bearer, instant_in, token_of
from hub.api.chronology import Moment, Stated
from hub.api.quality_shapes import looked_to_json
from hub.auth import Verifier
from hub.doors import Hub


@dataclass(frozen=True, slots=True)
class Quality:
    """Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """Its one route."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["read"], dependencies=[Depends(known)])
        router.add_api_route("/v1/children/{child}/quality", self.look, methods=["GET"], response_class=Response)
        return router

    def look(
        self, request: Request, child: UUID, *, purpose: Stated, basis: Stated, known_at: Moment = None
    ) -> Response:
        """Say what could be better in a child's chronology, of what the reader may know of."""
        moment = instant_in(known_at, "known_at")
        found = self.hub.quality.look(request.state.reader, child, purpose=purpose, basis=basis, known_at=moment)
        content = looked_to_json(found)
        return Response(content, headers={"Hub-Reading": str(found.reading)}, media_type="application/json")
