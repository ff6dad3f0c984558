"""The code lists of the school census, read from data: what each code means in plain words."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


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
