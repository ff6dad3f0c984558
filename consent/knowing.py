"""Who knew what when, and who was shown a version that was corrected since: from the log alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from consent.means import Means
from projections.session import Cursor

Auditing = Callable[[], AbstractContextManager[Cursor]]
"""Opens a transaction of the role that reads the access log."""


class Knowing:
    """Who knew what when, and corrections that reach whoever was shown the old version."""

    def __init__(self, means: Means, auditing: Auditing) -> None:
        self._means, self._auditing = means, auditing
