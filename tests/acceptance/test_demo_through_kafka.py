"""`make demo KAFKA=1` tells the same story, from records that came through a real Apache Kafka, and ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from hub.store import embedded


@pytest.mark.slow
def test_the_demo_tells_the_same_story_through_kafka(kafka: str, open_folder: Path) -> None:
    def told(name: str, *options: str) -> str:
        environment = {**os.environ, "HUB_DEMO": "1", "HUB_DATA_DIR": str(open_folder / name), "COLUMNS": "200"}
        command = [sys.executable, "-m", "hub", "demo", "--no-serve", *options]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        finally:
            embedded.erase(open_folder / name / "postgres")
        assert done.returncode == 0, done.stderr
        return done.stdout

    before = _brokers()

    through, directly = told("through", "--kafka"), told("directly")

    assert "46 notices went out to hub.notices" in through
    assert _arrivals(through) == _arrivals(directly)
    assert len(_arrivals(through)) == 4
    assert sorted(_story(through)) == sorted(_story(directly))
    assert _brokers() == before


def _arrivals(text: str) -> list[str]:
    return [line for line in text.splitlines() if " files, " in line]


def _story(text: str) -> list[str]:
    """The lines of the chronologies; entries of one moment come in any order."""
    return text.partition("as three people are shown it")[2].partition("The access log")[0].splitlines()


def _brokers() -> set[int]:
    found = ((one.pid, one.info["cmdline"]) for one in psutil.process_iter(["cmdline"]))
    return {pid for pid, command in found if command and "kafka.Kafka" in command and "hub-kafka-" in command[-1]}
