"""Why a recorded reading fell as it did: level, rule, facts, the event behind each, what would lawfully alter it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from consent.changes import LawfulChange
from consent.decision import Answer, Level
from consent.facts import day_of
from consent.policy import Policy
from consent.replay import CONSENT, NO_POLICY, Situation, answers, is_equal, key_of, situation
from consent.table import CONDITIONS
from consent.ways import every_way
from hub.audit.trail import Disclosed, KeyDecision
from projections.policies import Term
from projections.readings import Behind, Kept


@dataclass(frozen=True, slots=True)
class FactBehind:
    """A fact as it entered a decision. position, kind and at are of the event behind it: None and empty for none."""

    name: str
    value: str
    position: int | None = None
    kind: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DecisionExplained:
    """How one kind of entry was decided in a reading. entries: how many of the kind came out.

    looked_at are the names of the facts that the matching rules look at. equal: the same decision comes out again from
    the record today. changes: each single lawful change that would have altered it, what opens more before the others.
    """

    agency: str
    category: str
    sensitivity: str
    third_party: bool
    released: bool
    entries: int
    level: str
    rule: str
    sentence: str = ""
    matched: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    ask: str = ""
    looked_at: tuple[str, ...] = ()
    equal: bool = False
    changes: tuple[LawfulChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingExplained:
    """One recorded reading, explained to those who answer for it. No content, and the child only as an id.

    in_force: whether the policy version it was decided under still is; terms: from when until when it was, None: still.
    problem: why it cannot be worked out again, empty where it can; then levels and rules are the recorded ones and
    nothing is said of what matched.
    """

    reading: UUID
    at: datetime
    reader: str
    role: str
    agency: str
    organisation: str
    action: str
    outcome: str
    child: UUID | None
    entry: UUID | None
    purpose: str
    basis: str
    known_at: str
    policy: str
    in_force: bool
    terms: tuple[tuple[datetime, datetime | None], ...]
    facts: tuple[FactBehind, ...]
    decisions: tuple[DecisionExplained, ...]
    problem: str = ""


def explained(
    kept: Kept, behind: Mapping[int, Behind], policy: Policy | None, terms: Sequence[Term]
) -> ReadingExplained:
    """Explain a recorded reading under the policy version that it names; None where that version is not kept.

    behind: the events behind its facts, by position. terms: which versions were in force when.
    """
    event = kept.event
    found = situation(event) if event.decisions else ""
    held = tuple((term.known_from, term.known_to) for term in terms if term.fingerprint == event.policy)
    problem = found if isinstance(found, str) else "" if policy is not None else NO_POLICY
    if isinstance(found, str) or policy is None:
        decisions = tuple(map(_as_recorded, event.decisions))
    else:
        decisions = tuple(_worked_out(event, found, policy, day_of(kept.at)))
    return ReadingExplained(
        reading=event.originator_id,
        at=kept.at,
        reader=event.reader,
        role=event.role,
        agency=event.agency,
        organisation=event.organisation,
        action=event.action,
        outcome=event.outcome,
        child=event.child,
        entry=event.entry,
        purpose=event.purpose,
        basis=event.basis,
        known_at=event.known_at,
        policy=event.policy,
        in_force=any(term[1] is None for term in held),
        terms=held,
        facts=(*(_fact(fact, behind) for fact in event.facts), *_unstated(event, decisions)),
        decisions=decisions,
        problem=problem,
    )


def _fact(fact: tuple[str, str, int], behind: Mapping[int, Behind]) -> FactBehind:
    name, value, position = fact
    if not position:
        return FactBehind(name, value)
    event = behind.get(position)
    return FactBehind(name, value, position, event.kind if event else "", event.at if event else None)


def _unstated(event: Disclosed, decisions: tuple[DecisionExplained, ...]) -> Iterator[FactBehind]:
    """Consent that a decision looked at and nobody had recorded: there is no event behind that."""
    recorded = {name for name, _, _ in event.facts}
    looked_at = {name for decision in decisions for name in decision.looked_at if name.startswith(CONSENT)}
    return (FactBehind(name, "none") for name in sorted(looked_at - recorded))


def _worked_out(event: Disclosed, found: Situation, policy: Policy, on: date) -> Iterator[DecisionExplained]:
    for decision, answer in zip(event.decisions, answers(event, found, policy), strict=True):
        yield replace(
            _as_recorded(decision),
            sentence=answer.sentence,
            matched=answer.hits,
            obligations=answer.obligations,
            ask=policy.ask(answer.rule),
            looked_at=_looked_at(decision, answer, policy),
            equal=is_equal(decision, answer),
            changes=every_way(policy, found.asked, found.facts, key_of(decision), on),
        )


def _looked_at(decision: KeyDecision, answer: Answer, policy: Policy) -> tuple[str, ...]:
    """The facts that matter here, by the names under which they stand in the record."""
    seen = policy.looks_at(answer.hits)
    return tuple(f"{CONSENT}{decision.category}" if name == "consent" else name for name in CONDITIONS if name in seen)


def _as_recorded(decision: KeyDecision) -> DecisionExplained:
    return DecisionExplained(
        agency=decision.agency,
        category=decision.category,
        sensitivity=decision.sensitivity,
        third_party=decision.third_party,
        released=decision.released,
        entries=decision.entries,
        level=Level(decision.level).name.lower(),
        rule=decision.rule,
    )
