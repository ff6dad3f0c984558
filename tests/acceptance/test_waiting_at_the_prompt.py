"""Somebody looks after what waits, at a prompt: lists it, tries it again, lets it go, and looks a receipt up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.prompt import Prompt, a_prompt

NAME = "2024_autumn_termlysessiondetailsonroll.csv"
TABLE = (
    "pupilonrolltableid,nativeid,termlysessiondetailsonrolltableid,sessions,attendancereason\n"
    "p1,SCH-ROWANBANK,s1,3,I\np1,SCH-ROWANBANK,s2,2,ZZ\n"
)


@pytest.fixture(scope="module")
def prompt() -> Iterator[Prompt]:
    with a_prompt() as made:
        yield made


@pytest.fixture(scope="module")
def receipt(prompt: Prompt, tmp_path_factory: pytest.TempPathFactory) -> str:
    file: Path = tmp_path_factory.mktemp("census") / NAME
    file.write_text(TABLE)
    ran = prompt.hub("ingest", "school-census", file, "--json")
    assert ran.code == 3
    (found,) = ran.json["receipts"]
    return str(found)


def waiting(prompt: Prompt) -> list[dict[str, object]]:
    found: list[dict[str, object]] = prompt.hub("quarantine", "list", "--reason", "unmapped-code", "--json").json
    return found


def test_a_receipt_tells_every_record_and_the_way_to_mend_it(prompt: Prompt, receipt: str) -> None:
    found = prompt.hub("receipt", receipt, "--json").json

    assert [one["outcome"] for one in found["results"]] == ["accepted", "quarantined"]
    assert "attendancereason" in found["results"][1]["place"] or "row 3" in found["results"][1]["place"]
    assert found["results"][1]["next_step"]
    table = prompt.hub("receipt", receipt)
    assert "quarantined" in table.out
    assert prompt.hub("receipt", str(uuid4())).code == 1


def test_one_that_waits_can_be_shown_tried_again_and_let_go(prompt: Prompt, receipt: str) -> None:
    (one,) = waiting(prompt)
    shown = prompt.hub("quarantine", "show", str(one["id"]))
    assert "unmapped-code" in shown.out
    assert NAME not in shown.out

    assert prompt.hub("quarantine", "retry", str(one["id"])).code == 3
    assert [again["attempts"] for again in waiting(prompt)] == [1]
    assert prompt.hub("quarantine", "retry").code == 1

    gone = prompt.hub(
        "quarantine", "discard", str(one["id"]), "--as", "catriona", "--because", "A test pupil.", "--json"
    )
    assert (gone.json["state"], gone.json["settled_by"]) == ("discarded", "catriona")
    assert waiting(prompt) == []
    assert prompt.hub("quarantine", "discard", str(one["id"]), "--as", "catriona", "--because", "x").code == 1


def test_nothing_is_read_anew_while_the_mapping_is_the_same(prompt: Prompt, receipt: str) -> None:
    ran = prompt.hub("reread", "school-census")

    assert (ran.code, ran.out.strip()) == (0, "0 records: nothing to do")
    assert prompt.hub("reread", "nowhere").code == 1
    assert prompt.hub("questions", "--json").json == []
