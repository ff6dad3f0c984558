"""A real Apache Kafka of one's own, on this machine alone: for the demo and the tests, never for anybody's records.

One broker that is its own controller (KRaft), from the jars that `make kafka` fetched. It listens on the loopback
address only, keeps its ports and its data over a stop or a kill, and is reached by no other machine.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

from hub.errors import HalfConfigured

JARS = Path(sys.prefix) / "share" / "kafka-local"
"""Where `make kafka` puts the jars: beside everything else that was installed here."""
NEXT = "Install Java 17 or newer and Maven, run `make kafka`, and try again."
START_SECONDS = 60.0
_PORTS = range(20_000, 32_000)
_TRIES = 2
_WORDS = 300
_MEMORY = ("-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ActiveProcessorCount=2")
_SPEAKS_UP = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",)
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={folder}/data
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=2
num.recovery.threads.per.data.dir=2
offsets.topic.num.partitions=2
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=2
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.retention.check.interval.ms=1000
log.initial.task.delay.ms=500
"""


def missing() -> str:
    """What this machine lacks for a broker of its own, as half a sentence; empty when nothing is missing."""
    if shutil.which("java") is None:
        return "Java is not installed"
    if not any(JARS.glob("kafka_*.jar")):
        return "Kafka's jars are not here"
    return ""


def free_port() -> int:
    """A port of the loopback address that nobody listens on.

    It is below those that systems hand out for outgoing connections, so none of these takes it before it is used.
    """
    for port in secrets.SystemRandom().sample(_PORTS, len(_PORTS)):
        with socket.socket() as taken, contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port
    raise HalfConfigured("There is no free port on this machine.", "End some of what listens here, and try again.")


@dataclass(slots=True)
class LocalKafka:
    """One broker and its folder. `settings` are added to its properties, or replace them."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    controller: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        """Where it is reached."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, on the data that it left behind if there is any, and wait until it answers.

        Raises HalfConfigured where Java or the jars are missing, or where it does not come up.
        """
        if lacking := missing():
            raise HalfConfigured(f"There is no Kafka here: {lacking}.", NEXT)
        for _ in range(_TRIES):
            new = not self._data.joinpath("meta.properties").is_file()
            if self._comes_up(new=new):
                return
            self.kill()
            if not new:
                break
            self._move()
        raise HalfConfigured(f"Kafka did not start: {self._said()}", "Read what it says in its own broker.log.")

    def stop(self) -> None:
        """End it in order; it keeps its data."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.kill()
            self._process = None

    def kill(self) -> None:
        """End it without warning, as when the machine kills it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        """Started."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stopped."""
        self.stop()

    def _properties(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _PROPERTIES.format(port=self.port, controller=self.controller, folder=self.folder)
        path = self.folder / "server.properties"
        path.write_text(text + "".join(f"{name}={value}\n" for name, value in self.settings.items()), encoding="utf-8")
        return path

    def _comes_up(self, *, new: bool) -> bool:
        properties = self._properties()
        if new:
            self._format(properties)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the jars that `make kafka` fetched
                self._java("kafka.Kafka", properties), stdout=log, stderr=log, start_new_session=True
            )
        return _listens(self._process, self.port)

    def _move(self) -> None:
        """Somebody may have taken its ports before it could. Nobody knows them yet, and there is no data to keep."""
        shutil.rmtree(self._data, ignore_errors=True)
        self.port, self.controller = free_port(), free_port()

    def _format(self, properties: Path) -> None:
        for _ in range(_TRIES):
            shutil.rmtree(self._data, ignore_errors=True)
            # In one word with its option: one id in sixty-four begins with a dash, and would be taken for another.
            cluster = f"--cluster-id={_cluster()}"
            trouble = _run(self._java("kafka.tools.StorageTool", "format", "--standalone", cluster, "-c", properties))
            if not trouble:
                return
        raise HalfConfigured(
            f"Kafka's storage could not be prepared: {trouble}", "Is it Java 17 or newer? Is the disk full?"
        )

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "broker.log"

    def _said(self) -> str:
        return _last(self._log.read_bytes())

    def _java(self, main: str, *arguments: str | Path) -> list[str]:
        java = shutil.which("java") or "java"
        return [java, *_MEMORY, *_SPEAKS_UP, "-cp", f"{JARS}{os.sep}*", main, *map(str, arguments)]


def _cluster() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")


def _run(command: list[str]) -> str:
    """Run one of Kafka's tools; what was wrong, or nothing."""
    try:
        done = subprocess.run(command, check=False, capture_output=True, timeout=START_SECONDS)  # noqa: S603 - likewise
    except subprocess.TimeoutExpired:
        return f"it took more than {START_SECONDS:.0f} s"
    return f"it ended with {done.returncode}: {_last(done.stdout + done.stderr)}" if done.returncode else ""


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until this process listens on its port, and not whoever else may; False where it has died or takes long."""
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(psutil.Error):
            found = psutil.Process(process.pid).net_connections("tcp")
            if any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in found):
                return True
        time.sleep(0.05)
    return False


def _last(said: bytes) -> str:
    """What a program that knows of no records said last of what was wrong, or else said last."""
    lines = [line.strip() for line in said.decode(errors="replace").split("\n") if line.strip()]
    wrong = [line for line in lines if "Exception" in line and not line.startswith("at ")]
    return (wrong or lines or ["it said nothing"])[-1][-_WORDS:]
