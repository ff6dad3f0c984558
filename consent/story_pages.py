"""One page of a story: in which order it is read, after which place, and from an entry on that somebody came for."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from hub.errors import BadInput
from projections import story
from projections.session import Cursor
from projections.story import Row

START: Final = ("", UUID(int=0))
NEWEST: Final = "<"
"""What a cursor begins with that goes on to older entries; no place does."""


@dataclass(frozen=True, slots=True)
class Page:
    """What was read. cursor: where the next page goes on, empty where there is none. first: none comes before it."""

    rows: Sequence[Row] = ()
    cursor: str = ""
    first: bool = True


def after(cursor: str, *, newest: bool) -> tuple[tuple[str, UUID], bool]:
    """The place at which a page ended, and whether the newest come first: a cursor goes on in its own order.

    Raises BadInput for what is no cursor of the hub's.
    """
    if not cursor:
        return START, newest
    try:
        place, space, entry = urlsafe_b64decode(cursor.encode()).decode().rpartition(" ")
        ended = place.removeprefix(NEWEST), UUID(entry)
    except ValueError:
        space = ""
    if not space or "\x00" in place:
        raise BadInput("The cursor is not one the hub gave.", "Ask again without a cursor.")
    return ended, place.startswith(NEWEST)


def read(session: Cursor, question: story.Question, entry: UUID | None) -> Page:
    """The page that is asked for; the page from this entry on, where it is not there and the levels let it out."""
    found = _page(session, question, first=question.after == START)
    if entry is None or any(row.entry == entry for row in found.rows):
        return found
    # One that is sealed and one that there is not are looked for alike.
    held = story.this(session, question, entry)
    if held is None:
        return found
    before = UUID(int=held.entry.int + 1 if question.newest else held.entry.int - 1)
    there = _page(session, replace(question, after=(held.place, before)), first=False)
    return there if any(row.entry == entry for row in there.rows) else found


def _page(session: Cursor, question: story.Question, *, first: bool) -> Page:
    rows = story.read(session, replace(question, limit=question.limit + 1))
    shown = rows[: question.limit]
    return Page(shown, _cursor(shown[-1], newest=question.newest) if len(rows) > len(shown) else "", first)


def _cursor(end: Row, *, newest: bool) -> str:
    # No finer a place than the reader is shown: when something withheld happened must not be read from a page's end.
    return urlsafe_b64encode(f"{NEWEST if newest else ''}{end.place} {end.entry}".encode()).decode()
