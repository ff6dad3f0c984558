"""Whether the hub can do its work now: asked one at a time, and a database that stands still is one that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool

PATIENCE: Final = 3.0
"""Seconds within which the database must answer to count as there."""


class Probe:
    """Asks `ready`. While one question is not answered, no other is asked: they would fill the worker threads."""

    def __init__(self, ready: Callable[[], bool], patience: float = PATIENCE) -> None:
        self._ready, self._patience = ready, patience
        self._asked: asyncio.Task[bool] | None = None

    async def able(self) -> bool:
        """What the question says, or no, where it is not answered in time."""
        if self._asked is not None and not self._asked.done():
            return False
        self._asked = asyncio.create_task(run_in_threadpool(self._ready))
        try:
            return await asyncio.wait_for(asyncio.shield(self._asked), self._patience)
        except TimeoutError:
            return False
