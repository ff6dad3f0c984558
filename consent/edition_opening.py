"""Opening an edition for one reader: theirs or as if there were none, and of what it holds what they may see today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from consent.deciding import Decided
from consent.decision import Answer, Asked, ChildCard, Entry, Level
from consent.edition_copies import Contents, Pins, contents, digest, drafted
from consent.edition_detail import Detail
from consent.edition_looking import known_of
from consent.edition_readers import asked_of, colleagues, is_member
from consent.entries import entry_of
from consent.means import CASEWORK, STATUTORY, Means
from hub.directory import Directory
from hub.people import Practitioner
from projections import edition_rows, second_line, story
from projections.edition_rows import Held, HeldCopy
from projections.session import Cursor
from projections.story import Row

HELD_BACK: Final = "This is as much of it as this edition holds for you."
ASK_MAKER: Final = "Whoever prepared the edition, or the agency that wrote the entry."


@dataclass(frozen=True, slots=True)
class Opened:
    """An edition as far as one reader may see it now.

    pins: what their copy holds. digest: of their copy as the log has it since it was frozen, empty for a draft. whole:
    whether what is stored still has it.
    known: of the entries that its entries are about, those of which this reader may know.
    """

    held: Held
    decided: Decided
    contents: Contents
    pins: Pins
    digest: str
    whole: bool
    card: ChildCard
    known: frozenset[UUID]

    @property
    def closed(self) -> set[UUID]:
        """Of what their copy holds, what they may no longer know of, or see less of."""
        pinned = {one.entry: one.level for of in self.pins for one in of}
        now = {row.entry: row.level for row, _ in self.contents.both}
        return {entry for entry, level in pinned.items() if now.get(entry, 0) < level}

    def entry(self, row: Row) -> Entry:
        """One entry at the level that both the edition and today's rules let it have."""
        kind = self.decided.key_of(row)
        keys, answer = self.decided.keys.by_number, self.decided.answers[kind]
        ask = self.decided.policy.ask(answer.rule)
        if row.level < answer.level and row.level < Level.SHOWN:
            answer, ask = Answer(Level(row.level), "edition", HELD_BACK), ASK_MAKER
        third_party = row.said in keys and keys[row.said].third_party
        return entry_of(row, keys[kind].agency, answer, ask, third_party=third_party, known=self.known)


@dataclass(frozen=True, slots=True)
class Opening:
    """Whose an edition is, and what they may see of it: emergency access, which is for the story alone, opens none."""

    means: Means
    known: Directory
    detail: Detail

    def of(self, session: Cursor, reader: Practitioner, child: UUID, edition: UUID) -> tuple[Decided, Opened | None]:
        """What was decided about this reader; and the edition, None where there is none for them.

        The same is asked whether or not there is such an edition or such a child.
        """
        second_line.about(session, reader, child)
        held = edition_rows.one(session, edition)
        if held is None or held.child != child or not may_read(reader, held):
            return self.means.decide(session, Asked(reader, CASEWORK[0], STATUTORY), child, lasting=True), None
        asked = asked_of(reader, self.detail.purposes[held.purpose], held)
        decided = self.means.decide(session, asked, child, lasting=True)
        opened = self._opened(session, reader, held, decided)
        known = decided.works_with or bool(opened.contents.both)
        return decided, opened if known else None

    def name(self, person: str) -> str:
        """The name of a person of the directory, the id of somebody whom it no longer lists."""
        found = self.known.listed(person)
        return found.name if found else person

    def _opened(self, session: Cursor, reader: Practitioner, held: Held, decided: Decided) -> Opened:
        pins, whole, said = drafted(held, Level.EXPORTABLE), True, ""
        if held.frozen_at is not None:
            copy = self._copy(reader, held, edition_rows.copies(session, held.edition))
            pins = edition_rows.entries(session, held.edition, copy.copy) if copy else ([], [])
            said = edition_rows.digest_as_frozen(session, held.edition, copy.copy) if copy else ""
            own = edition_rows.own_copy_as_frozen(session, held.edition)
            whole = own in {None, copy.copy if copy else None}
            whole = whole and (copy is None or digest(session, held, held.frozen_at, pins) == said)
        levels = decided.levels()
        name = story.card(session, held.child, levels) if levels.reach() >= Level.REDACTED else ("", "")
        found = contents(session, decided, held.known_at, pins)
        known = known_of(session, decided, [row for row, _ in found.both], held.known_at)
        card = ChildCard(held.child, *name)
        return Opened(held, decided, found, pins, said, whole, card, known)

    def _copy(self, reader: Practitioner, held: Held, copies: Sequence[HeldCopy]) -> HeldCopy | None:
        """Their own; of whoever came later, a copy that a colleague with the same place in the audience has."""
        own = next((one for one in copies if reader.id in one.readers), None)
        if own is not None:
            return own
        people = [person for one in copies for person in map(self.known.listed, one.readers) if person is not None]
        same = set(colleagues(reader, held.audience, people))
        return next((one for one in copies if same & set(one.readers)), None)


def may_read(reader: Practitioner, held: Held) -> bool:
    """Whether it is theirs: made by them, or frozen and made for them."""
    return held.by == reader.id or (held.frozen_at is not None and is_member(reader, held.audience))


def kept(cites: Iterable[str], of: Contents) -> tuple[UUID, ...]:
    """Of what is cited, what this reader may know of here."""
    known = {row.entry for row, _ in of.both}
    return tuple(one for one in map(UUID, cites) if one in known)
