"""What a draft policy would have changed over the readings that really happened: who gains, who loses, how often.

Every recorded reading is decided again under the draft, from its record alone. The account holds counts and labels:
nothing of a record, and no child. Of a sealed entry no record says that it is there, so what a draft would newly let
out is counted in readings, not in entries.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from consent.decision import Answer, Asked, DecisionKey, Facts, Level
from consent.policy import OF_SITUATION, Policy
from consent.replay import CONSENT, WHO
from hub.people import Agency, Practitioner, Role
from projections.decided import DecidedReading, Ruling

FEW = 5
"""Fewer readers than this are not told by number: of so few, each is somebody."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One kind of change for one role of one kind of agency.

    entries: as often as they came out; 0 where they were sealed, for no record counts those. readers: how many
    different people, in words; fewer than 5 are not told by number, to anybody.
    rules: what decided and what would, with how many readings. examples: the first few readings, to have explained.
    """

    role: str
    agency: str
    before: str
    after: str
    readings: int
    entries: int
    readers: str
    rules: tuple[tuple[str, str, int], ...]
    examples: tuple[UUID, ...]

    @property
    def gains(self) -> bool:
        """Whether more would be open than was."""
        return Level[self.after.upper()] > Level[self.before.upper()]

    @property
    def people(self) -> str:
        """How many readers, in words."""
        return self.readers


@dataclass(frozen=True, slots=True)
class Urgent:
    """What would become of the readings under emergency access that let something out.

    needless: without emergency access the draft opens as much as was seen. narrowed: the draft opens less than was seen
    of something, emergency or not. refused: it opens nothing of what was seen.
    """

    readings: int = 0
    needless: int = 0
    narrowed: int = 0
    refused: int = 0
    needless_examples: tuple[UUID, ...] = ()
    refused_examples: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The account. readings: looked at; changed: of those, how many show anything at another level.

    rulings: how many different answers of a policy to a situation they rest on.
    policies: the versions the readings were decided under. left_out: readings whose record is of an older shape.
    """

    draft: str
    policies: tuple[str, ...]
    readings: int
    changed: int
    rulings: int
    left_out: int
    moved: tuple[Moved, ...]
    emergency: Urgent


@dataclass(slots=True)
class _Tally:
    readings: int = 0
    entries: int = 0
    readers: set[str] = field(default_factory=set)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[UUID] = field(default_factory=list)


EXAMPLES = 3
Kind = tuple[str, str, int, int]
"""Role, agency, level before and level after."""


@dataclass(frozen=True, slots=True)
class _Again:
    """A ruling under the draft. shifts: by place in the ruling, the kind of change and both rules.

    unseen: the same for what was sealed and would not be. short: places that, without emergency access, would open less
    than they did; less and shut: places that would open less, or nothing, even with it.
    """

    shifts: Mapping[int, tuple[Kind, tuple[str, str]]]
    unseen: Mapping[Kind, frozenset[tuple[str, str]]]
    short: frozenset[int]
    less: frozenset[int]
    shut: frozenset[int]


def what_if(draft: Policy, readings: Iterable[DecidedReading], rulings: Mapping[int, Ruling]) -> WhatIf:
    """Decide these readings again under the draft, and count what differs. `rulings` are theirs, by number."""
    account = _Account(draft, rulings)
    for reading in readings:
        account.take(reading)
    return account.outcome()


class _Account:
    """Counts, one reading at a time: what it holds grows with the kinds of change, not with the readings."""

    def __init__(self, draft: Policy, rulings: Mapping[int, Ruling]) -> None:
        self._draft, self._rulings = draft, rulings
        self._again: dict[tuple[int, date], _Again | None] = {}
        self._same: dict[tuple[int, str], _Again | None] = {}
        self._tallies: dict[Kind, _Tally] = defaultdict(_Tally)
        self._readings = self._changed = self._left_out = 0
        self._urgent: Counter[str] = Counter()
        self._urgent_examples: dict[str, list[UUID]] = defaultdict(list)

    def take(self, reading: DecidedReading) -> None:
        """Count one reading."""
        self._readings += 1
        again = self._decided_again(reading)
        if again is None:
            self._left_out += 1
            return
        touched: dict[Kind, set[tuple[str, str]]] = {kind: set(rules) for kind, rules in again.unseen.items()}
        for place, entries in zip(reading.counted, reading.entries, strict=True):
            if (shift := again.shifts.get(place)) is not None:
                touched.setdefault(shift[0], set()).add(shift[1])
                self._tallies[shift[0]].entries += entries
        for kind, rules in touched.items():
            self._count(self._tallies[kind], reading, rules)
        self._changed += any(place in again.shifts for place in reading.counted)
        if reading.emergency and reading.counted:
            self._count_urgent(reading, again)

    def _count(self, tally: _Tally, reading: DecidedReading, rules: Iterable[tuple[str, str]]) -> None:
        tally.readings += 1
        tally.readers.add(reading.reader)
        tally.rules.update(rules)
        if len(tally.examples) < EXAMPLES:
            tally.examples.append(reading.reading)

    def _count_urgent(self, reading: DecidedReading, again: _Again) -> None:
        places = frozenset(reading.counted)
        said = {
            "readings": True,
            "needless": not places & again.short,
            "narrowed": bool(places & again.less),
            "refused": places <= again.shut,
        }
        for name in (name for name, true in said.items() if true):
            self._urgent[name] += 1
            if len(self._urgent_examples[name]) < EXAMPLES:
                self._urgent_examples[name].append(reading.reading)

    def _decided_again(self, reading: DecidedReading) -> _Again | None:
        place = reading.ruling, reading.day
        if place not in self._again:
            ruling = self._rulings[reading.ruling]
            found = situation_of(ruling)
            if found is None:
                self._again[place] = None
                return None
            asked, facts = found
            # The same ruling on another day differs only in what may be stated as a basis then.
            ground, _ = self._draft.ground(asked.purpose, asked.basis, facts.controller, reading.day)
            if (ruling.number, ground) not in self._same:
                self._same[ruling.number, ground] = _again(ruling, asked, replace(facts, ground=ground), self._draft)
            self._again[place] = self._same[ruling.number, ground]
        return self._again[place]

    def outcome(self) -> WhatIf:
        """The account, in an order that does not depend on that of the readings."""
        urgent, examples = self._urgent, self._urgent_examples
        return WhatIf(
            draft=self._draft.fingerprint,
            policies=tuple(sorted({ruling.policy for ruling in self._rulings.values()})),
            readings=self._readings,
            changed=self._changed,
            rulings=len(self._rulings),
            left_out=self._left_out,
            moved=tuple(_moved(kind, self._tallies[kind]) for kind in sorted(self._tallies)),
            emergency=Urgent(
                urgent["readings"],
                urgent["needless"],
                urgent["narrowed"],
                urgent["refused"],
                tuple(examples["needless"]),
                tuple(examples["refused"]),
            ),
        )


def situation_of(ruling: Ruling) -> tuple[Asked, Facts] | None:
    """What a ruling rested on; None where its record does not say it all."""
    stated, facts = ruling.stated, ruling.stated["facts"]
    if any(column not in facts for column in OF_SITUATION):
        return None
    try:
        reader = Practitioner("", "", Role(stated["role"]), Agency(stated["agency"]), "")
    except ValueError:
        return None
    consent = {name.removeprefix(CONSENT): value for name, value in facts.items() if name.startswith(CONSENT)}
    columns = {name: facts[name] for name in (*OF_SITUATION, *WHO) if name in facts}
    return Asked(reader, stated["purpose"], stated["basis"]), Facts(**columns, consent=consent)


def _again(ruling: Ruling, asked: Asked, facts: Facts, draft: Policy) -> _Again:
    keys = [DecisionKey(0, one[0], one[1], one[2], one[3], released=one[4]) for one in ruling.decisions]
    answers = draft.levels(asked, facts, keys)
    urgent = facts.emergency != "none"
    calm = draft.levels(asked, replace(facts, emergency="none"), keys) if urgent else answers
    who = asked.reader.role.value, asked.reader.agency.value
    shifts: dict[int, tuple[Kind, tuple[str, str]]] = {}
    unseen: dict[Kind, set[tuple[str, str]]] = defaultdict(set)
    for place, (decision, answer) in enumerate(zip(ruling.decisions, answers, strict=True)):
        level, rule = decision[5], decision[6]
        if answer.level == level:
            continue
        kind = (*who, level, int(answer.level))
        shifts[place] = kind, (rule, answer.rule)
        if level == Level.SEALED:
            unseen[kind].add((rule, answer.rule))
    return _Again(
        shifts,
        {kind: frozenset(rules) for kind, rules in unseen.items()},
        _below(ruling, calm),
        _below(ruling, answers),
        frozenset(place for place, answer in enumerate(answers) if answer.level == Level.SEALED),
    )


def _below(ruling: Ruling, answers: Iterable[Answer]) -> frozenset[int]:
    """The places at which these answers open less than was opened."""
    both = zip(ruling.decisions, answers, strict=True)
    return frozenset(place for place, (decision, answer) in enumerate(both) if answer.level < decision[5])


def _moved(kind: Kind, tally: _Tally) -> Moved:
    role, agency, before, after = kind
    rules = tuple((was, becomes, times) for (was, becomes), times in sorted(tally.rules.items()))
    levels = Level(before).name.lower(), Level(after).name.lower()
    readers = str(len(tally.readers)) if len(tally.readers) >= FEW else f"fewer than {FEW}"
    return Moved(role, agency, *levels, tally.readings, tally.entries, readers, rules, tuple(tally.examples))
