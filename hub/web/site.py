"""What every page is given: the hub, who is signed in, and how a page is drawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from hub.auth import Verifier
from hub.doors import Hub, SignIn, read_bounded
from hub.errors import HubError, NothingToShow, NotPermitted, NotSignedIn
from hub.people import Practitioner
from hub.web import words
from hub.web.render import render
from hub.web.sessions import Sessions, from_this_site, identity_of

_FORM_LIMIT: Final = 4096
_LONG_FORM: Final = 64 * 1024
_FIELDS: Final = 20
_MANY_FIELDS: Final = 200

Page = Callable[[Request, Practitioner], Response]
Sent = Callable[[Request, Practitioner, dict[str, str]], Response]


@dataclass(frozen=True, slots=True)
class Site:
    """The pages hold no rules. They ask the hub as the person who is signed in, and draw what they are given."""

    hub: Hub
    verifier: Verifier
    demo: SignIn | None
    sessions: Sessions

    def signed_in(self, page: Page) -> Callable[[Request], Response]:
        """Let a page be seen by people who are signed in; everybody else is sent to sign in."""

        def guarded(request: Request) -> Response:
            reader = self.reader(request)
            if reader is not None:
                return page(request, reader)
            if self.demo is not None and request.url.path == "/":
                return RedirectResponse("/sign-in", 303)
            raise NotSignedIn("You are not signed in, or your session has ended.", "Sign in again.")

        return guarded

    def sent(self, taken: Sent) -> Callable[[Request], Awaitable[Response]]:
        """Take a form from people who are signed in, sent from one of our own pages and nowhere else."""

        async def guarded(request: Request) -> Response:
            reader = self.reader(request)
            if reader is None:
                raise NotSignedIn("You are not signed in, or your session has ended.", "Sign in again.")
            fields = await form(request, _LONG_FORM, _MANY_FIELDS)
            return await run_in_threadpool(taken, request, reader, fields)

        return guarded

    def reader(self, request: Request) -> Practitioner | None:
        """Whoever is signed in, None for nobody."""
        token = self.sessions.token(identity_of(request))
        if token is None:
            return None
        try:
            return self.verifier.practitioner(token)
        except NotSignedIn:
            return None

    def html(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """Draw a page."""
        return HTMLResponse(render(template, invented=self.demo is not None, **values), status)

    def today(self) -> date:
        """The day in Scotland."""
        return self.verifier.now().astimezone(words.UK).date()

    def problem(self, request: Request, error: Exception) -> Response:
        """Say what is wrong and what to do next, and nothing of what was asked for."""
        if isinstance(error, HubError):
            status, message, next_step = error.status, error.message, error.next_step
        else:
            status = error.status_code if isinstance(error, HTTPException) else 500
            message, next_step = "There is no page at this address.", "Go to your children and start from there."
        return self.html(
            "problem.html",
            status,
            reader=self.reader(request),
            heading=_HEADINGS.get(status, "Something went wrong"),
            message=message,
            next_step=next_step,
            offer_sign_in=isinstance(error, NotSignedIn) and self.demo is not None,
        )


_HEADINGS: Final = {
    401: "Sign in",
    403: "This is not open to you",
    404: "Nothing to show",
    413: "Too large",
    422: "There is a problem",
    503: "The service is not available",
}


async def form(request: Request, limit: int = _FORM_LIMIT, fields: int = _FIELDS) -> dict[str, str]:
    """Read a small form, sent from one of our own pages and nowhere else; of a name stated twice, the last value."""
    if not from_this_site(request):
        raise NotPermitted("This form was not sent from this site.", "Open the page again and send it from there.")
    body = await read_bounded(request.stream(), limit, request.headers.get("content-length"))
    return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=fields))


def uuid_of(request: Request, name: str) -> UUID:
    """An id in the address."""
    value = request.path_params[name]
    if not isinstance(value, UUID):
        raise NothingToShow("There is nothing here that you may know of.", "Check the address.")
    return value
