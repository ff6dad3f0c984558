"""Pages about decisions to share and not to share: ask, answer, decide, release, end; and the ledger of all of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent.decision import Shown
from consent.sharing_terms import Ask, Choice, Incomplete
from consent.sharing_view import MatterView
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.people import Agency, Practitioner, Role
from hub.web.choices import BASES, PURPOSES, stated
from hub.web.sharing_form import Form, id_of, typed_day
from hub.web.site import Site, uuid_of

PURPOSE: Final = {name: label for name, label in PURPOSES.items() if name != "audit"}
NO_ROLES: Final = ("planner", "governance-lead", "administrator", "young-person", "parent")
ROLES: Final = {"": "All who work with the child"} | {
    role.value: role.value.replace("-", " ").capitalize() for role in Role if role.value not in NO_ROLES
}
SHARED_FOR: Final = timedelta(days=182)
ANSWER_IN: Final = timedelta(days=14)
_REFUSED: Final = (BadInput, NotPermitted)


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    rooms = _Sharing(site)
    child = "/children/{child:uuid}/sharing"
    matter = child + "/{matter:uuid}"
    return [
        Route(child, site.signed_in(rooms.of_child), methods=["GET"]),
        Route(f"{child}/ask", site.signed_in(rooms.ask), methods=["GET"]),
        Route(f"{child}/ask", site.sent(rooms.asked), methods=["POST"]),
        Route(f"{child}/decide", site.signed_in(rooms.decide), methods=["GET"]),
        Route(f"{child}/decide", site.sent(rooms.decided), methods=["POST"]),
        Route(f"{matter}/release", site.sent(rooms.release), methods=["POST"]),
        Route(f"{matter}/end", site.sent(rooms.end), methods=["POST"]),
        Route("/requests", site.signed_in(rooms.requests), methods=["GET"]),
        Route("/sharing-ledger", site.signed_in(rooms.ledger), methods=["GET"]),
    ]


class _Sharing:
    """They ask the hub as the person who is signed in, and keep what was typed when something is missing."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def of_child(self, request: Request, reader: Practitioner) -> Response:
        """List what was asked for, shared and not shared about a child."""
        return self._list(reader, uuid_of(request, "child"), Form({}))

    def requests(self, _request: Request, reader: Practitioner) -> Response:
        """List the requests that wait for an answer of this person's organisation."""
        found = self._site.hub.sharing.waiting_for(reader)
        children = {one.child: one.name for one in self._site.hub.disclosure.children(reader)} if found else {}
        return self._site.html(
            "sharing_requests.html", reader=reader, found=found, names=self._names(), children=children
        )

    def ledger(self, _request: Request, reader: Practitioner) -> Response:
        """Show a governance lead what waits for an answer and what was not shared."""
        room = self._site.hub.sharing
        return self._site.html(
            "sharing_ledger.html",
            reader=reader,
            names=self._names(),
            open=room.unanswered(reader),
            kept=room.not_shared(reader),
        )

    def ask(self, request: Request, reader: Practitioner) -> Response:
        """Show the form in which information is asked for."""
        child = uuid_of(request, "child")
        self._site.hub.sharing.leads(reader, child)  # the form is for those who have to do with the child
        ground = stated(reader.role, "", "")
        usual = {"purpose": ground.purpose, "basis": ground.basis, "due": _typed(self._site.today() + ANSWER_IN)}
        return self._ask(reader, child, Form({"once": str(uuid4())} | usual))

    def asked(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take the request; with something missing, show the form again as it was filled in."""
        child, form = uuid_of(request, "child"), Form(fields)
        ask = Ask(
            asked=form.value("asked"),
            wanted=form.value("wanted"),
            why=form.value("why"),
            purpose=form.value("purpose"),
            basis=form.value("basis"),
            due=typed_day(form.value("due")),
        )
        try:
            done = self._site.hub.sharing.request(reader, child, ask, once=id_of(form.value("once")))
        except _REFUSED as error:
            return self._ask(reader, child, form.refused(error), error.status)
        return _to(child, done.matter)

    def decide(self, request: Request, reader: Practitioner) -> Response:
        """Show the form of a decision, begun with an entry or a request where the address names one."""
        child, query, today = uuid_of(request, "child"), request.query_params, self._site.today()
        ground = stated(reader.role, query.get("purpose", ""), query.get("basis", ""))
        asked = self._asked(reader, child, query.get("asked", ""))
        usual = {
            "once": str(uuid4()),
            "asked": str(asked.matter) if asked else "",
            "purpose": asked.asked_purpose if asked else ground.purpose,
            "bases": ground.basis if ground.basis != "consent" else "public-task",
            "since": _typed(today),
            "until": _typed(today + SHARED_FOR),
            "outcome": "share",
            "what": asked.words.get("wanted", "") if asked else "",
        }
        picked = {f"entry-{query['entry']}": "on"} if "entry" in query else {}
        return self._decide(reader, child, Form(usual | picked), asked)

    def decided(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take the decision; with something missing, show the form again as it was filled in."""
        child, form = uuid_of(request, "child"), Form(fields)
        answers = id_of(form.value("asked"))
        try:
            done = self._site.hub.sharing.decide(
                reader, child, _choice(form), asked=answers, once=id_of(form.value("once"))
            )
        except _REFUSED as error:
            asked = self._asked(reader, child, form.value("asked"))
            return self._decide(reader, child, form.refused(error), asked, error.status)
        return _to(child, done.matter)

    def release(self, request: Request, reader: Practitioner, _fields: dict[str, str]) -> Response:
        """Release, as the Lead Professional, what was decided to be shared with a third-sector service."""
        child, matter = uuid_of(request, "child"), uuid_of(request, "matter")
        return self._step(reader, child, matter, lambda: self._site.hub.sharing.release(reader, child, matter))

    def end(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Close again what was released."""
        child, matter, reason = uuid_of(request, "child"), uuid_of(request, "matter"), fields.get("reason", "")
        ended = self._site.hub.sharing.end_release
        return self._step(reader, child, matter, lambda: ended(reader, child, matter, reason=reason))

    def _step(self, reader: Practitioner, child: UUID, matter: UUID, step: Callable[[], object]) -> Response:
        try:
            step()
        except Incomplete as error:
            problem = Form({}).refused(BadInput(" ".join(error.faults.values())))
            return self._list(reader, child, problem, error.status)
        except BadInput as error:
            return self._list(reader, child, Form({}).refused(error), error.status)
        return _to(child, matter)

    def _list(self, reader: Practitioner, child: UUID, form: Form, status: int = 200) -> Response:
        found = self._site.hub.sharing.of_child(reader, child)
        return self._site.html(
            "sharing.html",
            status,
            reader=reader,
            child=child,
            name=self._name(reader, child),
            found=found,
            names=self._names(),
            form=form,
        )

    def _ask(self, reader: Practitioner, child: UUID, form: Form, status: int = 200) -> Response:
        kinds = {one.agency for one in self._site.hub.sharing.organisations()} - {reader.agency}
        any_of = {kind.value: f"Any {kind.label} organisation" for kind in Agency if kind in kinds}
        return self._site.html(
            "sharing_ask.html",
            status,
            reader=reader,
            child=child,
            name=self._name(reader, child),
            form=form,
            asked=self._others(reader) | any_of,
            purposes=PURPOSE,
            bases=BASES,
        )

    def _decide(
        self, reader: Practitioner, child: UUID, form: Form, asked: MatterView | None, status: int = 200
    ) -> Response:
        return self._site.html(
            "sharing_decide.html",
            status,
            reader=reader,
            child=child,
            name=self._name(reader, child),
            form=form,
            request=asked,
            entries=self._theirs(reader, child),
            picked=form.picked(),
            names=self._names(),
            recipients=self._others(reader),
            roles=ROLES,
            purposes=PURPOSE,
            bases=BASES,
        )

    def _theirs(self, reader: Practitioner, child: UUID) -> list[Shown]:
        """The entries that this person may share, newest first: those of their own agency; the lead's, all shown."""
        leads = self._site.hub.sharing.leads(reader, child)
        found: dict[UUID, Shown] = {}
        for purpose in PURPOSE:
            try:
                shown = self._site.hub.disclosure.chronology(reader, child, purpose=purpose, basis="public-task")
            except NothingToShow:
                continue
            found |= {
                one.entry: one
                for one in shown.entries
                if isinstance(one, Shown) and (leads or one.agency is reader.agency)
            }
        return sorted(found.values(), key=lambda one: one.when.start, reverse=True)

    def _asked(self, reader: Practitioner, child: UUID, text: str) -> MatterView | None:
        """The request that is answered, where this person may answer it."""
        matter = id_of(text)
        if matter is None:
            return None
        found = self._site.hub.sharing.of_child(reader, child)
        return next((one for one in found if one.matter == matter and "answer" in one.may), None)

    def _name(self, reader: Practitioner, child: UUID) -> str:
        """The child's name, as far as this person is told it: a form about the wrong child must be noticed."""
        ground = stated(reader.role, "", "")
        try:
            shown = self._site.hub.disclosure.chronology(
                reader, child, purpose=ground.purpose, basis=ground.basis, since=self._site.verifier.now()
            )
        except NothingToShow:
            return ""
        return shown.card.name

    def _others(self, reader: Practitioner) -> dict[str, str]:
        found = self._site.hub.sharing.organisations()
        return {"": "Choose"} | {one.code: one.name for one in found if one.code != reader.organisation}

    def _names(self) -> Callable[[str], str]:
        known = {one.code: one.name for one in self._site.hub.sharing.organisations()}
        kinds = {agency.value: f"any {agency.label} organisation" for agency in Agency}
        return lambda code: known.get(code) or kinds.get(code, code)


def _choice(form: Form) -> Choice:
    plain: Mapping[str, str] = {name: form.value(name) for name in _PLAIN}
    days = {name: typed_day(form.value(name)) for name in ("since", "until")}
    basis = form.value("bases")
    return Choice(**plain, **days, bases=(basis,) if basis else (), entries=form.picked())


_PLAIN: Final = (
    "outcome", "recipient", "recipient_role", "purpose", "what", "reasons", "child_views", "parent_views",
    "informed", "informed_why", "necessity", "withheld", "consulted", "answer",
)  # fmt: skip


def _typed(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def _to(child: UUID, matter: UUID) -> Response:
    return RedirectResponse(f"/children/{child}/sharing#m-{matter}", 303)
