"""What deciding costs beside reading: the hub's own way, casbin and Cedar in one run, and with ever more facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from consent.deciding import Decided
from consent.decision import Asked
from consent.means import Means
from consent.policy import OF_SITUATION, Policy
from hub.store.database import Connection, Database
from hub.wiring import SERVICE, House
from tests.bench.figures import Machine, machine
from tests.bench.many_facts import Consents, involve
from tests.bench.measure import Cost, Meter, in_rounds
from tests.bench.rivals import Casbin, Cedar, Situation
from tests.bench.setting import Started, filled, question_of, settle, started
from tests.bench.town import BASIS, PURPOSE, Size
from tests.bench.ways import NAIVE, Question

ROUNDS: Final = 15
ONCE, FEW, MANY = 1, 4, 25
"""Times a round: of what takes seconds, of what takes tens of milliseconds, of what takes one."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many entries and facts. size: of the town; one entry more states the child's involvements."""

    size: Size = field(default_factory=lambda: Size(visible=899, sealed=100, others=9_000))
    consents: tuple[int, ...] = (30, 1_000, 10_000, 100_000)
    involvements: tuple[int, ...] = (3, 30, 300)
    rounds: int = ROUNDS


@dataclass(frozen=True, slots=True)
class Step:
    """What deciding cost with so many facts on record, beside the plain read; consents: of all children."""

    consents: int
    own: int
    involvements: int
    costs: Mapping[str, list[Cost]]


@dataclass(frozen=True, slots=True)
class Deciding:
    """What was measured. strays: kinds of entry, or entries, at another level than the hub's, by the other way's name.

    kinds: of the entries read; decided: those that the hub decides about, twins included. checked: questions in which
    Cedar was held against the table.
    """

    entries: int
    kinds: int
    decided: int
    checked: int
    costs: Mapping[str, list[Cost]]
    steps: tuple[Step, ...]
    strays: Mapping[str, int]
    machine: Machine


def measure(load: Load) -> Deciding:
    """Fill a hub, measure every way in it, then the hub's own with ever more facts on record."""
    with started() as hub:
        seconds = filled(hub.house, load.size)
        question = question_of(hub.house, hub.admin)
        involve(hub.house, load.involvements[0])
        consents = Consents(hub.house, question.child)
        consents.grow(load.consents[0])
        settle(hub.admin)
        with _desk(hub, question) as desk:
            return _measured(hub, desk, load, consents, seconds)


def _measured(hub: Started, desk: Desk, load: Load, consents: Consents, seconds: float) -> Deciding:
    decided, rows = desk.decided(), desk.rows()
    meter, keys = Meter(hub.admin), [row[1] for row in rows]
    kinds = {number: decided.keys.by_number[number] for number in sorted(set(keys))}
    situation = Situation(decided.asked, decided.facts, kinds)
    casbin, cedar = Casbin(decided.policy), Cedar(decided.policy)
    strays, checked = _strays(decided, situation, keys, casbin, cedar)
    ways = {
        "sql": (desk.read, MANY),
        "deciding": (desk.decide, MANY),
        "facts": (desk.gather, MANY),
        "casbin-entry": (_times(partial(casbin.entries, situation, keys)), ONCE),
        "casbin-kind": (_times(partial(casbin.kinds, situation)), ONCE),
        "cedar-kind": (_times(partial(cedar.kinds, situation)), FEW),
    }
    costs = in_rounds(meter, ways, load.rounds)
    steps = tuple(_steps(hub, desk, meter, load, consents))
    where = machine(hub.admin, seconds)
    return Deciding(len(rows), len(kinds), len(decided.answers), checked, costs, steps, strays, where)


def _steps(hub: Started, desk: Desk, meter: Meter, load: Load, consents: Consents) -> Iterator[Step]:
    ways = {"sql": (desk.read, MANY), "deciding": (desk.decide, MANY), "facts": (desk.gather, MANY)}
    for total in load.consents:
        consents.grow(total)
        settle(hub.admin)
        yield Step(total, consents.own, load.involvements[0], in_rounds(meter, ways, load.rounds))
    for total in load.involvements[1:]:
        involve(hub.house, total)
        settle(hub.admin)
        yield Step(load.consents[-1], consents.own, total, in_rounds(meter, ways, load.rounds))


@dataclass(frozen=True, slots=True)
class Desk:
    """Where it is decided and read, again and again in one transaction, as a reading does it once in its own."""

    means: Means
    plain: Connection
    question: Question

    def decide(self, times: int) -> None:
        """Decide as the gate does."""
        with self.means.reading() as session:
            for _ in range(times):
                self.means.decide(session, self._asked, self.question.child)

    def gather(self, times: int) -> None:
        """Ask for the facts alone."""
        with self.means.reading() as session:
            for _ in range(times):
                self.means.facts(session, self._asked, self.question.child)

    def read(self, times: int) -> None:
        """The child's rows by one prepared statement, to whoever asks."""
        for _ in range(times):
            self.rows()

    def rows(self) -> list[tuple[Any, ...]]:
        """All of the child's rows that stand; the second column is the number of an entry's kind."""
        return self.plain.execute(NAIVE, [self.question.child], prepare=True).fetchall()

    def decided(self) -> Decided:
        """What the gate decides."""
        with self.means.reading() as session:
            return self.means.decide(session, self._asked, self.question.child)

    @property
    def _asked(self) -> Asked:
        return Asked(self.question.reader, PURPOSE, BASIS)


@contextmanager
def _desk(hub: Started, question: Question) -> Iterator[Desk]:
    database = Database(hub.server.dsn("hub", SERVICE))
    try:
        with database.connect("hub_projector") as plain:
            yield Desk(means_of(hub.house), plain, question)
    finally:
        database.close()


def means_of(house: House) -> Means:
    """What the gate itself decides with."""
    return house.hub.disclosure._means


def _strays(
    decided: Decided, situation: Situation, keys: list[int], casbin: Casbin, cedar: Cedar
) -> tuple[dict[str, int], int]:
    """How often each way says another level than the hub; and in how many questions Cedar was asked."""
    ours = {number: int(answer.level) for number, answer in decided.answers.items()}
    by_entry, by_kind = casbin.entries(situation, keys), casbin.kinds(situation)
    everything = replace(situation, kinds=decided.keys.by_number)
    others = list(_other_situations(decided.policy, everything))
    strays = {
        "casbin-entry": sum(level != ours[key] for level, key in zip(by_entry, keys, strict=True)),
        "casbin-kind": sum(level != ours[key] for key, level in by_kind.items()),
        "cedar-kind": sum(_differ(decided.policy, cedar, one) for one in (everything, *others)),
    }
    return strays, (1 + len(others)) * len(everything.kinds)


def _differ(policy: Policy, cedar: Cedar, one: Situation) -> int:
    ours = policy.levels(one.asked, one.facts, list(one.kinds.values()))
    theirs = cedar.kinds(one)
    return sum(int(answer.level) != theirs[number] for number, answer in zip(one.kinds, ours, strict=True))


def _other_situations(policy: Policy, one: Situation) -> Iterator[Situation]:
    """The same with each other value of each column, one at a time: a translation must hold there too."""
    for column in OF_SITUATION:
        for value in policy.domain[column]:
            changed: dict[str, Any] = {column: value}
            yield replace(one, facts=replace(one.facts, **changed))
    for state in policy.domain["consent"]:
        yield replace(one, facts=replace(one.facts, consent=dict.fromkeys(policy.domain["category"], state)))
    for purpose in policy.domain["purpose"]:
        yield replace(one, asked=replace(one.asked, purpose=purpose))
    for basis in policy.domain["basis"]:
        yield replace(one, asked=replace(one.asked, basis=basis))


def _times(one: Callable[[], object]) -> Callable[[int], None]:
    def repeat(times: int) -> None:
        for _ in range(times):
            one()

    return repeat
