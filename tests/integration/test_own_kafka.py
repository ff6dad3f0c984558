"""The demo's own broker: it is made ready whatever chance gives it, and where it is not, it says why."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest

from hub.demo import broker
from hub.demo.broker import LocalKafka, free_port
from hub.errors import HalfConfigured

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("kafka_jars")]


def test_a_cluster_whose_name_begins_with_a_dash_is_made_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_bytes", lambda size: b"\xf8" + b"\0" * (size - 1))

    with LocalKafka(tmp_path) as made:
        assert _answers(made.port)

    assert "cluster.id=-" in (tmp_path / "data" / "meta.properties").read_text()


def test_a_broker_whose_ports_were_taken_comes_up_on_others(tmp_path: Path) -> None:
    with _thief() as taken, LocalKafka(tmp_path, port=taken) as made:
        assert made.port != taken
        assert _answers(made.port)


def test_half_a_folder_is_emptied_and_the_tool_is_tried_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs, real = cycle(["it ended with -9: Killed", ""]), broker._run
    monkeypatch.setattr(broker, "_run", lambda command: next(runs) or real(command))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bootstrap.checkpoint").write_bytes(b"half")

    with LocalKafka(tmp_path) as made:
        assert _answers(made.port)


def test_a_storage_that_cannot_be_made_ready_says_what_the_tool_said(tmp_path: Path) -> None:
    with pytest.raises(HalfConfigured, match=r"ended with 1: .*process\.roles"):
        LocalKafka(tmp_path, {"process.roles": "nobody"}).start()


def test_a_broker_that_does_not_come_up_says_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "_TRIES", 1)
    with _thief() as taken, pytest.raises(HalfConfigured, match=r"did not start: .*already in use"):
        LocalKafka(tmp_path, port=taken).start()


def test_a_free_port_is_none_that_outgoing_connections_are_given() -> None:
    assert free_port() < 32_768


def _answers(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return True


@contextmanager
def _thief() -> Iterator[int]:
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        yield int(thief.getsockname()[1])
