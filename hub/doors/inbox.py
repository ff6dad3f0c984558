"""What the doors see of it: what is new since somebody last looked, and what they said they do about it."""

from __future__ import annotations

from typing import Protocol


class Inbox(Protocol):
    """What is new since somebody last looked, and what they said they do about it."""
