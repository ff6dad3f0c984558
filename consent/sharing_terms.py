"""What has to be said to ask for information, and to decide about sharing it: in the shape of Practice Guidance 4 §12.

What is missing is named all at once, each by its own field, so that nobody fills in a form twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final
from uuid import UUID

from consent.statements import day, is_text, says_something
from hub.errors import BadInput

LONGEST: Final = 4000
SHORT: Final = 64
MOST_ENTRIES: Final = 100
OUTCOMES: Final = ("share", "share-part", "not-share")
CONSENT: Final = "consent"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. asked: an organisation's code, or a kind of agency. wanted and why are words; due is a day."""

    asked: str = ""
    wanted: str = ""
    why: str = ""
    purpose: str = ""
    basis: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision. recipient: an organisation's code; empty in the answer to a request, whose asker it then is.

    informed: yes or no. withheld: what is not shared, and why. answer: words for whoever asked.
    """

    outcome: str = ""
    recipient: str = ""
    recipient_role: str = ""
    purpose: str = ""
    bases: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    entries: tuple[UUID, ...] = ()
    what: str = ""
    reasons: str = ""
    child_views: str = ""
    parent_views: str = ""
    informed: str = ""
    informed_why: str = ""
    necessity: str = ""
    withheld: str = ""
    consulted: str = ""
    answer: str = ""

    @property
    def shares(self) -> bool:
        """Whether something is to be shared."""
        return self.outcome in ("share", "share-part")


class Incomplete(BadInput):
    """Something that must be recorded is missing or cannot be used. faults: what, by the field's name, in their order.

    The names and sentences are the hub's own; nothing that was written is repeated.
    """

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(
            "This cannot be recorded yet: " + " ".join(f"{name}: {fault}" for name, fault in faults.items()),
            "Add what is named and send it again. Nothing has been recorded or shared.",
        )
        self.faults = dict(faults)


REQUEST_NEEDS: Final = {
    "asked": "Say whom you ask.",
    "wanted": "Say what you ask for.",
    "why": "Say why it is needed.",
    "purpose": "Say what it is for.",
    "basis": "Say on which lawful basis you ask.",
    "due": "Say by which day you need an answer.",
}
ALWAYS: Final = {
    "outcome": "Say whether all, part or none of it is shared.",
    "recipient": "Say with whom.",
    "purpose": "Say what it is for.",
    "what": "Say what the decision is about.",
    "reasons": "Give the reasons for the decision.",
}
SHARING: Final = {
    "entries": "Name the entries that are shared.",
    "bases": "Say on which lawful basis.",
    "since": "Say from which day.",
    "informed": "Say whether the child or a parent was told.",
    "necessity": "Say why this is necessary and proportionate.",
}
"""What every decision to share needs besides."""


def tidy(text: str) -> str:
    """As typed, without what surrounds it; Windows' line ends become plain ones."""
    return text.replace("\r\n", "\n").strip()


def request_faults(ask: Ask, today: date) -> dict[str, str]:
    """What is missing from a request or cannot be used, by field."""
    faults = _missing(ask, REQUEST_NEEDS) | _unusable(ask)
    if ask.due and "due" not in faults:
        due = day_of(ask.due)
        if due is None:
            faults["due"] = "This is not a day; write it as 2026-01-31."
        elif due < today:
            faults["due"] = "This day is over; give today or a later one."
    return faults


def decision_faults(choice: Choice, today: date) -> dict[str, str]:
    """What Practice Guidance 4 §12 asks for and is missing from a decision, or cannot be used, by field."""
    faults = _missing(choice, ALWAYS | (SHARING if choice.shares else {})) | _unusable(choice)
    if choice.outcome and choice.outcome not in OUTCOMES:
        faults["outcome"] = "Choose one of share, share-part and not-share."
    if choice.outcome == "share-part" and not choice.withheld:
        faults["withheld"] = "Say what is not shared, and why."
    if choice.informed == "no" and not choice.informed_why:
        faults["informed_why"] = "Say why neither the child nor a parent was told."
    if choice.informed not in ("yes", "no", ""):
        faults["informed"] = "Say yes or no."
    if len(choice.entries) > MOST_ENTRIES:
        faults["entries"] = f"Name at most {MOST_ENTRIES} entries in one decision."
    if choice.shares:
        faults |= _day_faults(choice, today)
    if CONSENT in choice.bases and len(set(choice.bases)) > 1:
        faults["bases"] = "Consent stands alone: if another basis applies, state that one and do not ask for consent."
    return faults


def _day_faults(choice: Choice, today: date) -> dict[str, str]:
    faults = {}
    since, until = day_of(choice.since), day_of(choice.until)
    if choice.since and since is None:
        faults["since"] = "This is not a day; write it as 2026-01-31."
    elif since and since < today:
        faults["since"] = "This day is over; nothing can be shared in the past."
    if choice.until and until is None:
        faults["until"] = "This is not a day; write it as 2026-01-31."
    elif since and until and until < since:
        faults["until"] = "The last day is before the first."
    return faults


def _missing(one: Ask | Choice, needed: Mapping[str, str]) -> dict[str, str]:
    said = {part.name: getattr(one, part.name) for part in fields(one)}
    return {
        name: sentence
        for name, sentence in needed.items()
        if not said[name] or (name in WORDS and not says_something(said[name]))
    }


def _unusable(one: Ask | Choice) -> dict[str, str]:
    """Texts that are too long, or hold what no text holds."""
    texts: Iterable[tuple[str, object]] = ((part.name, getattr(one, part.name)) for part in fields(one))
    found = {}
    for name, text in texts:
        if isinstance(text, str) and not is_text(text):
            found[name] = "This holds a character that is none; type it again."
        elif isinstance(text, str) and len(text) > (LONGEST if name in WORDS else SHORT):
            found[name] = f"This is too long; use at most {LONGEST if name in WORDS else SHORT} characters."
    return found


WORDS: Final = frozenset(
    [
        "wanted",
        "why",
        "what",
        "reasons",
        "child_views",
        "parent_views",
        "informed_why",
        "necessity",
        "withheld",
        "consulted",
        "answer",
    ]
)
"""The fields that people write in their own words."""


def day_of(text: str) -> date | None:
    """A day written as YYYY-MM-DD, None for anything else."""
    try:
        return date.fromisoformat(day(text)) if text else None
    except BadInput:
        return None
