"""For governance leads: recorded readings explained, and recorded decisions worked out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from hub.api.access import Bearer, instant_in, token_of
from hub.api.overseen import reading_to_json, replay_to_json
from hub.auth import Verifier
from hub.doors import Hub

Beginning = Annotated[str | None, Query(alias="from", max_length=40, json_schema_extra={"format": "date-time"})]
End = Annotated[str | None, Query(alias="to", max_length=40, json_schema_extra={"format": "date-time"})]


@dataclass(frozen=True, slots=True)
class Overseeing:
    """The doors to it. Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["governance"], dependencies=[Depends(known)])
        router.add_api_route(
            "/v1/governance/readings/{reading}", self.reading, methods=["GET"], response_class=Response
        )
        router.add_api_route("/v1/governance/replay", self.replay, methods=["GET"], response_class=Response)
        return router

    def reading(self, request: Request, reading: UUID, *, entry: UUID | None = None) -> Response:
        """Explain a recorded reading, or the decision by which one entry counted in it."""
        found = self.hub.governance.decision(request.state.reader, reading, entry=entry)
        return _json(reading_to_json(found))

    def replay(self, request: Request, *, since: Beginning = None, until: End = None) -> Response:
        """Work out every recorded decision of a period again, and say which do not come out as recorded."""
        found = self.hub.governance.replay(
            request.state.reader, since=instant_in(since, "from"), until=instant_in(until, "to")
        )
        return _json(replay_to_json(found))


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
