"""What people who work with a child add to the chronology by hand: entries, outcomes, views, disagreements."""

from __future__ import annotations

from consent.means import Means
from hub.directory import Directory


class Contributions:
    """What people add to a chronology by hand."""

    def __init__(self, means: Means, known: Directory) -> None:
        self._means, self._known = means, known
