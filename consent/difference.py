"""The exact difference between two versions of the policy: for which combinations of values the level changes, and how.

Every combination is counted, none is sampled. Combinations that both versions treat alike for the same reasons are
counted together, so it takes no longer than a proof. Where it is known how often a combination was decided, the
changes are weighed by that as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

from consent.decision import Answer, Level
from consent.grounds import CONTROLLERS, VALID, Grounds
from consent.policy import Policy
from consent.reach import LIMIT
from consent.table import CONDITIONS, Point, Rule
from hub.errors import PolicyRefused

Pair = tuple[int, int]
"""Which rules match under the one version and under the other, as masks."""

NAMED = ("role", "purpose", "basis", "category", "sensitivity")
"""The columns that an example always names; of the others, those that a matching rule looks at."""


@dataclass(frozen=True, slots=True)
class Moved:
    """All combinations whose level goes from one to another.

    combinations: how many. used: how many decisions on record were of such a combination. example: one in words; was
    and becomes: the rules that decide it, empty for none.
    """

    before: Level
    after: Level
    combinations: int
    used: int
    example: str
    was: str
    becomes: str

    @property
    def rises(self) -> bool:
        """Whether more is opened than before."""
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Stated:
    """What becomes of stating a purpose on a basis: the column `ground` before and after, from a day on.

    controller: the kind of organisation. From then on every combination with the one is decided as one with the other.
    """

    purpose: str
    basis: str
    controller: str
    since: date
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version changes against another.

    combinations: how many there are in all. used: how many decisions on record were weighed. moved: what rises first,
    the steepest before the others. stated: what may be stated that might not, and the other way round. added, removed
    and altered: the rules, by id; altered in their words alone too.
    """

    before: str
    after: str
    combinations: int
    used: int
    moved: tuple[Moved, ...]
    stated: tuple[Stated, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]

    @property
    def rises(self) -> int:
        """For how many combinations the level rises."""
        return sum(one.combinations for one in self.moved if one.rises)

    @property
    def falls(self) -> int:
        """For how many combinations the level falls."""
        return sum(one.combinations for one in self.moved if not one.rises)


def between(before: Policy, after: Policy, used: Iterable[tuple[Point, int]] = ()) -> Difference:
    """Compare over every combination of values that either version knows. `used`: points as decided, and how often.

    Raises PolicyRefused where the two are too far apart to be compared exactly.
    """
    counted: Counter[tuple[Level, Level]] = Counter()
    witness: dict[tuple[Level, Level], tuple[Pair, Point]] = {}
    total = 0
    for pair, (count, point) in _pairs(before, after).items():
        step = before.answer(pair[0]).level, after.answer(pair[1]).level
        total += count
        counted[step] += count
        witness.setdefault(step, (pair, point))
    weighed = _weighed(before, after, used)
    steps = [step for step in counted if step[0] != step[1]]
    moved = [_moved(before, after, step, counted[step], weighed[step], *witness[step]) for step in steps]
    moved.sort(key=lambda one: (not one.rises, -abs(one.after - one.before), one.before))
    rows = _by_id(before), _by_id(after)
    return Difference(
        before=before.fingerprint,
        after=after.fingerprint,
        combinations=total,
        used=weighed.total(),
        moved=tuple(moved),
        stated=tuple(_stated(before.grounds, after.grounds)),
        added=tuple(name for name in rows[1] if name not in rows[0]),
        removed=tuple(name for name in rows[0] if name not in rows[1]),
        altered=tuple(name for name in rows[0] if name in rows[1] and _said(rows[0][name]) != _said(rows[1][name])),
    )


def _stated(before: Grounds, after: Grounds) -> Iterator[Stated]:
    """What may be stated together in one version and not in the other, by the first such day."""
    both = (before, after)
    rows = [row for one in both for row in (*one.purposes.values(), *one.bases.values())]
    ends = (row.until + timedelta(days=1) for row in rows if row.until and row.until < date.max)
    days = sorted({row.since for row in rows} | set(ends))
    purposes = dict.fromkeys(name for one in both for name in one.purposes)
    bases = dict.fromkeys(name for one in both for name in one.bases)
    for place in product(purposes, bases, CONTROLLERS):
        found = ((day, before.state(*place, day), after.state(*place, day)) for day in days)
        if first := next((one for one in found if (one[1] == VALID) != (one[2] == VALID)), None):
            yield Stated(*place, *first)


def _weighed(before: Policy, after: Policy, used: Iterable[tuple[Point, int]]) -> Counter[tuple[Level, Level]]:
    found: Counter[tuple[Level, Level]] = Counter()
    for point, count in used:
        found[before.decide(point).level, after.decide(point).level] += count
    return found


def _pairs(before: Policy, after: Policy) -> dict[Pair, tuple[int, Point]]:
    """Which rules of both versions can match together: for how many combinations, and one of them."""
    partial: dict[Pair, tuple[int, tuple[str, ...]]] = {(before.every, after.every): (1, ())}
    for column in CONDITIONS:
        choices = _choices(before, after, column)
        grown: dict[Pair, tuple[int, tuple[str, ...]]] = {}
        for (one, other), (count, values) in partial.items():
            for (mask, another), (times, value) in choices.items():
                met = one & mask, other & another
                held, kept = grown.get(met, (0, (*values, value)))
                grown[met] = held + count * times, kept
        if len(grown) > LIMIT:
            raise PolicyRefused(
                "These two versions are too far apart to be compared exactly.", "Compare in smaller steps."
            )
        partial = grown
    return {pair: (count, Point(*values)) for pair, (count, values) in partial.items()}


def _choices(before: Policy, after: Policy, column: str) -> dict[Pair, tuple[int, str]]:
    """The column's values of both versions, those together that no rule of either tells apart: how many, and one."""
    found: dict[Pair, tuple[int, str]] = {}
    for value in dict.fromkeys((*before.domain[column], *after.domain[column])):
        # A value that one version does not know is accepted by none of its rules.
        masks = before.masks[column].get(value, 0), after.masks[column].get(value, 0)
        count, first = found.get(masks, (0, value))
        found[masks] = count + 1, first
    return found


def _moved(  # noqa: PLR0913, PLR0917 - the parts of one line of the comparison
    before: Policy, after: Policy, step: tuple[Level, Level], count: int, used: int, pair: Pair, point: Point
) -> Moved:
    was, becomes = before.answer(pair[0]), after.answer(pair[1])
    example = _example(before, after, was, becomes, point)
    return Moved(*step, combinations=count, used=used, example=example, was=was.rule, becomes=becomes.rule)


def _example(before: Policy, after: Policy, was: Answer, becomes: Answer, point: Point) -> str:
    """The combination in words: what it is about, and whatever else the matching rules look at."""
    named = {*NAMED} | before.looks_at(was.hits) | after.looks_at(becomes.hits)
    return ", ".join(f"{column.replace('_', ' ')} {getattr(point, column)}" for column in CONDITIONS if column in named)


def _by_id(policy: Policy) -> Mapping[str, Rule]:
    return {rule.id: rule for rule in policy.rules}


def _said(rule: Rule) -> Rule:
    """All of a row but where it stands."""
    return replace(rule, row=0)
