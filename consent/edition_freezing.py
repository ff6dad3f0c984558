"""Freezing an edition: every reader's copy is decided, hashed and kept; from then on nobody changes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from consent.decision import Level
from consent.edition_copies import Freezing, contents, copies, frozen
from consent.edition_drafts import Drafts, must_be_a_draft
from consent.edition_readers import asked_of, people_of
from consent.edition_shapes import Frozen, Previewed
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow
from hub.events.access import unpacked
from hub.events.base import Event
from hub.events.editions import Copy, EditionFrozen
from hub.people import Practitioner
from projections import edition_rows
from projections.edition_rows import Held
from projections.session import Cursor

WHOLE_WORDS: Final = "What you wrote is shown whole to everybody of the audience, and so are they and whom you asked."
QUOTED: Final = (
    "It cites entries that not everybody of the audience is shown in full; read again what you quote of them."
)


@dataclass(frozen=True, slots=True)
class Freezer:
    """The last thing that happens to a draft. A draft of what is known now has to be one of what is still so."""

    drafts: Drafts

    def freeze(self, reader: Practitioner, child: UUID, edition: UUID, *, seen: int = 0) -> Frozen:
        """Freeze a draft; see `Editions.freeze`."""
        means, at = self.drafts.means, self.drafts.means.now().astimezone(UTC)
        self.drafts.must_prepare(reader, child)
        with means.reading() as session:
            held = self.drafts.own_draft(session, reader, child, edition, "edition-freeze")
            draft = held is not None and held.frozen_at is None
            problem = self._problem(session, reader, held) if held and draft else None
            made = self._copies(session, reader, held, at) if held and draft and problem is None else []
        must_be_a_draft(held, seen or (held.version if held else 0))
        if problem is not None:
            raise problem
        if held is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        last_of_it: list[EditionFrozen] = []

        def last(session: Cursor, version: int) -> Sequence[Event]:
            must_be_a_draft(edition_rows.one(session, edition), held.version)
            number = edition_rows.numbered(session, child, reader.id) + 1
            last_of_it[:] = [
                EditionFrozen(
                    originator_id=edition,
                    originator_version=version,
                    child=child,
                    by=reader.id,
                    at=at.isoformat(),
                    number=number,
                    copies=tuple(made),
                )
            ]
            return last_of_it

        means.act(edition, last)
        hidden = quoted(held, made)
        notes = (WHOLE_WORDS, QUOTED) if hidden else (WHOLE_WORDS,)
        own = next(one for one in made if reader.id in one.readers)
        event = last_of_it[0]
        return Frozen(edition, event.originator_version, event.number, own.digest, at, hidden, notes)

    def quoted(self, reader: Practitioner, child: UUID, edition: UUID) -> tuple[UUID, ...]:
        """What a draft cites that not all of its audience would be shown in full; see `Editions.quoted`."""
        self.drafts.must_prepare(reader, child)
        with self.drafts.means.reading() as session:
            held = self.drafts.own_draft(session, reader, child, edition, "edition-quoted")
            made = self._copies(session, reader, held, self.drafts.means.now()) if held else []
        if held is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return quoted(held, made)

    def previewed(self, reader: Practitioner, child: UUID, edition: UUID) -> tuple[Previewed, ...]:
        """The copies that there would be, the maker's own first; see `Editions.previewed`."""
        self.drafts.must_prepare(reader, child)
        with self.drafts.means.reading() as session:
            held = self.drafts.own_draft(session, reader, child, edition, "edition-preview")
            made = self._copies(session, reader, held, self.drafts.means.now()) if held else []
        if held is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        own = next((len(unpacked(one.entries)) for one in made if reader.id in one.readers), 0)
        found = [_previewed(one, reader, own) for one in made]
        return tuple(sorted(found, key=lambda one: (not one.own, -one.readers, -one.whole, -one.summary)))

    def _problem(self, session: Cursor, reader: Practitioner, held: Held) -> BadInput | None:
        """Why it cannot be frozen: there is nothing in it, or something in it is no longer so."""
        asked = asked_of(reader, self.drafts.detail.purposes[held.purpose], held)
        decided = self.drafts.means.decide(session, asked, held.child, lasting=True)
        entries = contents(session, decided, held.known_at, frozen(held)).entries
        if not entries:
            return BadInput("There is no entry in this edition.", "Include what belongs in it, then freeze it.")
        if not held.fixed and any(since.corrected for _, since in entries):
            return BadInput(
                "Something in this draft was corrected or taken back since you last looked.",
                "Look again at what is known now, then freeze it.",
            )
        return None

    def _copies(self, session: Cursor, reader: Practitioner, held: Held, at: datetime) -> list[Copy]:
        people = people_of(held.audience, self.drafts.known.people())
        readers = [reader, *(one for one in people if one.id != reader.id)]
        made_for = self.drafts.detail.purposes[held.purpose]
        return copies(self.drafts.means, session, Freezing(held, made_for, at, readers))


def quoted(held: Held, made: Iterable[Copy]) -> tuple[UUID, ...]:
    """The entries cited in what is written of which some copy does not hold the whole; nobody is named."""
    cited = {UUID(one) for said in held.written.values() for one in said["cites"]}
    whole = [{one.entry for one in unpacked(copy.entries) if one.level >= Level.SHOWN} for copy in made]
    hidden = {one for one in cited if any(one not in of for of in whole)}
    return tuple(one.entry for one in held.picks if one.entry in hidden)


def _previewed(copy: Copy, maker: Practitioner, entries: int) -> Previewed:
    """What one copy holds of as many entries as the maker's own has."""
    levels = Counter(Level(min(one.level, Level.SHOWN)) for one in unpacked(copy.entries))
    whole, summary, existence = levels[Level.SHOWN], levels[Level.REDACTED], levels[Level.WITHHELD]
    absent = entries - whole - summary - existence
    return Previewed(len(copy.readers), maker.id in copy.readers, whole, summary, existence, absent)
