"""No record of a topic is lost, doubled or out of order, however often consumer and broker are killed without warning.

The usual run is a small one. `make faults` (HUB_FAULTS=full) is the whole: 20,000 updates, 30 kills of the consumer, 5
of the broker. Its figures are in docs/reliability.md.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import orjson
import pytest

from adapters.kafka import Reader, create_topics
from hub.brokers import Kafka
from hub.demo.broker import LocalKafka
from hub.stream.topics import NOTICES
from tests.promises import load
from tests.promises.kafka_site import Progress, Site, site

FULL = os.environ.get("HUB_FAULTS") == "full"
UPDATES, CONSUMER_KILLS, BROKER_KILLS = (20_000, 30, 5) if FULL else (2_000, 4, 1)
SEED = 20261122
AHEAD = 700 if FULL else 150  # sent beyond what a kill waits for, so that there is always something to recover to
RECOVERED_WITHIN = 8.0  # seconds, however busy the machine: no session of a consumer group is waited for


@pytest.mark.slow
def test_nothing_is_lost_doubled_or_out_of_order_under_kills(own_kafka: LocalKafka, open_folder: Path) -> None:
    random, plan = Random(SEED), load.plan(UPDATES, SEED)  # noqa: S311 - the same kills in every run
    create_topics(Kafka(own_kafka.bootstrap), [load.TOPIC], partitions=4)
    points = sorted(random.sample(range(len(plan.messages) * 7 // 10), CONSUMER_KILLS))
    broken = set(random.sample(range(CONSUMER_KILLS), BROKER_KILLS))
    broker_back: list[float] = []

    with site(open_folder, own_kafka) as at, Progress(at) as progress:
        sender = load.Sender(own_kafka.bootstrap, UPDATES, SEED)
        at.start()
        for number, point in enumerate(points):
            sender.send_until(point + AHEAD)
            progress.until_offset(point)
            at.kill()
            sender.send_until(sender.limit + AHEAD)
            at.to_first_event.append(progress.until_next_event(at.start))
            if number in broken:
                own_kafka.kill()
                sender.send_until(sender.limit + AHEAD)
                broker_back.append(progress.until_next_event(own_kafka.start))
        acknowledged = sender.acknowledged()
        stopped = at.stop()
        drained, lag = at.drain()
        found = _found(at)

    median, worst = statistics.median(at.to_first_event), max(at.to_first_event)
    sys.stdout.write(
        f"\n{plan.updates} updates, {plan.repeated} repeated, {plan.malformed} malformed; consumer killed "
        f"{CONSUMER_KILLS} times, broker {BROKER_KILLS} times.\n"
        f"lost {plan.updates - found.streams * load.VERSIONS}, doubled {found.records - plan.updates}, out of order "
        f"{found.out_of_order}, quarantined {found.quarantined} ({found.reasons})\n"
        f"kill of the consumer to the first new event: median {median:.2f} s, worst {worst:.2f} s\n"
        f"kill of the broker, started again, to the first new event: {', '.join(f'{s:.2f} s' for s in broker_back)}\n"
    )
    assert acknowledged == len(plan.messages)
    assert stopped in {0, 3}
    assert drained in {0, 3}
    assert found.records == plan.updates
    assert found.streams == plan.updates // load.VERSIONS
    assert found.out_of_order == 0
    assert found.quarantined == plan.malformed
    assert all(found.reasons)
    assert len(found.reasons) >= 5
    assert lag == {0}
    assert median <= RECOVERED_WITHIN


@pytest.mark.slow
def test_a_database_that_crashes_under_load_is_waited_for_and_nothing_is_set_aside(
    own_kafka: LocalKafka, open_folder: Path
) -> None:
    plan, back = load.plan(1_500, SEED), []
    create_topics(Kafka(own_kafka.bootstrap), [load.TOPIC], partitions=4)

    with site(open_folder, own_kafka) as at, Progress(at) as progress:
        sender = load.Sender(own_kafka.bootstrap, 1_500, SEED)
        at.start()
        for point in (200, 600, 1_000):
            sender.send_until(point + AHEAD)
            progress.until_offset(point)
            at.crash_the_database()
            sender.send_until(sender.limit + AHEAD)
            back.append(progress.until_next_event(lambda: None))
        acknowledged = sender.acknowledged()
        stopped = at.stop()
        _, lag = at.drain()
        found = _found(at)

    sys.stdout.write(f"\ncrash of the database to the first new event: {', '.join(f'{s:.2f} s' for s in back)}\n")
    assert acknowledged == len(plan.messages)
    assert stopped in {0, 3}
    assert (found.records, found.streams, found.out_of_order) == (1_500, 150, 0)
    assert found.quarantined == plan.malformed
    assert "could-not-be-taken-in" not in found.reasons
    assert lag == {0}
    assert max(back) < 10


@pytest.mark.slow
def test_every_notice_goes_out_in_order_though_relay_and_broker_are_killed(
    own_kafka: LocalKafka, open_folder: Path
) -> None:
    kafka, random = Kafka(own_kafka.bootstrap), Random(SEED)  # noqa: S311 - the same kills in every run
    create_topics(kafka, [load.TOPIC, NOTICES], partitions=4)

    with site(open_folder, own_kafka) as at:
        sender = load.Sender(own_kafka.bootstrap, 1_500, SEED)
        sender.acknowledged()
        at.drain()
        for kill in range(6):
            at.start("relay")
            time.sleep(random.uniform(0.7, 1.2))
            if kill == 3:
                own_kafka.kill()
                time.sleep(0.5)
                own_kafka.start()
            at.kill()
            if kill % 2:  # whatever was marked is sent once more, as after a crash just before the mark
                with at.owner() as owner:
                    owner.execute("update intake.outbox set sent_at = null where number > 300")
        at.start("relay")
        with at.owner() as owner:
            until = time.monotonic() + 60
            while owner.execute("select 1 from intake.outbox where sent_at is null limit 1").fetchone():
                assert time.monotonic() < until, "notices still wait"
                time.sleep(0.05)
            rows = owner.execute("select child::text, id::text from intake.outbox order by number").fetchall()
        assert at.stop() == 0

    expected: dict[str, list[str]] = {}
    for child, notice in rows:
        expected.setdefault(child, []).append(notice)
    assert len(rows) == 1_500
    assert _first_times(kafka) == expected


def _first_times(kafka: Kafka) -> dict[str, list[str]]:
    """For each child, the ids of its notices in the order in which each came for the first time."""
    found: dict[str, dict[str, None]] = {}
    with closing(Reader(kafka)) as reader:
        spans = reader.spans(reader.look([NOTICES]))
        reader.begin(dict.fromkeys(spans, 0))
        while reader.places() != {one: span.end for one, span in spans.items()}:
            for records in reader.poll(1).values():
                for one in records:
                    said = orjson.loads(one.value or b"")
                    found.setdefault(said["subject"], {})[said["id"]] = None
    return {child: list(ids) for child, ids in found.items()}


@dataclass(frozen=True)
class Found:
    records: int
    streams: int
    out_of_order: int
    quarantined: int
    reasons: dict[str, int]


def _found(at: Site) -> Found:
    with at.owner() as connection:
        rows = connection.execute(
            "select stream, array_agg(source_order order by revision) from intake.revisions group by stream"
        ).fetchall()
        reasons = Counter(row[0] for row in connection.execute("select reason from intake.quarantine"))
    orders = [row[1] for row in rows]
    return Found(
        records=sum(map(len, orders)),
        streams=sum(len(set(one)) == load.VERSIONS for one in orders),
        out_of_order=sum(later <= earlier for one in orders for earlier, later in pairwise(one)),
        quarantined=reasons.total(),
        reasons=dict(reasons),
    )
