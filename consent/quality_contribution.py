"""Something from everybody: each agency that works with the child, the child, the parents, and who else is at home."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from consent.days import ends
from consent.decision import Shown
from consent.quality_shapes import Chronology, Found, Invited, ids
from consent.quality_words import Guide
from hub.people import Agency

CHILD_VIEW: Final = ("any.view.child", "any.view.advocate")
PARENT_VIEW: Final = ("any.view.parent",)
ANSWERED: Final = ("contributed", "nothing-held")


def silent_agency(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Agencies work with the child, and there is nothing newer from them that the reader may know of."""
    days = guide.limits["silent-days"]
    before = story.today - timedelta(days=days)
    answered = {one.agency for one in _asked(story) if one.answer in ANSWERED}
    newest = {one.agency: one for one in story.entries}
    silent = [
        agency
        for agency in dict.fromkeys(story.agencies)
        if agency.sends and agency not in answered and not _newer(story, agency, before)
    ]
    if silent:
        where = "in the edition" if story.edition else "that you may know of"
        works, them = ("works", "it") if len(silent) == 1 else ("work", "them")
        named = " and ".join(filter(None, (", ".join(one.label for one in silent[:-1]), silent[-1].label)))
        yield Found(
            f"{named} {works} with the child, and nothing from {them} {where} is newer than {days} days.",
            ids([newest[agency] for agency in silent if agency in newest]),
            f"Ask {them} to contribute, or to say that there is nothing.",
        )


def not_answered(story: Chronology, _guide: Guide) -> Iterator[Found]:
    """An agency was asked to contribute to the edition and has not answered, or would not."""
    for one in _asked(story):
        if one.answer not in ANSWERED:
            refused = one.answer == "refused"
            yield Found(
                f"{one.name} was asked to contribute and {'would not' if refused else 'has not answered'}.",
                (),
                "Ask again before the meeting. If nothing comes, say at the meeting what is missing.",
            )


def no_child_view(story: Chronology, _guide: Guide) -> Iterator[Found]:
    """Nowhere does the child say anything, nor does it say why the child was not asked."""
    stated = story.edition.child_view if story.edition else ""
    if story.entries and not stated and not any(_view(one, CHILD_VIEW, "child_view") for one in story.shown()):
        yield Found(
            "There is no view of the child that is open to you.",
            (),
            "Ask the child, or an advocate. If the child could not be asked, or is too young to say, write down why.",
        )


def no_parent_view(story: Chronology, _guide: Guide) -> Iterator[Found]:
    """Nowhere does a parent or carer say anything."""
    stated = story.edition.parent_view if story.edition else ""
    if story.entries and not stated and not any(_view(one, PARENT_VIEW, "parent_view") for one in story.shown()):
        yield Found(
            "There is no view of a parent or carer that is open to you.",
            (),
            "Ask them. If they could not be asked, or it was not safe to ask, write down why.",
        )


def no_father(story: Chronology, guide: Guide) -> Iterator[Found]:
    """Nothing that is open says a word of a father or partner."""
    shown = story.shown()
    if len(shown) < guide.limits["least-entries"]:
        return
    if not any(any(guide.found("father", text)) for one in shown for text in _texts(one)):
        yield Found(
            "Nothing that is open to you speaks of a father, a partner or another adult in the child's home.",
            (),
            "Find out who else looks after the child or lives there, and what they bring, good and bad.",
        )


def _asked(story: Chronology) -> Sequence[Invited]:
    return story.edition.asked if story.edition else ()


def _newer(story: Chronology, agency: Agency, before: date) -> bool:
    theirs = (one for one in story.entries if one.agency is agency)
    return any((ends(one.when.end or one.when.start) or date.min) >= before for one in theirs)


def _view(one: Shown, codes: Sequence[str], name: str) -> bool:
    return one.code in codes or bool(one.account and getattr(one.account, name))


def _texts(one: Shown) -> Iterator[str]:
    yield from (one.headline, one.detail, one.summary)
    if one.account:
        account = one.account
        yield from (account.impact, account.action_taken, account.parent_view, account.child_view)
