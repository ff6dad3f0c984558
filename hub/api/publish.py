"""Agencies in: their systems send what they already emit, and learn for each record what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from adapters.cloudevents import BATCH, SINGLE
from adapters.sending import Sender, of_sender
from adapters.sources import agency_of
from hub.api.access import Bearer, token_of
from hub.api.envelope import opened
from hub.api.limits import Places, Rates, Visit
from hub.api.shapes import MOST_RESULTS, receipt_to_json
from hub.api.systems import Systems, may_publish, may_publish_any
from hub.auth import AgencyClient
from hub.doors import Hub, Translate, read_bounded
from hub.receipt import Outcome, Submission
from hub.update import Delivery, Translated

_TEXTS: Final = {name: {"type": "string"} for name in ("place", "reason", "message", "next_step")}
_OUTCOMES: Final = [outcome.value for outcome in Outcome]
_ANSWER: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "source": {"type": "string"},
        "receipt": {"type": ["string", "null"], "description": "By this id the answer can be looked up again."},
        "absent": {"type": "integer", "description": "Records of the last whole delivery that are not in this one."},
        "records": {"type": "integer", "description": "How many records were read; the six counts add up to it."},
        **{outcome: {"type": "integer"} for outcome in _OUTCOMES},
        "reasons": {"type": "object", "additionalProperties": {"type": "integer"}},
        "results": {
            "type": "array",
            "maxItems": MOST_RESULTS,
            "description": f"The outcome of each record, in their order. Of more than {MOST_RESULTS} records, those "
            "in conflict and quarantined come first and the rest is left out; the counts are always of all records.",
            "items": {"type": "object", "properties": {"outcome": {"enum": _OUTCOMES}, **_TEXTS}},
        },
        "results_left_out": {"type": "integer", "description": "How many results are not listed; 0 when all are."},
        "note": {"type": "string", "description": "The same in words; empty when all are listed."},
    },
}
_RECEIPT: Final[dict[str, Any]] = {
    "responses": {
        "200": {
            "description": "Every record was read, and each ended as exactly one of the six outcomes.",
            "content": {"application/json": {"schema": _ANSWER}},
        }
    }
}
_EVENTS: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "One event or a batch in JSON; or any payload, with the attributes of its event in ce- headers.",
        "content": {kind: {"schema": {}} for kind in (SINGLE, BATCH, "*/*")},
    },
    **_RECEIPT,
}
_FILE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    },
    "parameters": [
        {
            "name": "Hub-File-Name",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "The file's bare name, where the source's format gives it a meaning.",
        }
    ],
    **_RECEIPT,
}


@dataclass(frozen=True, slots=True)
class Publishing:
    """The two doors for agencies' systems. Each answers 200 with all records counted and up to 1,000 listed."""

    hub: Hub
    systems: Systems
    translate: Translate
    limit: int
    rates: Rates
    places: Places

    def router(self) -> APIRouter:
        """Both routes."""
        router = APIRouter(tags=["publish"])
        router.add_api_route(
            "/v1/updates", self.updates, methods=["POST"], response_class=Response, openapi_extra=_EVENTS
        )
        router.add_api_route(
            "/v1/sources/{source}/files", self.file, methods=["POST"], response_class=Response, openapi_extra=_FILE
        )
        return router

    async def updates(self, request: Request, credentials: Bearer) -> Response:
        """Take in CloudEvents 1.0: one or a batch in JSON, or one with its attributes in `ce-` headers.

        All are of one source: `source` is its name, or the type is `hub.chronology.update.v1`.
        """
        client = self._client(credentials)
        may_publish_any(client)
        headers = _headers(request)
        async with self.places.visit(client.id) as visit:
            body = await self._body(request, visit)
            async with visit.working():
                envelope = await run_in_threadpool(
                    opened, body, request.headers.get("content-type", ""), headers, partial(may_publish, client)
                )
                agency = _bound_to(client, envelope.source)
                updates = partial(envelope.translated, self.translate, agency)
                source, sender = envelope.source, _sender(client)
                return await self._received(client, source, lambda: of_sender(updates(), source, sender))

    async def file(self, request: Request, source: str, credentials: Bearer) -> Response:
        """Take in one file of a source, in that source's own format."""
        client = self._client(credentials)
        may_publish(client, source)
        async with self.places.visit(client.id) as visit:
            name = _bare_name(request.headers.get("hub-file-name", ""))
            delivery = Delivery(source, name, await self._body(request, visit))
            updates = partial(self.translate, delivery)
            async with visit.working():
                sender = _sender(client)
                return await self._received(client, source, lambda: of_sender(updates(), source, sender), whole=True)

    def _client(self, credentials: Bearer) -> AgencyClient:
        client = self.systems.client(token_of(credentials))
        self.rates.spend(client.id)
        return client

    async def _body(self, request: Request, visit: Visit) -> bytes:
        stream = visit.counted(request.stream())
        return await read_bounded(stream, self.limit, request.headers.get("content-length"))

    async def _received(
        self, client: AgencyClient, source: str, updates: Callable[[], Iterable[Translated]], *, whole: bool = False
    ) -> Response:
        submission = Submission("http", client.owner, client.id)
        # Translating is work too, so it happens in the worker thread as well.
        receipt = await run_in_threadpool(
            lambda: self.hub.intake.receive(updates(), submission=submission, whole=whole)
        )
        where = {"Location": f"/v1/receipts/{receipt.id}"} if receipt.id else None
        return Response(receipt_to_json(replace(receipt, source=source)), headers=where, media_type="application/json")


def _bound_to(client: AgencyClient, source: str) -> str:
    """The agency that every record must be of: the client's, where the source serves all agencies; else none."""
    return client.agency if agency_of(source) is None else ""


def _sender(client: AgencyClient) -> Sender:
    """What this system may say. One that nobody registered (the demo's) is bound by its agency alone."""
    owner = client.owner if client.organisation else ""
    return Sender(owner, client.agency, client.systems, client.organisations)


def _headers(request: Request) -> list[tuple[str, bytes]]:
    return [(name.decode("latin-1"), value) for name, value in request.headers.raw]


def _bare_name(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2][:255]
