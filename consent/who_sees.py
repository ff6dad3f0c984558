"""Who sees this entry: the same question from the entry's side, answered for many people at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from consent.decision import Answer, DecisionKey, Facts, Level
from consent.policy import OF_SITUATION, Policy
from hub.people import Practitioner


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the entry opens to one reader, and by which rule."""

    reader: Practitioner
    answer: Answer


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might see it, what is true of them and the child, and the key under which the entry counts to them.

    The key differs between readers only where a recorded decision shares the entry with some of them.
    """

    reader: Practitioner
    facts: Facts
    key: DecisionKey


def who_sees(policy: Policy, purpose: str, basis: str, candidates: Iterable[Candidate]) -> Iterator[Seen]:
    """The people to whom the entry opens at all, each with their answer, in the order in which they were named."""
    asked = policy.masks["purpose"].get(purpose, 0) & policy.masks["basis"].get(basis, 0)
    of_entry: dict[DecisionKey, int] = {}
    for one in candidates:
        if one.key not in of_entry:
            of_entry[one.key] = asked & _of_entry(policy, one.key)
        # What cannot apply to this entry needs no look at the reader.
        hits = of_entry[one.key] and of_entry[one.key] & _of_reader(policy, one)
        answer = policy.answer(hits)
        if answer.level > Level.SEALED:
            yield Seen(one.reader, answer)


def _of_entry(policy: Policy, key: DecisionKey) -> int:
    return (
        policy.masks["category"].get(key.category, 0)
        & policy.masks["sensitivity"].get(key.sensitivity, 0)
        & policy.masks["third_party"]["yes" if key.third_party else "no"]
        & policy.masks["released"]["yes" if key.released else "no"]
    )


def _of_reader(policy: Policy, one: Candidate) -> int:
    own = one.reader.agency.value == one.key.agency
    found = policy.masks["role"].get(one.reader.role.value, 0) & policy.masks["own"]["yes" if own else "no"]
    found &= policy.masks["consent"].get(one.facts.consent.get(one.key.category, "none"), 0)
    for column in OF_SITUATION:
        found &= policy.masks[column].get(getattr(one.facts, column), 0)
    return found
