"""Every error of the API in one shape: what is wrong, under a stable name, and what to do next.

Nothing that the caller sent is ever repeated, because errors are copied into logs and tickets.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Final, cast

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from hub.auth import Distrusted, NotTheirs
from hub.doors import Clients
from hub.errors import BadInput, HubError, NotSignedIn, TooLarge, TooSlow

_DOORS: Final = {
    "updates": "publish",
    "sources": "publish",
    "receipts": "receipts",
    "children": "read",
    "emergency": "read",
    "emergencies": "read",
}


class NoSuchAddress(HubError):
    """Nothing answers at this address, or not to this method."""

    code = "no-such-address"
    status = 404


class NotThisHost(HubError):
    """The request was meant for another name than this service has."""

    code = "not-this-host"
    status = 421


def problem(error: HubError) -> Response:
    """Answer as `application/problem+json`: type, title, status, detail, next_step."""
    body = {
        "type": f"/problems/{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.message,
        "next_step": error.next_step,
    }
    return Response(orjson.dumps(body), error.status, _headers(error), "application/problem+json")


def _headers(error: HubError) -> dict[str, str]:
    if isinstance(error, NotSignedIn):
        return {"WWW-Authenticate": "Bearer"}
    if error.retry_after:
        return {"Retry-After": str(error.retry_after)}
    # The rest of the body is not wanted, so neither is the connection that it would come by.
    return {"Connection": "close"} if isinstance(error, TooLarge | TooSlow) else {}


def unexpected() -> HubError:
    """Say that the fault is ours, and nothing of what it was."""
    return HubError("Something went wrong in the hub. Nothing was shown.", "Try again; if it goes on, tell support.")


def answer_with_problems(app: FastAPI, clients: Clients) -> None:
    """Make every error that this application can raise answer as a problem, and record every refused credential."""

    def refused(request: Request, error: Exception) -> Response:
        found = cast(Distrusted | NotTheirs, error)
        clients.refused(_DOORS.get(request.url.path.split("/")[2], "other"), found.cause, found.claimed)
        return problem(found)

    app.add_exception_handler(Distrusted, refused)
    app.add_exception_handler(NotTheirs, refused)
    app.add_exception_handler(HubError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _from_the_framework)


def _known(_request: Request, error: Exception) -> Response:
    return problem(cast(HubError, error))


def _invalid(_request: Request, error: Exception) -> Response:
    """Name the parameters that cannot be used; their values stay out."""
    found = {str(item["loc"][-1]) for item in cast(RequestValidationError, error).errors()}
    known = sorted(found & {"child", "entry", "source", "purpose", "basis", "known_at", "since", "limit", "cursor"})
    names = ", ".join(known) or "the request"
    return problem(BadInput(f"These cannot be used as they are: {names}.", "See /openapi.json for what each may be."))


def _from_the_framework(_request: Request, error: Exception) -> Response:
    found = NoSuchAddress("There is nothing here.", "See /openapi.json for the addresses and their methods.")
    found.status = cast(HTTPException, error).status_code
    return problem(found)
