"""How the pages speak of emergency access: the time left, the reason that is due, the age of a review."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from consent.emergency_shapes import Emergency, EmergencyReading, ReviewTask
from hub.web import log_words, words

ROLES: Final = frozenset({"gp", "health-visitor", "school-nurse", "social-worker", "head-teacher", "police-officer"})
"""Who finds the page in the navigation. Whether it opens anything is for the policy to say."""

SYSTEMS: Final = {
    "nhs-number": "NHS number",
    "chi": "CHI number",
    "upn": "Unique pupil number",
    "scn": "Scottish candidate number",
    "la-child-id": "The council's number",
}
FINDINGS: Final = {
    "justified": "Justified",
    "not-justified": "Not justified",
    "needs-follow-up": "Needs follow-up: the review stays open",
}


def clock(moment: datetime) -> str:
    """Write the time of day in the United Kingdom: `14:32`."""
    return f"{moment.astimezone(words.UK):%H:%M}"


def left(one: Emergency, now: datetime) -> str:
    """Write how much is left: `2 h 41 min left`, `less than a minute left`, `over`."""
    remaining = one.left(now)
    if not remaining:
        return "over"
    hours, minutes = divmod(int(remaining.total_seconds()) // 60, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    return f"{' '.join(parts) or 'less than a minute'} left"


def due(one: Emergency, now: datetime) -> str:
    """Write by when the reason is due; empty where it was given."""
    if one.reason_due is None:
        return ""
    when = f"{words.moment(one.reason_due)}"
    return f"The reason was due by {when}." if one.reason_overdue(now) else f"The reason is due by {when}."


def age(moment: datetime, now: datetime) -> str:
    """Write how long ago something was: `12 min`, `5 h`, `3 days`."""
    since = max(now - moment, timedelta())
    if since < timedelta(hours=1):
        return f"{int(since.total_seconds()) // 60} min"
    if since < timedelta(days=2):
        return f"{int(since.total_seconds()) // 3600} h"
    return words.plural(since.days, "day")


def action(one: EmergencyReading) -> str:
    """Write what was done in one reading."""
    return log_words.action(one.action)


def opened(one: ReviewTask) -> str:
    """Write how much was opened: an entry that was read twice counts twice."""
    shown, redacted, withheld = one.opened
    times = f"{words.plural(shown, 'entry')} in full, {redacted} in summary, {withheld} withheld"
    return f"In {words.plural(len(one.readings), 'reading')}, each counted: {times}"
