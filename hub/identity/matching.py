"""Two statements of who a person is: whether they contradict each other, and whose child a record is about.

What is less than certain is never decided here; it is named, and a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Statement:
    """Who an agency says a person is. Empty fields were not stated."""

    family: str
    given: tuple[str, ...]
    birth_dates: tuple[str, ...]


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
    return bool(one.birth_dates and other.birth_dates) and not set(one.birth_dates) & set(other.birth_dates)


def names_differ(one: Statement, other: Statement) -> bool:
    """Both state a name, and neither the family name nor any given name agrees."""
    ours, theirs = _names(one), _names(other)
    return bool(ours and theirs) and not ours & theirs


def contradicts(one: Statement, other: Statement) -> bool:
    """A different birth date or a wholly different name: not certain to be one person."""
    return birth_dates_differ(one, other) or names_differ(one, other)


def another_person(new: Statement, held: Iterable[Statement]) -> bool:
    """An agency's record id that now names somebody else: no name and no birth date of before is left."""
    known = list(held)
    return bool(known) and all(birth_dates_differ(new, old) and names_differ(new, old) for old in known)


def match(new: Statement, found: dict[UUID, tuple[str, list[Statement]]], *, defective: bool) -> Match:
    """Decide from the children that share an exact, usable identifier.

    found: child → (system of the shared identifier, all statements held about that child).
    defective: the record has identifiers and one of them fails its check.
    """
    if len(found) > 1:
        return Unsure("several-candidates", tuple(sorted(found)))
    for child, (system, statements) in found.items():
        if any(contradicts(new, old) for old in statements) and not any(_agrees(new, old) for old in statements):
            return Unsure("contradiction", (child,))
        return Linked(child, f"exact-identifier:{system}")
    return Unsure("identifier-defect" if defective else "")


def _agrees(one: Statement, other: Statement) -> bool:
    stated = one.birth_dates and other.birth_dates and _names(one) and _names(other)
    return bool(stated) and not contradicts(one, other)


def _names(statement: Statement) -> set[str]:
    return {name.casefold().strip() for name in (statement.family, *statement.given) if name.strip()}
