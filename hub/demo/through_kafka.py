"""The family's files through a real Apache Kafka: written to the topics as agencies would, and taken in from there."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

from adapters.kafka import Writer, create_topics
from hub.brokers import Kafka
from hub.demo.broker import LocalKafka
from hub.stream import opening
from hub.stream.topics import NOTICES, UPDATES, topics
from hub.update import Delivery
from hub.wiring import House

Arrive = Callable[[Sequence[Delivery]], Mapping[str, int]]
Tell = Callable[[str], None]


@contextmanager
def arriving(house: House, tell: Tell) -> Iterator[Arrive]:
    """A broker of its own for as long as this lasts; files given to it are in the hub when it answers.

    Raises HalfConfigured where this machine has no Java or no Kafka.
    """
    with tempfile.TemporaryDirectory(prefix="hub-kafka-") as folder, LocalKafka(Path(folder)) as broker:
        kafka = Kafka(broker.bootstrap)
        create_topics(kafka, [*topics(), NOTICES])

        def arrive(files: Sequence[Delivery]) -> Mapping[str, int]:
            with closing(Writer(kafka)) as writer:
                for number, file in enumerate(files):
                    writer.write(f"{UPDATES}.{file.source}", [_as_event(file, number)])
            with opening.consumer(house, kafka, tell) as consumer:
                return consumer.run(Event(), drain=True).outcomes

        yield arrive
        sent = opening.relay(house, kafka, tell).run(Event(), drain=True)
        tell(f"{sent} notices went out to {NOTICES}: each an id, a child's id in the hub, and a time")


def _as_event(file: Delivery, number: int) -> tuple[bytes, list[tuple[str, bytes]], bytes]:
    """A CloudEvent in binary mode: the file as it is, and beside it whose it is. The key names nobody."""
    attributes = {
        "specversion": "1.0",
        "id": f"demo-{file.source}-{number}",
        "source": file.source,
        "type": "file",
        "subject": file.name,
    }
    headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
    return hashlib.sha256(file.content).digest()[:8], headers, file.content
