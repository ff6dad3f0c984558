"""Rows of one list that share an id and cannot be one child: they are found before the first row is taken.

So it makes no difference which of them comes first, and neither is taken for a correction of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from adapters.class_list.numbers import normal
from adapters.class_list.rows import GIVEN, GROUP, NUMBERS, SEX, YEAR, Child, folded

_TELLING = (*NUMBERS.values(), GROUP, YEAR, SEX)
"""What must not differ in rows that are known by name, birth date and postcode alone: nothing else vouches for them."""

Given = tuple[str, ...]


@dataclass(slots=True)
class _Stated:
    """All that the rows of one id state, each thing once; what a row leaves empty says nothing."""

    given: set[Given] = field(default_factory=set)
    others: dict[str, set[str]] = field(default_factory=dict)

    def add(self, child: Child) -> None:
        if child.text(GIVEN):
            self.given.add(tuple(folded(child.text(GIVEN)).replace("-", " ").split()))
        for name, text in _others(child).items():
            if text:
                self.others.setdefault(name, set()).add(text)

    @property
    def unlike(self) -> bool:
        return any(len(texts) > 1 for texts in self.others.values()) or _given_differ(self.given)


def unlike(children: Iterable[Child]) -> frozenset[str]:
    """The ids under which the list has rows with another given name, birth date or number: two children, or a mistake.

    Of rows without a right number, also those with another class, year group or sex.
    """
    stated: dict[str, _Stated] = {}
    for child in children:
        if child.known_by:
            stated.setdefault(child.own_id, _Stated()).add(child)
    return frozenset(own_id for own_id, all_of_it in stated.items() if all_of_it.unlike)


def _others(child: Child) -> dict[str, str]:
    if not child.right:
        return {name: normal(folded(child.text(name))) for name in _TELLING}
    return {"born": child.born, **child.right}


def _given_differ(given: set[Given]) -> bool:
    """Whether any is not the longest of them cut short or with initials: `Isla` and `I Rose` are `Isla Rose`."""
    longest = max(given, key=lambda words: (len(words), len("".join(words)), words), default=())
    return not all(_may_be(words, longest) for words in given)


def _may_be(words: Given, longest: Given) -> bool:
    pairs = zip(words, longest, strict=False)
    return all(one == other or (1 in {len(one), len(other)} and one[0] == other[0]) for one, other in pairs)
