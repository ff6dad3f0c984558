"""Assertions count once: which of them were used, until they would have expired anyway."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import LiteralString

from hub.store.database import Cursor

USE: LiteralString = "select access.first_use(%s, %s, %s, %s)"


def first_use(cursor: Cursor, client: str, assertion: str, *, now: datetime, until: datetime) -> bool:
    """Whether this client uses this assertion for the first time, in this hub or in any other over this database.

    `until` is when it expires. Of two uses at the same moment one is the first.
    """
    digest = hashlib.sha256(assertion.encode("utf-8", "surrogatepass")).digest()
    row = cursor.execute(USE, [client, digest, now, until]).fetchone()
    return row == (True,)
