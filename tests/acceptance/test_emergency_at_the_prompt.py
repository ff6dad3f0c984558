"""Emergency access at the command line, each command a process of its own: what one opened, the next finds open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hub.demo import story
from tests.prompt import Prompt, a_prompt

SAMPLES = Path(__file__).resolve().parents[2] / "adapters" / "samples"
WHOSE = ("--system", story.ISLA[0], "--value", story.ISLA[1])
READ = ("--purpose", "child-protection", "--basis", "vital-interests", "--json")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def prompt() -> Iterator[Prompt]:
    with a_prompt() as made:
        for source in ("nems", "csc-api"):
            assert made.hub("ingest", source, *sorted((SAMPLES / source).iterdir())).code == 0
        yield made


def listed(prompt: Prompt, what: str, who: str) -> list[dict[str, Any]]:
    ran = prompt.hub("emergency", what, "--as", who, "--json")
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = ran.json["waiting" if what == "waiting" else "emergencies"]
    return found


def test_at_the_prompt_from_opening_to_review(prompt: Prompt) -> None:
    hub = prompt.hub
    opened = hub("emergency", "open", *WHOSE, "--as", "shona", "--json", HUB_EMERGENCY_HOURS="0.5")
    assert opened.code == 0, opened.err
    one, child = opened.json["id"], opened.json["child"]
    lasts = datetime.fromisoformat(opened.json["until"]) - datetime.fromisoformat(opened.json["opened_at"])
    assert lasts == timedelta(minutes=30)

    read = hub("chronology", child, "--as", "shona", *READ)
    assert json.loads(read.out.splitlines()[0])["emergency"]["id"] == one
    assert f"Emergency access {one}, ends at" in read.err
    assert [found["id"] for found in listed(prompt, "list", "shona")] == [one]
    assert [found["id"] for found in listed(prompt, "told", "fiona")] == [one]
    assert hub("emergency", "acknowledge", one, "--as", "fiona").code == 0
    assert listed(prompt, "told", "fiona") == []
    assert hub("emergency", "reason", one, "--reason", "Found alone.", "--as", "shona").code == 0
    assert hub("emergency", "review", one, "--finding", "justified", "--as", "eilidh").code == 1
    assert hub("emergency", "end", one, "--as", "shona").code == 0
    assert hub("chronology", child, "--as", "shona", *READ).code == 1
    (task,) = listed(prompt, "waiting", "eilidh")
    assert task["reason"] == "Found alone."
    assert task["opened"]["shown"] > 0
    assert "Found alone." in hub("emergency", "waiting", "--as", "eilidh").out
    assert hub("emergency", "review", one, "--finding", "justified", "--as", "eilidh").code == 0
    assert listed(prompt, "waiting", "eilidh") == []


def test_at_the_prompt_whoever_may_not_is_told_what_a_number_of_nobody_is_told(prompt: Prompt) -> None:
    nobody = ("--system", "nhs-number", "--value", "9990009999")

    ran = [
        prompt.hub("emergency", "open", *whose, "--as", who) for whose, who in ((WHOSE, "callum"), (nobody, "shona"))
    ]
    ran.append(prompt.hub("emergency", "open", str(uuid4()), "--as", "shona"))

    assert {(one.code, one.out, one.err) for one in ran} == {(1, "", ran[0].err)}
    assert prompt.hub("emergency", "open", "--as", "shona").code == 1
    assert prompt.hub("emergency", "waiting", "--as", "shona").code == 1
    assert prompt.hub("emergency", "list", "--as", "shona", HUB_EMERGENCY_HOURS="4").code == 2
