"""Which version of the policy is in force, read with each decision, and how another comes into force."""

from __future__ import annotations

from consent.policy import Policy
from projections.session import Cursor


class Policies:
    """The versions there are, and the one in force."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def in_force(self, _session: Cursor) -> Policy:
        """The version that decides in this transaction."""
        return self._policy
