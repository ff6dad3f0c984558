"""Both sides of the story, and no more of it than a reader needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from consent.days import plural, starts
from consent.decision import Entry
from consent.quality_entries import ADVERSE
from consent.quality_shapes import Chronology, Found, ids
from consent.quality_words import Guide

ENDINGS: Final = ("sw.register.removed", "sw.case.closed", "any.service.ended")


def only_adverse(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Hardly anything tells of a strength."""
    weighed = [one for one in story.told() if one.valence != "neutral"]
    strengths = [one for one in weighed if one.valence in {"strength", "mixed"}]
    enough = len(strengths) * 100 >= guide.limits["strengths-percent"] * len(weighed)
    if len(weighed) >= guide.limits["least-entries"] and not enough:
        concerns = [one for one in weighed if one.valence == "concern"]
        yield Found(
            f"{plural(len(concerns), 'entry')} tell of a concern and {len(strengths) or 'none'} of a strength.",
            ids(concerns),
            "Ask the child, the family and each agency what goes well and what protects the child, and add it.",
        )


def every_contact(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Most of it is routine."""
    told = story.told()
    routine = [one for one in told if one.significance == "routine"]
    much = len(routine) * 100 > guide.limits["routine-percent"] * len(told)
    if len(told) >= guide.limits["least-entries"] and much:
        yield Found(
            f"{len(routine)} of {plural(len(told), 'entry')} are routine.",
            ids(routine),
            "Leave routine contacts out of an edition, unless together they show something; then say it in one entry.",
        )


def too_many(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Some months hold so many entries that what matters is lost among them."""
    months: dict[str, list[Entry]] = {}
    for one in story.entries:
        if len(one.when.start) >= len("2026-03"):
            months.setdefault(one.when.start[:7], []).append(one)
    most = guide.limits["entries-a-month"]
    if full := [found for found in months.values() if len(found) > most]:
        yield Found(
            f"{plural(len(full), 'month')} {'has' if len(full) == 1 else 'have'} more than {most} entries.",
            ids([one for found in full for one in found]),
            "Choose for an edition what a reader needs to understand the child's life, and leave out the rest.",
        )


def too_long(story: Chronology, _guide: Guide) -> Iterator[Found]:
    """The edition is longer than the stage of the process calls for."""
    if story.edition and story.edition.limit and len(story.entries) > story.edition.limit:
        yield Found(
            f"The edition has {plural(len(story.entries), 'entry')}; at this stage about {story.edition.limit} do.",
            (),
            "Leave out what does not help at this meeting. A reason is kept with whatever is left out.",
        )


def after_it_ended(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Support ended, and concerns went on."""
    span = timedelta(days=guide.limits["after-ending-days"])
    for ending in story.told():
        ended = starts(ending.when.start)
        if ending.code not in ENDINGS or ended is None:
            continue
        after = [one for one in story.told() if one.valence in ADVERSE and _within(one, ended, ended + span)]
        after = [one for one in after if one.code not in ENDINGS]
        if after:
            yield Found(
                f"{plural(len(after), 'concern')} came within {span.days} days after: {ending.summary.lower()}.",
                (ending.entry, *ids(after)),
                "Ask whether the support ended too early, and who supports the child now.",
            )


def _within(one: Entry, first: date, last: date) -> bool:
    day = starts(one.when.start)
    return day is not None and first < day <= last
