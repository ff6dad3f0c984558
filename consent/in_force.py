"""The version of the policy that decides: read in each decision's own transaction, compiled once, trusted when proven.

Nothing here can go stale: what is kept is kept by fingerprint, and which fingerprint decides is read every time.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from threading import Lock

from consent import activation
from consent.policy import Policy, understood
from hub.errors import PolicyRefused
from projections import policies
from projections.session import Cursor

KEPT = 16
"""So many compiled versions are kept; an older one is compiled again where it is asked for."""


class InForce:
    """Compiled versions by fingerprint, and which of them this very program has seen proven."""

    def __init__(self, proven: Path | None) -> None:
        self._proven = proven
        self._compiled: dict[str, Policy] = {}
        self._trusted: set[str] = set()
        self._refused: dict[str, PolicyRefused] = {}
        self._lock = Lock()

    def policy(self, session: Cursor) -> Policy:
        """The version that decides in this transaction. Raises PolicyRefused where there is none that may."""
        fingerprint = policies.in_force(session)
        if fingerprint not in self._trusted:
            self._trust(session, fingerprint)
        return self._compiled.get(fingerprint) or self._compile(session, fingerprint)

    def compiled(self, session: Cursor, fingerprint: str) -> Policy | None:
        """A version, in force or not; None where it is not kept, or not understood by this program."""
        with suppress(PolicyRefused):
            return self._compiled.get(fingerprint) or self._compile(session, fingerprint)
        return None

    def keep(self, found: Policy) -> None:
        """Remember a version that has just been proven."""
        with self._lock:
            self._remember(found)
            self._trusted.add(found.fingerprint)

    def _trust(self, session: Cursor, fingerprint: str) -> None:
        """Proven by this very program: when it came into force, or as its file remembers, or now."""
        if not fingerprint:
            raise PolicyRefused(
                "No policy is in force, so nothing is decided.", "Start the hub with a policy's folder."
            )
        found = self._compile(session, fingerprint)
        with self._lock:
            if before := self._refused.get(fingerprint):
                raise PolicyRefused(before.message, before.next_step)
            if fingerprint in self._trusted:
                return
            try:
                if not policies.was_proven_by(session, fingerprint, activation.code()):
                    activation.ensure(found, self._proven)
            except PolicyRefused as refused:
                self._refused[fingerprint] = refused
                raise
            self._trusted.add(fingerprint)

    def _compile(self, session: Cursor, fingerprint: str) -> Policy:
        files = policies.files_of(session, fingerprint)
        if not files:
            raise PolicyRefused("This version of the policy is not kept.", "Run `hub policy list` for those there are.")
        found = understood(files)
        with self._lock:
            self._remember(found)
        return found

    def _remember(self, found: Policy) -> None:
        while len(self._compiled) >= KEPT and found.fingerprint not in self._compiled:
            del self._compiled[next(iter(self._compiled))]
        self._compiled[found.fingerprint] = found
