"""Editions over HTTP and at the prompt: the same edition through both doors, and the same refusals."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import orjson
import pytest
from typer.testing import CliRunner

from hub.cli.main import app as commands
from hub.cli.session import Session
from tests.editing import prepare, registered
from tests.fix_hub import TestHub
from tests.integration.test_sharing_doors import client
from tests.stories import entry_of

BODY = {"purpose": "core-group", "audience": [{"person": "morag"}, {"organisation": "Z99104", "role": "gp"}]}


def test_an_edition_is_prepared_changed_frozen_read_and_compared_over_http(hub: TestHub, tmp_path: Path) -> None:
    child = registered(hub)
    at = f"/v1/children/{child}/editions"
    fiona, morag = client(hub, tmp_path, "fiona"), client(hub, tmp_path, "morag")
    joined = str(entry_of(hub, child, "2020-02-01"))

    first = fiona.post(at, json=BODY).json()["edition"]
    frozen = fiona.post(f"{at}/{first}/freeze")
    second = fiona.post(at, json=BODY).json()["edition"]
    written = [{"part": "meaning", "text": "She is tired.", "cites": [joined]}]
    changed = fiona.patch(f"{at}/{second}", json={"exclude": [joined], "reason": "Long ago.", "written": written})
    stale = fiona.patch(f"{at}/{second}", json={"exclude": [joined], "reason": "Long ago.", "seen": 1})
    quoted = fiona.get(f"{at}/{second}/quoted")
    again = fiona.post(f"{at}/{second}/freeze", json={"seen": changed.json()["version"]})

    assert (frozen.status_code, again.status_code, stale.status_code) == (201, 201, 409)
    assert quoted.json() == {"quoted": [joined]}
    read = morag.get(f"{at}/{second}")
    assert read.headers["Hub-Reading"]
    assert [(one["why"], one["words"]) for one in read.json()["left_out"] if one["entry"]["id"] == joined] == [
        ("chosen", "Long ago.")
    ]
    compared = morag.get(f"{at}/{second}/compare", params={"older": first}).json()
    assert [one["entry"]["id"] for one in compared["left_out"]] == [joined]
    assert (compared["added"], compared["written"]) == ([], ["meaning"])
    assert [one["edition"] for one in morag.get(at).json()["editions"]] == [second, first]
    assert morag.get(f"{at}/reviewed").json()["edition"] == second


def test_whom_it_was_not_made_for_is_answered_as_for_an_edition_and_a_child_who_are_not(
    hub: TestHub, tmp_path: Path
) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    callum = client(hub, tmp_path, "callum")

    answers = [
        callum.get(f"/v1/children/{of}/editions/{one}")
        for of, one in ((child, edition), (child, UUID(int=3)), (UUID(int=3), edition), (UUID(int=3), UUID(int=3)))
    ]

    assert [one.status_code for one in answers] == [404] * 4
    assert len({one.content for one in answers}) == 1
    refused = callum.post(f"/v1/children/{child}/editions", json=BODY)
    assert refused.status_code == 403


NOT_UNDERSTOOD = (
    b"",
    b"[]",
    b'{"purpose": 1}',
    b'{"purpose": "cppm", "audience": [{"person": "morag", "pin": "1"}]}',
    b'{"purpose": "cppm", "audience": [{"person": "morag"}], "known_at": "2026-01-01T00:00:00"}',
    b'{"purpose": "cppm", "audience": "morag"}',
    b"[" * 100_000,
    b"\xff",
)


def test_what_is_not_understood_is_refused_and_nothing_of_it_repeated(hub: TestHub, tmp_path: Path) -> None:
    fiona = client(hub, tmp_path, "fiona")

    answers = [fiona.post(f"/v1/children/{UUID(int=3)}/editions", content=body) for body in NOT_UNDERSTOOD]

    assert [one.status_code for one in answers] == [422] * len(NOT_UNDERSTOOD)
    assert not any("morag" in one.text for one in answers)


def test_an_edition_is_prepared_changed_frozen_and_compared_at_the_prompt(
    hub: TestHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = str(registered(hub))
    session = Session({"HUB_DEMO": "1", "HUB_DATA_DIR": str(tmp_path)})
    session._house = hub.house
    monkeypatch.setattr(session, "close", lambda: None)
    joined = str(entry_of(hub, UUID(child), "2020-02-01"))

    def run(*words: str, who: str = "fiona", code: int = 0) -> str:
        done = CliRunner().invoke(commands, ["edition", *words, "--as", who], obj=session)
        assert done.exit_code == code, done.output
        return done.stdout

    audience = ("--for", "morag", "--for", "Z99104:gp")
    first = orjson.loads(run("prepare", child, "--purpose", "core-group", *audience, "--json"))["edition"]
    run("freeze", child, first)
    second = orjson.loads(run("prepare", child, "--purpose", "core-group", *audience, "--json"))["edition"]
    run("exclude", child, second, joined, "--reason", "Long ago.")
    run("analyse", child, second, "meaning", "--text", "She is tired.")
    run("analyse", child, second, "child-view", "--none", "not-able")
    run("ask", child, second, "TS-HAVEN")
    run("refresh", child, second)
    frozen = orjson.loads(run("freeze", child, second, "--json"))

    shown = run("show", child, second, who="morag")
    assert "She is tired." in shown
    assert "TS-HAVEN" in shown
    found = orjson.loads(run("diff", child, first, second, "--json", who="morag"))
    assert [one["words"] for one in found["left_out"]] == ["Long ago."]
    assert "Written otherwise: meaning, child-view." in run("diff", child, first, second, who="morag")
    assert frozen["number"] == 2
    assert "superseded" in run("list", child, who="morag")
    assert "0 days ago" in run("reviewed", child, who="morag")
    run("show", child, second, who="callum", code=1)
    run("include", child, second, joined, "--reason", "After all.", code=1)
