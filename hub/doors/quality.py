"""What the doors see of it: what could be better in a chronology. Advice, never a block."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from consent.edition_shapes import EditionView
from consent.quality_shapes import Advice, Looked
from hub.people import Agency, Practitioner


class Quality(Protocol):
    """What could be better in a chronology or an edition, of what a reader may know of."""

    def look(
        self, reader: Practitioner, child: UUID, *, purpose: str, basis: str, known_at: datetime | None = None
    ) -> Looked:
        """Look at all that this reader may know of. Raises NothingToShow where that is nothing."""
        ...

    def beside(self, draft: EditionView, working: Iterable[Agency] = ()) -> tuple[Advice, ...]:
        """Look at an edition as its maker was just shown it; `working`: the agencies that work with the child."""
        ...
