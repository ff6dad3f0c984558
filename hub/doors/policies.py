"""What the doors see of it: the versions of the policy, and the one in force."""

from __future__ import annotations

from typing import Protocol


class Policies(Protocol):
    """The versions of the policy, and the one in force."""
