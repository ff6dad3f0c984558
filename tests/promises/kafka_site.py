"""A hub beside a broker, whose consumer, relay and database can be killed, and how far it is, seen from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString, Self

import orjson
import psycopg

from hub.demo.broker import LocalKafka
from hub.settings import Settings
from hub.store import embedded
from hub.store.embedded_home import home_of
from hub.wiring import OWNER, SERVICE, build
from tests.fix_hub import ROOT


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

    def start(self, does: str = "consume") -> None:
        with (self.data / "process.log").open("ab") as log:
            command = [sys.executable, "-m", "hub", does]
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
