"""A command of the prompt starts quickly: it loads nothing that only another command needs."""

from __future__ import annotations

import subprocess
import sys

ONLY_ELSEWHERE = ("fastapi", "uvicorn", "jinja2", "kafka", "hub.demo.tell")
"""What serving, telling the demo's story and the Kafka door need: half the time of a start."""


def test_no_command_waits_for_what_only_serving_telling_or_kafka_needs() -> None:
    asked = f"import sys, hub.cli.main; print([one for one in {ONLY_ELSEWHERE} if one in sys.modules])"

    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)

    assert said.stdout.strip() == "[]"
