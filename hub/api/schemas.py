"""The published schemas: what a system that writes for the hub may hold its messages against, open to everybody."""

from __future__ import annotations

from typing import Any, Final

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from adapters.hub_cloudevents import schema as own_envelope
from hub.api.problems import NoSuchAddress

MEDIA_TYPE: Final = "application/schema+json"

_PUBLISHED: Final = {own_envelope.NAME: own_envelope.published}
_LIST: Final[dict[str, Any]] = {
    "responses": {"200": {"description": "The name, title and address of each.", "content": {"application/json": {}}}}
}
_ONE: Final[dict[str, Any]] = {"responses": {"200": {"description": "The schema.", "content": {MEDIA_TYPE: {}}}}}


def router() -> APIRouter:
    """The list and each schema. They hold nothing of any child, so nobody needs a token."""
    routes = APIRouter(tags=["schemas"])
    routes.add_api_route("/v1/schemas", listed, methods=["GET"], response_class=Response, openapi_extra=_LIST)
    routes.add_api_route("/v1/schemas/{file}", one, methods=["GET"], response_class=Response, openapi_extra=_ONE)
    return routes


def listed() -> Response:
    """List the published schemas."""
    found = [
        {"name": name, "id": make()["$id"], "description": make()["description"], "href": f"/v1/schemas/{name}.json"}
        for name, make in _PUBLISHED.items()
    ]
    return Response(orjson.dumps({"schemas": found}), media_type="application/json")


def one(file: str) -> Response:
    """Show one schema, by its name with `.json` after it; raises NoSuchAddress where there is none."""
    make = _PUBLISHED.get(file.removesuffix(".json"))
    if make is None or not file.endswith(".json"):
        raise NoSuchAddress("There is no schema of that name.", "See /v1/schemas for the list.")
    return Response(orjson.dumps(make()), media_type=MEDIA_TYPE)
