"""What the doors see of it: who knew what when, and corrections that reach whoever was shown the old version."""

from __future__ import annotations

from typing import Protocol


class Knowing(Protocol):
    """Who knew what when, and corrections that reach whoever was shown the old version."""
