"""The shared vocabulary of happenings: every event code, its words and its defaults, read from data."""

from __future__ import annotations

import csv
from collections.abc import Iterator
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
    """Every term by its code: those of `hub/vocabulary.csv`, and those that adapters bring in `adapters/vocabulary`.

    Raises ValueError for a code that is defined twice: an adapter adds words, it never changes one.
    """
    beside = resources.files("adapters").joinpath("vocabulary").iterdir()
    files = sorted((file for file in beside if file.name.endswith(".csv")), key=lambda file: file.name)
    found: dict[str, Term] = {}
    for file in (resources.files("hub").joinpath("vocabulary.csv"), *files):
        for term in _terms(file.read_text(encoding="utf-8")):
            if term.code in found:
                raise ValueError(f"the code {term.code} is defined twice")
            found[term.code] = term
    return found


def _terms(text: str) -> Iterator[Term]:
    for row in csv.DictReader(line for line in text.splitlines() if not line.startswith("#")):
        yield Term(
            row["code"],
            row["label"],
            row["category"],
            cast(Significance, row["significance"]),
            cast(Sensitivity, row["sensitivity"]),
            cast(Valence, row["valence"]),
        )
