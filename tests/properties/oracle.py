"""The slow and plain reading of the table: row by row, word by word, knowing nothing of masks, memories or casbin."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from consent.decision import Asked, DecisionKey, Facts
from hub.people import Agency, Practitioner, Role

POLICIES = Path(__file__).resolve().parents[2] / "policies"
AGENCIES = [agency.value for agency in Agency]
SITUATION = ("registration", "relation", "agreement", "ground", "protection", "plan", "emergency", "safe_address")
CATEGORIES = ("health", "education", "social-work", "police", "involvement")


def rows() -> list[dict[str, str]]:
    """The table as any spreadsheet shows it."""
    with (POLICIES / "rules.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values() -> dict[str, list[str]]:
    """Every value that a column may hold."""
    found: dict[str, list[str]] = {}
    with (POLICIES / "domain.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["column"], []).append(row["value"])
    return found


ROWS, VALUES = rows(), values()
COLUMNS = [column for column in VALUES if column in ROWS[0]]


def answer(question: Mapping[str, str]) -> tuple[int, str]:
    """The level and the deciding rule, as policies/README.md tells a governance lead to work them out by hand."""
    matching = [row for row in ROWS if all(fits(row[column], question[column]) for column in COLUMNS)]
    ceiling, grant, cap, limit = 0, "", 5, ""
    for row in matching:
        level = int(row["level"])
        if row["effect"] == "allow" and level > ceiling:
            ceiling, grant = level, row["id"]
        if row["effect"] == "deny" and level < cap:
            cap, limit = level, row["id"]
    return (cap, limit) if limit and (cap == 0 or cap < ceiling) else (ceiling, grant)


def fits(cell: str, value: str) -> bool:
    """Whether a cell speaks of a value."""
    return cell == "*" or value in cell.split("|")


@dataclass(frozen=True, slots=True)
class Asking:
    """One person who asks, what is true of them, and the question that they and an entry make together."""

    asked: Asked
    facts: Facts
    key: DecisionKey

    def question(self, key: DecisionKey) -> dict[str, str]:
        """In the table's own columns."""
        return {
            "role": self.asked.reader.role.value,
            "own": "yes" if self.asked.reader.agency.value == key.agency else "no",
            "purpose": self.asked.purpose,
            "basis": self.asked.basis,
            "consent": self.facts.consent.get(key.category, "none"),
            "released": "yes" if key.released else "no",
            "category": key.category,
            "sensitivity": key.sensitivity,
            "third_party": "yes" if key.third_party else "no",
        } | {column: str(getattr(self.facts, column)) for column in SITUATION}


@st.composite
def points(draw: st.DrawFn) -> dict[str, str]:
    """A question that some row of the table speaks of, save for up to two columns that may say anything."""
    row = draw(st.sampled_from(ROWS))
    question = {
        column: draw(st.sampled_from(VALUES[column] if row[column] == "*" else row[column].split("|")))
        for column in COLUMNS
    }
    for column in draw(st.lists(st.sampled_from(COLUMNS), max_size=2)):
        question[column] = draw(st.sampled_from(VALUES[column]))
    return question


@st.composite
def askings(draw: st.DrawFn) -> Asking:
    """A person, their facts and one kind of entry, near a row of the table."""
    point = draw(points())
    agency = draw(st.sampled_from(AGENCIES))
    other = draw(st.sampled_from([one for one in AGENCIES if one != agency]))
    reader = Practitioner("somebody", "Somebody", Role(point["role"]), Agency(agency), "ORG")
    situation: dict[str, Any] = {column: point[column] for column in SITUATION}
    consent = {point["category"]: point["consent"]}
    key = DecisionKey(
        1,
        agency if point["own"] == "yes" else other,
        point["category"],
        point["sensitivity"],
        point["third_party"] == "yes",
        point["released"] == "yes",
    )
    return Asking(Asked(reader, point["purpose"], point["basis"]), Facts(consent=consent, **situation), key)
