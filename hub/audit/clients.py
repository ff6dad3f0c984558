"""Agencies' systems as they are registered today: who may send what, which assertions were used, who was refused.

The directory's file is read again whenever it or a file of keys has changed, so a system that is switched off, and a
source that is taken away, count with the next request.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from hub import directory
from hub.audit import assertions
from hub.audit.refusals import Refusals
from hub.clients import Client
from hub.errors import HalfConfigured, StoreUnavailable
from hub.people import Agency
from hub.store.database import Cursor

_log = logging.getLogger(__name__)
LOOK = 10.0  # seconds
Stamp = tuple[tuple[int, int, int], ...]


class Clients:
    """The registered systems. Safe to ask from several threads."""

    def __init__(
        self,
        path: Path,
        writing: Callable[[], AbstractContextManager[Cursor]],
        refusals: Refusals,
        now: Callable[[], datetime],
    ) -> None:
        self._path, self._writing, self._refusals, self._now = path, writing, refusals, now
        self._lock = threading.Lock()
        self._stamp: Stamp = ()
        self._known: directory.Directory | None = None

    def registered(self, client_id: str) -> Client | None:
        """The system as today's directory has it, switched off or not; None for an unknown one.

        Raises StoreUnavailable while the directory cannot be used: whom it switched off is then not let in either.
        """
        with self._lock:
            self._refresh()
            if self._known is None:
                raise StoreUnavailable(
                    "The directory of systems cannot be used at this moment.", "Try again in a minute."
                )
            return self._known.client(client_id)

    def first_use(self, client: str, assertion: str, until: datetime) -> bool:
        """Whether this assertion of this system was never used before; afterwards it was. Raises StoreUnavailable."""
        with self._writing() as cursor:
            return assertions.first_use(cursor, client, assertion, now=self._now(), until=until)

    def refused(self, door: str, cause: str, claimed: str) -> None:
        """Put a refused credential into the access log; never raises. Only a registered system's name is kept."""
        self._refusals.refused(door, cause, self._name(claimed))

    def settle(self) -> None:
        """Write down the refusals that were only counted until now."""
        self._refusals.settle(at_once=True)

    def settle_until(self, stop: threading.Event) -> None:
        """Write them down whenever their minute is over, until told to stop."""
        while not stop.wait(LOOK):
            self._refusals.settle()

    def _name(self, claimed: str) -> str:
        try:
            return claimed if claimed and self.registered(claimed) else ""
        except StoreUnavailable:
            return ""

    def _refresh(self) -> None:
        stamp = _stamp((self._path, *(self._known.key_files if self._known else ())))
        if stamp == self._stamp:
            return
        try:
            self._known = directory.load(self._path)
        except HalfConfigured as error:
            self._known = None
            _log.error("The directory was changed and cannot be used: %s", error.message)
        # As they were before they were read: a change meanwhile, and another set of files, is seen at the next look.
        self._stamp = stamp


def check(known: directory.Directory, sources: Mapping[str, Agency | None]) -> None:
    """Raise HalfConfigured for a system that may send what nobody can read, or what another kind of agency keeps.

    `sources` are those that can be read, with the kind of agency that each is of; None for one that serves all.
    """
    wrong = [
        f"{client.id} may send {source}, which is {'of another agency' if source in sources else 'no source'}"
        for client in known.clients()
        for source in client.sources
        if source not in sources or sources[source] not in {None, client.agency}
    ]
    if wrong:
        raise HalfConfigured(f"The directory's systems cannot be used: {'; '.join(wrong)}.", "Correct it and start.")


def _stamp(files: Iterable[Path]) -> Stamp:
    found = []
    for file in files:
        try:
            one = file.stat()
        except OSError:
            found.append((0, 0, 0))
        else:
            found.append((one.st_mtime_ns, one.st_size, one.st_ino))
    return tuple(found)
