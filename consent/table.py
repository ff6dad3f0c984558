"""The decision table as its owners wrote it: understood whole, or refused whole.

casbin drops a row whose effect is mistyped and says nothing, so nothing reaches casbin before every
cell of every row has been understood here.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal, cast, get_args

from consent.decision import Level
from hub.people import Role
from hub.update import Sensitivity

Effect = Literal["allow", "deny"]
Domain = dict[str, dict[str, str]]
"""For each column its values, in order, and what each means."""

ANY = "*"
DEFAULT_RULES = range(1, 16)
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Point:
    """One question, reduced to what the table looks at: one value for each of its columns."""

    role: str
    registration: str
    relation: str
    own: str
    agreement: str
    ground: str
    purpose: str
    basis: str
    consent: str
    protection: str
    plan: str
    emergency: str
    released: str
    category: str
    sensitivity: str
    third_party: str
    safe_address: str


CONDITIONS = tuple(column.name for column in fields(Point))
OF_ENTRY = ("own", "consent", "released", "category", "sensitivity", "third_party")
"""The columns whose value depends on the entry."""

DUTIES = "obligation"
"""In `domain.csv`, beside the columns: what a rule may oblige the hub to do when it matches."""

HEADER = ("id", "effect", "level", *CONDITIONS, "default_rule", "obligations", "sentence", "ask", "source")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `level` is a ceiling when the effect is allow, a cap when it is deny.

    cells are the conditions as written, in the order of `CONDITIONS`. default_rule is the one of the
    fifteen default rules that the row carries out. obligations are what the hub must do when the row
    matches and something was asked for. sentence, ask and source are for people: why, who can
    help, and the law or guidance behind it. row is the line of the spreadsheet; the header is row 1.
    """

    id: str
    effect: Effect
    level: Level
    cells: tuple[str, ...]
    default_rule: int
    obligations: tuple[str, ...]
    sentence: str
    ask: str
    source: str
    row: int

    def accepts(self, place: int, value: str) -> bool:
        """Whether the condition at this place of `CONDITIONS` is met by the value."""
        cell = self.cells[place]
        return cell == ANY or value in cell.split("|")

    @property
    def seals_all(self) -> bool:
        """Whether it seals every kind of entry alike: it looks at who asks and not at what of."""
        looked_at = {column for column, cell in zip(CONDITIONS, self.cells, strict=True) if cell != ANY}
        return self.effect == "deny" and self.level == Level.SEALED and looked_at.isdisjoint(OF_ENTRY)


def read_domain(content: bytes) -> tuple[Domain, list[str]]:
    """The columns and their values from `domain.csv`, and every problem found in it."""
    rows, problems = read_rows("domain.csv", content, ("column", "value", "meaning"))
    domain: Domain = {column: {} for column in (*CONDITIONS, DUTIES)}
    for number, (column, value, meaning) in rows:
        where = f"domain.csv row {number}"
        if column not in domain:
            problems.append(f"{where}: '{column}' is not a column of the table")
        elif not _NAME.fullmatch(value) or value in domain[column]:
            problems.append(f"{where}: the value is repeated, or is not lower-case words joined by hyphens")
        elif not meaning.strip():
            problems.append(f"{where}: the meaning is missing")
        else:
            domain[column][value] = meaning
    return domain, problems + _disagreements(domain)


def _disagreements(domain: Domain) -> list[str]:
    """Where the domain file and the words of the program differ: a value nobody sends can never match."""
    expected = {
        "role": {role.value for role in Role},
        "sensitivity": set(get_args(Sensitivity)),
        "own": {"yes", "no"},
        "third_party": {"yes", "no"},
    }
    problems = [f"domain.csv: the column {column} has no values" for column in CONDITIONS if not domain[column]]
    for column, values in expected.items():
        problems += [
            f"domain.csv: {column} '{value}' is known to the hub or to the file, but not to both"
            for value in sorted(values ^ set(domain[column]))
        ]
    return problems


def read_rules(content: bytes, domain: Domain) -> tuple[tuple[Rule, ...], list[str]]:
    """The rows of `rules.csv` that are understood, and every problem in the others."""
    rows, problems = read_rows("rules.csv", content, HEADER)
    rules: list[Rule] = []
    for number, cells in rows:
        found = _row_problems(dict(zip(HEADER, cells, strict=True)), domain)
        problems += [f"rules.csv row {number}: {problem}" for problem in found]
        if not found:
            rules.append(_rule(number, cells))
    for name, times in Counter(rule.id for rule in rules).items():
        if times > 1:
            problems.append(f"rules.csv: the id '{name}' is used {times} times")
    if not any(rule.effect == "allow" for rule in rules):
        problems.append("rules.csv: the table allows nothing at all; an empty policy is never used")
    return tuple(rules), problems


def _rule(number: int, cells: Sequence[str]) -> Rule:
    name, effect, level, *conditions = cells[: 3 + len(CONDITIONS)]
    default_rule, obligations, sentence, ask, source = cells[3 + len(CONDITIONS) :]
    return Rule(
        name,
        cast(Effect, effect),
        Level(int(level)),
        tuple(conditions),
        int(default_rule),
        tuple(obligations.split("|")) if obligations else (),
        sentence,
        ask,
        source,
        number,
    )


def _row_problems(row: dict[str, str], domain: Domain) -> list[str]:
    problems = []
    if not _NAME.fullmatch(row["id"]):
        problems.append("the id is not lower-case words joined by hyphens")
    if row["effect"] not in get_args(Effect):
        problems.append(f"the effect '{row['effect']}' is neither allow nor deny")
    problems += _level_problems(row)
    if row["default_rule"] not in {str(number) for number in DEFAULT_RULES}:
        problems.append("default_rule is not a number from 1 to 15")
    problems += [f"the {name} is missing" for name in ("sentence", "ask", "source") if not row[name].strip()]
    for column in CONDITIONS:
        problems += _cell_problems(column, row[column], domain[column])
    if row["obligations"]:
        problems += named_problems("obligations", row["obligations"], domain[DUTIES])
    return problems


def _level_problems(row: dict[str, str]) -> list[str]:
    if row["level"] not in {str(level.value) for level in Level}:
        return [f"the level '{row['level']}' is not a number from 0 to 4"]
    if (row["effect"], row["level"]) in {("allow", "0"), ("deny", "4")}:
        return ["a row that allows up to 0, or denies above 4, does nothing"]
    return []


def _cell_problems(column: str, cell: str, values: dict[str, str]) -> list[str]:
    return [] if cell == ANY else named_problems(column, cell, values)


def named_problems(column: str, cell: str, values: Mapping[str, str]) -> list[str]:
    """What is wrong with a cell that names values, joined by |: one unknown, or one twice."""
    named = cell.split("|")
    problems = [f"{column} has no value '{value}'" for value in named if value not in values]
    if len(set(named)) < len(named):
        problems.append(f"{column} names a value twice")
    return problems


def read_rows(name: str, content: bytes, header: Sequence[str]) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Rows with their spreadsheet numbers; those of another width are problems, and so is another header."""
    try:
        # utf-8-sig: spreadsheets put a byte order mark first, and it must not become part of the header.
        found = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return [], [f"{name}: this is not a comma-separated table in UTF-8"]
    if not found or tuple(found[0]) != tuple(header):
        return [], [f"{name} row 1: the columns must be exactly {', '.join(header)}"]
    numbered = list(enumerate(found[1:], start=2))
    wrong = [
        f"{name} row {number}: {len(cells)} cells where {len(header)} are needed"
        for number, cells in numbered
        if len(cells) != len(header)
    ]
    return [(number, cells) for number, cells in numbered if len(cells) == len(header)], wrong
