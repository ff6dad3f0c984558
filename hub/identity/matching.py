"""Two statements of who a person is: whether they contradict each other, and whose child a record is about.

What is less than certain is never decided here; it is named, and a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from hub.identity.names import first_given, is_initial_of, words

Standing = Literal["own-id", "number", "unverified-number"]
"""What an agency's record id is: its own, an outside number of the person, or such a number that nobody verified."""


@dataclass(frozen=True, slots=True)
class Statement:
    """Who an agency says a person is. Empty fields were not stated; of what was erased nothing is readable."""

    family: str
    given: tuple[str, ...]
    birth_dates: tuple[str, ...]
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A child who shares an exact, usable number of `system`, and all that is held about that child.

    numbers_differ: of some system both have usable numbers and none is the same. several_numbers: the two together
    have more than one of some system, so one of these may be another child's. in_doubt: a person is asked whether the
    shared numbers are this child's at all.
    """

    system: str
    statements: Sequence[Statement]
    numbers_differ: bool = False
    several_numbers: bool = False
    in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Linked:
    """The record belongs to this child, on this evidence."""

    child: UUID
    evidence: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nothing certain: the record opens its own child, and a person is asked when there is a reason to."""

    reason: str
    candidates: tuple[UUID, ...] = ()


Match = Linked | Unsure


def birth_dates_differ(one: Statement, other: Statement) -> bool:
    """Both state a birth date and no stated date agrees."""
    return bool(one.birth_dates and other.birth_dates) and not _same_birth_date(one, other)


def given_differ(one: Statement, other: Statement) -> bool:
    """Both state a first given name and neither is the other, nor its initial."""
    ours, theirs = first_given(one.given), first_given(other.given)
    return bool(ours and theirs) and ours != theirs and not is_initial_of(ours, theirs)


def family_differ(one: Statement, other: Statement) -> bool:
    """Both state a family name and share no part of it."""
    ours, theirs = words(one.family), words(other.family)
    return bool(ours and theirs) and not set(ours) & set(theirs)


def contradicts(one: Statement, other: Statement) -> bool:
    """A different birth date or given name. A family name changes, so it alone says nothing."""
    return birth_dates_differ(one, other) or given_differ(one, other)


def identifies(statement: Statement) -> bool:
    """States something that a second statement could agree with: a birth date or a given name."""
    return bool(statement.birth_dates or first_given(statement.given))


def another_person(new: Statement, held: Sequence[Statement], standing: Standing) -> bool:
    """Whether an agency's record id may now name somebody else, going by all that was stated under it.

    An id of the agency's own may correct a birth date while the name stays; a number may not, because a
    sibling's message with the number mistyped looks just so.
    """
    if not held:
        return False
    if standing == "unverified-number":
        return not any(_agree_in_full(new, old) for old in held)
    if _given_changed(new, held):
        return True
    if not birth_date_changed(new, held):
        return False
    return standing == "number" or not any(_same_name(new, old) for old in held)


def birth_date_changed(new: Statement, held: Sequence[Statement]) -> bool:
    """A birth date that agrees with none of those stated before, where one was."""
    told = [old for old in held if old.birth_dates]
    return bool(told) and all(birth_dates_differ(new, old) for old in told)


def _given_changed(new: Statement, held: Sequence[Statement]) -> bool:
    told = [old for old in held if first_given(old.given)]
    return bool(told) and all(given_differ(new, old) for old in told)


def match(ours: Sequence[Statement], found: Mapping[UUID, Candidate], *, defective: bool) -> Match:
    """Decide from the children that share an exact, usable identifier.

    ours: all that was stated of the record, newest last; at least one. found: the children who share a number.
    defective: the record has identifiers and one of them fails its check. A candidate whom something speaks
    against is out of the question, so one stranger's mistyped number takes no number from its child.
    """
    readable = all(statement.readable for statement in ours)
    unknown = {child for child, one in found.items() if not (readable and all(s.readable for s in one.statements))}
    fit = [child for child, one in found.items() if child not in unknown and not _against(ours, one)]
    possible = [child for child in fit if not found[child].in_doubt]
    if len(possible) > 1:
        return Unsure("several-candidates", tuple(sorted(possible)))
    for child in possible:
        agree = same_given if found[child].several_numbers else _agree
        if any(agree(mine, theirs) for mine in ours for theirs in found[child].statements):
            return Linked(child, f"exact-identifier:{found[child].system}")
        return Unsure("number-alone", (child,))
    if fit:
        return Unsure("number-in-doubt", tuple(sorted(fit)))
    if found:
        return Unsure("erased-statement" if unknown == set(found) else "contradiction", tuple(sorted(found)))
    return Unsure("identifier-defect" if defective else "")


def _against(ours: Sequence[Statement], candidate: Candidate) -> bool:
    """Whether anything ever stated speaks against it; a corrected statement that agrees in full outweighs a mistake."""
    if candidate.numbers_differ:
        return True
    if any(_agree_in_full(ours[-1], theirs) for theirs in candidate.statements):
        return False
    return any(contradicts(mine, theirs) for mine in ours for theirs in candidate.statements)


def _same_birth_date(one: Statement, other: Statement) -> bool:
    return bool(set(one.birth_dates) & set(other.birth_dates))


def same_given(one: Statement, other: Statement) -> bool:
    """Both state the same first given name: more than a birth date, which twins share."""
    # An initial does not contradict, and is too little to agree.
    ours = first_given(one.given)
    return bool(ours) and ours == first_given(other.given)


def _same_name(one: Statement, other: Statement) -> bool:
    return same_given(one, other) and not family_differ(one, other)


def _agree(one: Statement, other: Statement) -> bool:
    return _same_birth_date(one, other) or same_given(one, other)


def _agree_in_full(one: Statement, other: Statement) -> bool:
    return _same_birth_date(one, other) and same_given(one, other)
