"""No record of a topic is lost, doubled or out of order, however often consumer and broker are killed without warning.

The usual run is a small one. `make faults` (HUB_FAULTS=full) is the whole: 20,000 updates, 30 kills of the consumer, 5
of the broker. Its figures are in docs/reliability.md.
"""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, LiteralString, Self

import orjson
import psycopg
import pytest

from adapters.kafka import create_topics
from hub.brokers import Kafka
from hub.demo.broker import LocalKafka
from hub.settings import Settings
from hub.store import embedded
from hub.store.embedded_home import home_of
from hub.wiring import OWNER, SERVICE, build
from tests.fix_hub import ROOT
from tests.promises import load

FULL = os.environ.get("HUB_FAULTS") == "full"
UPDATES, CONSUMER_KILLS, BROKER_KILLS = (20_000, 30, 5) if FULL else (2_000, 4, 1)
SEED = 20261122
AHEAD = 700 if FULL else 150  # sent beyond what a kill waits for, so that there is always something to recover to
RECOVERED_WITHIN = 8.0  # seconds, however busy the machine: no session of a consumer group is waited for


@dataclass
class Site:
    """A hub's databases, served by one PostgreSQL that outlives every consumer, and a consumer that can be killed."""

    data: Path
    bootstrap: str
    process: subprocess.Popen[bytes] | None = None
    to_first_event: list[float] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        home = home_of(self.data / "postgres")
        address = "host={} dbname={} user={}"
        return {
            **os.environ,
            "HUB_DATA_DIR": str(self.data),
            "HUB_DIRECTORY": str(ROOT / "hub" / "demo" / "directory.toml"),
            "HUB_DATABASE_URL": address.format(home.socket_dir, "hub", SERVICE),
            "HUB_KEYS_URL": address.format(home.socket_dir, "hub_keys", SERVICE),
            "HUB_KEK_FILE": str(self.data / "keys" / "kek"),
            "HUB_KAFKA_BOOTSTRAP": self.bootstrap,
        }

    def owner(self) -> psycopg.Connection:
        home = home_of(self.data / "postgres")
        return psycopg.connect(host=str(home.socket_dir), dbname="hub", user=OWNER, autocommit=True)

    def crash_the_database(self) -> None:
        """Kill the server process of one connection: PostgreSQL then drops all of them and recovers from its log."""
        with self.owner() as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            with contextlib.suppress(psycopg.OperationalError):
                connection.execute("select pg_sleep(10)")

    def start(self) -> None:
        with (self.data / "consumer.log").open("ab") as log:
            command = [sys.executable, "-m", "hub", "consume"]
            self.process = subprocess.Popen(command, env=self.environment(), stdout=log, stderr=log)

    def stop(self) -> int:
        """Ask it to end, and give its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=30)

    def drain(self) -> tuple[int, set[int]]:
        """Take in what is left, in a run that ends by itself; its exit code, and the lags afterwards."""
        command = [sys.executable, "-m", "hub", "consume"]
        done = subprocess.run([*command, "--drain"], env=self.environment(), timeout=300, check=False)
        options: dict[str, Any] = {"env": self.environment(), "capture_output": True, "timeout": 60, "check": True}
        status = subprocess.run([*command, "--status", "--json"], **options)  # noqa: PLW1510 - it is among the options
        return done.returncode, {one["lag"] for one in orjson.loads(status.stdout)}

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Progress:
    """How far the consumer is, seen from outside; waits while the database is away."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._connection: psycopg.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self._connection.close()

    def until_offset(self, offset: int) -> None:
        self._until("select coalesce(sum(next), 0) from intake.positions", offset)

    def until_next_event(self, start: Callable[[], None]) -> float:
        """Start what was killed; the seconds from now to the next event."""
        began = time.monotonic()
        events = self._value("select coalesce(max(position), 0) from ledger.events")
        start()
        self._until("select coalesce(max(position), 0) from ledger.events", events + 1)
        return time.monotonic() - began

    def _until(self, query: LiteralString, reached: int) -> None:
        until = time.monotonic() + 120
        while self._value(query) < reached:
            assert time.monotonic() < until, "nothing was taken in for too long"
            time.sleep(0.005)

    def _value(self, query: LiteralString) -> int:
        try:
            self._connection = self._connection or self._site.owner()
            row = self._connection.execute(query).fetchone()
        except psycopg.OperationalError:
            self._connection = None
            return -1
        return int(row[0]) if row else 0


@contextmanager
def site(folder: Path, kafka: LocalKafka) -> Iterator[Site]:
    """A hub that stands ready, and nobody who consumes."""
    data = folder / "hub"
    settings = Settings(data, ROOT / "policies", ROOT / "hub" / "demo" / "directory.toml", demo=True)
    made = Site(data, kafka.bootstrap)
    try:
        with closing(build(settings)):
            try:
                yield made
            finally:
                made.kill()
    finally:
        embedded.erase(data / "postgres")


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
