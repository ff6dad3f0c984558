"""The list on the chronology page: what the filters leave, grouped by month, and the counts beside the filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from consent.decision import Entry, Order, Shown, Withheld
from consent.derived_gaps import Gap, silences
from hub.people import Agency
from hub.web import words
from hub.web.lanes import rank

WEIGHTS: Final = {"all": "All entries", "notable": "Notable and above", "significant": "Significant only"}
ORDERS: Final = {"newest": "Newest first", "oldest": "Oldest first"}

_LEAST: Final = {"all": 0, "notable": 2, "significant": 3}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the reader asked the list to keep. No agencies means all of them.

    since_last: the gate was asked for nothing but what came since the reader last looked.
    """

    agencies: frozenset[str] = frozenset()
    weight: str = "all"
    order: Order = "newest"
    since_last: bool = False

    @property
    def choosing(self) -> bool:
        """Whether the list leaves out some of what the gate was asked for."""
        return bool(self.agencies) or self.weight != "all"

    @property
    def narrowed(self) -> bool:
        """Whether the list may be shorter than the chronology."""
        return self.choosing or self.since_last

    def keeps(self, entry: Entry) -> bool:
        """Tell whether an entry stays. One whose weight the reader may not know is never filtered by weight."""
        if self.agencies and entry.agency.value not in self.agencies:
            return False
        return isinstance(entry, Withheld) or rank(entry) >= _LEAST[self.weight]


@dataclass(frozen=True, slots=True)
class Month:
    """One heading of the list and what stands under it; a silence stands between entries."""

    heading: str
    rows: tuple[Entry | Gap, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the list and its filters need."""

    months: tuple[Month, ...]
    kept: int
    known: int
    not_shown: int
    facets: tuple[tuple[Agency, int], ...]

    @property
    def count_line(self) -> str:
        """State how many entries there are, and of how many the reader does not see the content."""
        total = words.plural(self.known, "entry")
        of = total if self.kept == self.known else f"{self.kept:,} of {total}"
        return f"{of}, {self.not_shown:,} with content not shown to you"


def filters(agencies: Sequence[str], weight: str, order: str, since: str = "") -> Filters:
    """Read the filters from an address; what nobody offers counts as not asked for."""
    offered = {agency.value for agency in Agency}
    return Filters(
        frozenset(agencies) & offered,
        weight if weight in WEIGHTS else "all",
        "oldest" if order == "oldest" else "newest",
        since == "last",
    )


def listing(entries: Sequence[Entry], chosen: Filters) -> Listing:
    """Filter, order and group. Silences show only in a list that nothing was filtered out of."""
    kept = [entry for entry in entries if chosen.keeps(entry)]
    dated = [entry for entry in kept if words.starts(entry.when.start) is not None]
    undated = [entry for entry in kept if words.starts(entry.when.start) is None]
    rows: list[Entry | Gap] = list(dated) if chosen.narrowed else _with_gaps(dated)
    if chosen.order == "newest":
        rows.reverse()
    # What has no date is neither old nor new, so it comes last in both orders.
    rows += undated
    counts = Counter(entry.agency for entry in entries)
    return Listing(
        months=tuple(Month(heading, tuple(found)) for heading, found in groupby(rows, key=_heading)),
        kept=len(kept),
        known=len(entries),
        not_shown=sum(not isinstance(entry, Shown) for entry in entries),
        facets=tuple((agency, counts[agency]) for agency in Agency if counts[agency]),
    )


def _with_gaps(entries: Sequence[Entry]) -> list[Entry | Gap]:
    """Put each silence before the first entry that ends it."""
    waiting = silences(entries)
    rows: list[Entry | Gap] = []
    for entry in entries:
        first = words.starts(entry.when.start)
        while waiting and first is not None and first >= waiting[0].before:
            rows.append(waiting.pop(0))
        rows.append(entry)
    return rows


def _heading(row: Entry | Gap) -> str:
    start = row.before.isoformat() if isinstance(row, Gap) else row.when.start
    first = words.starts(start)
    if first is None:
        return "Date not known"
    return (
        f"{first.year}, month not known"
        if len(start) == len("2021")
        else f"{words.MONTHS[first.month - 1]} {first.year}"
    )
