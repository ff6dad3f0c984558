"""What every response carries, and what happens when something unforeseen goes wrong: nothing leaks.

The content security policy lets a page load only what this service itself serves, and nothing inline.
"""

from __future__ import annotations

import logging
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.api.problems import NotThisHost, problem, unexpected
from hub.errors import unforeseen

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}

_log = logging.getLogger("hub.api")


class Guard:
    """Wraps the whole application: security headers on every response, `no-store` on all but static files.

    `hosts` are the names that the service answers to, small letters and no port; None is for a service behind a
    proxy that sees to the names. A page of another site can make its own name mean this machine, and would then be
    of the same origin; the name it must send is the one thing that it cannot choose.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None = None) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and see to its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        static = scope["path"].startswith("/static/")
        started = False

        async def guarded_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                headers["Cache-Control"] = "public, max-age=3600" if static else "no-store"
            await send(message)

        if self._hosts is not None and _host(scope) not in self._hosts:
            await problem(_not_this_host())(scope, receive, guarded_send)
            return
        try:
            await self._app(scope, receive, guarded_send)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a problem
            # The message and the locals of an unforeseen error may hold anything, so only its kind is logged.
            _log.error("%s", unforeseen(error))
            if started:
                raise ConnectionAbortedError from None
            await problem(unexpected())(scope, receive, guarded_send)


def _host(scope: Scope) -> str:
    """The one name that the request was sent to, without its port; empty when there is none or several."""
    stated: list[bytes] = [value for name, value in scope["headers"] if name == b"host"]
    if len(stated) != 1:
        return ""
    host = stated[0].decode("latin-1").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].removesuffix(".")


def _not_this_host() -> NotThisHost:
    return NotThisHost(
        "This service does not answer to the name in the request's Host header.",
        "Use the address that the service printed when it started, or have the proxy in front send that name.",
    )
