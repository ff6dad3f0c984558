"""A client of the doors in the process of the test, which asks the application itself: no thread, no loop per request.

Starlette's own gives every request an event loop in a thread of its own and hands each piece of the answer from thread
to thread, which costs more than what most requests ask for.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from typing import Any
from urllib.parse import unquote

import httpx2
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Scope


class Caller(TestClient):
    """Starlette's test client. Requests of the main thread go straight to the application, others go its way."""

    __test__ = False

    def __init__(
        self,
        app: ASGIApp,
        base_url: str = "http://hub.test",
        *,
        follow_redirects: bool = True,
        raise_server_exceptions: bool = True,
    ) -> None:
        super().__init__(app, base_url, raise_server_exceptions, follow_redirects=follow_redirects)
        self._transport: httpx2.BaseTransport = _Straight(app, self._transport, raises=raise_server_exceptions)


class _Straight(httpx2.BaseTransport):
    def __init__(self, app: ASGIApp, otherwise: httpx2.BaseTransport, *, raises: bool) -> None:
        self._app = app
        self._otherwise = otherwise
        self._raises = raises

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask, and give the whole answer."""
        if threading.current_thread() is not threading.main_thread():
            return self._otherwise.handle_request(request)
        asked = _Asked(self._app, request)
        try:
            _loop().run_until_complete(asked.answer())
        except Exception:
            if self._raises:
                raise
        return httpx2.Response(
            asked.status, headers=asked.headers, content=b"" if request.method == "HEAD" else asked.body
        )

    def close(self) -> None:
        """Close the other way as well."""
        self._otherwise.close()


class _Asked:
    """One request, and what was answered so far."""

    def __init__(self, app: ASGIApp, request: httpx2.Request) -> None:
        self._app = app
        self._scope = _scope(request)
        self._content: bytes | None = request.read()
        self._complete = asyncio.Event()
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def answer(self) -> None:
        await self._app(self._scope, self._receive, self._send)

    async def _receive(self) -> Message:
        content, self._content = self._content, None
        if content is not None:
            return {"type": "http.request", "body": content}
        await self._complete.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            assert not self._complete.is_set(), "something was answered after the end of the answer"
            self.body += message.get("body", b"")
            if not message.get("more_body", False):
                self._complete.set()


def _scope(request: httpx2.Request) -> Scope:
    url = request.url
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote(url.path),
        "raw_path": url.raw_path.split(b"?", 1)[0],
        "root_path": "",
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("testclient", 50000),
        "server": [url.host, url.port or {"http": 80, "https": 443}[url.scheme]],
        "state": {},
    }
    return scope


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    return asyncio.new_event_loop()
