"""What the doors see of it: emergency access."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from consent.emergency_shapes import Emergency, ReviewTask
from hub.people import Practitioner


class Emergencies(Protocol):
    """Emergency access.

    Every method raises NothingToShow, always the same and recorded, for what this reader may not know of.
    """

    def offered(self, reader: Practitioner) -> bool:
        """Whether the policy lets somebody of this reader's role open it at all."""
        ...

    def open(self, reader: Practitioner, child: UUID, reason: str = "") -> Emergency:
        """Open it to a child, or find it open. Raises NotPermitted while an earlier reason is overdue."""
        ...

    def open_by_number(self, reader: Practitioner, system: str, value: str, reason: str = "") -> Emergency:
        """Open it to the one child with this number."""
        ...

    def give_reason(self, reader: Practitioner, emergency: UUID, reason: str) -> Emergency:
        """Say why, once."""
        ...

    def end(self, reader: Practitioner, emergency: UUID) -> Emergency:
        """End it before its time."""
        ...

    def mine(self, reader: Practitioner) -> tuple[Emergency, ...]:
        """What this reader has open now, and what is over and still needs its reason."""
        ...

    def told(self, reader: Practitioner) -> tuple[Emergency, ...]:
        """What this reader has to be told of and has not taken note of."""
        ...

    def acknowledge(self, reader: Practitioner, emergency: UUID) -> None:
        """Take note of one."""
        ...

    def waiting(self, reader: Practitioner) -> tuple[ReviewTask, ...]:
        """What no review has closed yet; raises NotPermitted for all but governance leads."""
        ...

    def review(self, reader: Practitioner, emergency: UUID, finding: str, note: str = "") -> None:
        """Say what was found: justified, not-justified or needs-follow-up."""
        ...
