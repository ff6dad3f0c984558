"""What the doors see of it: what people add to a chronology by hand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from consent.contributing import Opened
from consent.contributing_terms import EntrySaid
from hub.people import Practitioner


class Contributions(Protocol):
    """What people add to a chronology by hand.

    Each raises NothingToShow to whoever does not work with the child, and for an entry of which they may not know.
    """

    def opened(
        self, reader: Practitioner, child: UUID, entry: UUID | None = None, *, purpose: str, basis: str
    ) -> Opened:
        """What a form begins with: the child's card, and the entry that it is about."""
        ...

    def add(
        self,
        reader: Practitioner,
        child: UUID,
        said: EntrySaid,
        *,
        once: UUID | None = None,
        ground: tuple[str, str] | None = None,
    ) -> UUID:
        """Add an entry; its id. once: the same again with the same id adds nothing more. Raises Incomplete.

        ground: the purpose and basis on which the writer read what it is about, besides casework's usual ones.
        """
        ...

    def correct(  # noqa: PLR0913 - as the room has it
        self,
        reader: Practitioner,
        child: UUID,
        entry: UUID,
        said: EntrySaid,
        *,
        revision: int = 0,
        ground: tuple[str, str] | None = None,
        leave: Collection[str] = (),
    ) -> None:
        """Put an entry of one's own team right. revision: what was corrected; Raced where another stands meanwhile.

        leave: which of about, sensitivity and people stay as they stand. ground: as in `add`.
        """
        ...

    def take_back(self, reader: Practitioner, child: UUID, entry: UUID, reason: str) -> None:
        """Take an entry of one's own team back as wrong."""
        ...
