"""Looking through a child's story for an edition: all its maker may see as of one moment, each entry decided about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from consent.contributing_terms import ABOUT_ENTRIES, PLAIN
from consent.deciding import Decided
from consent.edition_candidates import Window, candidates
from consent.edition_detail import Stage
from consent.edition_shapes import EditionSaid
from consent.entries import cited
from consent.means import Means
from consent.statements import day
from hub.errors import BadInput
from hub.events.editions import Picked
from projections import edition_rows, pinned, story
from projections.session import Cursor
from projections.story import Row

PAGE: Final = 1000
MOST: Final = 10_000
STATUSES: Final = {
    "registered": "registered",
    "concern": "concern",
    "looked-after": "looked-after",
    "plan": "multi-agency-plan",
    "single-agency-plan": "single-agency-plan",
}
"""The stages that agencies' records tell of, the furthest first."""


@dataclass(frozen=True, slots=True)
class For:
    """What belongs in the edition. known_at: as the story was known at a moment that has passed; None for now."""

    stage: Stage
    window: Window
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What the maker saw of the story, and when."""

    picks: list[Picked]
    moment: datetime
    position: int


def look(session: Cursor, decided: Decided, wanted: For, before: Sequence[Picked] = ()) -> Looked:
    """Every candidate, decided about; what was chosen by hand before stays so. Raises BadInput for too many."""
    moment, position = edition_rows.place_in_log(session, wanted.known_at)
    rows = as_told(session, decided, _theirs(session, decided, list(_story(session, decided, moment)), moment), moment)
    agencies = {row.entry: decided.keys.by_number[decided.key_of(row)].agency for row in rows}
    by_hand = {one.entry: one.included for one in before if one.why == "chosen"}
    picks = candidates(rows, agencies, wanted.stage, wanted.window, by_hand)
    lost = {one.entry for one in before} - agencies.keys()
    gone = [Picked(one, included=False, why="taken-back") for one in sorted(pinned.taken_back(session, lost))]
    return Looked([*picks, *gone], moment, position)


def _story(session: Cursor, decided: Decided, moment: datetime) -> Iterator[Row]:
    levels, after, seen = decided.levels(), ("", UUID(int=0)), 0
    while levels.reach():
        page = story.read(session, story.Question(decided.child, levels, moment, after=after, limit=PAGE))
        yield from page
        seen += len(page)
        if len(page) < PAGE:
            return
        if seen >= MOST:
            raise BadInput("That is too much for one edition.", "Choose a shorter window of time.")
        after = page[-1].place, page[-1].entry


def _theirs(session: Cursor, decided: Decided, rows: list[Row], moment: datetime) -> list[Row]:
    """The same without what turned out to be another child's since: it is in no edition any more."""
    if not rows:
        return rows
    still = pinned.still_of(session, decided.child, decided.levels(), (row.entry for row in rows), moment)
    return [row for row in rows if row.entry in still]


def as_told(session: Cursor, decided: Decided, rows: list[Row], moment: datetime) -> list[Row]:
    """The same, where an entry says something of others of which this reader may not know, as one like any other."""
    known = known_of(session, decided, rows, moment)
    return [
        row._replace(code=PLAIN) if row.code in ABOUT_ENTRIES and not known & set(row.cites) else row for row in rows
    ]


def known_of(session: Cursor, decided: Decided, rows: Iterable[Row], moment: datetime) -> frozenset[UUID]:
    """Of the entries that these are about, those of which this reader may know."""
    cites = cited(rows)
    question = story.Question(decided.child, decided.levels(), moment)
    return story.known_of(session, question, cites) if cites else frozenset()


def stage_on_record(means: Means, session: Cursor, child: UUID, *, leads: bool) -> str:
    """How far the work with a child has gone, for whoever leads: to others it could tell what is not open to them."""
    on_record = edition_rows.stages(session, child, means.today()) if leads else frozenset()
    return next((stage for status, stage in STATUSES.items() if status in on_record), "universal")


def window_of(said: EditionSaid) -> Window:
    """The days that it is to be about. Raises BadInput for what is no day, and for an end before the beginning."""
    since, until = (day(one) if one else "" for one in (said.since, said.until))
    if since and until and until < since:
        raise BadInput("The window ends before it begins.", "Give its first day and its last.")
    return Window(since, until)
