"""What an entry should say: what it meant, what was done, what came of it, who says so, and whether it is fact.

Asked of what matters alone: an entry that tells of a strength or a concern and is no routine, or a significant one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from consent.days import plural, starts
from consent.decision import Shown
from consent.entry_words import BY_HAND
from consent.quality_shapes import Chronology, Found, ids
from consent.quality_words import Guide
from hub.update import Account, Marks

OUTCOME: Final = ("any.outcome.added",)
ANALYSIS: Final = ("any.analysis.added", "any.outcome.added")
ADVERSE: Final = ("concern", "mixed")
ADDED: Final = "any."
"""The codes of what people add, whatever their agency."""
ABOUT_OTHERS: Final = ("any.analysis.", "any.outcome.", "any.view.", "any.disagreement.")
_NOTHING: Final = Account()
_UNMARKED: Final = Marks()


def no_meaning(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Too few of the entries that matter say what the happening meant for the child."""
    matter = [one for one in _matter(story) if not one.code.startswith(ABOUT_OTHERS)]
    explained = story.cited_by(ANALYSIS)
    silent = [one for one in matter if not _account(one).impact and one.entry not in explained]
    yield from _too_few(
        silent,
        matter,
        guide,
        "What it meant for the child is said of {said} of {of}.",
        "Add what it meant for the child, or an analysis that names these entries.",
    )


def no_action(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Too few concerns say what was done about them, or why nothing was."""
    concerns = [one for one in _matter(story) if one.valence in ADVERSE]
    silent = [one for one in concerns if not (_account(one).action_taken or _account(one).no_action_reason)]
    ended = story.cited_by(OUTCOME)
    silent = [one for one in silent if one.entry not in ended]
    yield from _too_few(
        silent,
        concerns,
        guide,
        "What was done, or why nothing was, is said of {said} of {of} of concern.",
        "Ask the agency that wrote it what was done. If nothing was, write down why.",
    )


def no_outcome(story: Chronology, guide: Guide) -> Iterator[Found]:
    """A concern has stood for long and nobody has said what came of it."""
    before = story.today - timedelta(days=guide.limits["outcome-days"])
    old = [one for one in _matter(story) if one.valence in ADVERSE and (starts(one.when.start) or story.today) < before]
    ended = story.cited_by(OUTCOME)
    if still := [one for one in old if one.entry not in ended]:
        yield Found(
            f"{plural(len(still), 'concern')} more than {guide.limits['outcome-days']} days old "
            f"{'has' if len(still) == 1 else 'have'} no outcome.",
            ids(still),
            "Add the outcome as an entry of its own that names the concern; if it is still open, say so.",
        )


def no_source(story: Chronology, _guide: Guide) -> Iterator[Found]:
    """An entry does not say where it comes from: who wrote it, or how whoever wrote it by hand came to know."""
    if found := [one for one in story.shown() if _nobody_says(one)]:
        yield Found(
            f"{plural(len(found), 'entry')} {'does' if len(found) == 1 else 'do'} not say who says so, "
            "or how they came to know.",
            ids(found),
            "Ask whoever wrote it how they know: seen by themselves, told by the child, told by somebody else.",
        )


def fact_or_opinion(story: Chronology, _guide: Guide) -> Iterator[Found]:
    """An entry that somebody wrote by hand leaves open whether it is a fact, an opinion or an allegation."""
    matter = [one for one in _matter(story) if _by_hand(one)]
    if unsaid := [one for one in matter if not _marks(one).assertion]:
        yield Found(
            f"{plural(len(unsaid), 'entry')} {'leaves' if len(unsaid) == 1 else 'leave'} open whether this is "
            "a fact, an opinion or an allegation.",
            ids(unsaid),
            "Say which it is. What somebody thinks is no fact, however likely.",
        )


def _too_few(
    silent: Sequence[Shown], of: Sequence[Shown], guide: Guide, sentence: str, next_step: str
) -> Iterator[Found]:
    """One finding, where fewer say it than the guide holds enough."""
    said = len(of) - len(silent)
    if silent and said * 100 < guide.limits["enough-said-percent"] * len(of):
        yield Found(sentence.format(said=said, of=plural(len(of), "entry")), ids(silent), next_step)


def _matter(story: Chronology) -> list[Shown]:
    return [one for one in story.shown() if one.significance == "significant" or _says_something(one)]


def _says_something(one: Shown) -> bool:
    return one.significance != "routine" and one.valence != "neutral"


def _nobody_says(one: Shown) -> bool:
    return not (one.author or one.organisation) or (_by_hand(one) and not _marks(one).source_kind)


def _by_hand(one: Shown) -> bool:
    return one.source == BY_HAND or one.code.startswith(ADDED)


def _account(one: Shown) -> Account:
    return one.account or _NOTHING


def _marks(one: Shown) -> Marks:
    return one.marks or _UNMARKED
