"""Kept up and looked at as a whole: a chronology that nobody reviews or analyses is of little use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from consent.days import ends, plural
from consent.quality_shapes import Chronology, Found, ids
from consent.quality_words import Guide


def not_up_to_date(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Nobody has added anything for long."""
    newest = max((day for one in story.entries if (day := ends(one.when.end or one.when.start))), default=story.today)
    if newest < story.today - timedelta(days=guide.limits["not-updated-days"]):
        yield Found(
            f"The newest entry is {plural((story.today - newest).days, 'day')} old.",
            ids(story.entries[-1:]),
            "Ask who works with the child what has happened since; if nothing has, say so in the analysis.",
        )


def unreviewed(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Nobody has looked at the whole since something significant happened, or for too long."""
    last = story.reviewed
    if last is None or story.edition is not None:
        return
    significant = [one for one in story.told() if one.significance == "significant"]
    since = [one for one in significant if last.edition is None or one.entry in last.significant]
    if since:
        reviewed = "and no edition was ever frozen" if last.edition is None else "since the newest edition was frozen"
        yield Found(f"{plural(len(since), 'significant entry')} came {reviewed}.", ids(since), "Prepare a new edition.")
    elif last.edition is not None and last.days > guide.limits["review-days"]:
        old = plural(last.days, "day")
        yield Found(f"The newest edition is {old} old.", (), "Prepare a new edition, even if little has changed.")


def no_analysis(story: Chronology, _guide: Guide) -> Iterator[Found]:
    """The edition says what happened and not what it means."""
    if story.edition is not None and not story.edition.analysis.strip():
        yield Found(
            "The edition has no analysis.",
            (),
            "Say what the entries together mean for the child: patterns, strengths, gaps, and what is still not known.",
        )
