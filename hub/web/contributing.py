"""Pages: what people add to a chronology by hand."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent.contributing import Opened
from consent.decision import Shown
from consent.entry_words import BY_HAND
from hub.errors import BadInput, NotPermitted, Raced
from hub.people import Agency, Practitioner
from hub.web import contributing_form
from hub.web.choices import Stated, stated
from hub.web.contributing_form import ROWS, begun, kinds, laid_out, left_alone, rewritten, said
from hub.web.sharing_form import Form, id_of
from hub.web.site import Site, uuid_of

_REFUSED = (BadInput, NotPermitted, Raced)


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    rooms = _Contributing(site)
    child = "/children/{child:uuid}"
    entry = f"{child}/entries/{{entry:uuid}}"
    return [
        Route(f"{child}/add", site.signed_in(rooms.add), methods=["GET"]),
        Route(f"{child}/add", site.sent(rooms.added), methods=["POST"]),
        Route(f"{entry}/add", site.signed_in(rooms.add), methods=["GET"]),
        Route(f"{entry}/add", site.sent(rooms.added), methods=["POST"]),
        Route(f"{entry}/correct", site.signed_in(rooms.correct), methods=["GET"]),
        Route(f"{entry}/correct", site.sent(rooms.corrected), methods=["POST"]),
        Route(f"{entry}/take-back", site.sent(rooms.taken_back), methods=["POST"]),
    ]


class _Contributing:
    """They ask the hub as the person who is signed in, and keep what was typed when something is missing."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def add(self, request: Request, reader: Practitioner) -> Response:
        """Show the form in which something is added: of itself, or about an entry."""
        opened = self._open(request, reader)
        return self._form(request, reader, opened, Form({"once": str(uuid4())} | begun(opened.entry)))

    def added(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take the entry; with something missing, show the form again as it was filled in."""
        form = Form(fields)
        add, once, ground = self._site.hub.contributing.add, id_of(form.value("once")), _ground(request, reader)

        def step(child: UUID) -> UUID:
            return add(reader, child, said(form, reader.agency), once=once, ground=(ground.purpose, ground.basis))

        return self._step(request, reader, form, step)

    def correct(self, request: Request, reader: Practitioner) -> Response:
        """Show an entry of one's own team as a form, to put it right or take it back."""
        opened = self._open(request, reader)
        entry = opened.entry
        if not isinstance(entry, Shown) or entry.source != BY_HAND or entry.agency is not reader.agency:
            raise NotPermitted(
                "Another team, or a system, wrote this entry.",
                "Ask them to put it right; if you see it differently, add a disagreement.",
            )
        form = Form(laid_out(entry) | {"revision": str(entry.revision)})
        return self._form(request, reader, opened, form, correcting=True)

    def corrected(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take the correction."""
        form, entry, ground = Form(fields), uuid_of(request, "entry"), _ground(request, reader)
        revision, correct = form.value("revision"), self._site.hub.contributing.correct

        def step(child: UUID) -> UUID:
            number = int(revision) if revision.isdecimal() and len(revision) < 10 else 0  # noqa: PLR2004 - digits
            how = (ground.purpose, ground.basis)
            put_right = rewritten(form, reader.agency)
            correct(reader, child, entry, put_right, revision=number, ground=how, leave=left_alone(form))
            return entry

        return self._step(request, reader, form, step, correcting=True)

    def taken_back(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take an entry back as wrong."""
        form, entry = Form(fields), uuid_of(request, "entry")

        def step(child: UUID) -> UUID:
            self._site.hub.contributing.take_back(reader, child, entry, form.value("reason"))
            return entry

        return self._step(request, reader, form, step, correcting=True)

    def _step(
        self,
        request: Request,
        reader: Practitioner,
        form: Form,
        step: Callable[[UUID], UUID],
        *,
        correcting: bool = False,
    ) -> Response:
        child = uuid_of(request, "child")
        try:
            entry = step(child)
        except _REFUSED as error:
            opened = self._open(request, reader)
            if "headline" not in form.fields and isinstance(opened.entry, Shown):
                form = Form(laid_out(opened.entry) | dict(form.fields))
            return self._form(request, reader, opened, form.refused(error), error.status, correcting=correcting)
        ground = _ground(request, reader)
        where = f"/children/{child}?purpose={ground.purpose}&basis={ground.basis}&entry={entry}#e-{entry}"
        return RedirectResponse(where, 303)

    def _open(self, request: Request, reader: Practitioner) -> Opened:
        entry = uuid_of(request, "entry") if "entry" in request.path_params else None
        ground, child = _ground(request, reader), uuid_of(request, "child")
        return self._site.hub.contributing.opened(reader, child, entry, purpose=ground.purpose, basis=ground.basis)

    def _form(  # noqa: PLR0913 - what the page is drawn from
        self,
        request: Request,
        reader: Practitioner,
        opened: Opened,
        form: Form,
        status: int = 200,
        *,
        correcting: bool = False,
    ) -> Response:
        ground, entry = _ground(request, reader), opened.entry
        shown = isinstance(entry, Shown) and entry.source == BY_HAND and entry.agency is reader.agency
        offered = kinds(reader.agency, None if correcting else entry)
        if correcting and entry is not None:
            offered = {entry.code: entry.summary} | offered
        return self._site.html(
            "contribute.html",
            status,
            reader=reader,
            child=opened.card.child,
            name=opened.card.name,
            about=entry,
            form=form,
            kinds=offered,
            people=contributing_form.PEOPLE,
            rows=ROWS,
            left_out=lambda nothing, options: {"": nothing} | options,
            correcting=correcting,
            theirs=shown,
            unseen=reader.agency is Agency.THIRD_SECTOR,
            ground=f"purpose={ground.purpose}&basis={ground.basis}",
        )


def _ground(request: Request, reader: Practitioner) -> Stated:
    query = request.query_params
    return stated(reader.role, query.get("purpose", ""), query.get("basis", ""))
