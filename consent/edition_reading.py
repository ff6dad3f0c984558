"""Reading editions: one, the list of a child's, the difference between two, and when the story was last looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast
from uuid import UUID

from consent.decision import Asked, Level
from consent.edition_opening import Opened, Opening, may_read
from consent.edition_readers import asked_of
from consent.edition_shapes import (
    Answered,
    Compared,
    Contribution,
    EditionLine,
    EditionView,
    Member,
    Purpose,
    Reviewed,
    Stage,
)
from consent.edition_telling import chosen, compared, written
from consent.means import CASEWORK, STATUTORY
from hub.audit.trail import Told
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow
from hub.people import Practitioner
from projections import edition_rows, second_line, story
from projections.edition_rows import Held
from projections.session import Cursor
from projections.story import Row

SIGNIFICANT: Final = "significant"
COMPARING: Final = "edition-compare"
MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """Every look is recorded with the entries that it told of, in their versions; a refusal too."""

    opening: Opening

    def read(self, reader: Practitioner, child: UUID, edition: UUID) -> EditionView:
        """One edition; see `Editions.read`."""
        with self.opening.means.reading() as session:
            opened, (reading,) = self._opened(session, reader, child, (edition,), "edition")
            view = self._view(session, reader, opened[0], reading) if opened else None
        if view is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return view

    def listed(self, reader: Practitioner, child: UUID) -> tuple[EditionLine, ...]:
        """Those of a child that this reader may read; see `Editions.listed`."""
        with self.opening.means.reading() as session:
            works, found = self._of_child(session, reader, child, "editions")
        if not works and not found:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return tuple(replace(_line(reader, one, found), maker=self.opening.name(one.by)) for one in found)

    def compare(self, reader: Practitioner, child: UUID, older: UUID, newer: UUID) -> Compared:
        """Two of a child's editions; see `Editions.compare`."""
        with self.opening.means.reading() as session:
            opened, _ = self._opened(session, reader, child, (older, newer), COMPARING)
        if not opened:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return compared(*opened)

    def reviewed(self, reader: Practitioner, child: UUID) -> Reviewed:
        """When the story was last looked at as a whole; see `Editions.reviewed`."""
        with self.opening.means.reading() as session:
            works, found = self._of_child(session, reader, child, "edition-reviewed")
            newest = next((one for one in found if one.frozen_at is not None), None)
            after = self._significant_after(session, reader, newest) if newest else []
        if not works and not found:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        if newest is None or newest.frozen_at is None:
            return Reviewed()
        days = max(0, (self.opening.means.now() - newest.frozen_at).days)
        return Reviewed(newest.edition, newest.frozen_at, days, tuple(row.entry for row in after))

    def _opened(
        self, session: Cursor, reader: Practitioner, child: UUID, editions: Sequence[UUID], action: str
    ) -> tuple[list[Opened], list[UUID]]:
        """All of these, or none where this reader may not read one of them; and the records of it."""
        looked = [self.opening.of(session, reader, child, one) for one in editions]
        opened = [one for _, one in looked if one is not None]
        found = len(opened) == len(looked)
        records, named = [], _told(opened, action) if found else [()] * len(looked)
        for (decided, one), of in zip(looked, named, strict=True):
            rows = [row for row, _ in one.contents.both if row.entry in of] if one else []
            counted = Counter(decided.key_of(row) for row in rows)
            told = [Told(row.entry, row.held, row.level) for row in rows]
            moment = one.held.known_at if one and found else None
            records.append(
                self.opening.means.record(session, decided, action, counted, found=found, known_at=moment, told=told)
            )
        return (opened if found else []), records

    def _of_child(self, session: Cursor, reader: Practitioner, child: UUID, action: str) -> tuple[bool, list[Held]]:
        """Whether they work with the child; and those that they may read, the newest first. It is recorded."""
        means = self.opening.means
        second_line.about(session, reader, child)
        held = [one for one in edition_rows.of_child(session, child) if may_read(reader, one)]
        asked = {one.edition: asked_of(reader, self.opening.detail.purposes[one.purpose], one) for one in held}
        open_for = {ground: self._is_open(session, ground, child) for ground in dict.fromkeys(asked.values())}
        found = [one for one in held if open_for[asked[one.edition]]]
        decided = means.decide(session, Asked(reader, CASEWORK[0], STATUTORY), child, lasting=True)
        works = means.works_with(session, reader, decided.facts)
        means.record(session, decided, action, Counter(), found=works or bool(found))
        return works, sorted(found, key=_newest, reverse=True)

    def _is_open(self, session: Cursor, asked: Asked, child: UUID) -> bool:
        decided = self.opening.means.decide(session, asked, child, lasting=True)
        return decided.works_with or decided.levels().reach() > 0

    def _significant_after(self, session: Cursor, reader: Practitioner, newest: Held) -> list[Row]:
        """What is significant and became known after that edition was made, as far as this reader may see it."""
        asked = asked_of(reader, self.opening.detail.purposes[newest.purpose], newest)
        decided = self.opening.means.decide(session, asked, newest.child, lasting=True)
        levels = decided.levels()
        question = story.Question(newest.child, levels, since=newest.known_at, limit=MOST)
        rows = story.read(session, question) if levels.reach() else []
        known = {one.entry for one in newest.picks}
        after = [row for row in rows if row.significance == SIGNIFICANT and row.entry not in known]
        # That there is each of them, and nothing of what it says in whichever version.
        told = [Told(row.entry, 0, Level.WITHHELD) for row in after]
        counted = Counter(map(decided.key_of, after))
        self.opening.means.record(session, decided, "edition-reviewed", counted, found=True, told=told)
        return after

    def _view(self, session: Cursor, reader: Practitioner, opened: Opened, reading: UUID) -> EditionView:
        held, closed = opened.held, opened.closed
        own = held.by == reader.id
        entries, left_out = chosen(opened, opened.contents.entries), chosen(opened, opened.contents.left_out)
        gone = closed - {row.entry for row, _ in opened.contents.both}
        return EditionView(
            reading=reading,
            edition=held.edition,
            state="frozen" if held.frozen_at else "draft",
            card=opened.card,
            purpose=cast(Purpose, held.purpose),
            basis=held.basis,
            stage=cast(Stage, held.stage),
            since=held.since,
            until=held.until,
            known_at=held.known_at,
            prepared_by=held.by,
            organisation=held.organisation,
            audience=tuple(Member(one.person, one.organisation, one.role) for one in held.audience),
            entries=entries,
            left_out=left_out,
            written=written(held, opened.contents),
            asked=tuple(
                Contribution(code, cast(Answered, said["answer"]), said["reason"])
                for code, said in sorted(held.asked.items())
            ),
            version=held.version if own else 0,
            number=held.number if own else 0,
            frozen_at=held.frozen_at,
            hash=opened.digest,
            whole=opened.whole,
            closed=held.frozen_at is not None
            and (any(one.closed for one in entries) or _was_shown(session, reader, held, gone)),
            changed=any(one.since for one in entries),
            superseded_by=_next(held, self._theirs(session, reader, held)),
            longest=self.opening.detail.stages[held.stage].longest if own else 0,
            decided_for=self.opening.detail.purposes[held.purpose].purpose,
            people={one: self.opening.name(one) for one in (held.by, *(one.person for one in held.audience)) if one},
        )

    @staticmethod
    def _theirs(session: Cursor, reader: Practitioner, held: Held) -> list[Held]:
        return [one for one in edition_rows.of_child(session, held.child) if may_read(reader, one)]


def _told(opened: Sequence[Opened], action: str) -> list[Collection[UUID]]:
    """The entries of each that the reader is told of: all, or of two that are compared what differs."""
    if action != COMPARING:
        return [{row.entry for row, _ in one.contents.both} for one in opened]
    found = compared(*opened)
    added, changed, gone = ({one.entry.entry for one in of} for of in (found.added, found.changed, found.left_out))
    return [gone, added | changed]


def _was_shown(session: Cursor, reader: Practitioner, held: Held, entries: set[UUID]) -> bool:
    """Whether they were told of any of these before; else that there was something would be news to them."""
    return bool(entries) and edition_rows.was_shown(session, reader.id, held.child, sorted(entries))


def _line(reader: Practitioner, held: Held, found: Sequence[Held]) -> EditionLine:
    return EditionLine(
        held.edition,
        "frozen" if held.frozen_at else "draft",
        cast(Purpose, held.purpose),
        cast(Stage, held.stage),
        held.since,
        held.until,
        held.known_at,
        held.by,
        held.organisation,
        held.version if held.by == reader.id else 0,
        held.number if held.by == reader.id else 0,
        held.frozen_at,
        _next(held, found),
    )


def _next(held: Held, theirs: Iterable[Held]) -> UUID | None:
    """The next edition for the same purpose that was frozen after this one."""
    later = [one for one in theirs if one.purpose == held.purpose and _is_after(one, held)]
    return min(later, key=_newest).edition if later else None


def _is_after(one: Held, held: Held) -> bool:
    return one.frozen_at is not None and held.frozen_at is not None and _newest(one) > _newest(held)


def _newest(held: Held) -> tuple[str, int]:
    return (held.frozen_at or held.known_at).isoformat(), held.position
