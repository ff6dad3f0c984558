"""Pages about emergency access: opening it, giving its reason, and the tasks that follow."""

from __future__ import annotations

from starlette.routing import Route

from hub.web.site import Site


def routes(_site: Site) -> list[Route]:
    """Every page of it."""
    return []
