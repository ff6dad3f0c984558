"""What the doors see of it: what follows from the entries, in a form that a person can check."""

from __future__ import annotations

from typing import Protocol


class Views(Protocol):
    """What follows from the entries, in a form that a person can check."""
