"""What the doors see of it: who would be shown an entry, asked from the entry's side by governance."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from consent.who_sees_in_hub import Sight
from hub.people import Practitioner


class WhoSees(Protocol):
    """Asked by governance leads alone, with a reason, and recorded; no content comes out."""

    def ask(self, reader: Practitioner, child: UUID, entry: UUID, *, reason: str) -> tuple[Sight, ...]:
        """Everybody to whom the entry opens at all for work with the child.

        Raises NotPermitted, BadInput for a reason that is none, NothingToShow for an entry that is not the child's.
        """
        ...
