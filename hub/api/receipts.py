"""What became of what an agency sent, to be looked up again: by the organisation that sent it, and by nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from hub.api.access import Bearer, instant_in, token_of
from hub.api.limits import Rates
from hub.api.shapes import MOST_RESULTS, kept_to_json, listed_to_json
from hub.api.systems import Systems
from hub.auth import AgencyClient
from hub.doors import Hub
from hub.errors import BadInput

Limit = Annotated[int, Query(ge=1, le=MOST_RESULTS)]
FewLimit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str, Query(max_length=20)]
Source = Annotated[str, Query(max_length=64)]
Moment = Annotated[str | None, Query(max_length=40, json_schema_extra={"format": "date-time"})]
_MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Receipts:
    """Both addresses. Another's receipt and none at all are answered alike."""

    hub: Hub
    systems: Systems
    rates: Rates

    def router(self) -> APIRouter:
        """Both routes."""
        router = APIRouter(tags=["publish"])
        router.add_api_route("/v1/receipts", self.listed, methods=["GET"], response_class=Response)
        router.add_api_route("/v1/receipts/{receipt}", self.one, methods=["GET"], response_class=Response)
        return router

    def listed(
        self, credentials: Bearer, *, since: Moment = None, source: Source = "", limit: FewLimit = 50
    ) -> Response:
        """List the organisation's receipts, newest first; `since` an instant, or of one source alone."""
        owner = self._client(credentials).owner
        found = self.hub.intake.receipts(owner, source=source, since=instant_in(since, "since"), limit=limit)
        return Response(listed_to_json(found), media_type="application/json")

    def one(self, receipt: UUID, credentials: Bearer, *, limit: Limit = MOST_RESULTS, cursor: Cursor = "") -> Response:
        """Show one receipt: the six counts of all its records, and its records page by page, in their order."""
        found = self.hub.intake.receipt(self._client(credentials).owner, receipt)
        return Response(kept_to_json(found, _offset(cursor), limit), media_type="application/json")

    def _client(self, credentials: Bearer) -> AgencyClient:
        client = self.systems.client(token_of(credentials))
        self.rates.spend(client.id)
        return client


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit()) or len(cursor) > _MOST_DIGITS:
        raise BadInput("The cursor is not one of ours.", "Use the cursor of the page before, or none.")
    return int(cursor)
