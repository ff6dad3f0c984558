"""How much agencies' systems may ask of the hub at once: whoever asks for more is told when to ask again.

Nothing waits without bound. A body is read only once there is a place for it, so what is held in memory is the places
times the largest body, however many systems send.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from hub.errors import Busy, TooMany

PATIENCE: Final = 5.0
"""Seconds that a delivery may wait for a place before its sender is asked to come again."""
_MOST_KNOWN: Final = 10_000


class Rates:
    """A bucket for each system, filled at `per_minute` and holding ten seconds' worth: short bursts are no matter."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second, self._most, self._clock = per_minute / 60, max(1.0, per_minute / 6), clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, client: str) -> None:
        """Take one request out of the system's bucket; raises TooMany that says in how many seconds there is one."""
        now = self._clock()
        left, since = self._left.pop(client, (self._most, now))
        left = min(self._most, left + (now - since) * self._a_second)
        self._left[client] = (left - 1 if left >= 1 else left, now)
        while len(self._left) > _MOST_KNOWN:
            self._left.popitem(last=False)
        if left < 1:
            raise TooMany(math.ceil((1 - left) / self._a_second))


class Places:
    """So many deliveries are taken in at once, and so many more may wait; of both no system has more than half."""

    def __init__(self, at_once: int, waiting: int, patience: float = PATIENCE) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._room, self._patience = at_once + waiting, patience
        self._here: Counter[str] = Counter()

    @asynccontextmanager
    async def place(self, client: str) -> AsyncIterator[None]:
        """Hold a place for one delivery of this system. Raises Busy where even the waiting room is full."""
        if self._here.total() >= self._room or self._here[client] >= max(1, self._room // 2):
            raise _busy()
        self._here[client] += 1
        try:
            await self._enter()
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._here[client] -= 1
            self._here += Counter()  # forgets those who are not here

    async def _enter(self) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise _busy() from None


def _busy() -> Busy:
    return Busy("The hub is taking in as much as it can.", "Wait as long as Retry-After says, then send it again.")
