"""What the doors see of it: what follows from the entries, in a form that a person can check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from consent.views import Derived
from hub.people import Practitioner


class Views(Protocol):
    """What follows from the entries, in a form that a person can check.

    Every method raises NothingToShow where there is nothing that this reader may know of.
    """

    def of(
        self, reader: Practitioner, child: UUID, *, purpose: str, basis: str, known_at: datetime | None = None
    ) -> Derived:
        """Every view of a child, each statement with the entries it rests on; `known_at` asks for it as it stood."""
        ...

    def join(self, reader: Practitioner, child: UUID, entries: Sequence[UUID], *, reason: str = "") -> None:
        """Put on record that two entries tell of one happening; nobody sees more or less of either for it."""
        ...

    def keep_apart(self, reader: Practitioner, child: UUID, entries: Sequence[UUID], *, reason: str = "") -> None:
        """Put on record that two entries tell of two happenings."""
        ...

    def compare_anew(self, reader: Practitioner, child: UUID, entries: Sequence[UUID], *, reason: str = "") -> None:
        """Take back what was said of two entries: it is open again."""
        ...
