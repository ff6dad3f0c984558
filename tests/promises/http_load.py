"""A load for the HTTP door: four of one agency's systems that send in order and try again whatever goes wrong."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import orjson
import psycopg
from joserfc.jwk import OKPKey

from hub.demo.issuer import DemoIssuer
from hub.store.embedded_home import Home, home_of
from hub.wiring import OWNER
from tests.fake_hub import MORAG
from tests.fix_systems import READ
from tests.promises import load
from tests.systems import GRANT, System

BATCH = "application/cloudevents-batch+json"
SYSTEMS = 4
ORGANISATION = """
[[organisation]]
code = "TS-LOAD"
name = "Load Family Support"
agency = "third-sector"
"""


def system(number: int) -> System:
    """One of the sending systems."""
    key = OKPKey.generate_key("Ed25519", parameters={"kid": f"load-{number}"})
    own = ("urn:example:load:casebook",)
    return System(f"load-{number}", "TS-LOAD", "third-sector", ("hub-cloudevents",), key, systems=own)


def malformed(number: int) -> bytes:
    """Something in a batch that is no record, each time another."""
    good = load.event(10_000_000 + number, 1)
    match number % 5:
        case 0:
            return b'"no event, but text %d"' % number
        case 1:
            return b'{"specversion": "1.0", "id": "%d"}' % number
        case 2:
            return good.replace(b"ts.support.contact", b"ts.unheard.of")
        case 3:
            return good.replace(b'"third-sector"', b'"police"')
        case _:
            return good.replace(b'"2024-05-06"', b'"2024-13-45"')


@dataclass(frozen=True)
class Plan:
    """For each system its batches, in their order; every version of a record comes from one system, in order."""

    batches: list[list[bytes]]
    updates: int
    repeated: int
    malformed: int


def plan(updates: int, random: Random, most: int = 100) -> Plan:
    """So many updates, a tenth of them repeated sooner or later, a hundredth of rubbish among them."""
    mixed = load.plan(updates, random.randrange(2**32))
    mine: list[list[bytes]] = [[] for _ in range(SYSTEMS)]
    for key, _, value in mixed.messages:
        if key and key.startswith(b"r-") and value is not None:
            mine[int(key[2:]) % SYSTEMS].append(value)
    for number in range(mixed.malformed):
        one = mine[number % SYSTEMS]
        one.insert(random.randint(0, len(one)), malformed(number))
    return Plan([list(_batches(one, random, most)) for one in mine], updates, mixed.repeated, mixed.malformed)


def _batches(events: list[bytes], random: Random, most: int) -> Iterator[bytes]:
    at = 0
    while at < len(events):
        size = random.randint(1, most)
        yield b"[" + b",".join(events[at : at + size]) + b"]"
        at += size


@dataclass
class Service:
    """`hub serve` as a process of its own that can be killed and started again at the same address."""

    data: Path
    environ: dict[str, str]
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def home(self) -> Home:
        return home_of(self.data / "postgres")

    def start(self, log: Path) -> None:
        with log.open("ab") as out:
            command = [sys.executable, "-m", "hub", "serve", "--port", str(self.port)]
            self.process = subprocess.Popen(command, env=os.environ | self.environ, stdout=out, stderr=out)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def running(self) -> bool:
        """Whether the process has not ended by itself."""
        return self.process is not None and self.process.poll() is None

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(host=str(self.home.socket_dir), dbname="hub", user=OWNER, autocommit=True) as connection:
            yield connection

    def records(self) -> int:
        """How many versions of records are held; -1 while nobody answers."""
        with suppress(psycopg.Error, OSError), self.owner() as connection:
            row = connection.execute("select count(*) from intake.revisions").fetchone()
            return int(row[0]) if row else 0
        return -1

    def answers(self, path: str = "/readyz") -> int:
        """The status at this address, 0 where nobody answers."""
        with suppress(httpx2.HTTPError):
            return httpx2.get(f"{self.address}{path}", timeout=10).status_code
        return 0

    def reads(self) -> tuple[int, str]:
        """What a practitioner hears who asks for a child now: the status, and the kind of problem."""
        token = DemoIssuer(self.data / "keys").token_for(MORAG, datetime.now(UTC))
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx2.get(f"{self.address}{READ}", headers=headers, timeout=30)
        return answer.status_code, str(answer.json()["type"]).removeprefix("/problems/")


@dataclass
class Sender(threading.Thread):
    """One system: it sends its batches in order, each until it is acknowledged, and keeps every answer."""

    service: Service
    system: System
    batches: list[bytes]
    slow: float = 0.0
    answers: list[dict[str, Any]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)
    _token: str = ""

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        with httpx2.Client(base_url=self.service.address, timeout=90) as http:
            for batch in self.batches:
                self.answers.append(self._until_acknowledged(http, batch))
                self.times.append(time.monotonic())
                time.sleep(self.slow)

    def kept(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The receipt of an answer, looked up."""
        with httpx2.Client(base_url=self.service.address, timeout=90) as http:
            while True:
                with suppress(httpx2.HTTPError):
                    found = http.get(f"/v1/receipts/{answer['receipt']}", headers=self._bearer(http))
                    if found.status_code == 200:
                        kept: dict[str, Any] = found.json()
                        return kept
                    self._wait(found)

    def _until_acknowledged(self, http: httpx2.Client, batch: bytes) -> dict[str, Any]:
        while True:
            try:
                answer = http.post("/v1/updates", content=batch, headers=self._bearer(http) | {"Content-Type": BATCH})
            except httpx2.HTTPError as error:
                self.met[type(error).__name__] += 1
                time.sleep(0.05)
                continue
            if answer.status_code == 200:
                found: dict[str, Any] = orjson.loads(answer.content)
                return found
            self._wait(answer)

    def _wait(self, answer: httpx2.Response) -> None:
        self.met[str(answer.status_code)] += 1
        if answer.status_code == 401:
            self._token = ""
        time.sleep(min(float(answer.headers.get("Retry-After", "0.2")), 5))

    def _bearer(self, http: httpx2.Client) -> dict[str, str]:
        while not self._token:
            assertion = self.system.assertion(time.time(), aud=f"{self.service.address}/v1/token")
            answer = http.post("/v1/token", data=GRANT | {"client_assertion": assertion})
            if answer.status_code == 200:
                self._token = answer.json()["access_token"]
            else:
                self._wait(answer)
        return {"Authorization": f"Bearer {self._token}"}


@dataclass(frozen=True)
class Found:
    """What is held at the end."""

    records: int
    whole: int
    out_of_order: int
    quarantined: int
    reasons: dict[str, int]


def found(service: Service) -> Found:
    """Count it, as the owner of the tables sees it."""
    with service.owner() as connection:
        rows = connection.execute(
            "select array_agg(source_order order by revision) from intake.revisions group by stream"
        ).fetchall()
        reasons = Counter(row[0] for row in connection.execute("select reason from intake.quarantine"))
    orders = [row[0] for row in rows]
    return Found(
        records=sum(map(len, orders)),
        whole=sum(len(set(one)) == load.VERSIONS == len(one) for one in orders),
        out_of_order=sum(int(b) <= int(a) for one in orders for a, b in pairwise(one)),
        quarantined=reasons.total(),
        reasons=dict(reasons),
    )
