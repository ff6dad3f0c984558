"""Days as agencies write them, made into `YYYY-MM-DD`; anything else is left to be reported as a defect."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ][0-9:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?")
_WORDED = re.compile(r"(\d{4})-([A-Za-z]{3})-(\d{2})(?: [0-9:.]{5,15})?")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: [0-9:.]{5,15})?")
_MONTHS = {
    name: at
    for at, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}


@lru_cache(maxsize=8192)
def day_of(text: str) -> str:
    """The day in `2024-09-09`, `2024-Sep-09 00:00:00` or `09/09/2024`; empty for anything else."""
    if not text.isascii():
        return ""
    if found := _ISO.fullmatch(text):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _WORDED.fullmatch(text):
        return _day(int(found[1]), _MONTHS.get(found[2].lower(), 0), int(found[3]))
    if found := _BRITISH.fullmatch(text):
        return _day(int(found[3]), int(found[2]), int(found[1]))
    return ""


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
