"""Pages that say in plain words what the hub decides: who sees what, and where the rules come from."""

from __future__ import annotations

from starlette.routing import Route

from hub.web.site import Site


def routes(_site: Site) -> list[Route]:
    """Every page of it."""
    return []
