"""The page that says what could be better in a child's chronology, and its parts beside an edition."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.people import Practitioner
from hub.web.child import asked, moment_of
from hub.web.site import Site, uuid_of


def routes(site: Site) -> list[Route]:
    """Every page of it."""

    def look(request: Request, reader: Practitioner) -> Response:
        """Show the advice; with a date that is none, ask nothing and say so."""
        question, child = asked(request.query_params, reader.role, site.today()), uuid_of(request, "child")
        found = None
        if not question.error:
            found = site.hub.quality.look(
                reader,
                child,
                purpose=question.ground.purpose,
                basis=question.ground.basis,
                known_at=moment_of(question.known_on),
            )
        status = 422 if question.error else 200
        return site.html("quality.html", status, reader=reader, child=child, question=question, found=found)

    return [Route("/children/{child:uuid}/quality", site.signed_in(look), methods=["GET"])]
