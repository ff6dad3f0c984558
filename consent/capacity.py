"""Who could decide about a child's information on a day: the child, or whoever may decide for the child.

Age of Legal Capacity (Scotland) Act 1991: full capacity at 16. Data Protection Act 2018 s.208: a child of 12 or more is
presumed to understand enough, a younger one not, unless the contrary was shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from projections import circumstances, involvement
from projections.session import Cursor

PRESUMED, FULL, ADULT = 12, 16, 18
BIRTHDAYS = (PRESUMED, FULL, ADULT)
"""The birthdays at which it is looked at again who decides."""

CAPABLE, NOT_YET = "assessed-capable", "assessed-not-yet"


@dataclass(frozen=True, slots=True)
class Assessed:
    """What somebody who knows the child stated, and for which days; shapes as `projections.timeline`."""

    state: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Child:
    """What must be known of a child to say whose decision it was. born is None where no agency states a day."""

    born: date | None
    assessed: Sequence[Assessed] = ()

    def age(self, on: date) -> int | None:
        """Full years on a day; somebody born on 29 February is a year older on 1 March of other years."""
        if self.born is None:
            return None
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    def capable(self, on: date) -> bool:
        """Whether the child could decide on a day. Of unknown age, only who was assessed to be capable."""
        age = self.age(on)
        if age is not None and age >= FULL:
            return True
        stated = self._stated(on)
        return stated == CAPABLE or (stated != NOT_YET and age is not None and age >= PRESUMED)

    def could_give(self, given_by: str, *days: date) -> bool:
        """Whether consent by the child, a parent or a carer was theirs to give on the first and last of these days.

        Both its first day and the day on which it was recorded count: with its first day alone, whoever dates it back
        would choose the child's age.
        """
        return all(self._could_give(given_by, day) for day in (days[0], max(days)))

    def _could_give(self, given_by: str, on: date) -> bool:
        if given_by == "child":
            return self.capable(on)
        age = self.age(on)
        return age is None or age < PRESUMED or not self.capable(on)

    def parent_may_act(self, on: date) -> bool:
        """Whether a parent acts for the child on a day: under 12, or not yet capable; never for an unknown age."""
        age = self.age(on)
        return age is not None and (age < PRESUMED or (age < FULL and self._stated(on) == NOT_YET))

    def _stated(self, on: date) -> str:
        day = on.isoformat()
        return next((one.state for one in self.assessed if one.since <= day <= one.until), "")


@dataclass(frozen=True, slots=True)
class CapacityReview:
    """A child who has reached an age at which it is to be looked at again who decides, and nobody has."""

    child: UUID
    birthday: int


def capacity_reviews(cursor: Cursor, on: date, child: UUID | None = None) -> list[CapacityReview]:
    """The children, or the one, whose 12th, 16th or 18th birthday has come since it was last said who decides.

    Worked out anew each time. Whatever is said of the child's capacity after it, or again of the parent, settles it.
    cursor: of the role that writes the ledger; for one child, also of the role that reads for a person, when it has
    said that it is about this child (`projections.second_line`).
    """
    due: dict[UUID, int] = {}
    for one in circumstances.parents_decide(cursor, on, child):
        reached = [age for age in BIRTHDAYS if (day := _birthday(born_on(one.born), age)) and one.said < day <= on]
        if reached:
            due[one.child] = max(reached[-1], due.get(one.child, 0))
    return [CapacityReview(child, birthday) for child, birthday in sorted(due.items())]


def review_of(cursor: Cursor, on: date, child: UUID) -> int:
    """The birthday since which it is due for one child, 0 where it is not."""
    return next((one.birthday for one in capacity_reviews(cursor, on, child)), 0)


def reviews_due(cursor: Cursor, on: date, organisation: str | None) -> int:
    """For how many children it is due; with an organisation, of those its own people work with on that day."""
    children = [one.child for one in capacity_reviews(cursor, on)]
    if organisation is None:
        return len(children)
    return len(involvement.worked_with(cursor, children, organisation, on))


def born_on(text: str) -> date | None:
    """The day, where an agency states a whole one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _birthday(born: date | None, age: int) -> date | None:
    if born is None:
        return None
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
