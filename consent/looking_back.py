"""What a reader is told beside an entry: whether it came since they last looked, and what they said they do of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from consent.deciding import Decided
from consent.decision import Level, Note
from projections import news
from projections.session import Cursor
from projections.story import Row


def notes(session: Cursor, decided: Decided, rows: Sequence[Row], last: datetime | None) -> dict[UUID, Note]:
    """The note of each of these entries that has one. last: when the reader last looked, None for never.

    Of what is not open whole, when it came is told by the day alone, as everywhere.
    """
    if not rows:
        return {}
    child, reader = decided.child, decided.asked.reader.id
    said = news.words_of(session, child, reader)
    came: set[UUID] = set()
    if last is not None:
        came = {row.entry for row in rows if row.received_at is not None and row.received_at >= last}
        if closed := [row.entry for row in rows if row.received_at is None]:
            came |= news.came_since(session, child, decided.levels(), closed, last)
    # Nearly always there is nothing to say of nearly all of them.
    if not (noted := came | said.keys()):
        return {}
    found = {row.entry: _note(row, row.entry in came, said.get(row.entry)) for row in rows if row.entry in noted}
    return {entry: note for entry, note in found.items() if note != Note()}


def _note(row: Row, came: bool, word: news.OwnWord | None) -> Note:  # noqa: FBT001 - one of the note's own fields
    if word is None or row.level < Level.REDACTED:
        return Note(came)
    return Note(came, word.what, word.doing, word.due, word.passed_to)
