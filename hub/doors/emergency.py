"""What the doors see of it: emergency access."""

from __future__ import annotations

from typing import Protocol


class Emergencies(Protocol):
    """Emergency access."""
