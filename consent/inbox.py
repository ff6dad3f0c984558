"""What is new to somebody since they last looked, and what they said they do about it."""

from __future__ import annotations

from consent.means import Means


class Inbox:
    """What is new since somebody last looked, and what they said they do about it."""

    def __init__(self, means: Means) -> None:
        self._means = means
