"""Pages: who knew what when, and corrections that reach whoever was shown the old version."""

from __future__ import annotations

from starlette.routing import Route

from hub.web.site import Site


def routes(_site: Site) -> list[Route]:
    """Every page of it."""
    return []
