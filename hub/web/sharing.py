"""Pages about decisions to share and not to share."""

from __future__ import annotations

from starlette.routing import Route

from hub.web.site import Site


def routes(_site: Site) -> list[Route]:
    """Every page of it."""
    return []
