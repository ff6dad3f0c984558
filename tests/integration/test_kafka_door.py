"""What happens at the Kafka door when topics, brokers, databases or records are not as they should be."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from adapters.kafka import READING, Reader, Writer, create_topics
from hub.brokers import Kafka
from hub.errors import StoreUnavailable
from hub.receipt import Position, Receipt, Submission
from hub.stream import opening
from hub.stream.consuming import Consumer, Counts
from hub.stream.lag import lags
from hub.stream.topics import Topic, topics
from hub.update import Translated
from tests.fix_hub import TestHub
from tests.promises.load import STRUCTURED, event


@dataclass
class Door:
    """One topic of its own on the real broker, a hub, and consumers of that topic."""

    hub: TestHub
    kafka: Kafka
    topic: str = field(default_factory=lambda: f"hub.updates.try-{uuid4().hex[:8]}")
    said: list[str] = field(default_factory=list)

    def send(self, *values: bytes) -> None:
        with closing(Writer(self.kafka)) as writer:
            writer.write(self.topic, [(b"k", STRUCTURED, value) for value in values])

    @contextmanager
    def consumer(self) -> Iterator[Consumer]:
        with opening.consumer(self.hub.house, self.kafka, self.said.append) as made:
            yield replace(made, topics={self.topic: Topic(self.topic, "hub-cloudevents", "third-sector")})

    def drain(self) -> Counts:
        with self.consumer() as consumer:
            return consumer.run(threading.Event(), drain=True)

    def records(self) -> int:
        with self.hub.as_owner() as owner:
            row = owner.execute("select count(*) from intake.revisions").fetchone()
        return int(row[0]) if row else 0

    def waiting(self) -> list[str]:
        with self.hub.as_owner() as owner:
            return [row[0] for row in owner.execute("select reason from intake.quarantine order by received_at")]

    def admin(self) -> KafkaAdminClient:
        return KafkaAdminClient(bootstrap_servers=self.kafka.bootstrap)


@pytest.fixture
def door(hub: TestHub, kafka: str) -> Door:
    made = Door(hub, Kafka(kafka))
    create_topics(made.kafka, [made.topic])
    return made


def eventually(true: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.02)


def test_the_defaults_that_lose_records_are_not_those_of_the_client_in_use(kafka: str) -> None:
    with closing(Reader(Kafka(kafka))) as reader, closing(Writer(Kafka(kafka))) as writer:
        reading, writing = reader.config, writer.config

    assert reading["enable_auto_commit"] is False
    assert reading["auto_offset_reset"] == "none"
    assert reading["isolation_level"] == "read_committed"
    assert reading["allow_auto_create_topics"] is False
    assert reading["max_poll_interval_ms"] == READING["max_poll_interval_ms"] == 300_000
    assert reading["group_id"] is None
    assert writing["acks"] == -1
    assert writing["enable_idempotence"] is True
    assert writing["allow_auto_create_topics"] is False


def test_there_is_a_topic_for_each_source_and_for_each_agency_of_our_own_envelope() -> None:
    known = topics()

    assert known["hub.updates.nems"] == Topic("hub.updates.nems", "nems")
    assert known["hub.updates.hub-cloudevents.police"].agency == "police"
    assert "hub.updates.hub-cloudevents" not in known
    assert "hub.updates.hub-cloudevents.oversight" not in known


def test_what_is_in_the_topic_is_in_the_hub_and_a_second_reading_finds_nothing_new(door: Door) -> None:
    door.send(event(1, 1), event(1, 2), b"rubbish")

    first, second = door.drain(), door.drain()

    assert first.records == 3
    assert (first.outcomes["accepted"], first.outcomes["revised"], first.outcomes["quarantined"]) == (1, 1, 1)
    assert second.records == 0
    assert door.records() == 2


def test_no_line_that_is_told_holds_anything_of_a_record(door: Door) -> None:
    door.send(event(1, 1), event(1, 2).replace(b"ts.support.contact", b"ts.secret.code"), b"Una Load0")

    door.drain()

    assert not [line for line in door.said if "Una" in line or "secret" in line]


def test_a_topic_made_anew_under_its_name_is_read_from_its_beginning(door: Door) -> None:
    door.send(*(event(1, version) for version in range(1, 6)))
    door.drain()
    with closing(door.admin()) as admin:
        admin.delete_topics([door.topic])
        eventually(lambda: door.topic not in admin.list_topics())
    create_topics(door.kafka, [door.topic])
    door.send(*(event(2, version) for version in range(1, 8)))

    counts = door.drain()

    assert counts.records == 7
    assert door.records() == 12
    assert door.waiting() == []


def test_a_partition_that_is_added_is_found_while_reading(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.stream.consuming.LOOK_SECONDS", 0.2)
    stop = threading.Event()
    with door.consumer() as consumer:
        running = threading.Thread(target=consumer.run, args=[stop])
        running.start()
        with closing(door.admin()) as admin:
            admin.create_partitions({door.topic: 2})
        with closing(KafkaProducer(bootstrap_servers=door.kafka.bootstrap)) as producer:
            eventually(lambda: len(producer.partitions_for(door.topic)) == 2)
            producer.send(door.topic, value=event(1, 1), headers=STRUCTURED, partition=1).get()
        eventually(lambda: door.records() == 1)
        stop.set()
        running.join()


def test_records_removed_before_they_were_read_are_a_gap_that_a_person_sees(door: Door) -> None:
    door.send(event(1, 1))
    door.drain()
    door.send(*(event(2, version) for version in range(1, 6)))
    with closing(door.admin()) as admin:
        admin.delete_records({TopicPartition(door.topic, 0): 4})

    counts = door.drain()

    assert door.waiting() == ["records-removed-unread"]
    assert counts.outcomes["revised"] + counts.outcomes["accepted"] == 2
    assert [line for line in door.said if "offsets 1 to 3" in line]
    assert door.drain().records == 0


def test_a_gap_is_shown_before_anybody_reads_on(door: Door) -> None:
    door.send(*(event(2, version) for version in range(1, 6)))
    with closing(door.admin()) as admin:
        admin.delete_records({TopicPartition(door.topic, 0): 4})

    with closing(Reader(door.kafka)) as reader:
        wanted = {door.topic: Topic(door.topic, "hub-cloudevents")}
        (lag,) = lags(reader, wanted, door.hub.house.hub.intake.positions())

    assert (lag.state, lag.end, lag.lag) == ("records-removed-unread", 5, 1)


def test_a_broker_that_forgot_what_it_had_is_read_from_its_beginning_again(door: Door) -> None:
    door.send(event(1, 1), event(1, 2))
    door.drain()
    with door.hub.as_owner() as owner:  # as if the broker had once given, and we taken, a hundred records
        owner.execute("update intake.positions set next = 100")
    door.send(event(1, 3))

    counts = door.drain()

    assert door.waiting() == ["offsets-went-back"]
    assert (counts.outcomes["duplicate"], counts.outcomes["revised"]) == (2, 1)
    assert door.records() == 3


def test_records_of_a_transaction_that_was_given_up_are_not_read_and_leave_no_lag(door: Door) -> None:
    producer = KafkaProducer(bootstrap_servers=door.kafka.bootstrap, transactional_id=uuid4().hex)
    producer.init_transactions()
    for number, end in enumerate((producer.commit_transaction, producer.abort_transaction)):
        producer.begin_transaction()
        producer.send(door.topic, value=event(number, 1), headers=STRUCTURED)
        producer.flush()
        end()
    producer.close()

    counts = door.drain()

    assert counts.records == door.records() == 1
    with closing(Reader(door.kafka)) as reader:
        wanted = {door.topic: Topic(door.topic, "hub-cloudevents")}
        (lag,) = lags(reader, wanted, door.hub.house.hub.intake.positions())
    assert (lag.lag, lag.state) == (0, "read")


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
