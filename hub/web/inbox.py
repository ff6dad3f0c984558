"""Pages: what is new since somebody last looked, and what they said they do about it."""

from __future__ import annotations

from starlette.routing import Route

from hub.web.site import Site


def routes(_site: Site) -> list[Route]:
    """Every page of it."""
    return []
