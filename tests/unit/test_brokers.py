"""How Kafka is spoken to is read once; in clear only on this machine, or where somebody wrote that it shall be."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import brokers
from hub.brokers import Kafka


def read(**environ: str) -> tuple[Kafka, list[str]]:
    problems: list[str] = []
    return brokers.from_environment({f"HUB_KAFKA_{name}": value for name, value in environ.items()}, problems), problems


def test_without_an_address_there_is_no_kafka() -> None:
    assert read(USER="hub", SECURITY="nonsense") == (brokers.NONE, [])


@pytest.mark.parametrize("bootstrap", ["127.0.0.1:9092", "localhost:9092, 127.0.0.1:9093", "[::1]:9092"])
def test_on_this_machine_it_may_be_spoken_to_in_clear(bootstrap: str) -> None:
    kafka, problems = read(BOOTSTRAP=bootstrap)

    assert (kafka.security, problems) == ("PLAINTEXT", [])


@pytest.mark.parametrize("security", ["", "NONE"])
def test_on_another_machine_somebody_must_say_how_it_is_spoken_to(security: str) -> None:
    _, problems = read(BOOTSTRAP="127.0.0.1:9092,kafka-1:9092", SECURITY=security)

    assert len(problems) == 1
    assert problems[0].startswith("HUB_KAFKA_SECURITY is none of")


def test_everything_that_a_sign_in_lacks_is_named() -> None:
    nowhere = {"PASSWORD_FILE": "/nowhere/at/all"}

    _, problems = read(BOOTSTRAP="kafka-1:9092", SECURITY="SASL_SSL", **nowhere)

    assert problems == [
        "HUB_KAFKA_PASSWORD_FILE cannot be read",
        "HUB_KAFKA_SASL is missing",
        "HUB_KAFKA_USER is missing",
        "HUB_KAFKA_PASSWORD_FILE is missing",
    ]


def test_the_password_comes_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("only-in-tests\n", encoding="utf-8")

    kafka, problems = read(
        BOOTSTRAP="kafka-1:9092",
        SECURITY="SASL_SSL",
        SASL="SCRAM-SHA-512",
        USER="hub",
        PASSWORD_FILE=str(tmp_path / "password"),
        CA="/etc/kafka/ca.pem",
    )

    assert (kafka.password, kafka.ca_file, problems) == ("only-in-tests", "/etc/kafka/ca.pem", [])
    assert "only-in-tests" not in repr(kafka)
