"""What the Kafka door does with two consumers, a database in trouble, and records that the hub itself fails on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import pytest

from hub.errors import StoreUnavailable
from hub.receipt import Position, Receipt, Submission
from hub.update import Translated
from tests.fix_hub import TestHub
from tests.fix_kafka_door import Door, eventually
from tests.promises.load import event


def test_the_second_consumer_stands_by_and_takes_over(door: Door) -> None:
    first_stop, second_stop = threading.Event(), threading.Event()
    with door.consumer() as first, door.consumer() as second:
        one = threading.Thread(target=first.run, args=[first_stop])
        one.start()
        door.send(event(1, 1))
        eventually(lambda: door.records() == 1)
        two = threading.Thread(target=second.run, args=[second_stop])
        two.start()
        door.send(event(1, 2))
        eventually(lambda: door.records() == 2)
        assert (first.counts.records, second.counts.records) == (2, 0)

        first_stop.set()
        one.join()
        door.send(event(1, 3))
        eventually(lambda: door.records() == 3)
        second_stop.set()
        two.join()

    assert second.counts.records == 1
    assert second.counts.outcomes["duplicate"] == 0


def test_whoever_comes_second_to_a_record_goes_on_from_where_the_first_is(door: Door) -> None:
    """As if the turn were lost without a word: the place itself refuses the second, and nothing is doubled."""
    door.send(*(event(1, version) for version in range(1, 4)))
    with door.consumer() as slow:
        slow._begin()
        found = slow.reader.poll(5)
        door.drain()
        door.send(event(1, 4))

        with pytest.raises(Exception, match="Another consumer"):
            slow._take_all(found, threading.Event())
        counts = slow.run(threading.Event(), drain=True)

    assert counts.records == 1
    assert door.records() == 4


@dataclass
class Troubled:
    """The real intake, with trouble of a kind before it."""

    hub: TestHub
    trouble: Callable[[list[Translated]], None]

    def receive(
        self,
        updates: Iterable[Translated],
        *,
        submission: Submission | None = None,
        positions: Sequence[Position] = (),
    ) -> Receipt:
        held = list(updates)
        self.trouble(held)
        return self.hub.house.hub.intake.receive(held, submission=submission, positions=positions)

    def positions(self) -> dict[tuple[str, int], int]:
        return self.hub.house.hub.intake.positions()


def _poison(held: list[Translated]) -> bool:
    return any(b'"r-2"' in one.original and one.media_type == "application/cloudevents+json" for one in held) and not (
        len(held) == 1 and getattr(held[0], "reason", "") == "could-not-be-taken-in"
    )


def test_a_record_that_the_hub_itself_fails_on_waits_in_quarantine_and_the_next_is_read(door: Door) -> None:
    def fails(held: list[Translated]) -> None:
        if _poison(held):
            raise ValueError("a mistake of ours")

    door.send(event(1, 1), event(2, 1), event(3, 1))
    with door.consumer() as consumer:
        consumer.intake = Troubled(door.hub, fails)
        counts = consumer.run(threading.Event(), drain=True)

    assert door.waiting() == ["could-not-be-taken-in"]
    assert counts.outcomes["accepted"] == door.records() == 2
    assert not [line for line in door.said if "a mistake of ours" in line]


def test_a_record_that_the_database_refuses_waits_in_quarantine_and_the_next_is_read(door: Door) -> None:
    def fails(held: list[Translated]) -> None:
        if _poison(held):
            raise StoreUnavailable("The database could not do this.")

    door.send(event(1, 1), event(2, 1), event(3, 1))
    with door.consumer() as consumer:
        consumer.intake = Troubled(door.hub, fails)
        consumer.run(threading.Event(), drain=True)

    assert door.waiting() == ["could-not-be-taken-in"]
    assert door.records() == 2


def test_a_database_that_is_away_is_waited_for_and_nothing_is_set_aside(door: Door) -> None:
    away = time.monotonic() + 3

    def fails(held: list[Translated]) -> None:
        if time.monotonic() < away:
            raise StoreUnavailable("The database is away.")

    door.send(*(event(1, version) for version in range(1, 6)))
    with door.consumer() as consumer:
        consumer.intake, consumer.answers = Troubled(door.hub, fails), lambda: time.monotonic() >= away
        counts = consumer.run(threading.Event(), drain=True)

    assert counts.records == door.records() == 5
    assert door.waiting() == []
    assert len([line for line in door.said if "Trying again" in line]) >= 3


def test_while_the_database_is_slow_nothing_is_fetched(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.stream.consuming.SLOW_SECONDS", 0.1)
    door.send(event(1, 1))
    with door.consumer() as consumer:
        consumer.intake = Troubled(door.hub, lambda _held: time.sleep(0.3))
        paused: list[int] = []
        rest = consumer.reader.rest

        def resting(seconds: float, stopped: Callable[[], bool]) -> None:
            if not paused:
                door.send(event(1, 2))
            watching = threading.Timer(0.1, lambda: paused.append(len(consumer.reader._consumer.paused())))
            watching.start()
            rest(seconds, stopped)
            watching.join()

        monkeypatch.setattr(consumer.reader, "rest", resting)
        consumer.run(threading.Event(), drain=True)

    assert paused[0] == 1
    assert [line for line in door.said if "slow" in line]
    assert door.records() == 2
