"""Where an agency's system changes its proof of itself for an access token: `POST /v1/token`, as RFC 6749 has it.

Errors are those of the standard, in its own shape, because the software that meets them knows that shape. Whatever is
wrong with a proof, the answer is the same; which of its checks failed is in the access log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from hub.api.systems import LIFE, Systems
from hub.auth import Cause, Distrusted
from hub.doors import read_bounded
from hub.errors import BadInput, HubError, StoreUnavailable

GRANT: Final = "client_credentials"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FORM: Final = "application/x-www-form-urlencoded"
_LIMIT: Final = 16 * 1024
_MOST_FIELDS: Final = 20
_TEXT: Final = {"type": "string"}
_OPENAPI: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            _FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type", "client_assertion_type", "client_assertion"],
                    "properties": {
                        "grant_type": {"const": GRANT},
                        "client_assertion_type": {"const": ASSERTION_TYPE},
                        "client_assertion": _TEXT | {"description": "A JWT signed with the system's own key."},
                        "client_id": _TEXT,
                    },
                }
            }
        },
    },
    "responses": {
        "200": {
            "description": "An access token for the other addresses under /v1.",
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "properties": {"access_token": _TEXT, "token_type": _TEXT, "expires_in": {"type": "integer"}},
                    }
                }
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class TokenDoor:
    """The one address; open to everybody, and of use only to who holds a registered key."""

    systems: Systems

    def router(self) -> APIRouter:
        """The route."""
        router = APIRouter(tags=["publish"])
        router.add_api_route("/v1/token", self.token, methods=["POST"], response_class=Response, openapi_extra=_OPENAPI)
        return router

    async def token(self, request: Request) -> Response:
        """Change a client assertion (`private_key_jwt`) for an access token that holds ten minutes."""
        try:
            fields = await _fields(request)
        except BadInput:
            return _error(400, "invalid_request", "The request is not a form of single fields.")
        if fields.get("grant_type") != GRANT:
            return _error(400, "unsupported_grant_type", "Only client_credentials is served here.")
        return await run_in_threadpool(self._granted, fields)

    def _granted(self, fields: Mapping[str, str]) -> Response:
        try:
            token = self.systems.exchanged(_assertion(fields), fields.get("client_id", ""))
        except Distrusted as refused:
            self.systems.clients.refused("token", refused.cause, refused.claimed)
            return _error(401, "invalid_client", "The client assertion was not accepted.")
        except StoreUnavailable as error:
            return _error(503, "temporarily_unavailable", "The hub cannot look at it now.", error)
        return _json(200, {"access_token": token, "token_type": "Bearer", "expires_in": LIFE})


def _assertion(fields: Mapping[str, str]) -> str:
    if fields.get("client_assertion_type") != ASSERTION_TYPE or "client_assertion" not in fields:
        raise Distrusted(Cause.MISSING, fields.get("client_id", ""))
    return fields["client_assertion"]


async def _fields(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise BadInput("It is no form.")
    body = await read_bounded(request.stream(), _LIMIT, request.headers.get("content-length"))
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise BadInput("It is no form.") from error
    if len({name for name, _ in pairs}) != len(pairs):
        raise BadInput("A field stands there twice.")
    return dict(pairs)


def _error(status: int, code: str, description: str, error: HubError | None = None) -> Response:
    headers = {"Retry-After": str(error.retry_after)} if error is not None else {}
    return _json(status, {"error": code, "error_description": description}, headers)


def _json(status: int, content: dict[str, object], headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, "application/json")
