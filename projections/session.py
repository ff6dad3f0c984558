"""What a reading holds while it reads: one transaction's cursor, opened by the house and passed through."""

from __future__ import annotations

from hub.store.database import Cursor

__all__ = ["Cursor"]
