"""Dates, ages and counts in the words of the page: 17 May 2024, about June 2023, 5 years."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from consent import days
from consent.decision import Shown, When
from hub.people import Agency, Role

UK: Final = days.UK
MONTHS: Final = days.MONTHS

day = days.day
plural = days.plural
starts = days.starts
ends = days.ends

SHORT: Final = {
    Agency.GP: "GP",
    Agency.HEALTH_VISITING: "HV",
    Agency.SOCIAL_WORK: "SW",
    Agency.EDUCATION: "EDU",
    Agency.POLICE: "POL",
    Agency.THIRD_SECTOR: "3S",
    Agency.OVERSIGHT: "GOV",
    Agency.FAMILY: "FAM",
}

_SPELT: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})", re.ASCII)


def moment(value: datetime) -> str:
    """Write `17 May 2024, 14:02`, as clocks in the United Kingdom show it."""
    local = value.astimezone(UK)
    return f"{day(local.date())}, {local:%H:%M}"


def stated_time(text: str) -> str:
    """Write a source's own ISO time for people, as exactly as it was stated; text of another shape stays itself."""
    spoken = _spoken(text)
    return text if spoken is None else spoken


def when(value: When) -> str:
    """Write when an entry happened, no more exactly than it is known."""
    if not value.start:
        return "Date not known"
    text = stated_time(value.start)
    if value.end:
        text = f"{text} to {stated_time(value.end)}"
    return f"about {text}" if value.approximate else text


def typed_date(text: str) -> date | None:
    """Read what a person types: 21/3/2024 or 2024-03-21. None when it is no date."""
    found = _SPELT.fullmatch(text.strip())
    if found is None:
        return None
    day_first = found.group(3, 2, 1)
    year, month, number = (int(part) for part in (day_first if day_first[0] else found.group(4, 5, 6)))
    try:
        return date(year, month, number)
    except ValueError:
        return None


def end_of(value: date) -> datetime:
    """Give the moment at which a day is over in the United Kingdom."""
    return datetime.combine(value + timedelta(days=1), time.min, UK).astimezone(UTC)


def age(born: str, on: date) -> str:
    """Write an age as people say it: months for the very young. Empty when the birth date is not exact."""
    birth = starts(born) if len(born) == len("2021-03-02") else None
    if birth is None or birth > on:
        return ""
    months = (on.year - birth.year) * 12 + on.month - birth.month - (on.day < birth.day)
    return plural(months, "month") if months < 24 else plural(months // 12, "year")  # noqa: PLR2004 - two years


def lag(entry: Shown) -> str:
    """Write how long after the happening the hub was told: `44 days later`. Empty within a day, or when unsure."""
    happened = ends(entry.when.end or entry.when.start) if entry.when.precision in ("day", "instant") else None
    days = 0 if happened is None else (entry.received_at.astimezone(UK).date() - happened).days
    return f"{plural(days, 'day')} later" if days > 0 else ""


def role(value: Role) -> str:
    """Write a role as people say it."""
    return value.label


def _spoken(text: str) -> str | None:
    if len(text) <= len("2021-03"):
        first = starts(text)
        return (
            None if first is None else text if len(text) == len("2021") else f"{MONTHS[first.month - 1]} {first.year}"
        )
    try:
        return day(date.fromisoformat(text)) if len(text) == len("2021-03-02") else _instant(text)
    except ValueError:
        return None


def _instant(text: str) -> str:
    value = datetime.fromisoformat(text)
    return moment(value) if value.tzinfo else f"{day(value.date())}, {value:%H:%M}"
