"""Pages: what follows from the entries, in a form that a person can check."""

from __future__ import annotations

from starlette.routing import Route

from hub.web.site import Site


def routes(_site: Site) -> list[Route]:
    """Every page of it."""
    return []
