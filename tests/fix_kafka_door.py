"""A Kafka door for one test: a topic of its own on the real broker, a hub, and consumers of that topic."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient

from adapters.kafka import Writer, create_topics
from hub.brokers import Kafka
from hub.stream import opening
from hub.stream.consuming import Consumer, Counts
from hub.stream.topics import Topic
from tests.fix_hub import TestHub
from tests.promises.load import STRUCTURED


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
