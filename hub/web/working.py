"""Pages about who works with a child, and what they put on record of consent, capacity, duties and a secret address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from consent.statements import CapacitySaid, ConsentSaid, DutySaid, SafeAddressSaid, TieSaid
from hub.doors.casework import Casework
from hub.errors import BadInput, HubError, NotPermitted
from hub.people import Practitioner
from hub.web import words, working_words
from hub.web.choices import stated
from hub.web.site import Sent, Site, uuid_of

Fields = Mapping[str, str]
State = Callable[[Casework, Practitioner, UUID, Fields], None]


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    pages, child = _Working(site), "/children/{child:uuid}"
    return [
        Route(f"{child}/working-with", site.signed_in(pages.card), methods=["GET"]),
        Route(f"{child}/consents", site.signed_in(pages.on_record), methods=["GET"]),
        *(
            Route(f"{child}/{at}", site.sent(pages.taking(at, state)), methods=["POST"])
            for at, state in _STATEMENTS.items()
        ),
        Route(f"{child}/tie", site.signed_in(pages.tie), methods=["GET"]),
        Route(f"{child}/tie", site.sent(pages.declared), methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class _Working:
    """They ask the hub as the person who is signed in, and keep what was typed when something is wrong."""

    site: Site

    def card(self, request: Request, reader: Practitioner) -> Response:
        """Show who works with the child, and how to reach them."""
        query, child = request.query_params, uuid_of(request, "child")
        ground = stated(reader.role, query.get("purpose", ""), query.get("basis", ""))
        casework = self.site.hub.casework
        found = casework.working_with(reader, child, purpose=ground.purpose, basis=ground.basis)
        return self._html("working_with.html", reader=reader, child=child, found=found, ground=ground)

    def on_record(self, request: Request, reader: Practitioner) -> Response:
        """Show what is on record of consent and duties, and the forms."""
        done = working_words.SAID.get(request.query_params.get("recorded", ""), "")
        return self._on_record(reader, uuid_of(request, "child"), done=done)

    def taking(self, at: str, state: State) -> Sent:
        """Take one of the forms; with something wrong in it, show the page again with what was typed."""

        def taken(request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
            child = uuid_of(request, "child")
            try:
                state(self.site.hub.casework, reader, child, fields)
            except (BadInput, NotPermitted) as error:
                return self._on_record(reader, child, fields=fields, form=at, error=error)
            return RedirectResponse(f"/children/{child}/consents?recorded={_NAMES[at]}", 303)

        return taken

    def tie(self, request: Request, reader: Practitioner) -> Response:
        """Show the form in which anybody declares a tie of their own; it looks nothing up."""
        return self._html("tie.html", reader=reader, child=uuid_of(request, "child"), done=False)

    def declared(self, request: Request, reader: Practitioner, fields: dict[str, str]) -> Response:
        """Take the declaration, and say the same whether or not there is such a child."""
        child = uuid_of(request, "child")
        self.site.hub.casework.record_tie(reader, child, TieSaid(reader.id, reason=fields.get("reason", "")))
        return self._html("tie.html", reader=reader, child=child, done=True)

    def _on_record(  # noqa: PLR0913 - a page of forms is drawn with what was typed into which, and what was wrong
        self,
        reader: Practitioner,
        child: UUID,
        *,
        done: str = "",
        fields: Fields | None = None,
        form: str = "",
        error: HubError | None = None,
    ) -> Response:
        return self._html(
            "consents.html",
            error.status if error else 200,
            reader=reader,
            child=child,
            page=self.site.hub.casework.on_record(reader, child),
            done=done,
            typed=fields or {},
            form=form,
            error=error,
        )

    def _html(self, template: str, status: int = 200, **values: object) -> Response:
        return self.site.html(template, status, said=working_words, **values)


def _consent(room: Casework, reader: Practitioner, child: UUID, fields: Fields) -> None:
    names = ("what", "recipient", "category", "given_by", "how", "evidence")
    what, recipient, category, given_by, how, evidence = (fields.get(name, "") for name in names)
    said = ConsentSaid(what, recipient, category, given_by, how, evidence, *_days(fields))
    room.record_consent(reader, child, said)


def _capacity(room: Casework, reader: Practitioner, child: UUID, fields: Fields) -> None:
    said = CapacitySaid(fields.get("state", ""), fields.get("reason", ""), *_days(fields))
    room.record_capacity(reader, child, said)


def _duty(room: Casework, reader: Practitioner, child: UUID, fields: Fields) -> None:
    names = ("duty", "organisation", "worker", "name", "contact", "cover", "sensitivity", "reason")
    stated = {"duty": "", "organisation": ""} | {name: fields[name] for name in names if name in fields}
    since, until = _days(fields)
    room.record_duty(reader, child, DutySaid(**stated, since=since, until=until))


def _safe_address(room: Casework, reader: Practitioner, child: UUID, fields: Fields) -> None:
    said = SafeAddressSaid(kept=fields.get("kept", "") != "no", reason=fields.get("reason", ""))
    room.record_safe_address(reader, child, said)


_STATEMENTS: Mapping[str, State] = {
    "consents": _consent,
    "capacity": _capacity,
    "duties": _duty,
    "safe-address": _safe_address,
}
_NAMES = {"consents": "consent", "capacity": "capacity", "duties": "duty", "safe-address": "safe-address"}


def _days(fields: Fields) -> tuple[str, str]:
    """The first and the last day as typed, as YYYY-MM-DD; raises BadInput for what is no date."""
    since, until = (_day(fields.get(name, "")) for name in ("since", "until"))
    return since, until


def _day(typed: str) -> str:
    found = words.typed_date(typed)
    if typed.strip() and found is None:
        raise BadInput("A date that was typed is not a real date.", "Write it like 21/3/2024.")
    return found.isoformat() if found else ""
