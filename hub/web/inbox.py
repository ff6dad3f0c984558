"""Pages: what is new since somebody last looked, and what they said they do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent.inbox_terms import ACTING, NOT_FOR_ME, SEEN, Word
from hub.errors import BadInput
from hub.people import Practitioner
from hub.web import inbox_words, words
from hub.web.choices import stated
from hub.web.sharing_form import Form, typed_day
from hub.web.site import Site, uuid_of

_CHILD: Final = "/children/{child:uuid}"


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    pages = _Inbox(site)
    answer = f"{_CHILD}/entries/{{entry:uuid}}/answer"
    return [
        Route("/inbox", site.signed_in(pages.mine), methods=["GET"]),
        Route(answer, site.signed_in(pages.answer), methods=["GET"]),
        Route(answer, site.sent(pages.answered), methods=["POST"]),
        Route(f"{_CHILD}/unanswered", site.signed_in(pages.unanswered), methods=["GET"]),
        Route("/unanswered", site.signed_in(pages.overseen), methods=["GET"]),
    ]


@dataclass(frozen=True, slots=True)
class _Inbox:
    """They ask the hub as the person who is signed in, and keep what was typed when something is wrong."""

    site: Site

    def mine(self, _request: Request, reader: Practitioner) -> Response:
        """List what is new of the children this person works with."""
        found = self.site.hub.inbox.mine(reader)
        return self.site.html("inbox.html", reader=reader, found=found, kinds=inbox_words.KINDS)

    def answer(self, request: Request, reader: Practitioner) -> Response:
        """Show the form in which somebody says what they do about an entry, or that it was recorded; asks nothing."""
        query = request.query_params
        what = query.get("what", "")
        ground = stated(reader.role, query.get("purpose", ""), query.get("basis", ""))
        form = Form(
            {"what": what if what in inbox_words.SAID else SEEN, "purpose": ground.purpose, "basis": ground.basis}
        )
        return self._answer(request, reader, form, done=inbox_words.SAID.get(query.get("said", ""), ""))

    def answered(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take the form; with something wrong in it, show it again as it was filled in."""
        ground = stated(reader.role, fields.get("purpose", ""), fields.get("basis", ""))
        form = Form({**fields, "purpose": ground.purpose, "basis": ground.basis})
        child, entry = uuid_of(request, "child"), uuid_of(request, "entry")
        said = _word(form)
        try:
            self.site.hub.inbox.acknowledge(reader, child, entry, said, purpose=ground.purpose, basis=ground.basis)
        except BadInput as error:
            return self._answer(request, reader, form.refused(error), status=error.status)
        where = f"/children/{child}/entries/{entry}/answer"
        return RedirectResponse(f"{where}?said={said.what}&purpose={ground.purpose}&basis={ground.basis}", 303)

    def unanswered(self, request: Request, reader: Practitioner) -> Response:
        """List the concerns of a child without an answer, at the end of a day."""
        at, error = self._day(request)
        found = self.site.hub.inbox.unanswered(reader, uuid_of(request, "child"), at=at)
        return self.site.html(
            "unanswered.html", 422 if error else 200, reader=reader, found=found, typed=_typed(request), error=error
        )

    def overseen(self, request: Request, reader: Practitioner) -> Response:
        """Count the concerns without an answer, for a governance lead."""
        at, error = self._day(request)
        found = self.site.hub.inbox.all_unanswered(reader, at=at)
        return self.site.html(
            "unanswered_all.html", 422 if error else 200, reader=reader, found=found, typed=_typed(request), error=error
        )

    def _answer(
        self, request: Request, reader: Practitioner, form: Form, *, done: str = "", status: int = 200
    ) -> Response:
        return self.site.html(
            "answer.html",
            status,
            reader=reader,
            child=uuid_of(request, "child"),
            entry=uuid_of(request, "entry"),
            form=form,
            done=done,
            passed_to=inbox_words.passed_to(self.site.hub.inbox.organisations()),
        )

    def _day(self, request: Request) -> tuple[date | None, str]:
        """The day that was asked for, None for today or for one that cannot be; and what is wrong with it."""
        typed = _typed(request)
        found = words.typed_date(typed)
        if typed and found is None:
            return None, "This must be a real date, like 21/3/2024"
        if found is not None and found > self.site.today():
            return None, "This must be today or in the past"
        return found, ""


def _typed(request: Request) -> str:
    return request.query_params.get("at", "").strip()[:20]


def _word(form: Form) -> Word:
    """What was chosen; what was typed under another choice is left out."""
    what = form.value("what")
    acts, passes = what == ACTING, what == NOT_FOR_ME
    doing, due = (form.value("doing"), typed_day(form.value("due"))) if acts else ("", "")
    return Word(what, doing, due, form.value("passed_to") if passes else "")
