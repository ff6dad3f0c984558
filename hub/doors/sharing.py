"""What the doors see of it: decisions to share and not to share."""

from __future__ import annotations

from typing import Protocol


class SharingDecisions(Protocol):
    """Decisions to share and not to share."""
