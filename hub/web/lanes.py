"""The overview: one lane for each agency, with a mark wherever something happened, worked out in percent.

Everything here is computed from the entries the reader may know of and from nothing else, so neither a
mark, nor a number, nor a gap can tell of an entry that is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Final
from uuid import UUID

from consent.decision import Entry, Withheld
from consent.derived_gaps import Gap, silences
from hub.people import Agency
from hub.web import words

WIDE: Final = 34
"""Buckets on a desktop: marks are then at least 24 pixels apart."""
NARROW: Final = 9
"""Buckets on a phone."""

_RANK: Final = {"routine": 1, "notable": 2, "significant": 3}


@dataclass(frozen=True, slots=True)
class Mark:
    """One or several entries of an agency in one stretch of time.

    rank: 0 nothing of them is shown, 1 routine, 2 notable, 3 significant: the highest among them.
    """

    at: str
    rank: int
    count: int
    entry: UUID
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One agency's row. bars are periods as (left, width); all places are percentages of the row's width."""

    agency: Agency
    count: int
    wide: tuple[Mark, ...]
    narrow: tuple[Mark, ...]
    bars: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """All lanes, the silences as (left, width) for both widths, and the years along the foot as (place, year)."""

    lanes: tuple[Lane, ...]
    wide_gaps: tuple[tuple[str, str], ...]
    narrow_gaps: tuple[tuple[str, str], ...]
    years: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Span:
    first: date
    last: date

    def share(self, value: date) -> float:
        """Where a day lies, from 0 to 1; a little room is left at both ends for the marks themselves."""
        inside = (min(max(value, self.first), self.last) - self.first).days / max((self.last - self.first).days, 1)
        return 0.01 + 0.98 * inside


def overview(entries: Sequence[Entry], *, part: bool = False) -> Overview | None:
    """Lay out the entries that have a date; None when none has. Of a part of the story no silence can be told."""
    dated = [(first, entry) for entry in entries if (first := words.starts(entry.when.start)) is not None]
    if not dated:
        return None
    span = _span(dated)
    lanes = tuple(
        _lane(agency, [pair for pair in dated if pair[1].agency is agency], span)
        for agency in Agency
        if any(entry.agency is agency for _, entry in dated)
    )
    gaps = [] if part else silences(entries)
    return Overview(lanes, tuple(_bands(gaps, span, WIDE)), tuple(_bands(gaps, span, NARROW)), tuple(_years(span)))


def _span(dated: Sequence[tuple[date, Entry]]) -> _Span:
    lasts = [words.ends(entry.when.end or entry.when.start) or first for first, entry in dated]
    first, last = min(first for first, _ in dated), max(lasts)
    pad = timedelta(days=max(0, (60 - (last - first).days) // 2))
    return _Span(first - pad, last + pad)


def _lane(agency: Agency, dated: Sequence[tuple[date, Entry]], span: _Span) -> Lane:
    bars = tuple(
        _stretch(first, ended, span)
        for first, entry in dated
        if entry.when.end and (ended := words.ends(entry.when.end)) is not None and ended > first
    )
    return Lane(agency, len(dated), _marks(dated, span, WIDE), _marks(dated, span, NARROW), bars)


def _marks(dated: Sequence[tuple[date, Entry]], span: _Span, buckets: int) -> tuple[Mark, ...]:
    ordered = sorted(dated, key=lambda pair: pair[0])
    filled = groupby(ordered, key=lambda pair: _bucket(pair[0], span, buckets))
    return tuple(_mark(number, list(found), buckets) for number, found in filled)


def _mark(number: int, found: Sequence[tuple[date, Entry]], buckets: int) -> Mark:
    entries = [entry for _, entry in found]
    at = _percent((number + 0.5) / buckets)
    return Mark(at, max(map(rank, entries)), len(entries), entries[0].entry, _label(entries))


def rank(entry: Entry) -> int:
    """Give an entry's weight: 0 when the reader may not know it, else 1 to 3."""
    return 0 if isinstance(entry, Withheld) else _RANK[entry.significance]


def _label(entries: Sequence[Entry]) -> str:
    first, last = entries[0], entries[-1]
    if len(entries) == 1:
        what = "content not shown to you" if isinstance(first, Withheld) else first.summary
        return f"{first.agency.label}, {words.when(first.when)}: {what}"
    closed = sum(isinstance(entry, Withheld) for entry in entries)
    told = f", {closed} not shown to you" if closed else ""
    span = f"{words.when(first.when)} to {words.when(last.when)}"
    return f"{first.agency.label}, {words.plural(len(entries), 'entry')}, {span}{told}"


def _years(span: _Span) -> Iterator[tuple[str, int]]:
    january = [date(year, 1, 1) for year in range(span.first.year, span.last.year + 1)]
    places = [max(span.first, day) for day in january]
    for here, following in pairwise([*places, span.last]):
        # A year whose stretch is too short for its own number goes without.
        if span.share(following) - span.share(here) > 0.04 or len(places) == 1:  # noqa: PLR2004 - four percent
            yield _percent(span.share(here)), here.year


def _bands(gaps: Iterable[Gap], span: _Span, buckets: int) -> Iterator[tuple[str, str]]:
    """Grey out whole empty buckets only: a mark stands in the middle of its bucket, and never on grey.

    A silence shorter than a bucket is left to the list to tell.
    """
    for gap in gaps:
        left, right = _bucket(gap.after, span, buckets) + 1, _bucket(gap.before, span, buckets)
        if right > left:
            yield _percent(left / buckets), _percent((right - left) / buckets)


def _bucket(value: date, span: _Span, buckets: int) -> int:
    return min(int(span.share(value) * buckets), buckets - 1)


def _stretch(first: date, last: date, span: _Span) -> tuple[str, str]:
    left = span.share(first)
    return _percent(left), _percent(max(span.share(last) - left, 0.005))


def _percent(share: float) -> str:
    return f"{share * 100:.2f}%"
