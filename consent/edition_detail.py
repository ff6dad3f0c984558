"""How much detail an edition has at each stage of a child's case, and what it may be made for: data, with its source.

`policies/editions.csv` holds it, for governance leads to correct. It is no part of the decision table: it opens nothing
to anybody, and only proposes what of an open story belongs in a summary.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from consent.edition_shapes import PURPOSES, STAGES
from hub.errors import HalfConfigured

FILE: Final = "editions.csv"
SIGNIFICANCE: Final = ("routine", "notable", "significant")
KINDS: Final = frozenset({"turning", "concern", "missed", "view", "disagreement", "strength", "seen"})
CODE: Final = "code:"
VIEW_CODES: Final = "any.view.*"
DISAGREEMENT_CODES: Final = "any.disagreement.*"


@dataclass(frozen=True, slots=True)
class Stage:
    """What an edition of this stage takes in.

    least: the significance from which on an entry is in. always: what is in below it too: words of KINDS, and codes
    behind `code:`, with a star for any end. longest: how many entries it should have at the most.
    """

    value: str
    words: str
    detail: str
    least: str
    always: tuple[str, ...]
    longest: int
    source: str

    def significant(self, significance: str) -> bool:
        """Whether that is significant enough here; a word that nobody knows is."""
        known = significance in SIGNIFICANCE
        return not known or SIGNIFICANCE.index(significance) >= SIGNIFICANCE.index(self.least)

    def takes(self, kinds: frozenset[str], code: str) -> bool:
        """Whether an entry of these kinds and this code is in whatever its significance."""
        codes = (one.removeprefix(CODE) for one in self.always if one.startswith(CODE))
        return bool(kinds & set(self.always)) or any(fnmatchcase(code, pattern) for pattern in codes)


@dataclass(frozen=True, slots=True)
class MadeFor:
    """What an edition is made for. purpose: of the policy, for which its readers are decided about."""

    value: str
    words: str
    purpose: str
    source: str


@dataclass(frozen=True, slots=True)
class Detail:
    """Every stage and every purpose."""

    stages: dict[str, Stage]
    purposes: dict[str, MadeFor]


def load(folder: Path) -> Detail:
    """Read the file of that folder. Raises HalfConfigured, which says what is wrong with which line."""
    try:
        with (folder / FILE).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _wrong(f"it cannot be read ({type(error).__name__})") from None
    stages = [_stage(n, row) for n, row in enumerate(rows, 2) if row.get("kind") == "stage"]
    purposes = [MadeFor(row["value"], row["words"], row["detail"], row["source"]) for row in rows if _is_purpose(row)]
    detail = Detail({one.value: one for one in stages}, {one.value: one for one in purposes})
    missing = [*(set(STAGES) - set(detail.stages)), *(set(PURPOSES) - set(detail.purposes))]
    if missing:
        raise _wrong(f"it has no line for {', '.join(sorted(missing))}")
    return detail


def _is_purpose(row: dict[str, str]) -> bool:
    return row.get("kind") == "purpose"


def _stage(line: int, row: dict[str, str]) -> Stage:
    always = tuple(filter(None, row["always"].split("|")))
    unknown = [one for one in always if one not in KINDS and not one.startswith(CODE)]
    if row["least"] not in SIGNIFICANCE or unknown or not row["longest"].isdecimal() or not row["source"]:
        raise _wrong(f"line {line} says what is not understood")
    return Stage(row["value"], row["words"], row["detail"], row["least"], always, int(row["longest"]), row["source"])


def _wrong(what: str) -> HalfConfigured:
    return HalfConfigured(
        f"The levels of detail of editions cannot be used: {what}.", f"Correct {FILE} of the policies."
    )
