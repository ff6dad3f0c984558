"""Decisions to share and not to share: asked for, decided with reasons, released or declined, and never forgotten."""

from __future__ import annotations

from consent.means import Means


class SharingDecisions:
    """Asking, deciding, releasing, declining."""

    def __init__(self, means: Means) -> None:
        self._means = means
