"""How the pages speak of editions: what for, at which stage, what is asked in them, and why an entry is in or out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from consent.edition_shapes import QUESTIONS, EditionView, Member
from hub.web.choices import Stated
from hub.web.sharing import ROLES

__all__ = ["ROLES"]

PURPOSES: Final = {
    "cppm": "Child Protection Planning Meeting",
    "core-group": "Core Group",
    "lac-review": "Review of a looked-after child",
    "assistance": "Request for assistance",
    "supervision": "Supervision",
    "learning-review": "Learning Review",
    "family": "The child and the family",
}
STAGES: Final = {
    "universal": "Universal services",
    "single-agency-plan": "A plan of one agency",
    "multi-agency-plan": "A plan of several agencies",
    "looked-after": "Looked after",
    "concern": "Child protection investigation",
    "registered": "On the child protection register",
}
STAGE_CHOICES: Final = {"": "As it is on record today"} | STAGES
PARTS: Final = {
    "getting-in-the-way": "What is getting in the way of the child's wellbeing?",
    "information-needed": "Is all the information here that is needed to help the child?",
    "what-i-can-do": "What can I do now to help the child?",
    "what-my-agency-can-do": "What can my agency do to help the child?",
    "help-from-others": "What additional help may be needed from others?",
    "patterns": "Patterns",
    "strengths": "Strengths, and what protects the child",
    "gaps": "Gaps: what is not known, and who is not heard",
    "meaning": "What it all means for the child",
    "child-view": "What the child says",
    "parent-view": "What a parent or carer says",
    "disagreements": "Where people disagree",
    "contributors": "Who contributed",
}
HINTS: Final = {
    "patterns": "What comes again and again, and across which agencies?",
    "meaning": "The family will read it. Say what is known, what is thought, and who thinks it.",
    "child-view": "In the child's own words where you can.",
    "parent-view": "In their own words where you can.",
    "disagreements": "Who sees what otherwise. A disagreement stands beside the rest and takes nothing away.",
}
TASKS: Final = {
    "The five questions": QUESTIONS,
    "Analysis": ("patterns", "strengths", "gaps", "meaning"),
    "Views": ("child-view", "parent-view", "disagreements"),
    "Contributors": ("contributors",),
}
NO_VIEW: Final = {
    "": "There is a view, above",
    "not-asked": "Nobody has asked yet",
    "not-able": "Too young, or not able to say",
    "not-wanted": "Asked, and did not want to say",
    "not-safe": "It was not safe to ask",
    "not-reached": "Could not be reached",
}
WHY: Final = {
    "chosen": "Chosen by hand",
    "always-in": "Always in an edition",
    "significant-enough": "Significant enough for this stage",
    "routine": "Routine",
    "outside-window": "Not in the time that the edition is about",
    "duplicate": "The same as another entry",
    "taken-back": "Taken back by its agency",
    "not-open-to-maker": "Not open to whoever prepared it",
}
ANSWERS: Final = {
    "no-answer": "No answer yet",
    "contributed": "Contributed",
    "nothing-held": "Holds nothing",
    "refused": "Would not contribute",
}


def ground(of: EditionView) -> str:
    """Say on which ground it is decided what goes into a draft and what its readers are shown: little may be open."""
    stated = Stated(of.decided_for, of.basis).sentence
    return f"What is in it and what its readers are shown is decided for this alone: {stated}. The rest stays closed."


def audience(of: EditionView, names: Callable[[str], str]) -> str:
    """Write for whom an edition is; `names` gives an organisation's name for its code."""
    return "; ".join(_member(one, of, names) for one in of.audience)


def _member(one: Member, of: EditionView, names: Callable[[str], str]) -> str:
    if one.person:
        return of.people.get(one.person, one.person)
    return (
        f"{names(one.organisation)}, {ROLES[one.role].lower()}"
        if one.role and one.role in ROLES
        else names(one.organisation)
    )


def window(since: str, until: str, stated_time: Callable[[str], str]) -> str:
    """Write the time that an edition is about."""
    if not since and not until:
        return "All that is known"
    first = f"from {stated_time(since)}" if since else "from the beginning"
    return f"{first} to {stated_time(until)}".capitalize() if until else f"{first} on".capitalize()
