"""A real Apache Kafka for the tests: HUB_TEST_KAFKA_BOOTSTRAP, the jars that `make kafka` fetched, or a container.

Nothing stands in for it. Where there is none, the tests that need it skip and say what is missing; in continuous
integration (CI=true) that is a failure.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.demo.broker import NEXT, LocalKafka, free_port, missing
from tests.fix_postgres import _docker_answers

IMAGE = "apache/kafka:4.1.0"


def pytest_report_header() -> str:
    """Name the broker in pytest's first lines."""
    match _road():
        case "jars":
            return "kafka: Apache Kafka from its jars"
        case "":
            return f"kafka: none ({missing()})"
        case road:
            return f"kafka: {road}"


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a broker for the whole session; each test makes its own topics on it."""
    match _road():
        case "given":
            yield os.environ["HUB_TEST_KAFKA_BOOTSTRAP"]
        case "container":
            yield from _in_a_container()
        case "jars":
            with LocalKafka(tmp_path_factory.mktemp("kafka")) as broker:
                yield broker.bootstrap
        case _:
            _say_what_is_missing()


@pytest.fixture
def kafka_jars() -> None:
    """Nothing; but the test skips, or fails in continuous integration, where no broker of its own can be started."""
    if missing():
        _say_what_is_missing()


@pytest.fixture
def own_kafka(tmp_path: Path, kafka_jars: None) -> Iterator[LocalKafka]:
    """A broker of the test's own, which it may kill and start again."""
    with LocalKafka(tmp_path / "kafka") as broker:
        yield broker


def _road() -> str:
    if os.environ.get("HUB_TEST_KAFKA_BOOTSTRAP"):
        return "given"
    if not missing():
        return "jars"
    return "container" if _docker_answers() else ""


def _in_a_container() -> Iterator[str]:
    from testcontainers.core.container import DockerContainer  # noqa: PLC0415 - only where Docker answers

    port = free_port()
    environment = {
        "KAFKA_NODE_ID": "1",
        "KAFKA_PROCESS_ROLES": "broker,controller",
        "KAFKA_LISTENERS": f"PLAINTEXT://:{port},CONTROLLER://:9093",
        "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://127.0.0.1:{port}",
        "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
        "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
    }
    container = DockerContainer(IMAGE).with_envs(**environment).with_bind_ports(port, port)
    with container:
        _wait_for(port)
        yield f"127.0.0.1:{port}"


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _say_what_is_missing() -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"a real Apache Kafka is not optional here, and {missing()}. {NEXT}")
    pytest.skip(f"there is no Apache Kafka: {missing()}. {NEXT}")
