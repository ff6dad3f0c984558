"""At the prompt: who knew what when of the demo's child, and corrections of which nobody was told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from hub.demo import story
from tests.prompt import Prompt, a_prompt

SAMPLES = Path(__file__).resolve().parents[2] / "adapters" / "samples"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Isla:
    """A prompt at which a practice's records of the demo's child were taken in."""

    prompt: Prompt
    child: str


@pytest.fixture(scope="module")
def isla() -> Iterator[Isla]:
    with a_prompt() as prompt:
        for source in ("nems", "gp-connect"):
            prompt.hub("ingest", source, *sorted((SAMPLES / source).iterdir()))
        system, value = story.ISLA
        found = prompt.hub("child", "find", "--system", system, "--value", value, "--as", "morag", "--json").json
        yield Isla(prompt, found["children"][0]["id"])


def test_who_knew_what_is_a_table_and_as_json_the_same(isla: Isla) -> None:
    hub = isla.prompt.hub
    read = hub("chronology", isla.child, "--purpose", "direct-care", "--basis", "public-task", "--as", "dr-anwar")
    document = hub("who-knew", isla.child, "--as", "eilidh", "--json")
    table = hub("who-knew", isla.child, "--as", "eilidh", COLUMNS="250")

    assert (read.code, document.code, table.code) == (0, 0, 0)
    opened = {row["person"] for one in document.json["entries"] for row in one["knowers"] if row["opened"]}
    assert opened == {"", "dr-anwar"}
    assert "dr-anwar" in table.out
    assert hub("who-knew", isla.child, "--as", "shona").code == 1
    assert hub("who-knew", isla.child, "--as", "eilidh", "--at", "2999-01-01").code == 1


def test_corrections_are_listed_noted_and_counted(isla: Isla) -> None:
    hub, entry = isla.prompt.hub, str(uuid4())

    assert hub("corrections", "list", "--as", "morag", "--json").json == {"corrections": []}
    assert hub("corrections", "who", "--as", "eilidh", "--json").json == {"corrections": []}
    assert hub("corrections", "who", "--as", "fiona").code == 1
    assert hub("corrections", "who", entry, "--as", "eilidh").code == 1
    assert hub("corrections", "acknowledge", entry, "1", "--as", "morag").code == 1
