"""A past decision worked out again from its record alone: the same levels, by the same rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from consent.decision import Answer, Asked, DecisionKey, Facts, FactSource
from consent.policy import OF_SITUATION, Policy
from hub.audit.trail import Disclosed, KeyDecision
from hub.people import Agency, Practitioner, Role

CONSENT = "consent:"
RELEASED = "released:"
"""Before the category and before the entry that a fact is about."""

WHO = ("controller",)
"""What is on record besides the columns: by it the policy says what may be stated (the column `ground`)."""

OLDER = "the record is of an older shape and does not say the {}"
UNREADABLE = "this release cannot read the record"
NO_POLICY = "the policy version it was decided under is not kept"


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a recorded decision rested on but the entries: who asked for what, and what was true."""

    asked: Asked
    facts: Facts


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a period's recorded decisions came out again.

    readings: records that hold a decision. decisions: kinds of entry decided in those that could be replayed. unequal:
    readings of which a level or a rule came out otherwise. unreplayable: readings, by the reason.
    """

    readings: int
    equal: int
    decisions: int
    unequal: tuple[UUID, ...]
    unreplayable: tuple[tuple[str, tuple[UUID, ...]], ...]


def stated(facts: Facts) -> tuple[FactSource, ...]:
    """The sources, with one for each value that the policy looks at: exactly that value, and the event behind it.

    The record is made of these, so nothing can decide without being on record.
    """
    values = {column: str(getattr(facts, column)) for column in OF_SITUATION}
    values |= {name: str(getattr(facts, name)) for name in WHO}
    values |= {f"{CONSENT}{category}": state for category, state in sorted(facts.consent.items())}
    values |= {f"{RELEASED}{entry}": "yes" for entry in sorted(facts.released)}
    behind = {source.name: source.position for source in facts.sources if source.value == values.get(source.name)}
    decided = tuple(FactSource(name, value, behind.get(name)) for name, value in values.items())
    return (*decided, *(source for source in facts.sources if source.name not in values))


def situation(event: Disclosed) -> Situation | str:
    """What a recorded decision rested on; where the record does not say it all, what is missing."""
    found = {name: value for name, value, _ in event.facts}
    missing = [column for column in OF_SITUATION if column not in found]
    if missing:
        return OLDER.format(", ".join(missing).replace("_", " "))
    try:
        role, agency = Role(event.role), Agency(event.agency)
    except ValueError:
        return OLDER.format("role and agency in today's words")
    reader = Practitioner(event.reader, "", role, agency, event.organisation)
    consent = {name.removeprefix(CONSENT): value for name, value in found.items() if name.startswith(CONSENT)}
    columns: dict[str, Any] = {column: found[column] for column in (*OF_SITUATION, *WHO) if column in found}
    return Situation(Asked(reader, event.purpose, event.basis), Facts(**columns, consent=consent))


def key_of(decision: KeyDecision, number: int = 0) -> DecisionKey:
    """The kind of entry that a recorded decision is about."""
    labels = (decision.agency, decision.category, decision.sensitivity, decision.third_party)
    return DecisionKey(number, *labels, released=decision.released)


def answers(event: Disclosed, found: Situation, policy: Policy) -> list[Answer]:
    """What a policy says to each recorded decision of a reading, in their order."""
    return policy.levels(found.asked, found.facts, [key_of(decision) for decision in event.decisions])


def is_equal(decision: KeyDecision, answer: Answer) -> bool:
    """Whether an answer is the recorded one: its level and its rule."""
    return (int(answer.level), answer.rule) == (decision.level, decision.rule)


class Replay:
    """Counts, one record at a time, so that the memory needed does not grow with the period."""

    def __init__(self, compiled: Callable[[str], Policy | None]) -> None:
        self._compiled = compiled
        self._readings = self._equal = self._decisions = 0
        self._unequal: list[UUID] = []
        self._unreplayable: dict[str, list[UUID]] = {}

    def take(self, reading: UUID, event: Disclosed | None) -> None:
        """Replay one record; one without a decision is passed by."""
        if event is not None and not event.decisions:
            return
        self._readings += 1
        problem = UNREADABLE if event is None else self._replayed(event)
        if problem:
            self._unreplayable.setdefault(problem, []).append(reading)

    def _replayed(self, event: Disclosed) -> str:
        found = situation(event)
        if isinstance(found, str):
            return found
        policy = self._compiled(event.policy)
        if policy is None:
            return NO_POLICY
        self._decisions += len(event.decisions)
        same = zip(event.decisions, answers(event, found, policy), strict=True)
        if all(is_equal(decision, answer) for decision, answer in same):
            self._equal += 1
        else:
            self._unequal.append(event.originator_id)
        return ""

    def outcome(self) -> Replayed:
        """What came of it."""
        reasons = tuple((reason, tuple(ids)) for reason, ids in sorted(self._unreplayable.items()))
        return Replayed(self._readings, self._equal, self._decisions, tuple(self._unequal), reasons)


def replayed(records: Iterable[tuple[UUID, Disclosed | None]], compiled: Callable[[str], Policy | None]) -> Replayed:
    """Replay these records, each under the policy version that it names."""
    replay = Replay(compiled)
    for reading, event in records:
        replay.take(reading, event)
    return replay.outcome()
