"""Pages about emergency access: opening it, giving its reason, being told of it, and the reviews that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent.emergency_shapes import Emergency
from hub.errors import BadInput, HubError, NothingToShow, NotPermitted
from hub.people import Practitioner, Role
from hub.web.site import Site, uuid_of

READ: Final = "purpose=child-protection&basis=vital-interests"
_REFUSED: Final = (NothingToShow, NotPermitted, BadInput)
_NOTHING: Final = "Nothing was opened. Check the number; if a child may be at risk now, ring the agency concerned."
_WHICH: Final = "Enter the child's number, and say whose it is."
_REASON: Final = "Give the reason, or say that you will give it within 24 hours."


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    rooms = _Emergency(site)
    one = "/emergency/{emergency:uuid}"
    return [
        Route("/emergency", site.signed_in(rooms.start), methods=["GET"]),
        Route("/emergency", site.sent(rooms.opened), methods=["POST"]),
        Route("/emergency/reviews", site.signed_in(rooms.reviews), methods=["GET"]),
        Route(f"{one}/reason", site.sent(rooms.reason), methods=["POST"]),
        Route(f"{one}/end", site.sent(rooms.end), methods=["POST"]),
        Route(f"{one}/noted", site.sent(rooms.noted), methods=["POST"]),
        Route(f"{one}/review", site.sent(rooms.reviewed), methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a form, and what is wrong with it: each fault with the field it is about."""

    values: dict[str, str] = field(default_factory=dict)
    faults: tuple[tuple[str, str], ...] = ()
    at: str = ""

    def value(self, name: str) -> str:
        """What was typed into a field."""
        return self.values.get(name, "")

    def fault(self, name: str) -> str:
        """What is wrong with a field."""
        return next((said for where, said in self.faults if where == name), "")


class _Emergency:
    """They ask the hub as the person who is signed in, and keep what was typed when it was refused."""

    def __init__(self, site: Site) -> None:
        self._site, self._office = site, site.hub.emergency

    def start(self, request: Request, reader: Practitioner) -> Response:
        """Say what it means, with the form, what this person has open, and what they have to be told of."""
        return self._start(reader, Typed({"child": request.query_params.get("child", "")[:36]}))

    def opened(self, _request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Open it and go to the child's chronology."""
        child, value = _id(fields.get("child", "")), fields.get("value", "").strip()[:64]
        reason = fields.get("reason", "").strip()
        faults = []
        if child is None and not value:
            faults.append(("value", _WHICH))
        if not reason and fields.get("later") != "yes":
            faults.append(("reason", _REASON))
        if faults:
            return self._start(reader, Typed(fields, tuple(faults)), 422)
        try:
            if child is not None:
                found = self._office.open(reader, child, reason)
            else:
                found = self._office.open_by_number(reader, fields.get("system", "")[:64], value, reason)
        except _REFUSED as error:
            return self._start(reader, Typed(fields, (_fault(error, "reason"),)), error.status)
        return _to_child(found)

    def reason(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Put the reason on record."""
        emergency = uuid_of(request, "emergency")
        try:
            found = self._office.give_reason(reader, emergency, fields.get("reason", ""))
        except BadInput as error:
            typed = Typed(fields, ((f"reason-{emergency}", _said(error)),), str(emergency))
            return self._start(reader, typed, error.status)
        return _to_child(found) if found.left(self._site.verifier.now()) else _to_start()

    def end(self, request: Request, reader: Practitioner, _fields: dict[str, str]) -> Response:
        """End it before its time."""
        self._office.end(reader, uuid_of(request, "emergency"))
        return _to_start()

    def noted(self, request: Request, reader: Practitioner, _fields: dict[str, str]) -> Response:
        """Take note of one."""
        self._office.acknowledge(reader, uuid_of(request, "emergency"))
        return _to_start()

    def reviews(self, _request: Request, reader: Practitioner) -> Response:
        """List what no review has closed yet."""
        return self._reviews(reader, Typed())

    def reviewed(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Record what the review found."""
        emergency = uuid_of(request, "emergency")
        try:
            self._office.review(reader, emergency, fields.get("finding", ""), fields.get("note", ""))
        except BadInput as error:
            typed = Typed(fields, ((f"note-{emergency}", _said(error)),), str(emergency))
            return self._reviews(reader, typed, error.status)
        return RedirectResponse("/emergency/reviews", 303)

    def _start(self, reader: Practitioner, typed: Typed, status: int = 200) -> Response:
        return self._site.html(
            "emergency.html",
            status,
            reader=reader,
            now=self._site.verifier.now(),
            form=typed,
            offered=self._office.offered(reader),
            mine=self._office.mine(reader),
            told=self._office.told(reader),
            governs=reader.role is Role.GOVERNANCE_LEAD,
            services=self._services(),
        )

    def _reviews(self, reader: Practitioner, typed: Typed, status: int = 200) -> Response:
        now, found = self._site.verifier.now(), self._office.waiting(reader)
        about = {"reader": reader, "now": now, "form": typed, "waiting": found, "services": self._services()}
        return self._site.html("emergency_reviews.html", status, **about)

    def _services(self) -> dict[str, str]:
        """The names of organisations, by their codes."""
        return {one.code: one.name for one in self._site.hub.sharing.organisations()}


def _to_child(found: Emergency) -> Response:
    return RedirectResponse(f"/children/{found.child}?{READ}", 303)


def _to_start() -> Response:
    return RedirectResponse("/emergency", 303)


def _fault(error: HubError, otherwise: str) -> tuple[str, str]:
    """Whoever may not, and no such child: one answer."""
    return ("value", _NOTHING) if isinstance(error, NothingToShow) else (otherwise, _said(error))


def _said(error: HubError) -> str:
    return f"{error.message} {error.next_step}"


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None
