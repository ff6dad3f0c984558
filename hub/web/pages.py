"""The pages for people: sign in, my children, one child's chronology, why an entry is open or closed, the log.

The pages hold no rules. They ask the hub as the person who is signed in, and draw what they are given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from hub.auth import Verifier
from hub.doors import Hub, SignIn, read_bounded
from hub.errors import HubError, NothingToShow, NotPermitted, NotSignedIn
from hub.people import Practitioner, Role
from hub.web import words
from hub.web.child import asked, chronology_page
from hub.web.choices import stated
from hub.web.render import HERE, render
from hub.web.sessions import Sessions, forget, from_this_site, identity_of, remember

_FORM_LIMIT: Final = 4096

Page = Callable[[Request, Practitioner], Response]


def pages(hub: Hub, verifier: Verifier, demo: SignIn | None) -> Starlette:
    """Assemble the pages as an application of its own, with its own errors. `demo` None: nobody can be chosen."""
    site = _Site(hub, verifier, demo, Sessions(verifier.now))
    routes = [
        Route("/", site.signed_in(site.children), methods=["GET"]),
        Route("/sign-in", site.choose_person, methods=["GET"]),
        Route("/sign-in", site.sign_in, methods=["POST"]),
        Route("/sign-out", site.sign_out, methods=["POST"]),
        Route("/children/{child:uuid}", site.signed_in(site.chronology), methods=["GET"]),
        Route("/children/{child:uuid}/entries/{entry:uuid}/why", site.signed_in(site.why), methods=["GET"]),
        Route("/log", site.signed_in(site.log), methods=["GET"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Starlette(routes=routes, exception_handlers={HubError: site.problem, HTTPException: site.problem})


@dataclass(frozen=True, slots=True)
class _Site:
    hub: Hub
    verifier: Verifier
    demo: SignIn | None
    sessions: Sessions

    def signed_in(self, page: Page) -> Callable[[Request], Response]:
        """Let a page be seen by people who are signed in; everybody else is sent to sign in."""

        def guarded(request: Request) -> Response:
            reader = self._reader(request)
            if reader is not None:
                return page(request, reader)
            if self.demo is not None and request.url.path == "/":
                return RedirectResponse("/sign-in", 303)
            raise NotSignedIn("You are not signed in, or your session has ended.", "Sign in again.")

        return guarded

    def children(self, _request: Request, reader: Practitioner) -> Response:
        """List the children this person works with."""
        found = self.hub.disclosure.children(reader)
        return self._html("children.html", reader=reader, found=found, today=self._today())

    def chronology(self, request: Request, reader: Practitioner) -> Response:
        """Draw a child's chronology as this reader may see it."""
        question = asked(request.query_params, reader.role, self._today())
        status = 422 if question.error else 200
        page = chronology_page(self.hub.disclosure, reader, _uuid(request, "child"), question, self._today())
        return self._html("chronology.html", status, reader=reader, page=page)

    def why(self, request: Request, reader: Practitioner) -> Response:
        """Explain one entry's level to this reader."""
        query = request.query_params
        ground = stated(reader.role, query.get("purpose", ""), query.get("basis", ""))
        child, entry = _uuid(request, "child"), _uuid(request, "entry")
        found = self.hub.disclosure.explain(reader, child, entry, purpose=ground.purpose, basis=ground.basis)
        return self._html("why.html", reader=reader, child=child, found=found, ground=ground)

    def log(self, _request: Request, reader: Practitioner) -> Response:
        """Show the newest readings to a governance lead."""
        return self._html("log.html", reader=reader, readings=self.hub.governance.readings(reader))

    def choose_person(self, request: Request) -> Response:
        """List the invented people, where the demo issuer is on; elsewhere there is no such page."""
        demo = self._demo()
        return self._html("sign_in.html", reader=self._reader(request), people=demo.people)

    async def sign_in(self, request: Request) -> Response:
        """Sign in as one of the invented people."""
        demo = self._demo()
        chosen = (await _form(request)).get("person", "")
        person = next((person for person in demo.people if person.id == chosen), None)
        if person is None:
            raise NotSignedIn("Nobody was chosen.", "Choose one of the people on the sign-in page.")
        self.sessions.end(identity_of(request))
        response = RedirectResponse("/log" if person.role is Role.GOVERNANCE_LEAD else "/", 303)
        remember(response, request, self.sessions.begin(demo.token_for(person, self.verifier.now())))
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session, on the server and in the browser."""
        await _form(request)
        self.sessions.end(identity_of(request))
        response = RedirectResponse("/sign-in" if self.demo is not None else "/", 303)
        forget(response, request)
        return response

    def problem(self, request: Request, error: Exception) -> Response:
        """Say what is wrong and what to do next, and nothing of what was asked for."""
        if isinstance(error, HubError):
            status, message, next_step = error.status, error.message, error.next_step
        else:
            status = error.status_code if isinstance(error, HTTPException) else 500
            message, next_step = "There is no page at this address.", "Go to your children and start from there."
        return self._html(
            "problem.html",
            status,
            reader=self._reader(request),
            heading=_HEADINGS.get(status, "Something went wrong"),
            message=message,
            next_step=next_step,
            offer_sign_in=isinstance(error, NotSignedIn) and self.demo is not None,
        )

    def _reader(self, request: Request) -> Practitioner | None:
        token = self.sessions.token(identity_of(request))
        if token is None:
            return None
        try:
            return self.verifier.practitioner(token)
        except NotSignedIn:
            return None

    def _html(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        return HTMLResponse(render(template, invented=self.demo is not None, **values), status)

    def _demo(self) -> SignIn:
        if self.demo is None:
            raise HTTPException(404)
        return self.demo

    def _today(self) -> date:
        return self.verifier.now().astimezone(words.UK).date()


_HEADINGS: Final = {
    401: "Sign in",
    403: "This is not open to you",
    404: "Nothing to show",
    413: "Too large",
    422: "There is a problem",
    503: "The service is not available",
}


async def _form(request: Request) -> dict[str, str]:
    """Read a small form, sent from one of our own pages and nowhere else."""
    if not from_this_site(request):
        raise NotPermitted("This form was not sent from this site.", "Open the page again and send it from there.")
    body = await read_bounded(request.stream(), _FORM_LIMIT, request.headers.get("content-length"))
    return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=20))


def _uuid(request: Request, name: str) -> UUID:
    value = request.path_params[name]
    if not isinstance(value, UUID):
        raise NothingToShow("There is nothing here that you may know of.", "Check the address.")
    return value
