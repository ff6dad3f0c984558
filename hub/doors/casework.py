"""What the doors see of it: what people who work with a child put on record of it."""

from __future__ import annotations

from typing import Protocol


class Casework(Protocol):
    """What people who work with a child put on record of it."""
