"""What the doors see of it: chronologies that were chosen, analysed and frozen for a meeting."""

from __future__ import annotations

from typing import Protocol


class Editions(Protocol):
    """Chronologies that were chosen, analysed and frozen for a meeting."""
