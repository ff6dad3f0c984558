"""Pages: chronologies that were chosen, analysed and frozen for a meeting: the list, one to read, and two compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent.beside import grouped
from consent.decision import Entry
from consent.edition_shapes import EditionView
from hub.directory import Organisation
from hub.errors import BadInput, HubError, NothingToShow, NotPermitted
from hub.people import Practitioner
from hub.web import edition_words, editions_drafting
from hub.web.choices import stated
from hub.web.edition_form import INVITED, edition_of, said
from hub.web.sharing_form import Form
from hub.web.site import Site, uuid_of


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    pages, at = _Editions(site), "/children/{child:uuid}/editions"
    return [
        Route(at, site.signed_in(pages.listed), methods=["GET"]),
        Route(f"{at}/prepare", site.signed_in(pages.prepare), methods=["GET"]),
        Route(f"{at}/prepare", site.sent(pages.prepared), methods=["POST"]),
        Route(f"{at}/compare", site.signed_in(pages.compare), methods=["GET"]),
        Route(f"{at}/{{edition:uuid}}", site.signed_in(pages.one), methods=["GET"]),
        *editions_drafting.routes(site),
    ]


@dataclass(frozen=True, slots=True)
class _Editions:
    """They ask the hub as the person who is signed in."""

    site: Site

    def listed(self, request: Request, reader: Practitioner) -> Response:
        """List the editions that this reader may read."""
        child = uuid_of(request, "child")
        room = self.site.hub.editions
        found = room.listed(reader, child)
        frozen = [one for one in found if one.state == "frozen"]
        return self._html(
            "editions.html",
            reader=reader,
            child=child,
            found=found,
            frozen=frozen,
            may_prepare=room.may_prepare(reader, child),
        )

    def prepare(self, request: Request, reader: Practitioner) -> Response:
        """Show the form with which an edition begins."""
        child, ground = uuid_of(request, "child"), stated(reader.role, "", "")
        working = self._working(reader, child, ground.purpose, ground.basis)
        ticked = {f"{INVITED}{one.code}": "on" for one in self._organisations() if one.name in working}
        return self._prepare(reader, child, Form({"basis": ground.basis, **ticked}))

    def prepared(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Make the draft, and go on to it; with something wrong, show the form again as it was filled in."""
        child, form = uuid_of(request, "child"), Form(fields)
        try:
            done = self.site.hub.editions.prepare(reader, child, said(form, self._organisations()))
        except (BadInput, NotPermitted) as error:
            return self._prepare(reader, child, form.refused(error), error)
        return RedirectResponse(f"/children/{child}/editions/{done.edition}", 303)

    def compare(self, request: Request, reader: Practitioner) -> Response:
        """Compare two editions."""
        child, query = uuid_of(request, "child"), request.query_params
        older, newer = edition_of(query.get("older", "")), edition_of(query.get("newer", ""))
        room = self.site.hub.editions
        found = room.compare(reader, child, older, newer)
        lines = {one.edition: one for one in room.listed(reader, child)}
        return self._html("edition_compare.html", reader=reader, child=child, found=found, lines=lines)

    def one(self, request: Request, reader: Practitioner) -> Response:
        """Show a draft to its maker, and a frozen edition as a document."""
        child, edition = uuid_of(request, "child"), uuid_of(request, "edition")
        found = self.site.hub.editions.read(reader, child, edition)
        if found.state == "draft":
            return editions_drafting.draft_page(self.site, reader, child, found)
        return self._html(
            "edition_frozen.html",
            reader=reader,
            child=child,
            edition=found,
            names=editions_drafting.names(self.site),
            about=_about(found),
            numbers={one.entry.entry: number for number, one in enumerate(found.entries, 1)},
            now=self.site.verifier.now(),
        )

    def _prepare(self, reader: Practitioner, child: UUID, form: Form, error: HubError | None = None) -> Response:
        if not self.site.hub.editions.may_prepare(reader, child):
            raise NotPermitted(
                "An edition is prepared by the child's Lead Professional.",
                "Ask the Lead Professional, or have it recorded who leads.",
            )
        organisations = self._organisations()
        first = [one for one in organisations if f"{INVITED}{one.code}" in form.fields]
        others = [one for one in organisations if one not in first]
        status = error.status if error else 200
        return self._html(
            "edition_prepare.html", status, reader=reader, child=child, form=form, first=first, others=others
        )

    def _organisations(self) -> Sequence[Organisation]:
        return self.site.hub.sharing.organisations()

    def _working(self, reader: Practitioner, child: UUID, purpose: str, basis: str) -> set[str]:
        try:
            card = self.site.hub.casework.working_with(reader, child, purpose=purpose, basis=basis)
        except NothingToShow:
            return set()
        return {line.organisation for line in card.lines}

    def _html(self, template: str, status: int = 200, **values: object) -> Response:
        return self.site.html(template, status, edition_words=edition_words, **values)


def _about(edition: EditionView) -> Mapping[UUID, Sequence[Entry]]:
    """For each entry of an edition what others of it say about that one: its outcome, a view, a disagreement."""
    return grouped((one.entry.entry for one in edition.entries), [one.entry for one in edition.entries])
