"""The words and limits by which the quality of a chronology is looked at: data, each with its source.

`policies/quality.csv` holds them, for governance leads to correct. They are advice and no part of the policy's version:
no word of them opens or closes anything.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from hub.errors import HalfConfigured

FILE: Final = "quality.csv"
COLUMNS: Final = ("kind", "name", "value", "source")
PHRASES: Final = ("vague", "judgemental", "acronym", "known", "father")
LIMITS: Final = (
    "enough-said-percent",
    "outcome-days",
    "strengths-percent",
    "routine-percent",
    "least-entries",
    "entries-a-month",
    "headline-characters",
    "silent-days",
    "not-updated-days",
    "review-days",
    "after-ending-days",
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase to look at: what to write instead, or what an acronym stands for; and where that is said."""

    text: str
    instead: str
    source: str


@dataclass(frozen=True)
class Guide:
    """Every limit and word. limits: whole numbers, by name; sources: where each is from. words: by kind."""

    limits: dict[str, int]
    words: dict[str, tuple[Word, ...]]
    sources: dict[str, str]

    def found(self, kind: str, text: str) -> Iterator[Word]:
        """The words of a kind that a text has, each once, in the guide's order."""
        return (word for word in self.words[kind] if self._patterns[kind][word.text].search(text))

    @cached_property
    def _patterns(self) -> dict[str, dict[str, re.Pattern[str]]]:
        return {kind: {word.text: _pattern(kind, word.text) for word in words} for kind, words in self.words.items()}


def read_guide(folder: Path) -> Guide:
    """Read the words and limits of a folder of policies.

    Raises HalfConfigured naming the file's line for a kind or a limit that there is none of, for what is given twice or
    not at all, and for a limit that is no whole number.
    """
    limits: dict[str, tuple[int, str]] = {}
    words: dict[str, dict[str, Word]] = {kind: {} for kind in PHRASES}
    for row in _rows(folder):
        _take(row, limits, words, f"the line {row['kind']} {row['name']}")
    if missing := sorted(set(LIMITS) - limits.keys()):
        raise _wrong(f"it lacks the limits {', '.join(missing)}")
    return Guide(
        {name: number for name, (number, _) in limits.items()},
        {kind: tuple(found.values()) for kind, found in words.items()},
        {name: source for name, (_, source) in limits.items()},
    )


def _rows(folder: Path) -> list[dict[str, str]]:
    try:
        with (folder / FILE).open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(line for line in file if not line.startswith("#"))
            found, columns = list(rows), tuple(rows.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _wrong(f"it cannot be read ({type(error).__name__})") from None
    if columns != COLUMNS:
        raise _wrong(f"its columns are not {', '.join(COLUMNS)}")
    return found


def _wrong(what: str) -> HalfConfigured:
    return HalfConfigured(
        f"The words of the quality checks cannot be used: {what}.", f"Correct {FILE} of the policies."
    )


def _take(
    row: dict[str, str], limits: dict[str, tuple[int, str]], words: dict[str, dict[str, Word]], place: str
) -> None:
    kind, name, value, source = (row[column] or "" for column in COLUMNS)
    if not name or not source or len(row) != len(COLUMNS):
        raise _wrong(f"{place} needs a name and a source, and nothing after them")
    if kind == "limit":
        if name not in LIMITS or name in limits or not value.isdecimal():
            raise _wrong(f"{place} is no limit that there is, is given twice, or is no whole number")
        limits[name] = int(value), source
    elif kind in words and name not in words[kind]:
        words[kind][name] = Word(name, value, source)
    else:
        raise _wrong(f"{place} is of no kind that there is, or is given twice")


def _pattern(kind: str, text: str) -> re.Pattern[str]:
    """A whole word or phrase; acronyms as they are written, all else in capitals or not."""
    spaced = r"\s+".join(re.escape(part) for part in text.split())
    return re.compile(rf"(?<!\w){spaced}(?!\w)", re.NOFLAG if kind in {"acronym", "known"} else re.IGNORECASE)
