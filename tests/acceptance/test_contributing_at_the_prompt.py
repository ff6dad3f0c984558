"""Adding, disagreeing, correcting and taking back at the prompt, and what `hub chronology` shows of it."""

from __future__ import annotations

from uuid import uuid4

import orjson
import pytest
from typer.testing import CliRunner

from hub.cli.main import app as commands
from hub.cli.session import Session
from hub.errors import BadInput, NothingToShow
from tests.fix_hub import TestHub
from tests.stories import ADOPTION, entry_of, settled

CORE = ("--start", "2024-10-20", "--assertion", "fact", "--source-kind", "direct-observation")


def prompt(hub: TestHub, *words: object) -> str:
    """What `hub` prints, over the hub of this test."""
    session = Session({})
    session._house, session._settings = hub.house, hub.house.settings
    ran = CliRunner(env={"COLUMNS": "300"}).invoke(commands, [*map(str, words)], obj=session)
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.stdout


def entry_id(printed: str) -> str:
    return str(orjson.loads(printed)["entry"])


def test_the_whole_way_at_the_prompt(hub: TestHub) -> None:
    child = settled(hub)
    also = ("--also", "impact=She is calmer.", "--also", "wellbeing=safe", "--also", "wellbeing=nurtured")
    named = ("--also", "people=mother|Jean Reid|Was tired.", "--also", "approximate=true", "--also", "sequence=2")

    entry = entry_id(
        prompt(hub, "entry", "add", child, "--as", "fiona", *CORE, "--headline", "Visit", *also, *named, "--json")
    )
    view = ("entry", "view", child, entry, "--as", "fiona", "--whose", "child")
    prompt(hub, *view, *CORE, "--headline", "I liked it", "--json")
    raised = entry_id(
        prompt(hub, "entry", "disagree", child, entry, "--as", "fiona", *CORE, "--headline", "Not so", "--json")
    )
    disputed = prompt(hub, "chronology", child, "--as", "fiona")
    prompt(hub, "entry", "resolve", child, raised, "--as", "fiona", *CORE, "--headline", "Agreed")
    prompt(hub, "entry", "outcome", child, entry, "--as", "fiona", *CORE, "--headline", "Settled")
    prompt(hub, "entry", "correct", child, entry, "--as", "fiona", *CORE, "--headline", "Visit at home")
    corrected = prompt(hub, "chronology", child, "--as", "fiona")
    prompt(hub, "entry", "take-back", child, entry, "--as", "fiona", "--reason", "Another child.")

    shown = ("She is calmer.", "Safe, Nurtured", "Disputed.", "View of the child, 2024-10-20, Social work: I liked it")
    assert all(words in disputed for words in shown)
    assert all(words in corrected for words in ("Visit at home", "Corrected.", "Social work: Settled"))
    assert "Visit at home" not in prompt(hub, "chronology", child, "--as", "fiona")


@pytest.mark.parametrize("also", ["canary=1", "canary", "sequence=canary", "approximate=canary", "cites=canary"])
def test_what_is_not_understood_says_what_to_write_and_repeats_nothing(hub: TestHub, also: str) -> None:
    with pytest.raises(BadInput, match="An --also") as refused:
        prompt(hub, "entry", "add", uuid4(), "--as", "fiona", *CORE, "--headline", "x", "--also", also)

    assert "canary" not in f"{refused.value.message} {refused.value.next_step}"


def test_a_sealed_entry_is_none_at_the_prompt_too(hub: TestHub) -> None:
    child = settled(hub)

    answers = set()
    for entry in (entry_of(hub, child, ADOPTION), uuid4()):
        with pytest.raises(NothingToShow) as refused:
            prompt(hub, "entry", "outcome", child, entry, "--as", "morag", *CORE, "--headline", "x")
        answers.add((refused.value.message, refused.value.next_step))

    assert len(answers) == 1
