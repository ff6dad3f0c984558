"""Editions: what the lead professional chose from a chronology, analysed, and froze for a stated audience."""

from __future__ import annotations

from uuid import UUID

from consent.edition_detail import Detail
from consent.edition_drafts import Drafts
from consent.edition_freezing import Freezer
from consent.edition_opening import Opening
from consent.edition_reading import Reading
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
from consent.leading import Leading
from consent.means import Means
from hub.directory import Directory
from hub.people import Practitioner


class Editions:
    """Chronologies that were chosen, analysed and frozen for a meeting.

    To whoever may not know of an edition it is as if there were none: NothingToShow, in the same words as for a child
    who does not exist, and recorded. A draft is its maker's alone.
    """

    def __init__(self, means: Means, known: Directory, detail: Detail) -> None:
        self._drafts = Drafts(means, known, detail, Leading(means))
        self._freezer = Freezer(self._drafts)
        self._reading = Reading(Opening(means, known, detail))

    def may_prepare(self, reader: Practitioner, child: UUID) -> bool:
        """Whether this person may prepare one: who leads for the child or, where nobody does, works with them."""
        return self._drafts.may_prepare(reader, child)

    def prepare(self, reader: Practitioner, child: UUID, said: EditionSaid) -> Drafted:
        """Make a draft in one action: every entry that the maker may see as of then is in or left out, with its reason.

        Raises NotPermitted, recorded, for whoever works with the child while somebody else leads; BadInput for an
        audience of nobody, an unknown purpose or stage, and a moment that has not passed.
        """
        return self._drafts.prepare(reader, child, said)

    def change(self, reader: Practitioner, child: UUID, edition: UUID, said: Change, *, seen: int = 0) -> Drafted:
        """Change a draft of one's own: entries with a reason, parts in words, agencies asked, the audience.

        seen: the version that the maker looked at; Raced where it was changed since. Raises BadInput for a frozen one.
        """
        return self._drafts.change(reader, child, edition, said, seen=seen)

    def freeze(self, reader: Practitioner, child: UUID, edition: UUID, *, seen: int = 0) -> Frozen:
        """Freeze a draft of one's own: each of its audience may read it from then on, and nobody changes it.

        Each level is decided for the reader, not for the maker. Raises BadInput where there is nothing in it, or where
        an entry of a draft of what is known now was corrected meanwhile.
        """
        return self._freezer.freeze(reader, child, edition, seen=seen)

    def quoted(self, reader: Practitioner, child: UUID, edition: UUID) -> tuple[UUID, ...]:
        """The entries cited in what is written of which not everybody of the audience would be shown the whole."""
        return self._freezer.quoted(reader, child, edition)

    def previewed(self, reader: Practitioner, child: UUID, edition: UUID) -> tuple[Previewed, ...]:
        """The copies that there would be, were it frozen now, and how much each would hold; of nobody by name."""
        return self._freezer.previewed(reader, child, edition)

    def read(self, reader: Practitioner, child: UUID, edition: UUID) -> EditionView:
        """An edition, for its audience and its maker: no further than it holds it, nor than may be seen today."""
        return self._reading.read(reader, child, edition)

    def listed(self, reader: Practitioner, child: UUID) -> tuple[EditionLine, ...]:
        """The editions of a child that this reader may read, the newest first; of drafts their own."""
        return self._reading.listed(reader, child)

    def compare(self, reader: Practitioner, child: UUID, older: UUID, newer: UUID) -> Compared:
        """What is otherwise in the newer, of what this reader may see of both."""
        return self._reading.compare(reader, child, older, newer)

    def reviewed(self, reader: Practitioner, child: UUID) -> Reviewed:
        """How long ago the story was looked at as a whole, and what of significance became known after."""
        return self._reading.reviewed(reader, child)
