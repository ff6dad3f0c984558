"""The HTTP doors to it: who knew what when, and corrections that reach whoever was shown the old version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.api.access import Bearer, instant_in, token_of
from hub.api.knowing_shapes import account_to_json, accounts_to_json, matrix_to_json, recalls_to_json
from hub.auth import Verifier
from hub.doors import Hub, read_bounded
from hub.errors import BadInput

_LIMIT: Final = 4096


class Noted(msgspec.Struct, forbid_unknown_fields=True):
    """Of what note is taken: as the list of corrections gave it. what may be left out."""

    revision: Annotated[int, msgspec.Meta(ge=1, le=2**62)]
    what: Annotated[str, msgspec.Meta(max_length=16)] = ""


# Made once, by one thread: two at the first use of a class crash.
_NOTED: Final = msgspec.json.Decoder(Noted)
_TAKES: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": msgspec.json.schema_components((Noted,))[1]["Noted"]}},
    }
}


@dataclass(frozen=True, slots=True)
class Knowing:
    """Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        router = APIRouter(tags=["knowing"], dependencies=[Depends(known)])
        listed: dict[str, Any] = {"methods": ["GET"], "response_class": Response}
        router.add_api_route("/v1/corrections", self.mine, **listed)
        router.add_api_route(
            "/v1/corrections/{entry}/acknowledge",
            self.acknowledge,
            methods=["POST"],
            status_code=204,
            response_class=Response,
            openapi_extra=_TAKES,
        )
        router.add_api_route("/v1/corrections/{entry}", self.account, **listed)
        router.add_api_route("/v1/governance/corrections", self.accounts, **listed)
        router.add_api_route("/v1/children/{child}/who-knew", self.who_knew, **listed)
        return router

    def mine(self, request: Request) -> Response:
        """List what the reader was told and no longer stands; what they have not taken note of first."""
        return _json(recalls_to_json(self.hub.knowing.recalls(request.state.reader)))

    async def acknowledge(self, request: Request, entry: UUID) -> Response:
        """Take note of one, once; with what has changed since the reader looked, nothing is recorded."""
        body = await read_bounded(request.stream(), _LIMIT, request.headers.get("content-length"))
        try:
            said = _NOTED.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            step = "Send one object with the revision of the correction, as it was listed, and perhaps its what."
            raise BadInput("What was sent is not understood.", step) from error
        room, reader = self.hub.knowing, request.state.reader
        await run_in_threadpool(room.acknowledge, reader, entry, said.revision, said.what)
        return Response(status_code=204)

    def account(self, request: Request, entry: UUID) -> Response:
        """Say who was told a version of an entry that no longer stands; for governance, and for whose record it is."""
        return _json(account_to_json(self.hub.knowing.recall_of(request.state.reader, entry)))

    def accounts(self, request: Request) -> Response:
        """List every correction of which somebody was told the old version; for governance leads."""
        return _json(accounts_to_json(self.hub.knowing.recalled(request.state.reader)))

    def who_knew(
        self,
        request: Request,
        child: UUID,
        at: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        cursor: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        """Say who knew what when of a child's entries, as of a moment or now; of each entry no word."""
        moment, reader = instant_in(at, "at"), request.state.reader
        return _json(matrix_to_json(self.hub.knowing.matrix(reader, child, at=moment, limit=limit, cursor=cursor)))


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")
