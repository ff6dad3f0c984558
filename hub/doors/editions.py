"""What the doors see of it: chronologies that were chosen, analysed and frozen for a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from consent.edition_shapes import (
    Change,
    Compared,
    Drafted,
    EditionLine,
    EditionSaid,
    EditionView,
    Frozen,
    Previewed,
    Reviewed,
)
from hub.people import Practitioner


class Editions(Protocol):
    """Chronologies that were chosen, analysed and frozen for a meeting.

    Whoever may not know of an edition gets NothingToShow, as for one that does not exist. A draft is its maker's alone.
    """

    def may_prepare(self, reader: Practitioner, child: UUID) -> bool:
        """Whether this person may prepare an edition of this child's story."""
        ...

    def prepare(self, reader: Practitioner, child: UUID, said: EditionSaid) -> Drafted:
        """Make a draft from all that the maker may see. Raises NotPermitted for whoever does not lead."""
        ...

    def change(self, reader: Practitioner, child: UUID, edition: UUID, said: Change, *, seen: int = 0) -> Drafted:
        """Change a draft; `seen` is the version that the maker looked at: Raced where it was changed since."""
        ...

    def freeze(self, reader: Practitioner, child: UUID, edition: UUID, *, seen: int = 0) -> Frozen:
        """Freeze a draft: from then on nobody changes it, and its audience may read it."""
        ...

    def quoted(self, reader: Practitioner, child: UUID, edition: UUID) -> Sequence[UUID]:
        """List the entries cited in a draft's analysis that somebody of its audience would not be shown in full."""
        ...

    def previewed(self, reader: Practitioner, child: UUID, edition: UUID) -> Sequence[Previewed]:
        """List the copies that there would be, were it frozen now, and how much each would hold; of nobody by name."""
        ...

    def read(self, reader: Practitioner, child: UUID, edition: UUID) -> EditionView:
        """Read an edition, as one of its audience or its maker."""
        ...

    def listed(self, reader: Practitioner, child: UUID) -> Sequence[EditionLine]:
        """List the editions of a child that this reader may read, the newest first."""
        ...

    def compare(self, reader: Practitioner, child: UUID, older: UUID, newer: UUID) -> Compared:
        """Compare two editions, of what this reader may see of both."""
        ...

    def reviewed(self, reader: Practitioner, child: UUID) -> Reviewed:
        """Say when the story was last looked at as a whole, and what of significance came after."""
        ...
