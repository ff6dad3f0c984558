"""The shared vocabulary of happenings: every event code, its words and its defaults, read from data."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import cast

from hub.update import Sensitivity, Significance, Valence


@dataclass(frozen=True, slots=True)
class Term:
    """One code: the words a reader meets when they may see the summary and no more."""

    code: str
    label: str
    category: str
    significance: Significance
    sensitivity: Sensitivity
    valence: Valence


@cache
def terms() -> dict[str, Term]:
    """Every term of `hub/vocabulary.csv`, by code."""
    text = resources.files("hub").joinpath("vocabulary.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {
        row["code"]: Term(
            row["code"],
            row["label"],
            row["category"],
            cast(Significance, row["significance"]),
            cast(Sensitivity, row["sensitivity"]),
            cast(Valence, row["valence"]),
        )
        for row in rows
    }
