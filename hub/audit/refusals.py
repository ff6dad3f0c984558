"""Every refused credential goes into the access log, and nobody can drown the log in them.

The first few of a kind in a minute are events of their own; the rest of that minute is counted and becomes one event.
A kind is the door, the cause and the registered system that was claimed, so there are only so many kinds.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from hub.audit.trail import CredentialRefused, Trail
from hub.errors import HubError
from hub.store.database import Cursor

EACH = 20
"""Refusals of one kind in a minute that are recorded one by one."""
SPAN = timedelta(minutes=1)

Kind = tuple[str, str, str]

_log = logging.getLogger(__name__)


class Refusals:
    """Records refusals. It never raises: whoever was refused is refused whether or not it could be written down."""

    def __init__(
        self, recording: Callable[[], AbstractContextManager[Cursor]], trail: Trail, now: Callable[[], datetime]
    ) -> None:
        self._recording, self._trail, self._now = recording, trail, now
        self._lock = threading.Lock()
        self._began = now()
        self._seen: Counter[Kind] = Counter()
        self._owed: Counter[Kind] = Counter()

    def refused(self, door: str, cause: str, client: str) -> None:
        """Record one refusal, or count it. `client` is the registered system that was claimed, else empty."""
        kind = (door, cause, client)
        self.settle()
        with self._lock:
            self._seen[kind] += 1
            if self._seen[kind] > EACH:
                self._owed[kind] += 1
                return
        if not self._written(kind, 1):
            with self._lock:
                self._owed[kind] += 1

    def settle(self, *, at_once: bool = False) -> None:
        """Write down what was only counted, once its minute is over, or at once where the hub stops."""
        with self._lock:
            if not at_once and self._now() - self._began < SPAN:
                return
            owed, self._owed = self._owed, Counter()
            self._seen.clear()
            self._began = self._now()
        for kind, times in owed.items():
            if not self._written(kind, times):
                with self._lock:
                    self._owed[kind] += times

    def _written(self, kind: Kind, times: int) -> bool:
        door, cause, client = kind
        event = CredentialRefused(
            originator_id=self._trail.next_reading(),
            originator_version=1,
            door=door,
            cause=cause,
            client=client,
            times=times,
        )
        try:
            with self._recording() as cursor:
                self._trail.record(cursor, event)
        except HubError as error:
            _log.warning("A refused credential could not be recorded yet (%s)", error.code)
            return False
        return True
