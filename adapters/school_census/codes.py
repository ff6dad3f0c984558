"""The columns of the school census that are read, and its code lists from data: each code in plain words."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

COLUMNS = frozenset(
    {
        "pupilonrolltableid",
        "pupilnolongeronrolltableid",
        "nativeid",
        "upn",
        "formerupn",
        "uniquelearnernumber",
        "surname",
        "forename",
        "middlenames",
        "sex",
        "gender",
        "dob",
        "entrydate",
        "leavingdate",
        "termlysessionspossible",
        "termlysessionsauthorised",
        "termlysessionsunauthorised",
        "termlyexclusionsonrolltableid",
        "termlyexclusionsoffrolltableid",
        "category",
        "startdate",
        "sessions",
        "reason1",
        "reason2",
        "reason3",
        "termlysessiondetailsonrolltableid",
        "termlysessiondetailsoffrolltableid",
        "attendancereason",
    }
)
"""The columns that are read, of all the tables. A row under a very long header keeps these names alone."""


@dataclass(frozen=True, slots=True)
class Words:
    """What one code means. `event` is a code of the hub's vocabulary, for kinds of exclusion only."""

    words: str
    event: str = ""


def words_for(kind: str, code: str) -> Words | None:
    """The meaning of a code of this kind (category, reason, attendance), or None when it is not in the list."""
    return _lists().get((kind, code)) or _lists().get((kind, code.upper()))


@cache
def _lists() -> dict[tuple[str, str], Words]:
    text = resources.files("adapters").joinpath("maps/school-census.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("# "))
    return {(row["kind"], row["code"]): Words(row["words"], row["event"]) for row in rows}
