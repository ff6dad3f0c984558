"""Pages: who knew what when, and corrections that reach whoever was shown the old version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.errors import BadInput, HubError
from hub.people import Practitioner, Role
from hub.web import knowing_words, words
from hub.web.site import Site, uuid_of

PAGE: Final = 25
LONGEST: Final = 18


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    pages = _Knowing(site)
    return [
        Route("/corrections", site.signed_in(pages.corrections), methods=["GET"]),
        Route("/corrections/{entry:uuid}", site.signed_in(pages.account), methods=["GET"]),
        Route("/corrections/{entry:uuid}/note", site.sent(pages.noted), methods=["POST"]),
        Route("/children/{child:uuid}/who-knew", site.signed_in(pages.who_knew), methods=["GET"]),
    ]


@dataclass(frozen=True, slots=True)
class _Knowing:
    """They ask the hub as the person who is signed in, and draw what they are given."""

    site: Site

    def corrections(self, _request: Request, reader: Practitioner) -> Response:
        """List what the reader was told and no longer stands; and for governance, who was told otherwise of what."""
        return self._corrections(reader)

    def noted(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take note of one; where it has changed since, show what it is now."""
        room, entry = self.site.hub.knowing, uuid_of(request, "entry")
        try:
            room.acknowledge(reader, entry, _number(fields.get("revision", "")), fields.get("what", ""))
        except BadInput as error:
            return self._corrections(reader, error)
        return RedirectResponse("/corrections", 303)

    def account(self, request: Request, reader: Practitioner) -> Response:
        """Show who was told a version of one entry that no longer stands, and who took note."""
        found = self.site.hub.knowing.recall_of(reader, uuid_of(request, "entry"))
        return self._html("correction.html", reader=reader, found=found, now=self.site.verifier.now())

    def who_knew(self, request: Request, reader: Practitioner) -> Response:
        """Show who knew what when of a child's entries, today or on a day before."""
        child, query = uuid_of(request, "child"), request.query_params
        typed = query.get("known", "").strip()[:20]
        on, error = words.typed_date(typed), ""
        today = self.site.today()
        if typed and on is None:
            error = "Enter a real date, such as 21/3/2024"
        elif on is not None and on > today:
            error = "The day must be today or in the past"
        on = None if error or on == today else on
        found = None
        if not error:
            at, cursor = words.end_of(on) if on else None, query.get("cursor", "")[:64]
            found = self.site.hub.knowing.matrix(reader, child, at=at, limit=PAGE, cursor=cursor)
        values = {"reader": reader, "child": child, "found": found, "on": on, "typed": typed, "error": error}
        return self._html("who_knew.html", 422 if error else 200, **values)

    def _corrections(self, reader: Practitioner, error: HubError | None = None) -> Response:
        room, leads = self.site.hub.knowing, reader.role is Role.GOVERNANCE_LEAD
        accounts = room.recalled(reader) if leads else ()
        found, status = room.recalls(reader), error.status if error else 200
        values = {"reader": reader, "found": found, "leads": leads, "accounts": accounts, "error": error}
        return self._html("corrections.html", status, **values, now=self.site.verifier.now())

    def _html(self, template: str, status: int = 200, **values: object) -> Response:
        return self.site.html(template, status, said=knowing_words, **values)


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) <= LONGEST):
        raise BadInput("It is not clear which correction this was.", "Take note of it again below.")
    return int(typed)
