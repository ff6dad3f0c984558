"""A read model is made anew and exchanged, forth and back, under 50 readers: none fails, and none is told wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest

from consent.disclosure import Gate
from hub.store.database import Database
from projections import remaking
from tests.fix_hub import TestHub
from tests.following import send, until
from tests.stories import on, read, settled, told

READERS, POOLS = 50, 3
PAUSE = 0.02
FIRST = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class Answer:
    """One reading: when it began and ended, and how many of the numbered records it told of."""

    began: float
    ended: float
    told: int


@dataclass(slots=True)
class Crowd:
    """Readers of one child's story, while somebody writes into it, one numbered record after the other."""

    hub: TestHub
    child: UUID
    before: frozenset[str]
    answers: list[Answer] = field(default_factory=list)
    written: list[float] = field(default_factory=list)
    wrong: list[object] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """All of them, until the end of the block."""
        with ExitStack() as stack:
            gates = [stack.enter_context(another_gate(self.hub)) for _ in range(POOLS)]
            readers: list[Callable[[], None]] = [partial(self._read, gates[n % POOLS]) for n in range(READERS)]
            threads = [threading.Thread(target=self._noting, args=[one]) for one in (self._write, *readers)]
            for thread in threads:
                thread.start()
            try:
                yield
            finally:
                self.stop.set()
                for thread in threads:
                    thread.join(timeout=60)
                assert not any(thread.is_alive() for thread in threads)

    def _noting(self, work: Callable[[], None]) -> None:
        try:
            while not self.stop.is_set():
                work()
                time.sleep(PAUSE)
        except BaseException as error:  # noqa: BLE001 - whatever ends one of them, the test tells of it
            self.wrong.append(error)

    def _write(self) -> None:
        number = len(self.written)
        self.written.append(time.monotonic())  # from now on somebody may be told of it
        send(self.hub, told("gp", f"n{number}", occurred=on(day(number))))

    def _read(self, gate: Gate) -> None:
        began = time.monotonic()
        found = gate.chronology(
            self.hub.person("fiona"), self.child, purpose="child-plan", basis="public-task", limit=1000
        )
        days = [entry.when.start for entry in found.entries]
        numbered = [one for one in days if one not in self.before]
        whole = sorted(numbered) == [day(n) for n in range(len(numbered))]
        if not whole or len(days) - len(numbered) != len(self.before):
            self.wrong.append((len(days), numbered))
        self.answers.append(Answer(began, time.monotonic(), len(numbered)))


def day(number: int) -> str:
    """The day of a numbered record."""
    return (FIRST + timedelta(days=number)).isoformat()


@contextmanager
def another_gate(hub: TestHub) -> Iterator[Gate]:
    """A gate over connections of its own, as another worker of the service has."""
    database = Database(hub.house._database._url)
    snapshot = partial(database.transaction, "hub_reader", snapshot=True)
    means = hub.house.hub.disclosure._means
    yield Gate(replace(means, reading=snapshot, looking=partial(database.transaction, "hub_reader")))
    database.close()


def out_of_time(answers: list[Answer], written: list[float]) -> list[Answer]:
    """Answers that are of no moment between their beginning and their end.

    Too old: somebody had been told of more before this reading began. Too new: not yet written when it ended.
    """
    found = [one for one in answers if one.told and written[one.told - 1] > one.ended]
    ended = sorted(answers, key=lambda one: one.ended)
    most = place = 0
    for one in sorted(answers, key=lambda one: one.began):
        while place < len(ended) and ended[place].ended < one.began:
            most = max(most, ended[place].told)
            place += 1
        if one.told < most:
            found.append(one)
    return found


def test_the_check_itself_finds_answers_that_are_too_old_and_too_new() -> None:
    written = [1.0, 2.0, 3.0]
    good = [Answer(0.5, 1.5, 1), Answer(1.6, 2.5, 2), Answer(2.4, 2.6, 1)]

    assert out_of_time(good, written) == []
    assert out_of_time([*good, Answer(2.7, 2.8, 1)], written) == [Answer(2.7, 2.8, 1)]
    assert out_of_time([*good, Answer(2.7, 2.8, 3)], written) == [Answer(2.7, 2.8, 3)]


@pytest.mark.slow
def test_no_reading_fails_or_is_wrong_while_the_chronology_is_made_anew_and_exchanged(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = settled(hub)
    before = frozenset(entry.when.start for entry in read(hub, "fiona", child).entries)
    monkeypatch.setattr(remaking, "BATCH", 20)
    hub.house.follow()
    crowd = Crowd(hub, child, before)

    with crowd.at_work():
        assert until(lambda: len(crowd.answers) >= READERS or bool(crowd.wrong), 60)
        done = [hub.house.rebuild("chronology", lambda _: None) for _ in range(2)]
        done.append(hub.house.tending.roll_back("chronology", lambda _: None))
        exchanged = time.monotonic()
        assert until(lambda: sum(one.began > exchanged for one in crowd.answers) >= READERS or bool(crowd.wrong), 60)

    assert crowd.wrong == []
    assert all(one.swapped and one.differences == () for one in done)
    assert out_of_time(crowd.answers, crowd.written) == []
    assert max(one.told for one in crowd.answers) > min(one.told for one in crowd.answers)
    assert [one.version for one in hub.house.status() if one.name == "chronology"] == [2]
