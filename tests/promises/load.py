"""A load for the Kafka door: records of invented children, each in several versions, with repetitions and rubbish."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import orjson
from kafka import KafkaProducer
from kafka.producer.future import FutureRecordMetadata

from tests.fix_hub import ROOT

TOPIC = "hub.updates.hub-cloudevents.third-sector"
VERSIONS = 10
STRUCTURED = [("content-type", b"application/cloudevents+json")]

Message = tuple[bytes, list[tuple[str, bytes]], bytes | None]


def event(record: int, version: int) -> bytes:
    """One version of one record, about one of a few hundred children."""
    child = record // 20
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"e-{record}-{version}",
            "source": "urn:example:load:casebook",
            "type": "hub.chronology.update.v1",
            "datacontenttype": "application/json",
            "data": {
                "agency": "third-sector",
                "record": {"id": f"r-{record}", "version": str(version), "order": str(version)},
                "subject": {
                    "local_id": f"c-{child}",
                    "names": {"family": f"Load{child}", "given": ["Una"]},
                    "birth_date": f"2016-0{child % 9 + 1}-1{child % 10}",
                },
                "code": "ts.support.contact",
                "occurred": {"precision": "day", "start": "2024-05-06"},
                "headline": f"Contact, as it stood at version {version}",
            },
        }
    )


def malformed(number: int) -> Message:
    """Something that is none of ours, each time another way."""
    text = str(number).encode()
    good = event(10_000_000 + number, 1)
    match number % 6:
        case 0:
            return text, [], b"\x00\xff not an event " + text
        case 1:
            return text, STRUCTURED, good[:-20]
        case 2:
            return text, STRUCTURED, good.replace(b"ts.support.contact", b"ts.unheard.of")
        case 3:
            return text, STRUCTURED, good.replace(b'"third-sector"', b'"police"')
        case 4:
            return text, [("n", text)], None
        case _:
            return text, STRUCTURED, good.replace(b'"2024-05-06"', b'"2024-13-45"')


@dataclass(frozen=True)
class Plan:
    """What is sent, in its order; how much of it is new and how much is rubbish."""

    messages: list[Message]
    updates: int
    repeated: int
    malformed: int


def plan(updates: int, seed: int) -> Plan:
    """So many updates, with a tenth of them repeated sooner or later, and a hundredth of rubbish among them."""
    random = Random(seed)  # noqa: S311 - the same messages in every run
    messages = list(_in_turn(updates // VERSIONS, random))
    repeated, bad = updates // 10, updates // 100
    for _ in range(repeated):
        at = random.randrange(len(messages))
        messages.insert(random.randint(at + 1, min(len(messages), at + 400)), messages[at])
    for number in range(bad):
        messages.insert(random.randint(0, len(messages)), malformed(number))
    return Plan(messages, updates, repeated, bad)


def _in_turn(records: int, random: Random) -> Iterator[Message]:
    """Every version of every record, each record's in order, the records all mixed."""
    coming = [record for record in range(records) for _ in range(VERSIONS)]
    random.shuffle(coming)
    reached = [0] * records
    for record in coming:
        reached[record] += 1
        yield f"r-{record}".encode(), STRUCTURED, event(record, reached[record])


class Sender:
    """Sends a plan, in a process of its own, as far as it is let: an agency's system does not stop with ours."""

    def __init__(self, bootstrap: str, updates: int, seed: int) -> None:
        command = [sys.executable, "-m", "tests.promises.load", bootstrap, str(updates), str(seed)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self.limit = 0

    def send_until(self, limit: int) -> None:
        """Let it send so many messages in all."""
        self.limit = max(self.limit, limit)
        if self._process.stdin is not None:
            self._process.stdin.write(f"{self.limit}\n")
            self._process.stdin.flush()

    def acknowledged(self) -> int:
        """Let it send everything, wait for the end, and give how many messages the broker acknowledged."""
        out, _ = self._process.communicate("end\n", timeout=300)
        return int(out)


def _send(bootstrap: str, messages: list[Message]) -> int:
    producer = KafkaProducer(
        bootstrap_servers=bootstrap, delivery_timeout_ms=600_000, reconnect_backoff_max_ms=500, acks="all"
    )
    sent: list[FutureRecordMetadata] = []
    for line in sys.stdin:
        limit = len(messages) if line == "end\n" else min(int(line), len(messages))
        for key, headers, value in messages[len(sent) : limit]:
            sent.append(producer.send(TOPIC, key=key, headers=headers, value=value))
    producer.flush()
    return sum(one.get(timeout=60).offset >= 0 for one in sent)


if __name__ == "__main__":
    sys.stdout.write(f"{_send(sys.argv[1], plan(int(sys.argv[2]), int(sys.argv[3])).messages)}\n")
