"""The whole service behind one address: the API, the pages beside it, and the signs of life."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.api import schemas
from hub.api.chronology import Reading
from hub.api.consents import Consents
from hub.api.contributing import Contributions
from hub.api.editions import Editions
from hub.api.emergency import Emergency
from hub.api.governance import Overseeing
from hub.api.guard import Guard
from hub.api.inbox import Inbox
from hub.api.involvement import InvolvementCard
from hub.api.knowing import Knowing
from hub.api.limits import Places, Rates
from hub.api.probe import Probe
from hub.api.problems import NoSuchAddress, answer_with_problems, problem
from hub.api.publish import Publishing
from hub.api.quality import Quality
from hub.api.receipts import Receipts
from hub.api.sharing import Sharing
from hub.api.systems import OwnTokens, Systems
from hub.api.token import TokenDoor
from hub.api.views import Views
from hub.auth import Verifier
from hub.doors import Hub, SignIn, Translate
from hub.settings import MIB, USUAL, Limits
from hub.web.pages import pages

_DOORS = (
    Reading,
    InvolvementCard,
    Consents,
    Sharing,
    Emergency,
    Overseeing,
    Contributions,
    Knowing,
    Inbox,
    Editions,
    Views,
    Quality,
)
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create(  # noqa: PLR0913 - everything the service is assembled from, named at the one place that does it
    hub: Hub,
    verifier: Verifier,
    *,
    sources: Translate,
    demo: SignIn | None,
    ready: Callable[[], bool],
    file_limit: int = 64 * MIB,
    hosts: frozenset[str] | None = None,
    tokens: OwnTokens | None = None,
    limits: Limits = USUAL,
) -> FastAPI:
    """Assemble the service.

    `sources` translates a delivery. `demo` vouches for invented people; with None there is no page to sign in
    as one. `ready` says whether the database answers. `file_limit` is the largest body, in bytes.
    `hosts` are the names that the service answers to; with None it answers to any, and a proxy must see to that.
    `tokens` are the hub's own for registered systems; with None none can be got here.
    """
    app = FastAPI(
        title="Chronology hub",
        summary="What agencies know of a child, to those who may see it, with the reason for what is held back.",
        version="1",
        docs_url=None,
        redoc_url=None,
    )
    answer_with_problems(app, hub.clients)
    systems = Systems(hub.clients, verifier, tokens, invented=demo is not None)
    rates = Rates(limits.client_rate)
    places = Places(limits.at_once, limits.waiting, largest=file_limit)
    app.include_router(TokenDoor(systems).router())
    app.include_router(Publishing(hub, systems, sources, file_limit, rates, places).router())
    app.include_router(Receipts(hub, systems, rates).router())
    for door in _DOORS:
        app.include_router(door(hub, verifier).router())
    app.include_router(schemas.router())
    _add_signs_of_life(app, ready)
    # Before the pages, which answer every other address: an unknown address of the API is a problem, not a page.
    app.add_api_route("/v1/{rest:path}", _nothing_here, methods=_METHODS, include_in_schema=False)
    app.mount("/", pages(hub, verifier, demo))
    app.add_middleware(Guard, hosts=hosts)
    return app


def _add_signs_of_life(app: FastAPI, ready: Callable[[], bool]) -> None:
    probe = Probe(ready)

    async def healthz() -> Response:
        """Say that the process answers."""
        return JSONResponse({"status": "alive"})

    async def readyz() -> Response:
        """Say whether the hub can do its work now."""
        able = await probe.able()
        return JSONResponse({"status": "ready" if able else "not-ready"}, 200 if able else 503)

    app.add_api_route("/healthz", healthz, methods=["GET"], tags=["signs of life"])
    app.add_api_route("/readyz", readyz, methods=["GET"], tags=["signs of life"])


def _nothing_here(_request: Request) -> Response:
    return problem(NoSuchAddress("There is nothing here.", "See /openapi.json for the addresses and their methods."))
