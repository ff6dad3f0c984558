"""What somebody says they do about an entry, checked for sense; and how long things count, which is data."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from consent.statements import day, text
from hub.errors import BadInput, HalfConfigured
from hub.people import Role

SEEN: Final = "seen"
ACTING: Final = "acting"
NOT_FOR_ME: Final = "not-for-me"
WHATS: Final = (SEEN, ACTING, NOT_FOR_ME)
FARTHEST: Final = timedelta(days=366)
ROLES: Final = (
    Role.GP,
    Role.HEALTH_VISITOR,
    Role.SCHOOL_NURSE,
    Role.SOCIAL_WORKER,
    Role.CLASS_TEACHER,
    Role.HEAD_TEACHER,
    Role.POLICE_OFFICER,
    Role.THIRD_SECTOR_WORKER,
)
"""To whom something can be passed by what they do; everybody else works with no child."""

FILE: Final = "inbox.csv"
_NAMES: Final = ("news-days", "answer-days", "grace-days")


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody says they do about an entry. what: seen, acting, not-for-me.

    doing, due: what they do, and by when (YYYY-MM-DD), where they act; both are needed. passed_to: whose it is instead,
    an organisation's code or a role, where it is not for them.
    """

    what: str
    doing: str = ""
    due: str = ""
    passed_to: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """How many days something counts, and where the number is from."""

    days: int
    source: str


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things count.

    news: how long something is news. answer: how long a concern may stand before it is listed without an answer. grace:
    how long after the day by which somebody was to act their word still answers it.
    """

    news: Term
    answer: Term
    grace: Term


def checked(said: Word, today: date, organisations: Collection[str]) -> Word:
    """The same, tidied; raises BadInput for what is missing, unknown or does not belong together."""
    if said.what not in WHATS:
        raise BadInput("This is nothing that can be said of an entry.", f"Say one of: {', '.join(WHATS)}.")
    acts, passes = said.what == ACTING, said.what == NOT_FOR_ME
    if not acts and (said.doing or said.due):
        raise BadInput("Only who acts says what they do, and by when.", "Say acting, or leave both out.")
    if not passes and said.passed_to:
        raise BadInput("Only what is not for you is passed on.", "Say not-for-me, or leave out to whom.")
    if passes and said.passed_to not in {*organisations, *ROLES}:
        raise BadInput(
            "To whom it is passed is not known.",
            f"Use the code of an organisation of the directory, or one of: {', '.join(ROLES)}.",
        )
    doing = text(said.doing, "action", needed=True) if acts else ""
    return replace(said, doing=doing, due=_due(said.due, today) if acts else "")


def _due(given: str, today: date) -> str:
    found = day(given)
    if not today <= date.fromisoformat(found or "0001-01-01") <= today + FARTHEST:
        raise BadInput(
            "By when you act is missing, has passed, or is too far away.",
            "Give a day of the coming twelve months.",
        )
    return found


def read_terms(folder: Path) -> Terms:
    """Read `inbox.csv` of a folder of policies. Raises HalfConfigured for what is missing or is no number of days."""
    try:
        with (folder / FILE).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
        found = {row["name"]: Term(int(row["value"]), row["source"].strip()) for row in rows}
        terms = [found.pop(name) for name in _NAMES]
    except (OSError, UnicodeDecodeError, KeyError, ValueError, TypeError, AttributeError):
        terms, found = [], {}
    if len(terms) != len(_NAMES) or found or any(not 1 <= one.days <= 3650 or not one.source for one in terms):  # noqa: PLR2004 - ten years
        raise HalfConfigured(
            f"{FILE} of the folder of policies cannot be used.",
            f"It needs the columns name, value, source, and one line for each of: {', '.join(_NAMES)}.",
        )
    return Terms(*terms)
