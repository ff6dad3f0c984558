"""Pages for governance leads: what waits for them, and a recorded reading explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.errors import BadInput, HubError, NothingToShow, NotPermitted
from hub.people import Practitioner
from hub.web.site import Site, uuid_of

LEVELS: Final = {
    "sealed": "not even that it exists",
    "withheld": "that it exists, whose it is and when",
    "redacted": "its summary",
    "shown": "all of it",
    "exportable": "all of it, also to take out",
}

WHY: Final = {
    "refusal": "Refused by a rule that tells governance, such as a tie to the child's own family",
    "tie": "Stated a tie of a person to a child",
    "reading": "Was shown something by a rule that tells governance",
}
NOTED: Final = 50


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    pages = _Overseeing(site)
    return [
        Route("/log/{reading:uuid}", site.signed_in(pages.reading), methods=["GET"]),
        Route("/waiting", site.signed_in(pages.waiting), methods=["GET"]),
        Route("/waiting/{reading:uuid}", site.sent(pages.noted), methods=["POST"]),
    ]


@dataclass(frozen=True, slots=True)
class _Overseeing:
    site: Site

    def waiting(self, _request: Request, reader: Practitioner) -> Response:
        """Show a governance lead everything that waits for one, in one place."""
        return self._waiting(reader)

    def noted(self, request: Request, reader: Practitioner, _fields: dict[str, str]) -> Response:
        """Take note of a line; where somebody was first, show who."""
        try:
            self.site.hub.governance.take_note(reader, uuid_of(request, "reading"))
        except (BadInput, NotPermitted) as error:
            return self._waiting(reader, error)
        return RedirectResponse("/waiting", 303)

    def _waiting(self, reader: Practitioner, error: HubError | None = None) -> Response:
        hub = self.site.hub
        told = hub.governance.attention(reader)
        own = [one for one in told if one.why != "emergency"]
        return self.site.html(
            "waiting.html",
            error.status if error else 200,
            reader=reader,
            now=self.site.verifier.now(),
            error=error,
            open=[one for one in own if one.noted is None],
            noted=[one for one in own if one.noted is not None][:NOTED],
            reviews=hub.emergency.waiting(reader),
            unanswered=hub.sharing.unanswered(reader),
            capacity=hub.governance.capacity_due(reader),
            proposals=hub.policies.listed()[0],
            why=WHY,
        )

    def reading(self, request: Request, reader: Practitioner) -> Response:
        """Explain one recorded reading, or one entry of it."""
        found = self.site.hub.governance.decision(
            reader, uuid_of(request, "reading"), entry=_entry(request.query_params.get("entry", "").strip())
        )
        came_out = [one for one in found.decisions if one.entries or len(found.decisions) == 1]
        rest = [one for one in found.decisions if one not in came_out]
        return self.site.html("reading.html", reader=reader, found=found, came_out=came_out, rest=rest, levels=LEVELS)


def _entry(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NothingToShow("That is not an entry's id.", "Copy the entry's id from where it was shown.") from None
