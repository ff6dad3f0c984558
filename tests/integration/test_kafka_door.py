"""What the Kafka door does when topics and brokers are not as they should be."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from adapters.kafka import READING, Reader, Writer, create_topics
from hub.brokers import Kafka
from hub.demo.broker import LocalKafka, missing
from hub.stream.lag import lags
from hub.stream.topics import Topic, topics
from tests.fix_hub import TestHub
from tests.fix_kafka_door import Door, eventually
from tests.promises.load import STRUCTURED, event


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


def test_a_topic_that_may_not_be_read_keeps_no_other_from_being_read(hub: TestHub, tmp_path: Path) -> None:
    if missing():
        pytest.skip(f"a broker that refuses must be one's own: {missing()}")
    rules = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "true",
    }
    with LocalKafka(tmp_path / "kafka", rules) as broker:
        barred, open_one = (Door(hub, Kafka(broker.bootstrap)) for _ in range(2))
        create_topics(barred.kafka, [barred.topic, open_one.topic])
        barred.send(event(1, 1))
        open_one.send(event(2, 1))
        resource = ResourcePattern(ResourceType.TOPIC, barred.topic)
        with closing(barred.admin()) as admin:
            rights = ((ACLOperation.READ, ACLPermissionType.DENY), (ACLOperation.DESCRIBE, ACLPermissionType.ALLOW))
            admin.create_acls([ACL("User:ANONYMOUS", "*", operation, kind, resource) for operation, kind in rights])
        with open_one.consumer() as consumer:
            of = {door.topic: Topic(door.topic, "hub-cloudevents", "third-sector") for door in (barred, open_one)}
            counts = replace(consumer, topics=of).run(threading.Event(), drain=True)

    assert counts.records == open_one.records() == 1
