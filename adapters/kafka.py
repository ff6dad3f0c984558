"""Kafka, spoken in this one module: it moves bytes from topics and to topics, and knows nothing of what they say.

Places in the topics are kept by whoever reads, never by the broker: there are no consumer groups here, so no rebalance
ever stands between a crash and the next record.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from hub.brokers import Kafka
from hub.errors import BrokerUnavailable

MIB: Final = 1024 * 1024
BARRED_SECONDS: Final = 60.0
MOST: Final = 500
"""The most records of one poll. What is fetched and not yet polled is bounded by `fetch_max_bytes` besides."""

READING: Final[dict[str, Any]] = {
    # Five whose defaults would lose records, invent topics or show what was taken back.
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "isolation_level": "read_committed",
    "allow_auto_create_topics": False,
    "max_poll_interval_ms": 300_000,
    # No group: partitions are assigned by hand, and the hub's own database says where to read on.
    "group_id": None,
    "max_poll_records": MOST,
    "fetch_max_bytes": 8 * MIB,
    "max_partition_fetch_bytes": 2 * MIB,
    "metadata_max_age_ms": 30_000,
}
WRITING: Final[dict[str, Any]] = {
    "acks": "all",
    "enable_idempotence": True,
    "allow_auto_create_topics": False,
    # A notice is never given up: giving one up and sending the next would break their order.
    "delivery_timeout_ms": 86_400_000,
    "max_block_ms": 10_000,
    "linger_ms": 5,
}
SPEAKING: Final[dict[str, Any]] = {
    "client_id": "chronology-hub",
    "reconnect_backoff_max_ms": 1_000,
    "request_timeout_ms": 10_000,
    "bootstrap_timeout_ms": 5_000,
}
TOPIC: Final = {
    "cleanup.policy": "delete",
    "retention.ms": "1209600000",  # fourteen days
    "compression.type": "uncompressed",  # or a small record could unfold into a very large one
    "max.message.bytes": str(MIB + 64 * 1024),
}
_log = logging.getLogger(__name__)
# What the client says of a broker that is away, many times a second, is said once by whoever uses it.
logging.getLogger("kafka").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """One partition. `topic_id` is the broker's own: a topic deleted and made again under its name has another."""

    topic: str
    number: int
    topic_id: str = ""

    @property
    def place(self) -> str:
        """The topic as it is remembered: a topic made anew is read from its beginning."""
        return f"{self.topic}@{self.topic_id}" if self.topic_id else self.topic


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic. `value` is None for a tombstone."""

    offset: int
    headers: Sequence[tuple[str, bytes]]
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Span:
    """The first offset that the broker still holds, and the next one that it will give."""

    first: int
    end: int


class Reader:
    """Reads partitions from the offsets it is given. One thread's own.

    Every method raises BrokerUnavailable where the brokers do not do what was asked.
    """

    def __init__(self, cluster: Kafka) -> None:
        with speaking():
            self._consumer = KafkaConsumer(**_options(cluster), **READING)
            self._admin = KafkaAdminClient(**_options(cluster))
        self._partitions: dict[TopicPartition, Partition] = {}
        self._barred: dict[str, float] = {}

    @property
    def config(self) -> Mapping[str, object]:
        """What the client really goes by."""
        return dict(self._consumer.config)

    def look(self, wanted: Iterable[str]) -> list[Partition]:
        """The partitions that there are now of these topics; none of one that does not exist or may not be read."""
        now = time.monotonic()
        self._barred = {name: until for name, until in self._barred.items() if until > now}
        names = frozenset(wanted) - self._barred.keys()
        with speaking():
            found = self._admin.describe_topics(None)
        return sorted(
            Partition(one["name"], part["partition_index"], str(one.get("topic_id") or ""))
            for one in found
            if one["name"] in names and not one["error_code"]
            for part in one["partitions"]
        )

    def spans(self, partitions: Iterable[Partition]) -> dict[Partition, Span]:
        """What the broker holds of each."""
        by_name = {TopicPartition(one.topic, one.number): one for one in partitions}
        if not by_name:
            return {}
        with speaking():
            first = self._consumer.beginning_offsets(list(by_name), timeout_ms=10_000)
            end = self._consumer.end_offsets(list(by_name), timeout_ms=10_000)
        return {one: Span(first[name], end[name]) for name, one in by_name.items()}

    def begin(self, at: Mapping[Partition, int]) -> None:
        """Read these partitions and no other from now on, each from its offset."""
        self._partitions = {TopicPartition(one.topic, one.number): one for one in at}
        with speaking():
            self._consumer.assign(list(self._partitions))
            for name, one in self._partitions.items():
                self._consumer.seek(name, at[one])

    def poll(self, seconds: float, most: int = MOST) -> dict[Partition, list[Record]]:
        """The next records, at most so many, waiting at most so long for the first."""
        if not self._partitions:
            time.sleep(seconds)
            return {}
        with speaking():
            try:
                found = self._consumer.poll(timeout_ms=round(seconds * 1000), max_records=most)
            except TopicAuthorizationFailedError as error:
                self._bar(error)
                raise
        return {
            self._partitions[name]: [Record(one.offset, _headers(one.headers), one.value) for one in records]
            for name, records in found.items()
        }

    def _bar(self, error: TopicAuthorizationFailedError) -> None:
        """One topic that may not be read must not keep the others from being read: it is left out for a while."""
        for name in error.args[0] if error.args else ():
            _log.error("The brokers do not let the hub read %s; it is asked for again in a minute", name)
            self._barred[name] = time.monotonic() + BARRED_SECONDS

    def places(self) -> dict[Partition, int]:
        """The next offset of each partition after what was polled, past whatever is no record of anybody's."""
        with speaking():
            found = {one: self._consumer.position(name, timeout_ms=1_000) for name, one in self._partitions.items()}
        return {one: offset for one, offset in found.items() if offset is not None}

    def rest(self, seconds: float, stopped: Callable[[], bool] = lambda: False) -> None:
        """Fetch nothing for so long, and stay connected."""
        until = time.monotonic() + seconds
        with suppress(BrokerUnavailable), speaking():
            self._consumer.pause(*self._partitions)
        while (left := until - time.monotonic()) > 0 and not stopped():
            try:
                self.poll(min(left, 0.2))
            except BrokerUnavailable:
                time.sleep(min(left, 0.2))
        with suppress(BrokerUnavailable), speaking():
            self._consumer.resume(*self._partitions)

    def close(self) -> None:
        """Leave the brokers."""
        with suppress(KafkaError):
            self._consumer.close(autocommit=False)
        with suppress(KafkaError):
            self._admin.close()


class Writer:
    """Writes records to topics, in their order, each acknowledged by all replicas that must hold it."""

    def __init__(self, cluster: Kafka) -> None:
        with speaking():
            self._producer = KafkaProducer(**_options(cluster), **WRITING)

    @property
    def config(self) -> Mapping[str, object]:
        """What the client really goes by."""
        return dict(self._producer.config)

    def write(self, topic: str, records: Iterable[tuple[bytes, Sequence[tuple[str, bytes]], bytes]]) -> None:
        """Write (key, headers, value) and return when every one is acknowledged. Raises BrokerUnavailable if not."""
        with speaking():
            sent = [
                self._producer.send(topic, key=key, headers=list(headers), value=value)
                for key, headers, value in records
            ]
            for one in sent:
                one.get(timeout=60)

    def close(self) -> None:
        """Give up what is not acknowledged, and leave the brokers."""
        with suppress(KafkaError):
            self._producer.close(timeout=0)


def _options(cluster: Kafka) -> dict[str, Any]:
    given = {
        "ssl_cafile": cluster.ca_file,
        "ssl_certfile": cluster.cert_file,
        "ssl_keyfile": cluster.key_file,
        "sasl_mechanism": cluster.mechanism,
        "sasl_plain_username": cluster.user,
        "sasl_plain_password": cluster.password,
    }
    known = {name: value for name, value in given.items() if value}
    servers = [one.strip() for one in cluster.bootstrap.split(",")]
    return {"bootstrap_servers": servers, "security_protocol": cluster.security, **SPEAKING, **known}


def create_topics(cluster: Kafka, names: Iterable[str], *, partitions: int = 1, replicas: int = 1) -> None:
    """Make the topics that do not exist yet: for the demo and the tests; elsewhere whoever runs the brokers does."""
    with speaking():
        admin = KafkaAdminClient(**_options(cluster))
        try:
            there = set(admin.list_topics())
            new = [NewTopic(name, partitions, replicas, topic_configs=TOPIC) for name in names if name not in there]
            if new:
                admin.create_topics(new)
                admin.wait_for_topics([one.name for one in new])
        finally:
            admin.close()


def _headers(headers: Iterable[tuple[str, bytes | None]] | None) -> Sequence[tuple[str, bytes]]:
    return [(name, value or b"") for name, value in headers or ()]


@contextmanager
def speaking() -> Iterator[None]:
    """Whatever the client says becomes BrokerUnavailable: its own words can hold addresses, so its class goes on."""
    try:
        yield
    except KafkaError as error:
        raise BrokerUnavailable(
            f"Kafka could not do this ({type(error).__name__}).",
            "Look at HUB_KAFKA_BOOTSTRAP and at the brokers; it is tried again meanwhile.",
        ) from None
