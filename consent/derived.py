"""What every derived view is made of and gives: happenings as one reader may know of them, and statements about them.

Nothing here fetches anything, and nothing is weighed: a statement names the entries that it rests on, so that a person
can look at them, and there is no score.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, takewhile
from typing import Final
from uuid import UUID

from consent import days
from consent.decision import Entry, Shown, Withheld
from hub.people import Agency

EXACT: Final = ("day", "instant")
SEEN: Final = ("seen-alone", "seen", "not-seen")

Pair = tuple[UUID, UUID]
"""Two entries, the lesser id first."""


@dataclass(frozen=True, slots=True)
class Known:
    """One happening: an entry, or several of which a person said that they tell of the same.

    first, last: the first and last day that its beginning can mean, None where no date is known; until: the last day
    of a period, else as last. moment: where the time of day is known. codes, concern, significant, happened, seen: as
    far as the reader may know; empty and false of one that is withheld. told: the day on which the hub was first told,
    where the reader may know that.
    """

    entries: tuple[UUID, ...]
    agencies: tuple[Agency, ...]
    first: date | None
    last: date | None
    until: date | None
    exact: bool
    moment: datetime | None = None
    codes: frozenset[str] = frozenset()
    labels: tuple[str, ...] = ()
    concern: bool = False
    significant: bool = False
    happened: bool = False
    seen: str = ""
    withheld: bool = False
    told: date | None = None

    def is_any(self, codes: Collection[str]) -> bool:
        """Whether it is known to have happened, and to be one of these codes."""
        return self.happened and not self.codes.isdisjoint(codes)

    @property
    def day(self) -> date:
        """Its first day; only of one that has a date."""
        if self.first is None:
            raise ValueError("this happening has no date")
        return self.first

    @property
    def who(self) -> str:
        """Whose it is, in words."""
        return " and ".join(agency.label for agency in self.agencies)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of two entries: `joined`, they tell of one happening, or `apart`, they do not.

    agency: whose it was to say; reason: as far as this reader may read it.
    """

    pair: Pair
    what: str
    agency: Agency
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that follows from entries.

    name: which clock, agency or kind it is about. status: a stable word. words: the whole of it for a reader. entries:
    those it rests on, in their order. since, until: the days that it is about, YYYY-MM-DD or empty. number: the days or
    times that it states, None where it states none. source: where a time limit is from.
    """

    name: str
    status: str
    words: str
    entries: tuple[UUID, ...] = ()
    since: str = ""
    until: str = ""
    number: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One view. made_of: what it was worked out from. unknown: what it cannot say, and why."""

    view: str
    statements: tuple[Statement, ...]
    made_of: str
    unknown: tuple[str, ...] = ()


def happenings(
    entries: Iterable[Entry], joined: Iterable[Pair] = (), told: Mapping[UUID, date] | None = None
) -> list[Known]:
    """The entries as happenings, earliest first and those without a date last; joined ones are one.

    told: the day on which the hub was first told of an entry. Two are joined only where something is known of both.
    """
    single = {entry.entry: happening(entry, (told or {}).get(entry.entry)) for entry in entries}
    groups = _groups(single, joined)
    return sorted(map(_one, groups), key=lambda one: (one.first or date.max, one.entries))


def pair_of(one: UUID, other: UUID) -> Pair:
    """Two entries as a pair, whichever is named first."""
    return (one, other) if one < other else (other, one)


def dated(known: Iterable[Known]) -> list[Known]:
    """Those that have a date."""
    return [one for one in known if one.first is not None]


def since(known: Sequence[Known], day: date) -> Iterator[Known]:
    """Those of a day or later, of some that have a date and are in their order; found without looking at the rest."""
    return (known[at] for at in range(bisect_left(known, day, key=lambda one: one.day), len(known)))


def between(known: Sequence[Known], first: date, last: date) -> list[Known]:
    """Those from a day to another, both included, of some that have a date and are in their order."""
    return list(takewhile(lambda one: one.day <= last, since(known, first)))


def ids(*known: Known | None) -> tuple[UUID, ...]:
    """The entries of several happenings, each once, in their order."""
    return tuple(dict.fromkeys(chain.from_iterable(one.entries for one in known if one is not None)))


def on(one: Known) -> str:
    """When it was, no more exactly than it is known."""
    if one.first is None or one.last is None:
        return "on a day that is not known"
    if one.exact:
        return f"on {days.day(one.first)}"
    return f"between {days.day(one.first)} and {days.day(one.last)}, on a day not exactly known"


def happening(entry: Entry, told: date | None = None) -> Known:
    """One entry, as far as the reader may know of it."""
    when, agencies = entry.when, (entry.agency,)
    first, last = days.starts(when.start), days.ends(when.start)
    ended = days.ends(when.end or when.start)
    until = max(first, ended or first) if first else None
    exact = when.precision in EXACT and not when.approximate and first is not None
    if isinstance(entry, Withheld):
        return Known((entry.entry,), agencies, first, last, until, exact, withheld=True)
    marks = entry.marks if isinstance(entry, Shown) else None
    return Known(
        (entry.entry,),
        agencies,
        first,
        last,
        until,
        exact,
        _moment(when.start) if when.precision == "instant" else None,
        frozenset((entry.code,)),
        (entry.summary,),
        entry.valence == "concern",
        entry.significance == "significant",
        entry.polarity == "happened",
        marks.seen if marks else "",
        told=told if isinstance(entry, Shown) else None,
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _groups(single: Mapping[UUID, Known], joined: Iterable[Pair]) -> list[list[Known]]:
    together = {entry: {entry} for entry in single}
    for one, other in joined:
        if one in single and other in single and not (single[one].withheld or single[other].withheld):
            merged = together[one] | together[other]
            together.update(dict.fromkeys(merged, merged))
    first = {min(group): group for group in together.values()}
    return [[single[entry] for entry in sorted(first[least])] for least in sorted(first)]


def _one(group: Sequence[Known]) -> Known:
    """Joined entries as one: when the one that is most exactly known and earliest says; the graver of what they say."""
    if len(group) == 1:
        return group[0]
    best = min(group, key=lambda one: (not one.exact, one.first or date.max, one.moment is None, one.entries))
    untils, tolds = [one.until for one in group if one.until], [one.told for one in group if one.told]
    return Known(
        ids(*group),
        tuple(agency for agency in Agency if any(agency in one.agencies for one in group)),
        best.first,
        best.last,
        max(untils, default=None),
        best.exact,
        best.moment,
        frozenset().union(*(one.codes for one in group)),
        tuple(dict.fromkeys(chain.from_iterable(one.labels for one in group))),
        any(one.concern for one in group),
        any(one.significant for one in group),
        any(one.happened for one in group),
        next((word for word in SEEN if any(one.seen == word for one in group)), ""),
        told=min(tolds, default=None),
    )
