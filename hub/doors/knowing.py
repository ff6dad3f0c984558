"""What the doors see of it: who knew what when, and corrections that reach whoever was shown the old version."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from uuid import UUID

from consent.knowing_shapes import Matrix
from consent.recall_shapes import Account, Recall
from hub.people import Practitioner


class Knowing(Protocol):
    """Who knew what when, and corrections that reach whoever was shown the old version."""

    def recalls(self, reader: Practitioner) -> tuple[Recall, ...]:
        """List what this reader was told and no longer stands; what they have not taken note of first."""
        ...

    def waiting(self, reader: Practitioner) -> int:
        """Count those of which the reader has not taken note."""
        ...

    def acknowledge(self, reader: Practitioner, entry: UUID, revision: int, what: str = "") -> None:
        """Take note of one, once. Raises NothingToShow where there is none, BadInput where it changed meanwhile."""
        ...

    def recall_of(self, reader: Practitioner, entry: UUID) -> Account:
        """Say who was told a version of an entry that no longer stands, and who took note.

        For governance leads, and for those of the organisation that wrote it who work with the child; else
        NothingToShow.
        """
        ...

    def recalled(self, reader: Practitioner) -> tuple[Account, ...]:
        """List the corrections of which somebody was told the old version; NotPermitted for all but governance."""
        ...

    def matrix(
        self, reader: Practitioner, child: UUID, *, at: datetime | None = None, limit: int = 100, cursor: str = ""
    ) -> Matrix:
        """Say who knew what when of a child's entries, as of a moment.

        Raises NothingToShow for whoever neither works with the child nor governs for the partnership.
        """
        ...
