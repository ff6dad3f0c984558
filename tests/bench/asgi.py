"""The hub's HTTP doors and a bare one, used in this process: no network, and no client's work in the figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Message


@dataclass(frozen=True, slots=True)
class Door:
    """One address of one application, asked or sent to again and again with the same headers."""

    app: FastAPI
    address: str
    headers: dict[str, str]
    runner: asyncio.Runner

    def read(self, times: int) -> bytes:
        """Ask as many times as told; the last answer's body."""
        return self.runner.run(self._read(times))

    def send(self, bodies: Sequence[bytes]) -> list[bytes]:
        """Post each of these, one after another; the answers' bodies."""
        return self.runner.run(self._send(bodies))

    async def _read(self, times: int) -> bytes:
        body = b""
        for _ in range(times):
            body = await self._ask("GET", b"")
        return body

    async def _send(self, bodies: Sequence[bytes]) -> list[bytes]:
        return [await self._ask("POST", body) for body in bodies]

    async def _ask(self, method: str, body: bytes) -> bytes:
        answer: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            answer.append(message)

        await self.app(self._scope(method), receive, send)
        if answer[0]["status"] != 200:
            raise RuntimeError(f"The door answered {answer[0]['status']}, so nothing can be measured.")
        return b"".join(message.get("body", b"") for message in answer[1:])

    def _scope(self, method: str) -> dict[str, Any]:
        address = urlsplit(self.address)
        headers = {"host": "hub.test", "accept": "application/json"} | self.headers
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": address.path,
            "raw_path": address.path.encode(),
            "root_path": "",
            "query_string": address.query.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("hub.test", 80),
        }


def bare(read: Callable[[], bytes]) -> FastAPI:
    """A FastAPI with one route that hands over the floor's bytes, and nothing else."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def floor() -> Response:
        return Response(read(), media_type="application/json")

    app.add_api_route("/floor", floor, methods=["GET"], response_class=Response)
    return app
