"""A reader's levels for every kind of entry of one child, decided once, and what they rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from consent.decision import Answer, Asked, DecisionKey, Facts, FactSource
from consent.policy import Policy
from consent.replay import stated
from hub.audit.trail import KeyDecision
from projections.story import Levels, Row

WORKING = ("involved", "allocated")
"""The ties of somebody who works with a child."""

RESTRICTED = "restricted"
STRICTER = ("ordinary", "concern")
"""What counts as restricted when it is recorded of somebody whom the source itself marks as restricted."""


class Keys:
    """The decision keys there are, each with its restricted twin: of entries of somebody marked as restricted.

    With `released`, each of both has another twin: of entries that a recorded decision shares with the reader. A twin
    that no entry has yet gets a number beyond the last.
    """

    def __init__(self, rows: Sequence[tuple[int, str, str, str, bool]], *, released: bool = False) -> None:
        known = [DecisionKey(*row) for row in rows]
        numbers = {_labels(key): key.number for key in known}
        self.highest = max((key.number for key in known), default=0)
        last = self.highest
        twins = [key for key in known if key.sensitivity in STRICTER]
        for key in twins:
            if (labels := _labels(key, RESTRICTED)) not in numbers:
                last = numbers[labels] = last + 1
                known.append(DecisionKey(last, *labels))
        self._twin = {key.number: numbers[_labels(key, RESTRICTED)] for key in twins}
        shared = [replace(key, number=last + n, released=True) for n, key in enumerate(known, 1)] if released else []
        self._shared = {key.number: twin.number for key, twin in zip(known, shared, strict=False)}
        self.all = (*known, *shared)
        self.by_number = {key.number: key for key in self.all}

    def counted(self, number: int, *, restricted: bool, released: bool = False) -> int:
        """The number under which an entry of this key counts."""
        held = self._twin.get(number, number) if restricted else number
        return self._shared.get(held, held) if released else held


def _labels(key: DecisionKey, sensitivity: str = "") -> tuple[str, str, str, bool]:
    return key.agency, key.category, sensitivity or key.sensitivity, key.third_party


@dataclass(frozen=True, slots=True)
class Decided:
    """The answer for each key, by its number, and what they rest on."""

    asked: Asked
    child: UUID
    facts: Facts
    policy: Policy
    keys: Keys
    answers: dict[int, Answer]

    @property
    def works_with(self) -> bool:
        """Whether the reader may know that there is such a child, even with nothing open.

        Being the Named Person and no more, or of the child's own family, tells of no record; nor may who has lapsed.
        """
        allowed = self.facts.agreement == "current" and self.facts.registration == "active"
        return allowed and self.facts.relation in WORKING

    @property
    def emergency(self) -> bool:
        """Whether the reader has emergency access to the child open."""
        return self.facts.emergency == "open"

    def rests_on(self, key: int, entry: UUID) -> tuple[FactSource, ...]:
        """The facts that the rules matching one entry's key look at, and no others: the rest is not told."""
        category = self.keys.by_number[key].category
        seen = self.policy.looks_at(self.answers[key].hits)
        named = seen | ({f"consent:{category}"} if "consent" in seen else set())
        found = tuple(fact for fact in self.facts.sources if fact.name in named)
        return (*found, self._shared(entry)) if "released" in seen else found

    def _shared(self, entry: UUID) -> FactSource:
        """Whether a decision shares this very entry with the reader, and its release's place in the log."""
        position = {fact.name: fact.position for fact in self.facts.sources}.get(f"released:{entry}")
        return FactSource("released", "yes" if entry in self.facts.released else "no", position)

    def levels(self) -> Levels:
        """One level for each key number, from 1; a number without a key stays sealed."""
        usual = self._array(restricted=False), self._array(restricted=True)
        if not self.facts.released:
            return Levels(*usual)
        shared = self._array(restricted=False, released=True), self._array(restricted=True, released=True)
        return Levels(*usual, tuple(sorted(self.facts.released)), *shared)

    def _array(self, *, restricted: bool, released: bool = False) -> list[int]:
        levels = [0] * self.keys.highest
        for number in range(1, self.keys.highest + 1):
            if number in self.answers:
                counted = self.keys.counted(number, restricted=restricted, released=released)
                levels[number - 1] = int(self.answers[counted].level)
        return levels

    def key_of(self, row: Row) -> int:
        """The number of the key that decided a row."""
        released = bool(self.facts.released) and row.entry in self.facts.released
        return self.keys.counted(row.key, restricted=row.restricted, released=released)

    def recorded(self, counted: Counter[int]) -> Iterator[KeyDecision]:
        """What was decided, for the access log: every key that entries have, and a twin where it decided."""
        for number, answer in self.answers.items():
            if number <= self.keys.highest or counted[number]:
                key = self.keys.by_number[number]
                labels = _labels(key)
                yield KeyDecision(int(answer.level), answer.rule, *labels, counted[number], key.released)

    def obligations(self, counted: Counter[int]) -> tuple[str, ...]:
        """What the rules oblige the hub to do by which these entries were shown at all, or by which all is sealed."""
        shown = (self.answers[number] for number, entries in counted.items() if entries)
        duties = (duty for one in shown if one.level for duty in one.obligations)
        return tuple(dict.fromkeys((*self.refusing, *duties)))

    @property
    def refusing(self) -> tuple[str, ...]:
        """What the rules oblige the hub to do by which all of this child is sealed from the reader."""
        return self.policy.refusing(self.asked, self.facts)


def decide(asked: Asked, child: UUID, facts: Facts, policy: Policy, keys: Keys) -> Decided:
    """Ask the policy once for each key. Every value it looks at is among the facts' sources from here on."""
    facts = replace(facts, sources=stated(facts))
    answers = policy.levels(asked, facts, keys.all)
    numbered = {key.number: answer for key, answer in zip(keys.all, answers, strict=True)}
    return Decided(asked, child, facts, policy, keys, numbered)
