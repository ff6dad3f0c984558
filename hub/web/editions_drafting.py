"""Pages on which an edition is prepared: choose entries, write, ask, say for whom, freeze: for its maker alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent.edition_shapes import VIEWS, Change, EditionView, Written
from hub.errors import BadInput, HubError, NothingToShow, NotPermitted, Raced
from hub.people import Agency, Practitioner
from hub.web import edition_form, edition_words
from hub.web.choices import stated
from hub.web.sharing_form import Form
from hub.web.site import Site, uuid_of

_REFUSED: Final = (BadInput, NotPermitted, Raced)
Names = Callable[[str], str]
Make = Callable[[Form, EditionView], Change]


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    pages, at = _Drafting(site), "/children/{child:uuid}/editions/{edition:uuid}"
    parts = {
        "entries": pages.entries,
        "write/{part}": pages.write,
        "asked": pages.asked,
        "audience": pages.audience,
        "freeze": pages.freeze,
    }
    return [
        *(Route(f"{at}/{part}", site.signed_in(page), methods=["GET"]) for part, page in parts.items()),
        Route(f"{at}/entries", site.sent(pages.chosen), methods=["POST"]),
        Route(f"{at}/write/{{part}}", site.sent(pages.written), methods=["POST"]),
        Route(f"{at}/asked", site.sent(pages.answered), methods=["POST"]),
        Route(f"{at}/audience", site.sent(pages.addressed), methods=["POST"]),
        Route(f"{at}/refresh", site.sent(pages.refreshed), methods=["POST"]),
        Route(f"{at}/freeze", site.sent(pages.frozen), methods=["POST"]),
    ]


def names(site: Site) -> Names:
    """Give a function that writes an organisation's name for its code."""
    known = {one.code: one.name for one in site.hub.sharing.organisations()}
    return lambda code: known.get(code, code)


def draft_page(site: Site, reader: Practitioner, child: UUID, draft: EditionView, done: str = "") -> Response:
    """Show a draft: what is still to do, and what could be better."""
    advice = site.hub.quality.beside(draft, _working(site, reader, child, draft))
    about = {one.entry.entry: one.entry for one in draft.entries}
    return site.html(
        "edition_draft.html",
        reader=reader,
        child=child,
        edition=draft,
        names=names(site),
        advice=advice,
        about=about,
        done=done,
        edition_words=edition_words,
    )


@dataclass(frozen=True, slots=True)
class _Drafting:
    """They ask the hub as the person who is signed in, and keep what was typed when something is wrong."""

    site: Site

    def entries(self, request: Request, reader: Practitioner) -> Response:
        """Show one page of the entries, with a tick for each that is in."""
        return self._entries(request, reader, Form({}))

    def chosen(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take in and leave out what was ticked and unticked on one page."""
        page = _page(request)
        return self._changed(
            request,
            reader,
            Form(fields),
            lambda form, draft: edition_form.chosen(form, draft, page),
            self._entries,
            f"entries?page={page}",
        )

    def write(self, request: Request, reader: Practitioner) -> Response:
        """Show the form of one part."""
        return self._write(request, reader, Form({}))

    def written(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Keep one part."""
        part = _part(request)
        return self._changed(
            request, reader, Form(fields), lambda form, _: edition_form.written(form, part), self._write
        )

    def asked(self, request: Request, reader: Practitioner) -> Response:
        """Show who was asked to contribute, and what they answered."""
        return self._asked(request, reader, Form({}))

    def answered(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Keep that somebody was asked, or their answer."""
        return self._changed(
            request, reader, Form(fields), lambda form, _: edition_form.asked(form), self._asked, "asked"
        )

    def audience(self, request: Request, reader: Practitioner) -> Response:
        """Show for whom the edition is."""
        return self._audience(request, reader, Form({}))

    def addressed(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Keep for whom it is."""
        organisations = self.site.hub.sharing.organisations()
        return self._changed(
            request,
            reader,
            Form(fields),
            lambda form, _: Change(audience=tuple(edition_form.invited(form.fields, organisations))),
            self._audience,
        )

    def refreshed(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Look again at what is known now."""
        return self._changed(request, reader, Form(fields), lambda *_: Change(refresh=True), self._again)

    def freeze(self, request: Request, reader: Practitioner) -> Response:
        """Say what each reader will and will not see, and ask whether to freeze."""
        return self._freeze(request, reader, Form({}))

    def frozen(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Freeze it, and say what its maker should know."""
        child, edition, form = uuid_of(request, "child"), uuid_of(request, "edition"), Form(fields)
        try:
            done = self.site.hub.editions.freeze(reader, child, edition, seen=edition_form.version(form))
        except _REFUSED as error:
            return self._freeze(request, reader, form.refused(error), error)
        return self._html("edition_done.html", reader=reader, child=child, done=done)

    def _changed(  # noqa: PLR0913, PLR0917 - what is changed, by whom, and which page to show before and after
        self,
        request: Request,
        reader: Practitioner,
        form: Form,
        make: Make,
        again: Callable[[Request, Practitioner, Form, HubError | None], Response],
        then: str = "",
    ) -> Response:
        child, edition = uuid_of(request, "child"), uuid_of(request, "edition")
        room = self.site.hub.editions
        try:
            change = make(form, room.read(reader, child, edition))
            room.change(reader, child, edition, change, seen=edition_form.version(form))
        except _REFUSED as error:
            return again(request, reader, form.refused(error), error)
        at = f"/children/{child}/editions/{edition}"
        return RedirectResponse(f"{at}/{then}" if then else at, 303)

    def _entries(self, request: Request, reader: Practitioner, form: Form, error: HubError | None = None) -> Response:
        draft = self._draft(request, reader)
        found = edition_form.candidates(draft, _page(request))
        picked = set(form.picked()) if error else found.included
        return self._page("edition_entries.html", request, reader, draft, form, error, found=found, picked=picked)

    def _write(self, request: Request, reader: Practitioner, form: Form, error: HubError | None = None) -> Response:
        draft, part = self._draft(request, reader), _part(request)
        was = next((one for one in draft.written.values() if one.part == part), Written(part))
        typed = form if error else Form({"text": was.text, "none": was.none})
        picked = set(form.picked()) if error else set(was.cites)
        citable = edition_form.citable(draft, part)
        shown = {"part": part, "is_view": part in VIEWS, "citable": citable, "picked": picked}
        return self._page("edition_write.html", request, reader, draft, typed, error, **shown)

    def _asked(self, request: Request, reader: Practitioner, form: Form, error: HubError | None = None) -> Response:
        draft = self._draft(request, reader)
        options = {one.code: one.name for one in self.site.hub.sharing.organisations()}
        return self._page("edition_asked.html", request, reader, draft, form, error, options=options)

    def _audience(self, request: Request, reader: Practitioner, form: Form, error: HubError | None = None) -> Response:
        draft = self._draft(request, reader)
        to = {f"{edition_form.INVITED}{one.organisation}": "on" for one in draft.audience}
        roles = {f"{edition_form.ROLE}{one.organisation}": one.role for one in draft.audience}
        typed = form if error else Form(to | roles)
        organisations = self.site.hub.sharing.organisations()
        first = [one for one in organisations if f"{edition_form.INVITED}{one.code}" in typed.fields]
        others = [one for one in organisations if one not in first]
        return self._page("edition_audience.html", request, reader, draft, typed, error, first=first, others=others)

    def _again(self, request: Request, reader: Practitioner, form: Form, error: HubError | None = None) -> Response:
        done = error.message if error else form.problem
        return draft_page(self.site, reader, uuid_of(request, "child"), self._draft(request, reader), done)

    def _freeze(self, request: Request, reader: Practitioner, form: Form, error: HubError | None = None) -> Response:
        draft = self._draft(request, reader)
        child = uuid_of(request, "child")
        room = self.site.hub.editions
        quoted = set(room.quoted(reader, child, draft.edition))
        copies = room.previewed(reader, child, draft.edition)
        advice = self.site.hub.quality.beside(draft)
        return self._page(
            "edition_freeze.html", request, reader, draft, form, error, quoted=quoted, copies=copies, advice=advice
        )

    def _draft(self, request: Request, reader: Practitioner) -> EditionView:
        found = self.site.hub.editions.read(reader, uuid_of(request, "child"), uuid_of(request, "edition"))
        if found.state != "draft":
            raise NotPermitted("This edition is frozen, and nobody changes it.", "Prepare a new one.")
        return found

    def _page(  # noqa: PLR0913, PLR0917 - every page of a draft is drawn with these
        self,
        template: str,
        request: Request,
        reader: Practitioner,
        draft: EditionView,
        form: Form,
        error: HubError | None,
        **values: object,
    ) -> Response:
        return self._html(
            template,
            error.status if error else 200,
            reader=reader,
            child=uuid_of(request, "child"),
            edition=draft,
            form=form,
            names=names(self.site),
            **values,
        )

    def _html(self, template: str, status: int = 200, **values: object) -> Response:
        return self.site.html(template, status, edition_words=edition_words, **values)


def _working(site: Site, reader: Practitioner, child: UUID, draft: EditionView) -> list[Agency]:
    ground = stated(reader.role, "", draft.basis)
    try:
        card = site.hub.casework.working_with(reader, child, purpose=ground.purpose, basis=ground.basis)
    except NothingToShow:
        return []
    return [line.agency for line in card.lines]


def _page(request: Request) -> int:
    typed = request.query_params.get("page", "1")
    return int(typed) if typed.isdecimal() and len(typed) < len("100000") else 1


def _part(request: Request) -> str:
    part = str(request.path_params["part"])
    if part not in edition_words.PARTS:
        raise HTTPException(404)
    return part
