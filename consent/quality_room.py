"""Where somebody asks what could be better in a child's chronology, or in the edition that they are preparing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from consent.casework import Casework
from consent.decision import Disclosure, Entry
from consent.disclosure import Gate
from consent.edition_shapes import VIEWS, Contribution, EditionView, Reviewed
from consent.editions import Editions
from consent.facts import day_of
from consent.means import Means
from consent.quality import advice
from consent.quality_shapes import Advice, Chronology, Invited, Looked, Stated
from consent.quality_words import Guide
from hub.directory import Directory
from hub.errors import NothingToShow
from hub.people import Agency, Practitioner

ACTION: Final = "quality"


class Quality:
    """It decides nothing and reads nothing by itself: what it looks at was shown to the reader, and recorded."""

    def __init__(  # noqa: PLR0913, PLR0917 - the rooms that it asks, and what it judges by
        self, means: Means, known: Directory, gate: Gate, casework: Casework, editions: Editions, guide: Guide
    ) -> None:
        self._means, self._gate, self._casework, self._editions, self._guide = means, gate, casework, editions, guide
        self._organisations = {one.code: one for one in known.organisations()}

    def look(
        self, reader: Practitioner, child: UUID, *, purpose: str, basis: str, known_at: datetime | None = None
    ) -> Looked:
        """What could be better, of all that this reader may know of. Raises NothingToShow, which is recorded too.

        Who works with the child and when it was last reviewed are known as of today alone: nothing is said of either
        of an earlier moment.
        """
        story = Chronology((), day_of(known_at or self._means.now()))

        def whole() -> Disclosure:
            return self._gate.whole(
                reader, child, purpose=purpose, basis=basis, known_at=known_at, action=ACTION, names=self._names(story)
            )

        shown = whole()
        if known_at is None:
            before, working = self._names(story)(shown.entries), self._working(reader, child, purpose, basis)
            story = replace(story, agencies=working, reviewed=self._reviewed(reader, child))
            # What more is named because of it is shown by a reading that says so.
            shown = shown if self._names(story)(shown.entries) <= before else whole()
        found = tuple(advice(replace(story, entries=shown.entries), self._guide))
        named = {entry for one in found for entry in one.entries}
        about = {one.entry: one for one in shown.entries if one.entry in named}
        return Looked(
            shown.reading, shown.card, found, about, len(shown.entries), known_at, purpose, basis, shown.policy
        )

    def _names(self, story: Chronology) -> Callable[[Sequence[Entry]], set[UUID]]:
        """Which of some entries the advice on them names."""

        def named(entries: Sequence[Entry]) -> set[UUID]:
            found = advice(replace(story, entries=tuple(entries)), self._guide)
            return {entry for one in found for entry in one.entries}

        return named

    def beside(self, draft: EditionView, working: Iterable[Agency] = ()) -> tuple[Advice, ...]:
        """What could be better in an edition, of what its maker was just shown of it.

        working: the agencies that work with the child, as far as the maker knows.
        """
        story = Chronology(
            tuple(one.entry for one in draft.entries),
            day_of(draft.known_at),
            tuple(dict.fromkeys(working)),
            edition=self._stated(draft),
        )
        return tuple(advice(story, self._guide))

    def _stated(self, draft: EditionView) -> Stated:
        said = draft.written
        analysis = "\n".join(one.text for part, one in said.items() if part not in VIEWS and one.text)
        child, parent = (said[part].text or said[part].none if part in said else "" for part in VIEWS)
        return Stated(analysis, child, parent, draft.longest, tuple(self._invited(one) for one in draft.asked))

    def _invited(self, one: Contribution) -> Invited:
        known = self._organisations.get(one.organisation)
        return Invited(known.name if known else one.organisation, known.agency if known else None, one.answer)

    def _working(self, reader: Practitioner, child: UUID, purpose: str, basis: str) -> tuple[Agency, ...]:
        try:
            lines = self._casework.working_with(reader, child, purpose=purpose, basis=basis).lines
        except NothingToShow:  # somebody in an emergency is shown entries and no card
            return ()
        return tuple(dict.fromkeys(line.agency for line in lines))

    def _reviewed(self, reader: Practitioner, child: UUID) -> Reviewed | None:
        try:
            return self._editions.reviewed(reader, child)
        except NothingToShow:
            return None
