"""What of a story belongs in an edition: every candidate is taken in or left out, and each has its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from consent.decision import Level
from consent.edition_detail import DISAGREEMENT_CODES, VIEW_CODES, Stage
from hub.events.editions import Picked
from projections.story import Row

DAY: Final = len("2026-01-31")


@dataclass(frozen=True, slots=True)
class Window:
    """The days that an edition is about, `YYYY-MM-DD`; an empty one is open."""

    since: str = ""
    until: str = ""

    def holds(self, start: str, end: str) -> bool:
        """Whether something that began and ended then, as exactly as it is known, may have touched it."""
        first, last = start[:DAY], (end or start)[:DAY]
        if not first:
            return True
        after = self.until and first > self.until[: len(first)]
        before = self.since and last < self.since[: len(last)]
        return not after and not before


def candidates(
    rows: Iterable[Row], agencies: Mapping[UUID, str], stage: Stage, window: Window, by_hand: Mapping[UUID, bool]
) -> list[Picked]:
    """Each entry with the decision about it, in the order of the story.

    agencies: of each entry. by_hand: what its maker chose themselves before, which stands.
    """
    seen: set[tuple[str, ...]] = set()
    return [
        Picked(row.entry, by_hand[row.entry], "chosen")
        if row.entry in by_hand
        else _picked(row, agencies[row.entry], stage, window, seen)
        for row in rows
    ]


def _picked(row: Row, agency: str, stage: Stage, window: Window, seen: set[tuple[str, ...]]) -> Picked:
    if not window.holds(row.start, row.end):
        return Picked(row.entry, included=False, why="outside-window")
    if row.level < Level.REDACTED:
        return Picked(row.entry, included=False, why="not-open-to-maker")
    if _again(row, agency, seen):
        return Picked(row.entry, included=False, why="duplicate")
    if stage.takes(kinds(row), row.code):
        return Picked(row.entry, included=True, why="always-in")
    enough = stage.significant(row.significance)
    return Picked(row.entry, included=enough, why="significant-enough" if enough else "routine")


def _again(row: Row, agency: str, seen: set[tuple[str, ...]]) -> bool:
    """Whether the same agency said the very same of the same time before; only what is read whole can be compared."""
    if row.level < Level.SHOWN or not row.start:
        return False
    said = (agency, row.code, row.start, row.end, row.polarity, row.headline, row.detail)
    again = said in seen
    seen.add(said)
    return again


def kinds(row: Row) -> frozenset[str]:
    """What kinds of entry it is, in the words of the levels of detail; as far as the maker may read it."""
    marks = row.marks or {}
    told = {
        "turning": bool(marks.get("turning")),
        "concern": row.valence == "concern",
        "missed": row.polarity == "did-not-happen",
        "view": row.code.startswith(VIEW_CODES[:-1]),
        "disagreement": row.code.startswith(DISAGREEMENT_CODES[:-1]),
        # What goes well as a matter of course is routine too; a strength that somebody noted is not.
        "strength": row.valence == "strength" and row.significance != "routine",
        "seen": bool(marks.get("seen")),
    }
    return frozenset(kind for kind, is_so in told.items() if is_so)
