"""Entries that belong together: concerns that are small one by one, and one happening that two agencies may both tell.

Each pattern lists its entries, so that a person can look at every one. It is found by counting days and agencies; it
says nothing of how grave it is, and nobody's entries are weighed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain, islice, product
from typing import Final
from uuid import UUID

from consent import days
from consent.clock_data import Reckoning
from consent.derived import Known, Pair, Section, Statement, Verdict, between, dated, ids, on, pair_of
from hub.people import Agency

MADE_OF_CONCERNS: Final = (
    "The entries that you may know of which say that they are a concern and are not significant by themselves. What "
    "several agencies told and a person joined counts once."
)
MADE_OF_ALIKE: Final = (
    "The entries that you may know of: those of two agencies, of kinds that can tell of the same happening, of the "
    "same day or the next."
)
UNKNOWN_CONCERNS: Final = "Whether entries belong together is for a person to say. It is no measure of risk."
MOST: Final = 100
MORE: Final = "There are more such pairs than the 100 that are listed."
UNKNOWN_ALIKE: Final = "Whether two entries tell of the same happening is for a person to say; the hub joins none."


def concerns(known: Sequence[Known], today: date, reckoning: Reckoning) -> Section:
    """Every run of small concerns of several agencies that lie close together, as one pattern with all its entries."""
    past = [one for one in dated(known) if one.day <= today]
    low = [one for one in past if one.concern and not one.significant]
    shut = [one for one in past if one.withheld]
    found = tuple(_pattern(run, shut) for run in _runs(low, reckoning.limits) if run)
    return Section("concerns", found, MADE_OF_CONCERNS, (UNKNOWN_CONCERNS,))


def alike(known: Sequence[Known], reckoning: Reckoning, verdicts: Sequence[Verdict] = ()) -> Section:
    """What nobody has looked at yet, and what a person said of others. verdicts: of entries that are among these."""
    apart = {verdict.pair for verdict in verdicts if verdict.what == "apart"}
    open_ = (_maybe(pair) for pair in _pairs(dated(known), reckoning) if not _said(pair, apart))
    maybe = list(islice(open_, MOST + 1))
    more = (MORE,) if len(maybe) > MOST else ()
    held = {entry: one for one in known for entry in one.entries}
    told = [_told(verdict, held) for verdict in sorted(verdicts, key=lambda verdict: verdict.pair)]
    return Section("alike", (*maybe[:MOST], *told), MADE_OF_ALIKE, (UNKNOWN_ALIKE, *more))


def _runs(low: Sequence[Known], limits: Mapping[str, int]) -> Iterator[Sequence[Known]]:
    """Runs whose every entry lies, with enough others of enough agencies, within the time; overlapping ones are one."""
    reach = timedelta(days=limits["concern-days"])
    agencies: Counter[Agency] = Counter()
    first, last, near = 0, 0, 0
    for at, one in enumerate(low):
        while near < len(low) and low[near].day - one.day <= reach:
            agencies.update(low[near].agencies)
            near += 1
        if near - at >= limits["concern-entries"] and len(+agencies) >= limits["concern-agencies"]:
            if at >= last:
                yield low[first:last]
                first = at
            last = near
        agencies.subtract(one.agencies)
    yield low[first:last]


def _agencies(found: Sequence[Known]) -> list[Agency]:
    return [agency for agency in Agency if any(agency in one.agencies for one in found)]


def _pattern(run: Sequence[Known], withheld: Sequence[Known]) -> Statement:
    first, last = run[0].day, run[-1].day
    shut = between(withheld, first, last)
    who = [agency.label for agency in _agencies(run)]
    words = (
        f"{len(run)} concerns, none of them significant by itself, of {' and '.join([', '.join(who[:-1]), who[-1]])}, "
        f"from {days.day(first)} to {days.day(last)}."
    )
    if shut:
        also = "1 entry" if len(shut) == 1 else f"{len(shut)} entries"
        words += f" In the same time {also} {'is' if len(shut) == 1 else 'are'} withheld from you."
    return Statement("pattern", "listed", words, ids(*run, *shut), first.isoformat(), last.isoformat(), len(run))


def _pairs(known: Sequence[Known], reckoning: Reckoning) -> Iterator[tuple[Known, Known]]:
    """Pairs of two agencies' entries, in their order; each once, though it may be alike in two ways."""
    at: dict[tuple[str, Agency, date], list[Known]] = {}
    found = [(one, _kinds(one, reckoning)) for one in known if one.exact]
    for one, kinds in found:
        for kind, agency in product(kinds, one.agencies):
            at.setdefault((kind, agency, one.day), []).append(one)
    for one, kinds in found:
        others = [agency for agency in Agency if agency not in one.agencies]
        near = (one.day + timedelta(days=apart) for apart in range(reckoning.limits["alike-days"] + 1))
        places = product(near, kinds, others)
        maybe = chain.from_iterable(at.get((kind, agency, day), ()) for day, kind, agency in places)
        later = (other for other in maybe if (other.day, other.entries) > (one.day, one.entries))
        told: set[tuple[UUID, ...]] = set()
        for other in later:
            if other.entries not in told and set(other.agencies).isdisjoint(one.agencies):
                told.add(other.entries)
                yield one, other


def _kinds(one: Known, reckoning: Reckoning) -> list[str]:
    return sorted({reckoning.alike[code] for code in one.codes if code in reckoning.alike})


def _said(pair: tuple[Known, Known], apart: Collection[Pair]) -> bool:
    """Whether somebody said of any entry of the one and any of the other that they are different."""
    one, other = pair
    return any(pair_of(a, b) in apart for a in one.entries for b in other.entries)


def _maybe(pair: tuple[Known, Known]) -> Statement:
    one, other = pair
    words = (
        f"{one.labels[0]}, told by {one.who} {on(one)}, and {other.labels[0]}, told by {other.who} {on(other)}, "
        "may be one happening told twice."
    )
    return Statement("alike", "maybe", words, (one.entries[0], other.entries[0]), one.day.isoformat())


def _told(verdict: Verdict, held: Mapping[UUID, Known]) -> Statement:
    one, other = (held[entry] for entry in verdict.pair)
    said = f"Said by {verdict.agency.label} on {days.day(verdict.on)}{': ' + verdict.reason if verdict.reason else '.'}"
    if verdict.what == "joined":
        words = f"{' and '.join(one.labels)}: one happening, told by {one.who} {on(one)}. {said}"
    else:
        words = f"{one.labels[0]}, told by {one.who}, and {other.labels[0]}, told by {other.who}: not the same. {said}"
    return Statement("alike", verdict.what, words, verdict.pair)
