"""What the doors see of it: what people add to a chronology by hand."""

from __future__ import annotations

from typing import Protocol


class Contributions(Protocol):
    """What people add to a chronology by hand."""
