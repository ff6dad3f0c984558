"""What the doors see of it: the versions of the policy, and the one in force."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from consent.approval import Activated
from consent.difference import Difference
from consent.published import Edition
from consent.versions import Proposal, Term
from hub.people import Practitioner


class Policies(Protocol):
    """The versions of the policy, and the one in force."""

    def listed(self) -> tuple[list[Proposal], list[Term]]:
        """The proposals that wait, and which version was in force when; newest first."""
        ...

    def draft(self, folder: Path) -> str:
        """Say in one line that a folder is not what decides; empty where it is."""
        ...

    def edition(self) -> Edition:
        """Give the version in force to read: its rules in words, its promises, its stories, and how it came to be."""
        ...

    def difference(self, other: Path | str, weigh_for: Practitioner | None = None) -> Difference:
        """What another version would change, weighed by the readings that a governance lead answers for, if one asks.

        other: a folder, or how the fingerprint of a version that was proposed begins.
        """
        ...

    def propose(self, author: Practitioner, folder: Path, reason: str) -> str:
        """Put a folder's policy forward; its fingerprint. Raises NotPermitted for anybody but a governance lead."""
        ...

    def activate(self, approver: Practitioner, fingerprint: str, reason: str) -> Activated:
        """Prove a proposed version anew and put it in force.

        Raises NotPermitted for anybody but a governance lead other than its author; PolicyRefused where it cannot be
        proven; Raced where another came into force meanwhile.
        """
        ...
