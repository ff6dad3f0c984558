"""The purposes and lawful bases there are: from when until when, for whom, and which go together.

`policies/purposes.csv` and `policies/bases.csv` hold them, and they belong to the policy's version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from consent.table import Domain, named_problems, read_rows

VALID, NOT_IN_FORCE, NOT_FOR_CONTROLLER, NOT_FOR_PURPOSE = GROUNDS = (
    "valid",
    "not-in-force",
    "not-for-controller",
    "not-for-purpose",
)
CONTROLLERS = {"public": "a public body", "other": "any other organisation"}
"""The kinds of organisation that decide why and how data are used, and what each means."""

_COLUMNS = ("value", "meaning", "citation", "controllers", "since", "until")
_HEADERS = {
    "purposes.csv": (*_COLUMNS, "bases", "condition", "source"),
    "bases.csv": (*_COLUMNS, "condition", "source"),
}
_FILES = {"purpose": "purposes.csv", "basis": "bases.csv"}
_NEEDED = ("meaning", "citation", "source")
_ARTICLE = r"Article 9\(2\)\((?P<letter>[a-j])\)"
_CONDITION = re.compile(rf"{_ARTICLE}(?P<schedule>; Data Protection Act 2018 Schedule 1 paragraph [1-9][0-9]?)?")
_BY_SCHEDULE = "bghij"
"""What of Article 9(2) holds only with a condition of Schedule 1 (Data Protection Act 2018 section 10)."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A purpose or a basis, as its row has it: in force from the first day to the last, both included.

    bases: those a purpose goes with; none for a basis. condition: the one for special-category data (UK GDPR Article
    9); empty where a basis leaves it to the purpose.
    """

    value: str
    citation: str
    controllers: frozenset[str]
    since: date
    until: date | None
    bases: frozenset[str]
    condition: str
    source: str

    def in_force(self, on: date) -> bool:
        """Whether it may be stated on this day."""
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Every purpose and basis of one version of the policy, by value."""

    purposes: Mapping[str, Stated]
    bases: Mapping[str, Stated]

    def state(self, purpose: str, basis: str, controller: str, on: date) -> str:
        """One of `GROUNDS`: whether this kind of organisation may state both together on this day."""
        both = self.purposes.get(purpose), self.bases.get(basis)
        if both[0] is None or both[1] is None or not (both[0].in_force(on) and both[1].in_force(on)):
            return NOT_IN_FORCE
        if controller not in both[0].controllers or controller not in both[1].controllers:
            return NOT_FOR_CONTROLLER
        return VALID if basis in both[0].bases else NOT_FOR_PURPOSE

    def ground(self, purpose: str, basis: str, controller: str, on: date) -> tuple[str, str]:
        """One of `GROUNDS`, and a sentence that says why."""
        found = self.state(purpose, basis, controller, on)
        if found == NOT_IN_FORCE:
            return found, self._when(purpose, basis, on)
        if found == NOT_FOR_CONTROLLER:
            kind = "A public body doing its own tasks" if controller == "public" else "This kind of organisation"
            return found, f"{kind} may not state the basis {basis} for the purpose {purpose}."
        if found == NOT_FOR_PURPOSE:
            allowed = " or ".join(sorted(self.purposes[purpose].bases))
            return found, f"The purpose {purpose} does not go with the basis {basis}; it goes with {allowed}."
        return found, f"The purpose {purpose} may rest on the basis {basis}."

    def condition(self, purpose: str, basis: str) -> str:
        """The condition under which special-category data may be processed so; empty for words nobody knows."""
        of_basis, of_purpose = self.bases.get(basis), self.purposes.get(purpose)
        if of_basis is None or of_purpose is None:
            return ""
        return of_basis.condition or of_purpose.condition

    def _when(self, purpose: str, basis: str, on: date) -> str:
        for kind, value, held in (("purpose", purpose, self.purposes), ("basis", basis, self.bases)):
            one = held.get(value)
            if one is None:
                return f"The {kind} stated is not one the policy knows."
            if on < one.since:
                return f"The {kind} {value} is in force from {one.since.isoformat()}."
            if one.until and on > one.until:
                return f"The {kind} {value} was in force until {one.until.isoformat()}."
        return "Purpose and basis are in force."


def read_grounds(files: Mapping[str, bytes], domain: Domain) -> tuple[Grounds, list[str]]:
    """The purposes and bases of both files that are understood, and every problem in the others."""
    problems: list[str] = []
    found = {column: _read(name, files[name], domain, problems) for column, name in _FILES.items()}
    for column, held in found.items():
        # A value that one file has and the other lacks would be refused for ever, or never be asked about.
        problems += [
            f"domain.csv: {column} '{value}' is in it or in {_FILES[column]}, but not in both, or means another thing"
            for value in sorted(domain[column].keys() | held.keys())
            if value not in held or domain[column].get(value) != held[value][1]
        ]
    problems += [
        f"domain.csv: ground '{value}' is known to the hub or to the file, but not to both"
        for value in sorted(set(GROUNDS) ^ set(domain["ground"]))
    ]
    purposes, bases = ({value: one for value, (one, _) in held.items()} for held in found.values())
    return Grounds(purposes, bases), problems


def _read(name: str, content: bytes, domain: Domain, problems: list[str]) -> dict[str, tuple[Stated, str]]:
    """By value: what the row states, and its meaning."""
    rows, found_problems = read_rows(name, content, _HEADERS[name])
    problems += found_problems
    found: dict[str, tuple[Stated, str]] = {}
    for number, cells in rows:
        row = dict(zip(_HEADERS[name], cells, strict=True))
        wrong = _row_problems(row, domain)
        if row["value"] in found:
            wrong.append("the value is repeated")
        problems += [f"{name} row {number}: {problem}" for problem in wrong]
        if not wrong:
            found[row["value"]] = _stated(row), row["meaning"]
    return found


def _row_problems(row: Mapping[str, str], domain: Domain) -> list[str]:
    problems = [f"the {name} is missing" for name in _NEEDED if not row[name].strip()]
    problems += named_problems("controllers", row["controllers"], CONTROLLERS)
    problems += _day_problems(row["since"], row["until"])
    if "bases" in row:
        problems += named_problems("bases", row["bases"], domain["basis"])
    # A basis may leave the condition to the purpose; a purpose has one.
    if row["condition"] or "bases" in row:
        problems += _condition_problems(row["condition"])
    return problems


def _day_problems(since: str, until: str) -> list[str]:
    days = [since, until] if until else [since]
    if not all(_is_day(day) for day in days):
        return ["since and until are days such as 2026-02-05; only until may be empty"]
    return ["it ends before it begins"] if until and until < since else []


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _condition_problems(text: str) -> list[str]:
    found = _CONDITION.fullmatch(text)
    if not found:
        return ["the condition is not written as 'Article 9(2)(a)', where needed with its paragraph of Schedule 1"]
    if (found["letter"] in _BY_SCHEDULE) != bool(found["schedule"]):
        return ["of Article 9(2), (b), (g), (h), (i) and (j) and no others need a paragraph of Schedule 1"]
    return []


def _stated(row: Mapping[str, str]) -> Stated:
    return Stated(
        row["value"],
        row["citation"],
        frozenset(row["controllers"].split("|")),
        date.fromisoformat(row["since"]),
        date.fromisoformat(row["until"]) if row["until"] else None,
        frozenset(row["bases"].split("|")) if "bases" in row else frozenset(),
        row["condition"],
        row["source"],
    )
