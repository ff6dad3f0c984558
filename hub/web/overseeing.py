"""Pages for governance leads: a recorded reading explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.errors import NothingToShow
from hub.people import Practitioner
from hub.web.site import Site, uuid_of

LEVELS: Final = {
    "sealed": "not even that it exists",
    "withheld": "that it exists, whose it is and when",
    "redacted": "its summary",
    "shown": "all of it",
    "exportable": "all of it, also to take out",
}


def routes(site: Site) -> list[Route]:
    """Every page of it."""
    pages = _Overseeing(site)
    return [Route("/log/{reading:uuid}", site.signed_in(pages.reading), methods=["GET"])]


@dataclass(frozen=True, slots=True)
class _Overseeing:
    site: Site

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
