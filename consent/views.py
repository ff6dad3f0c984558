"""What follows from the entries that a reader may know of, each with the entries it rests on; never a score."""

from __future__ import annotations

from consent.means import Means


class Views:
    """What follows from the entries, in a form that a person can check."""

    def __init__(self, means: Means) -> None:
        self._means = means
