"""The Kafka door, put together over a hub: who takes in, who sends out, and how far they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

from adapters.kafka import Reader, Writer
from hub.brokers import Kafka
from hub.errors import HalfConfigured
from hub.intake.outbox import Waiting
from hub.settings import Settings
from hub.stream.consuming import Consumer
from hub.stream.lag import Lag, lags
from hub.stream.relaying import Relay
from hub.stream.topics import topics
from hub.wiring import House

Tell = Callable[[str], None]


def brokers(settings: Settings) -> Kafka:
    """Where Kafka is; raises HalfConfigured where the settings do not say."""
    if not settings.kafka.bootstrap:
        raise HalfConfigured(
            "HUB_KAFKA_BOOTSTRAP is missing: the address of Kafka's brokers.", "Set it, and try again."
        )
    return settings.kafka


@contextmanager
def consumer(house: House, kafka: Kafka, tell: Tell) -> Iterator[Consumer]:
    """Whoever takes in what is in the topics."""
    with closing(Reader(kafka)) as reader:
        turn = partial(house.turn, "hub_writer", "consumer")
        yield Consumer(reader, house.hub.intake, house.translate, topics(), turn, house.ready, tell)


def relay(house: House, kafka: Kafka, tell: Tell) -> Relay:
    """Whoever sends notices out."""

    @contextmanager
    def turn(stopped: Callable[[], bool]) -> Iterator[Waiting | None]:
        with house.turn("hub_projector", "relay", stopped) as connection:
            yield Waiting(connection) if connection is not None else None

    return Relay(partial(Writer, kafka), turn, tell)


def status(house: House, kafka: Kafka) -> list[Lag]:
    """How far the hub is behind each topic."""
    with closing(Reader(kafka)) as reader:
        return lags(reader, topics(), house.hub.intake.positions())
