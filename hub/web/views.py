"""Pages: what follows from the entries, in a form that a person can check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.errors import BadInput, HubError, NotPermitted
from hub.people import Practitioner
from hub.web import views_words
from hub.web.child import Question, asked, moment_of
from hub.web.site import Sent, Site, uuid_of


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    pages, at = _Views(site), "/children/{child:uuid}/patterns"
    return [
        Route(at, site.signed_in(pages.page), methods=["GET"]),
        *(Route(f"{at}/{what}", site.sent(pages.taking(what)), methods=["POST"]) for what in views_words.DONE),
    ]


@dataclass(frozen=True, slots=True)
class _Views:
    """They ask the hub as the person who is signed in, and draw what they are given."""

    site: Site

    def page(self, request: Request, reader: Practitioner) -> Response:
        """Show what follows from the entries, each statement with links to those it rests on."""
        question = asked(request.query_params, reader.role, self.site.today())
        done = views_words.DONE.get(request.query_params.get("recorded", ""), "")
        return self._page(uuid_of(request, "child"), reader, question, done=done)

    def taking(self, what: str) -> Sent:
        """Take what somebody says of two entries; with something wrong in it, show the page again and say so."""

        def taken(request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
            child, views = uuid_of(request, "child"), self.site.hub.views
            said = {"join": views.join, "keep-apart": views.keep_apart, "compare-anew": views.compare_anew}[what]
            question = asked(_Fields(fields), reader.role, self.site.today())
            try:
                said(reader, child, _pair(fields), reason=fields.get("reason", ""))
            except (BadInput, NotPermitted) as error:
                return self._page(child, reader, question, error=error)
            return RedirectResponse(f"/children/{child}/patterns?{question.address()}&recorded={what}#alike", 303)

        return taken

    def _page(
        self, child: UUID, reader: Practitioner, question: Question, *, done: str = "", error: HubError | None = None
    ) -> Response:
        found = None
        if not question.error:
            ground = question.ground
            found = self.site.hub.views.of(
                reader, child, purpose=ground.purpose, basis=ground.basis, known_at=moment_of(question.known_on)
            )
        return self.site.html(
            "views.html",
            error.status if error else 200,
            reader=reader,
            child=child,
            question=question,
            found=found,
            named={entry.entry: entry for entry in found.entries} if found else {},
            said=views_words,
            done=done,
            error=error,
        )


class _Fields(dict[str, str]):
    """A form's fields, asked as an address is."""

    def getlist(self, key: str) -> list[str]:
        """Give every value of a key."""
        return [self[key]] if key in self else []


def _pair(fields: Mapping[str, str]) -> list[UUID]:
    try:
        return [UUID(fields.get(name, "")) for name in ("one", "other")]
    except ValueError:
        raise BadInput("It takes two entries.", "Open the page again and choose there.") from None
