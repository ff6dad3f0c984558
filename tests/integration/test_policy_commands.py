"""The policy at the prompt: checked and tested without a hub, compared, proposed and put in force with one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.cli.main import run
from tests.drafts import draft
from tests.prompt import a_prompt


def said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, Any]:
    """The exit code, and what was printed as JSON."""
    code = run(["policy", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_check_counts_what_was_checked_and_names_the_rules_that_never_decide(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, found = said(capsys, "check")

    assert code == 0
    assert found["holds"] is True
    assert found["rules"] > 30
    assert found["points"] > found["classes"] > found["hit_sets"] > 100
    assert found["compared"] > found["hit_sets"]
    assert found["seconds"] > 0
    assert all(one["holds"] for one in found["properties"])
    assert all(rule.startswith("guard-") for rule in found["never_decide"])


def test_check_refuses_a_worse_table_with_an_example_that_a_person_can_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = draft(tmp_path / "draft", ("plan-ordinary", "consent", "given"))

    code, found = said(capsys, "check", "--policies", folder)

    assert code == 1
    assert found["holds"] is False
    broken = [one for one in found["properties"] if not one["holds"]]
    assert any("role " in one["example"] and "consent given" in one["example"] for one in broken)


def test_check_refuses_a_mistyped_cell_with_its_row(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = draft(tmp_path / "draft", ("special-sealed", "effect", "Deny"))

    code = run(["policy", "check", "--policies", str(folder)])

    assert code == 1
    assert "the effect 'Deny' is neither allow nor deny" in capsys.readouterr().err


def test_test_asks_every_story_and_names_the_answer_that_differs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = said(capsys, "test")
    changed = said(capsys, "test", "--policies", draft(tmp_path / "draft", ("plan-teacher-summary", "level", "1")))

    assert (kept[0], kept[1]["differences"]) == (0, [])
    assert kept[1]["answers"] > kept[1]["scenarios"] > 20
    assert changed[0] == 1
    assert any("plan-teacher-summary" in one for one in changed[1]["differences"])


@pytest.mark.slow
def test_a_draft_is_compared_proposed_by_one_and_put_in_force_by_another(tmp_path: Path) -> None:
    folder = draft(tmp_path / "draft", ("own-record", "sentence", "It is your own agency's record."))
    with a_prompt() as prompt:
        differs = prompt.hub("policy", "diff", folder, "--as", "eilidh", "--json")
        tried = prompt.hub("policy", "what-if", folder, "--as", "eilidh", "--from", "2026-01-01", "--json")
        fingerprint = prompt.hub(
            "policy", "propose", folder, "--as", "eilidh", "--reason", "Plainer words.", "--json"
        ).json["fingerprint"]
        waiting = prompt.hub("policy", "list", "--json").json["waiting"]
        alone = prompt.hub("policy", "activate", fingerprint[:12], "--as", "eilidh", "--reason", "I wrote it.")
        done = prompt.hub("policy", "activate", fingerprint[:12], "--as", "ruaridh", "--reason", "Read.", "--json")
        listed = prompt.hub("policy", "list")
        back = prompt.hub("policy", "diff", "--json")

    assert differs.json["altered"] == ["own-record"]
    assert differs.json["moved"] == []
    assert tried.json["readings"] == 0
    assert [one["fingerprint"] for one in waiting] == [fingerprint]
    assert (alone.code, "somebody else must approve it" in alone.err) == (1, True)
    assert done.code == 0, done.err
    assert done.json["proof"]["holds"] is True
    assert fingerprint[:12] in listed.out
    assert "the installation" in listed.out
    assert back.json["before"] == fingerprint
