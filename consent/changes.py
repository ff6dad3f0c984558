"""What one lawful change would alter a decision, who can make it, and in which words.

`policies/changes.csv` holds the changes there are. What nobody should bring about to see a record is not among them and
is refused as a row: another role, a tie of family, a concern for the child.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from operator import and_
from typing import TYPE_CHECKING

from consent.decision import Answer, Level
from consent.grounds import VALID
from consent.table import ANY, CONDITIONS, Domain, Point, named_problems, read_rows

if TYPE_CHECKING:
    from consent.policy import Policy

HEADER = ("column", "from", "to", "role", "who", "words", "source")
CHANGEABLE = (
    "registration",
    "relation",
    "agreement",
    "consent",
    "plan",
    "emergency",
    "released",
    "purpose",
    "basis",
)
"""What may lawfully change about a question. The rest is as it is, or is no means to see a record."""

NEVER = {("relation", "family"), ("relation", "self"), ("relation", "parental")}
"""Ties by birth and by law: nobody gains or loses one in order to read."""

_STATED = ("purpose", "basis")
_PLACE = {column: place for place, column in enumerate(CONDITIONS)}


@dataclass(frozen=True, slots=True)
class Change:
    """A row of `changes.csv`: in this column one of the values before may become the value after."""

    column: str
    before: frozenset[str]
    after: str
    roles: frozenset[str]
    who: str
    words: str
    source: str

    def applies(self, point: Point) -> bool:
        """Whether somebody of this point's role, with this point's value, could see it happen."""
        held = getattr(point, self.column)
        return held in self.before and held != self.after and point.role in self.roles


@dataclass(frozen=True, slots=True)
class LawfulChange:
    """One change to one column, and what the answer becomes with it.

    words say it to the reader; who can make it. becomes and rule are the answer afterwards: a change may close too.
    """

    column: str
    value: str
    words: str
    who: str
    becomes: Level
    rule: str


def read_changes(content: bytes, domain: Domain) -> tuple[tuple[Change, ...], list[str]]:
    """The rows of `changes.csv` that are understood, and every problem in the others."""
    rows, problems = read_rows("changes.csv", content, HEADER)
    found: list[Change] = []
    for number, cells in rows:
        row = dict(zip(HEADER, cells, strict=True))
        wrong = list(_row_problems(row, domain))
        if not wrong:
            change = _change(row, domain)
            wrong += ["another row makes this change already"] if any(_same(change, one) for one in found) else []
            found.append(change)
        problems += [f"changes.csv row {number}: {problem}" for problem in wrong]
    return tuple(found), problems


def _row_problems(row: Mapping[str, str], domain: Domain) -> Iterator[str]:
    column = row["column"]
    yield from (f"the {name} is missing" for name in ("who", "words", "source") if not row[name].strip())
    if row["role"] != ANY:
        yield from named_problems("role", row["role"], domain["role"])
    if column not in CHANGEABLE:
        yield f"'{column}' is not something that may lawfully change so that a record opens"
        return
    if row["from"] != ANY:
        yield from named_problems(column, row["from"], domain[column])
    yield from named_problems(column, row["to"], dict.fromkeys(domain[column], "") if "|" not in row["to"] else {})
    if any((column, value) in NEVER for value in (row["to"], *row["from"].split("|"))):
        yield "nobody gains or loses a tie of family in order to read"
    if row["to"] in row["from"].split("|"):
        yield "it changes a value to itself"


def _change(row: Mapping[str, str], domain: Domain) -> Change:
    column = row["column"]
    before = [value for value in domain[column] if (column, value) not in NEVER]
    return Change(
        column,
        frozenset(before if row["from"] == ANY else row["from"].split("|")),
        row["to"],
        frozenset(domain["role"] if row["role"] == ANY else row["role"].split("|")),
        row["who"],
        row["words"],
        row["source"],
    )


def _same(one: Change, other: Change) -> bool:
    return (one.column, one.after) == (other.column, other.after) and bool(
        one.before & other.before and one.roles & other.roles
    )


def changes(policy: Policy, point: Point, *, on: date, controller: str) -> tuple[LawfulChange, ...]:
    """Every single lawful change that would alter this point's level, in the order of `changes.csv`.

    A purpose or basis changes only to what this kind of organisation may state on this day; the agreement is taken as
    it is, though it may be for other purposes.
    """
    now = policy.decide(point).level
    besides = _besides([policy.masks[column].get(getattr(point, column), 0) for column in CONDITIONS], policy.every)
    found = []
    for change in policy.changes:
        if not change.applies(point):
            continue
        if change.column in _STATED:
            answer = _restated(policy, point, change, on, controller)
        else:
            answer = policy.answer(besides[_PLACE[change.column]] & policy.masks[change.column][change.after])
        if answer is not None and answer.level != now:
            found.append(LawfulChange(change.column, change.after, change.words, change.who, answer.level, answer.rule))
    return tuple(found)


def _besides(met: Sequence[int], every: int) -> list[int]:
    """For each column, the rules that all the others let through: from the left and from the right."""
    left = list(accumulate(met, and_, initial=every))[:-1]
    right = list(accumulate(reversed(met), and_, initial=every))[:-1]
    return [one & other for one, other in zip(left, reversed(right), strict=True)]


def _restated(policy: Policy, point: Point, change: Change, on: date, controller: str) -> Answer | None:
    """The answer with another purpose or basis; None where the two may not be stated together."""
    stated = replace(point, **{change.column: change.after}, ground=VALID)
    state = policy.grounds.state(stated.purpose, stated.basis, controller, on)
    return policy.decide(stated) if state == VALID else None
