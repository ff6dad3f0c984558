"""At the prompt: a governance lead asks who would be shown an entry, and what waits for them, and takes note of it."""

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
class Entry:
    """A prompt at which the demo's family was taken in, with one entry of the practice of Isla's."""

    prompt: Prompt
    child: str
    id: str

    def asked(self, who: str, *words: str) -> tuple[str, ...]:
        return ("policy", "who-sees", self.child, self.id, "--as", who, *words)


@pytest.fixture(scope="module")
def entry() -> Iterator[Entry]:
    with a_prompt() as prompt:
        for source in ("nems", "gp-connect", "csc-api", "school-census"):
            prompt.hub("ingest", source, *sorted((SAMPLES / source).iterdir()))
        system, value = story.ISLA
        found = prompt.hub("child", "find", "--system", system, "--value", value, "--as", "morag", "--json").json
        child = found["children"][0]["id"]
        for_care = ("--purpose", "direct-care", "--basis", "public-task", "--as", "dr-anwar", "--json")
        shown = prompt.hub("chronology", child, *for_care).json
        own = next(one for one in shown["entries"] if one["agency"] == "gp" and one["rule"] == "own-record")
        yield Entry(prompt, child, own["id"])


def test_it_is_a_table_of_people_and_as_json_the_same(entry: Entry) -> None:
    table = entry.prompt.hub(*entry.asked("eilidh", "--reason", "complaint"), COLUMNS="200")
    document = entry.prompt.hub(*entry.asked("eilidh", "--reason", "complaint", "--json"))

    assert (table.code, document.code) == (0, 0)
    assert "Dr Sana Anwar" in table.out
    sees = document.json["sees"]
    assert {"purpose": "direct-care", "person": "dr-anwar"}.items() <= next(
        one for one in sees if one["person"] == "dr-anwar" and one["purpose"] == "direct-care"
    ).items()
    assert "shona" not in {one["person"] for one in sees}


def test_nobody_else_may_ask_and_no_reason_of_ones_own_is_taken(entry: Entry) -> None:
    refused = entry.prompt.hub(*entry.asked("fiona", "--reason", "complaint"))
    curious = entry.prompt.hub(*entry.asked("eilidh", "--reason", "curious"))
    unknown = entry.prompt.hub("policy", "who-sees", str(uuid4()), entry.id, "--as", "eilidh", "--reason", "breach")

    assert (refused.code, refused.out) == (1, "")
    assert (curious.code, curious.out) == (1, "")
    assert "Give one of: complaint" in curious.err
    assert (unknown.code, unknown.out) == (1, "")
    assert entry.child not in refused.err + curious.err + unknown.err


def test_a_tie_that_is_stated_waits_for_a_lead_until_one_takes_note(entry: Entry) -> None:
    hub = entry.prompt.hub
    stated = hub("tie", entry.child, "--as", "callum", "--reason", "My sister's daughter.")
    waiting = hub("audit", "attention", "--as", "eilidh", "--json")
    (line,) = waiting.json["attention"]

    noted = hub("audit", "note", line["reading"], "--as", "eilidh")
    again = hub("audit", "note", line["reading"], "--as", "ruaridh")
    after = hub("audit", "attention", "--as", "eilidh")
    refused = hub("audit", "attention", "--as", "fiona")

    assert stated.code == 0
    assert (line["why"], line["reader"], line["child"], line["noted"]) == ("tie", "callum", entry.child, None)
    assert (noted.code, again.code, again.out, refused.code, refused.out) == (0, 1, "", 1, "")
    assert "0 wait for somebody to take note." in after.out
    assert "sister" not in waiting.out + after.out
