"""Who is signed in on a browser: an opaque id in a cookie here, the access token on the server only.

The token is checked again on every page, so an ended token ends the session at once.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

IDLE: Final = timedelta(minutes=15)
MOST: Final = 10_000


class Sessions:
    """Sessions in memory: they end with the process, at sign-out, after 15 idle minutes, or with their token."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._open: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = Lock()

    def begin(self, token: str) -> str:
        """Open a session for a token and return its id: 256 random bits, new at every sign-in."""
        identity = secrets.token_urlsafe(32)
        with self._lock:
            self._open[identity] = (token, self._now())
            while len(self._open) > MOST:
                self._open.popitem(last=False)
        return identity

    def token(self, identity: str) -> str | None:
        """Give the session's token and note that it was used; None when there is no such session any more."""
        with self._lock:
            token, used = self._open.pop(identity, (None, self._now()))
            if token is None or self._now() - used > IDLE:
                return None
            self._open[identity] = (token, self._now())
            return token

    def end(self, identity: str) -> None:
        """Forget a session."""
        with self._lock:
            self._open.pop(identity, None)


def identity_of(request: Request) -> str:
    """Read the session's id from the cookie; empty when there is none."""
    return request.cookies.get(_cookie(request), "")


def remember(response: Response, request: Request, identity: str) -> None:
    """Put the session's id into a cookie that no script can read and no other site can use for a form."""
    response.set_cookie(_cookie(request), identity, path="/", httponly=True, samesite="lax", secure=_is_https(request))


def forget(response: Response, request: Request) -> None:
    """Take the cookie away again."""
    response.delete_cookie(_cookie(request), path="/", httponly=True, samesite="lax", secure=_is_https(request))


def from_this_site(request: Request) -> bool:
    """Tell whether a form was sent from one of our own pages: the browser's word first, the Origin if it has none."""
    said = request.headers.get("sec-fetch-site")
    if said is not None:
        return said == "same-origin"
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and (origin.scheme, origin.netloc) == (request.url.scheme, request.url.netloc)


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"


def _cookie(request: Request) -> str:
    """Name the cookie. The `__Host-` prefix pins it to this very host, but browsers allow it on https alone."""
    return "__Host-hub_session" if _is_https(request) else "hub_session"
