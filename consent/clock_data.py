"""The clocks, and what counts as a pattern: data, each line with its source.

`policies/clocks.csv` and `policies/patterns.csv` hold them, for governance leads to correct. They are no part of the
policy's version: nothing of them opens or closes anything.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, cast, get_args

from consent import days
from hub.errors import HalfConfigured
from hub.people import Agency
from hub.vocabulary import terms

CLOCKS: Final = "clocks.csv"
PATTERNS: Final = "patterns.csv"
COLUMNS: Final = (
    "id", "label", "kind", "agency", "starts", "ends", "done", "from", "before", "within", "note", "source",
)  # fmt: skip
LIMITS: Final = ("concern-entries", "concern-agencies", "concern-days", "alike-days")
SEEN: Final = "seen"
_LENGTH: Final = re.compile(r"([0-9]{1,4})(wd|d|w|m|y)")

Kind = Literal["age", "after", "series", "entry", "return"]


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time as a clock states it: months, days, or working days."""

    months: int = 0
    days: int = 0
    working: int | None = None

    def after(self, start: date) -> date:
        """The day so long after."""
        if self.working is not None:
            return days.working_days_later(start, self.working)
        return days.later(start, months=self.months, days=self.days)


@dataclass(frozen=True, slots=True)
class Clock:
    """One thing that is expected by a day. opens, before: of an age, the latter excluded; within: of all others.

    starts, ends, done: codes. by_sight: any entry of the agency by which the child was seen counts as done too.
    """

    id: str
    label: str
    kind: Kind
    agency: Agency
    starts: frozenset[str]
    ends: frozenset[str]
    done: frozenset[str]
    by_sight: bool
    opens: Length | None
    before: Length
    within: tuple[Length, ...]
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Reckoning:
    """All of it. alike: the group of each code that can tell of the same happening as another's."""

    clocks: tuple[Clock, ...]
    limits: dict[str, int]
    alike: dict[str, str]

    def of(self, *kinds: Kind) -> list[Clock]:
        """The clocks of some kinds, in their order."""
        return [clock for clock in self.clocks if clock.kind in kinds]


def read_reckoning(folder: Path) -> Reckoning:
    """Read both files of a folder of policies. Raises HalfConfigured naming what is missing or not understood."""
    try:
        return _read(folder)
    except (OSError, UnicodeDecodeError):
        message = f"{CLOCKS} or {PATTERNS} of the folder of policies cannot be read."
        raise HalfConfigured(message, "Put the hub's own beside your rules, and change them there.") from None
    except ValueError as wrong:
        raise HalfConfigured(
            f"{wrong}.", "Correct that line; policies/README.md says what each column holds."
        ) from None


def _read(folder: Path) -> Reckoning:
    clocks = tuple(_clock(row) for row in _rows(folder / CLOCKS, COLUMNS))
    if len({clock.id for clock in clocks}) < len(clocks):
        raise ValueError(f"{CLOCKS}: two clocks have one id")
    limits: dict[str, int] = {}
    alike: dict[str, str] = {}
    for row in _rows(folder / PATTERNS, ("kind", "name", "value", "source")):
        if row["kind"] == "limit" and row["name"] in LIMITS and row["value"].isdecimal():
            limits[row["name"]] = int(row["value"])
        elif row["kind"] == "alike" and row["name"] and row["value"] in terms():
            alike[row["value"]] = row["name"]
        else:
            raise ValueError(f"{PATTERNS}, {row['kind']} {row['name']}: not a limit or a code that there is")
    if missing := sorted(set(LIMITS) - limits.keys()):
        raise ValueError(f"{PATTERNS} lacks the limits {', '.join(missing)}")
    return Reckoning(clocks, limits, alike)


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        if tuple(rows.fieldnames or ()) != columns:
            raise ValueError(f"{path.name} must have the columns {', '.join(columns)}")
        for row in rows:
            if None in row.values() or not row["source"]:
                raise ValueError(f"{path.name}: every line needs all its columns, and a source")
            yield row


def _clock(row: dict[str, str]) -> Clock:
    place = f"{CLOCKS}, {row['id']}"
    try:
        kind, agency = row["kind"], Agency(row["agency"])
        if kind not in get_args(Kind) or not row["id"]:
            raise ValueError("there is no such kind")  # noqa: TRY301 - said with its place below
        within = tuple(_length(part) for part in row["within"].split("|") if part)
        if not (row["before"] if kind == "age" else within):
            raise ValueError("it has no time")  # noqa: TRY301 - likewise
        done = _codes(row["done"])
        return Clock(
            row["id"],
            row["label"],
            cast(Kind, kind),
            agency,
            _codes(row["starts"]),
            _codes(row["ends"]),
            done - {SEEN},
            SEEN in done,
            _length(row["from"]) if row["from"] else None,
            _length(row["before"] or "0d"),
            within,
            row["note"],
            row["source"],
        )
    except ValueError as wrong:
        raise ValueError(f"{place}: {wrong}") from None


def _codes(text: str) -> frozenset[str]:
    found = frozenset(filter(None, text.split("|")))
    if unknown := sorted(found - terms().keys() - {SEEN}):
        raise ValueError(f"no such code: {', '.join(unknown)}")
    return found


def _length(text: str) -> Length:
    found = _LENGTH.fullmatch(text)
    if found is None:
        raise ValueError("a length is written like 15d, 6w, 4m, 2y or 1wd")
    number = int(found.group(1))
    match found.group(2):
        case "wd":
            return Length(working=number)
        case "d" | "w" as unit:
            return Length(days=number * (7 if unit == "w" else 1))
        case unit:
            return Length(months=number * (12 if unit == "y" else 1))
