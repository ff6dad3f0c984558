"""Writing down a reading, in the reading's own transaction: if it cannot be written, nothing is shown."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg

from hub.errors import AuditUnavailable, HubError, Raced
from hub.events.access import AttentionNoted, CredentialRefused, Disclosed, KeyDecision, Told, packed
from hub.store.database import Cursor
from hub.store.ledger import Ledger

__all__ = ["AttentionNoted", "CredentialRefused", "Disclosed", "KeyDecision", "Told", "Trail", "packed"]


class Trail:
    """The access log's writing end."""

    def __init__(self, access: Ledger) -> None:
        self._access = access

    def next_reading(self) -> UUID:
        """A fresh id for a reading; it says nothing of who, whom or when."""
        return uuid4()

    def record(self, cursor: Cursor, reading: Disclosed | CredentialRefused) -> None:
        """Append one reading or refusal. Raises AuditUnavailable when it cannot be written."""
        try:
            self._access.append(cursor, [reading])
        except (psycopg.Error, HubError) as error:
            raise _unavailable() from error

    def note(self, cursor: Cursor, noted: AttentionNoted) -> bool:
        """Append that somebody took note of a reading; False where somebody had, before this transaction's turn."""
        try:
            self._access.append(cursor, [noted])
        except Raced:
            return False
        except (psycopg.Error, HubError) as error:
            raise _unavailable() from error
        return True


def _unavailable() -> AuditUnavailable:
    return AuditUnavailable(
        "The access record could not be written, so nothing is shown.",
        "Try again; if it goes on, ask whoever runs the hub. In an emergency ring the agency concerned.",
    )
