"""For governance leads: what waits for them, readings explained and worked out again, who sees what, and what if."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from consent.who_sees_in_hub import REASONS
from hub.api.access import Bearer, instant_in, token_of
from hub.api.overseen import attention_to_json, reading_to_json, replay_to_json, sights_to_json, what_if_to_json
from hub.auth import Verifier
from hub.doors import Hub, read_bounded
from hub.errors import BadInput
from hub.people import Practitioner

Beginning = Annotated[str | None, Query(alias="from", max_length=40, json_schema_extra={"format": "date-time"})]
End = Annotated[str | None, Query(alias="to", max_length=40, json_schema_extra={"format": "date-time"})]
Reason = Annotated[str, Query(max_length=40, json_schema_extra={"enum": list(REASONS)})]
_LIMIT: Final = 4096


class Asked(msgspec.Struct, forbid_unknown_fields=True, rename={"since": "from", "until": "to"}):
    """A what-if that is asked for: how the fingerprint of a version begins, and the period's ends, both included."""

    version: str
    since: str | None = None
    until: str | None = None


# Made at import, by one thread: two at the first use of a class crash the process.
_READ: Final = msgspec.json.Decoder(Asked)
_ASKS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": msgspec.json.schema_components([Asked])[1]["Asked"]}},
    }
}


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
        listed: dict[str, Any] = {"methods": ["GET"], "response_class": Response}
        router.add_api_route("/v1/governance/replay", self.replay, **listed)
        router.add_api_route("/v1/governance/attention", self.attention, **listed)
        router.add_api_route(
            "/v1/governance/attention/{reading}/note",
            self.take_note,
            methods=["POST"],
            response_class=Response,
            status_code=204,
        )
        router.add_api_route("/v1/governance/who-sees", self.who_sees, **listed)
        router.add_api_route(
            "/v1/governance/what-if", self.what_if, methods=["POST"], response_class=Response, openapi_extra=_ASKS
        )
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

    def attention(self, request: Request) -> Response:
        """List what the rules oblige to tell governance, and who took note of what."""
        return _json(attention_to_json(self.hub.governance.attention(request.state.reader)))

    def take_note(self, request: Request, reading: UUID) -> Response:
        """Take note of a line, and of the earlier ones of the same person, child and reason."""
        self.hub.governance.take_note(request.state.reader, reading)
        return Response(status_code=204)

    def who_sees(self, request: Request, child: UUID, entry: UUID, reason: Reason) -> Response:
        """List everybody to whom an entry would open today; nothing of what it says."""
        return _json(sights_to_json(self.hub.who_sees.ask(request.state.reader, child, entry, reason=reason)))

    async def what_if(self, request: Request) -> Response:
        """Say what a proposed version would have changed over a period's readings, in counts."""
        body = await read_bounded(request.stream(), _LIMIT, request.headers.get("content-length"))
        try:
            asked = _READ.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            step = "Send one object of texts: version (how its fingerprint begins), and from and to if wanted."
            raise BadInput("What was sent is not understood.", step) from error
        return _json(await run_in_threadpool(self._what_if, request.state.reader, asked))

    def _what_if(self, reader: Practitioner, asked: Asked) -> bytes:
        period = {"since": instant_in(asked.since, "from"), "until": instant_in(asked.until, "to")}
        return what_if_to_json(self.hub.governance.what_if(reader, asked.version, **period))


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
