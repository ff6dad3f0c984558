"""The pages for people: sign in, my children, one child's chronology, why an entry is open or closed, the log.

The pages hold no rules. They ask the hub as the person who is signed in, and draw what they are given.
"""

from __future__ import annotations

from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from consent.inbox_shapes import MyNews
from hub.auth import Verifier
from hub.doors import Hub, SignIn
from hub.errors import HubError, NotSignedIn
from hub.people import Practitioner, Role
from hub.web import (
    contributing,
    editions,
    emergency,
    inbox,
    knowing,
    overseeing,
    quality,
    rules,
    sharing,
    views,
    working,
)
from hub.web.child import asked, chronology_page
from hub.web.choices import stated
from hub.web.render import HERE
from hub.web.sessions import Sessions, forget, identity_of, remember
from hub.web.site import Site, form, uuid_of

_ROOMS: Final = (working, sharing, emergency, rules, overseeing, contributing, knowing, inbox, editions, views, quality)


def pages(hub: Hub, verifier: Verifier, demo: SignIn | None) -> Starlette:
    """Assemble the pages as an application of its own, with its own errors. `demo` None: nobody can be chosen."""
    site = _Pages(hub, verifier, demo, Sessions(verifier.now))
    routes = [
        Route("/", site.signed_in(site.children), methods=["GET"]),
        Route("/sign-in", site.choose_person, methods=["GET"]),
        Route("/sign-in", site.sign_in, methods=["POST"]),
        Route("/sign-out", site.sign_out, methods=["POST"]),
        Route("/children/{child:uuid}", site.signed_in(site.chronology), methods=["GET"]),
        Route("/children/{child:uuid}/entries/{entry:uuid}/why", site.signed_in(site.why), methods=["GET"]),
        Route("/log", site.signed_in(site.log), methods=["GET"]),
        *(route for room in _ROOMS for route in room.routes(site)),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    return Starlette(routes=routes, exception_handlers={HubError: site.problem, HTTPException: site.problem})


class _Pages(Site):
    """The first pages: sign in, my children, one child, why, the log."""

    def children(self, _request: Request, reader: Practitioner) -> Response:
        """List the children this person works with."""
        mine = self.hub.disclosure.caseload(reader)
        told, corrected = self.hub.emergency.told(reader), self.hub.knowing.waiting(reader)
        news = self.hub.inbox.mine(reader) if mine.children else MyNews(())
        return self.html(
            "children.html",
            reader=reader,
            found=mine.children,
            more=mine.more,
            today=self.today(),
            told=told,
            corrected=corrected,
            news=sum(len(one.lines) for one in news.children),
            news_more=news.more or any(one.more for one in news.children),
        )

    def chronology(self, request: Request, reader: Practitioner) -> Response:
        """Draw a child's chronology as this reader may see it."""
        question = asked(request.query_params, reader.role, self.today())
        status = 422 if question.error else 200
        page = chronology_page(self.hub.disclosure, reader, uuid_of(request, "child"), question, self.today())
        return self.html("chronology.html", status, reader=reader, page=page, now=self.verifier.now())

    def why(self, request: Request, reader: Practitioner) -> Response:
        """Explain one entry's level to this reader."""
        query = request.query_params
        ground = stated(reader.role, query.get("purpose", ""), query.get("basis", ""))
        child, entry = uuid_of(request, "child"), uuid_of(request, "entry")
        found = self.hub.disclosure.explain(reader, child, entry, purpose=ground.purpose, basis=ground.basis)
        return self.html("why.html", reader=reader, child=child, found=found, ground=ground)

    def log(self, _request: Request, reader: Practitioner) -> Response:
        """Show the newest readings to a governance lead."""
        return self.html("log.html", reader=reader, readings=self.hub.governance.readings(reader))

    def choose_person(self, request: Request) -> Response:
        """List the invented people, where the demo issuer is on; elsewhere there is no such page."""
        demo = self._demo()
        return self.html("sign_in.html", reader=self.reader(request), people=demo.people)

    async def sign_in(self, request: Request) -> Response:
        """Sign in as one of the invented people."""
        demo = self._demo()
        chosen = (await form(request)).get("person", "")
        person = next((person for person in demo.people if person.id == chosen), None)
        if person is None:
            raise NotSignedIn("Nobody was chosen.", "Choose one of the people on the sign-in page.")
        self.sessions.end(identity_of(request))
        response = RedirectResponse("/log" if person.role is Role.GOVERNANCE_LEAD else "/", 303)
        remember(response, request, self.sessions.begin(demo.token_for(person, self.verifier.now())))
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session, on the server and in the browser."""
        await form(request)
        self.sessions.end(identity_of(request))
        response = RedirectResponse("/sign-in" if self.demo is not None else "/", 303)
        forget(response, request)
        return response

    def _demo(self) -> SignIn:
        if self.demo is None:
            raise HTTPException(404)
        return self.demo
