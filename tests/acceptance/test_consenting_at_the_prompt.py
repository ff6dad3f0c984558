"""At the prompt: who works with a child, and what somebody who works with the child puts on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from hub.demo import story
from tests.prompt import Prompt, Ran, a_prompt

SAMPLES = Path(__file__).resolve().parents[2] / "adapters" / "samples"

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Isla:
    """A prompt at which the demo's family was taken in, and Isla's id."""

    prompt: Prompt
    id: str

    def says(self, *words: str, who: str = "morag") -> Ran:
        return self.prompt.hub(*words, "--as", who)


@pytest.fixture(scope="module")
def isla() -> Iterator[Isla]:
    with a_prompt() as prompt:
        for source in ("nems", "gp-connect", "csc-api", "school-census"):
            prompt.hub("ingest", source, *sorted((SAMPLES / source).iterdir()))
        system, value = story.ISLA
        found = prompt.hub("child", "find", "--system", system, "--value", value, "--as", "morag", "--json").json
        yield Isla(prompt, found["children"][0]["id"])


def test_the_card_is_a_table_and_as_json_the_same_as_over_http(isla: Isla) -> None:
    table, document = (isla.says("involvement", isla.id, *words, who="callum") for words in ((), ("--json",)))

    assert (table.code, document.code) == (0, 0)
    assert "Recorded as reading" in table.err
    assert "Rowan Street Medical Practice" in table.out
    assert "0131 496" in table.out
    assert {line["duty"] for line in document.json["lines"]} >= {"gp-practice", "school", "allocated-social-worker"}


def test_consent_is_recorded_shown_and_withdrawn(isla: Isla) -> None:
    about = ("--recipient", "education", "--category", "health")

    given = isla.says("consent", "give", isla.id, *about, "--how", "form", "--evidence", "Blue folder")
    shown = isla.says("consent", "show", isla.id)
    withdrawn = isla.says("consent", "withdraw", isla.id, *about, "--json")
    after = isla.says("consent", "show", isla.id, "--json")

    assert (given.code, shown.code, withdrawn.code) == (0, 0, 0)
    assert "in force from the next reading on" in given.out
    assert "given" in shown.out
    assert withdrawn.json["recorded"] is True
    assert [one["state"] for one in after.json["consents"]] == ["withdrawn"]
    assert [one["what"] for one in after.json["history"]] == ["withdrawn", "given"]


def test_capacity_duties_and_a_secret_address_are_recorded(isla: Isla) -> None:
    why = ("--reason", "Said so at the meeting.")

    told = [
        isla.says("capacity", isla.id, "--state", "assessed-not-yet", *why),
        isla.says(
            "duty", isla.id, "--duty", "lead-professional", "--organisation", "la-990", "--name", "The team",
            who="fiona",
        ),
        isla.says("safe-address", "set", isla.id, *why),
        isla.says("safe-address", "lift", isla.id, *why, who="fiona"),
    ]  # fmt: skip

    assert [(one.code, one.err) for one in told] == [(0, "")] * 4
    assert isla.says("involvement", isla.id, "--json").json["lines"][0]["duty"] == "lead-professional"


def test_a_tie_of_ones_own_gets_the_same_answer_of_a_child_who_does_not_exist(isla: Isla) -> None:
    nobody = isla.says("tie", str(uuid4()), who="catriona")
    somebody = isla.says("tie", isla.id, who="catriona")

    assert (nobody.code, nobody.out, nobody.err) == (somebody.code, somebody.out, somebody.err)
    assert isla.says("involvement", isla.id, who="catriona").code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("consent", "give", "--recipient", "education", "--category", "gossip"),
        ("consent", "sell", "--recipient", "education", "--category", "health"),
        ("consent", "give", "--category", "health"),
        ("capacity", "--state", "clever", "--reason", "So."),
        ("duty", "--duty", "boss", "--organisation", "la-990"),
        ("safe-address", "hide", "--reason", "So."),
    ],
)
def test_what_the_hub_does_not_know_is_refused_with_what_to_do(isla: Isla, words: tuple[str, ...]) -> None:
    named = {"consent", "safe-address"}
    at = 2 if words[0] in named else 1

    ran = isla.says(*words[:at], isla.id, *words[at:])

    assert ran.code == 1
    assert "Next:" in ran.err


def test_a_stranger_learns_nothing_at_the_prompt(isla: Isla) -> None:
    for words in (("involvement",), ("consent", "show")):
        ran = [isla.says(*words, child, who="shona") for child in (isla.id, str(uuid4()))]
        assert (ran[0].code, ran[0].out, ran[0].err) == (ran[1].code, ran[1].out, ran[1].err)
        assert ran[0].code == 1
