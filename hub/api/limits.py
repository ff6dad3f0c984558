"""How much agencies' systems may ask of the hub at once: whoever asks for more is told when to ask again.

Nothing waits without bound. A body is read before it takes a working place, so that a slow one keeps nobody from work;
all that are read or wait together hold no more than `memory` bytes, however many systems send.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from hub.errors import Busy, TooMany
from hub.settings import MIB

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


class Visit:
    """One delivery of a system while it is here: its body is read first, and then it takes a working place."""

    def __init__(self, places: Places, client: str) -> None:
        self._places, self._client, self._bytes = places, client, 0

    async def counted(self, stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The same, each piece once there is memory for it. Raises Busy where there is none."""
        async for piece in stream:
            self._places.hold(self._client, len(piece))
            self._bytes += len(piece)
            yield piece

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Hold a working place. Raises Busy where none is free for this system in time."""
        async with self._places.working(self._client):
            yield

    def leave(self) -> None:
        """Give its memory back."""
        self._places.hold(self._client, -self._bytes)


class Places:
    """So many deliveries are worked at side by side, and so many more may wait or arrive.

    No system has more than half of the working places, of the room or of the memory for bodies (but always one place,
    and memory for one body of the largest kind). at_once: working places. waiting: how many more may be here.
    largest: bytes of the largest body; all bodies together take no more than `at_once` times that.
    """

    def __init__(self, at_once: int, waiting: int, patience: float = PATIENCE, largest: int = 64 * MIB) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._share, self._shares = max(1, at_once // 2), dict[str, asyncio.Semaphore]()
        self._room, self._patience = at_once + waiting, patience
        self._memory, self._most_of_one = at_once * largest, max(largest, at_once * largest // 2)
        self._here: Counter[str] = Counter()
        self._held: Counter[str] = Counter()

    @asynccontextmanager
    async def visit(self, client: str) -> AsyncIterator[Visit]:
        """Let one delivery of this system in. Raises Busy where the room, or the system's half of it, is full."""
        if self._here.total() >= self._room or self._here[client] >= max(1, self._room // 2):
            raise _busy()
        self._here[client] += 1
        visit = Visit(self, client)
        try:
            yield visit
        finally:
            visit.leave()
            self._here[client] -= 1
            self._forget()

    def hold(self, client: str, size: int) -> None:
        """Take so many bytes of the memory for this system, or give them back. Raises Busy where it is used up."""
        if size > 0 and (self._held.total() + size > self._memory or self._held[client] + size > self._most_of_one):
            raise _busy()
        self._held[client] += size

    @asynccontextmanager
    async def working(self, client: str) -> AsyncIterator[None]:
        """Hold a working place for this system, first one of its own share, so that its crowd waits apart."""
        share = self._shares.setdefault(client, asyncio.Semaphore(self._share))
        async with AsyncExitStack() as taken:
            try:
                async with asyncio.timeout(self._patience):
                    await taken.enter_async_context(share)
                    await taken.enter_async_context(self._free)
            except TimeoutError:
                raise _busy() from None
            yield

    def _forget(self) -> None:
        """Keep nothing of those who are not here."""
        self._here += Counter()
        self._held += Counter()
        self._shares = {client: share for client, share in self._shares.items() if client in self._here}


def _busy() -> Busy:
    return Busy("The hub is taking in as much as it can.", "Wait as long as Retry-After says, then send it again.")
