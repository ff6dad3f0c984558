"""Editions: what the lead professional chose from a chronology, analysed, and froze for a stated audience."""

from __future__ import annotations

from consent.means import Means
from hub.directory import Directory


class Editions:
    """Chronologies that were chosen, analysed and frozen for a meeting."""

    def __init__(self, means: Means, known: Directory) -> None:
        self._means, self._known = means, known
