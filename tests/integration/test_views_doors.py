"""What follows from the entries, over HTTP, on its page and at the prompt; and saying there whether two are one."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from hub.cli.main import app as commands
from hub.cli.session import Session
from tests.fix_hub import TestHub
from tests.integration.test_sharing_doors import OWN_SITE, client
from tests.stories import PLAN, on, read, settled, take, told


@pytest.fixture
def story(hub: TestHub) -> tuple[UUID, list[str]]:
    """Isla, and the two entries of one immunisation."""
    child = settled(hub)
    jabs = [
        told("gp", "jab", code="gp.immunisation.given", occurred=on("2020-06-01")),
        told("hv", "jab", code="hv.immunisation.given", occurred=on("2020-06-02")),
    ]
    take(hub, jabs)
    days = ("2020-06-01", "2020-06-02")
    return child, [str(one.entry) for one in read(hub, "morag", child).entries if one.when.start in days]


def test_over_http_every_view_has_its_statements_and_they_name_entries(
    hub: TestHub, tmp_path: Path, story: tuple[UUID, list[str]]
) -> None:
    child, pair = story
    morag = client(hub, tmp_path, "morag")

    answer = morag.get(f"/v1/children/{child}/views", params=PLAN)

    found = answer.json()
    assert answer.status_code == 200
    assert answer.headers["hub-reading"]
    assert [one["view"] for one in found["views"]] == [
        "seen", "clocks", "concerns", "missing", "placements", "silences", "alike",
    ]  # fmt: skip
    named = {entry for view in found["views"] for one in view["statements"] for entry in one["entries"]}
    assert {one["entry"] for one in found["entries"]} == named >= set(pair)
    assert all(view["made_of"] and view["unknown"] for view in found["views"])


def test_over_http_two_entries_are_joined_kept_apart_and_compared_anew(
    hub: TestHub, tmp_path: Path, story: tuple[UUID, list[str]]
) -> None:
    child, pair = story
    morag, at = client(hub, tmp_path, "morag"), f"/v1/children/{child}/views"

    told_, stands = [], []
    for what in ("join", "compare-anew", "keep-apart"):
        told_.append(
            morag.post(f"{at}/{what}", json={"entries": pair, "reason": "Both tell of Monday."}).json()["stands"]
        )
        stands += [one["status"] for one in morag.get(at, params=PLAN).json()["views"][-1]["statements"]]

    assert told_ == ["joined", "anew", "apart"]
    assert stands == ["joined", "maybe", "apart"]


@pytest.mark.parametrize(
    "body",
    [
        {"entries": []},
        {"entries": ["one"]},
        {"entries": [str(UUID(int=1))] * 2},
        {"entries": [str(UUID(int=1)), str(UUID(int=2))], "reason": "x" * 4001},
        {"entries": [str(UUID(int=1)), str(UUID(int=2))], "canary": "1"},
        [],
    ],
    ids=["none", "no-id", "one-twice", "too-long", "unknown-field", "no-object"],
)
def test_over_http_what_is_no_comparison_is_refused_and_not_repeated(
    hub: TestHub, tmp_path: Path, body: object, story: tuple[UUID, list[str]]
) -> None:
    answer = client(hub, tmp_path, "morag").post(f"/v1/children/{story[0]}/views/join", json=body)

    assert answer.status_code == 422
    assert "canary" not in answer.text
    assert answer.json()["next_step"]


def test_on_the_page_each_statement_leads_to_its_entries_and_says_what_it_is_made_of(
    hub: TestHub, tmp_path: Path, story: tuple[UUID, list[str]]
) -> None:
    child, pair = story

    page = client(hub, tmp_path, "morag").get(f"/children/{child}/patterns")

    assert page.status_code == 200
    for entry in pair:
        assert re.search(rf'href="/children/{child}\?[^"]*#e-{entry}"', page.text)
    assert page.text.count("What this is made of, and what it cannot say") == 7
    assert f'href="/children/{child}/patterns?' in client(hub, tmp_path, "morag").get(f"/children/{child}").text


def test_on_the_page_two_entries_are_joined_and_it_is_taken_back(
    hub: TestHub, tmp_path: Path, story: tuple[UUID, list[str]]
) -> None:
    child, (one, other) = story
    morag, at = client(hub, tmp_path, "morag"), f"/children/{child}/patterns"
    pair = {"one": one, "other": other, "reason": "Both tell of Monday.", **PLAN}

    sent = morag.post(f"{at}/join", data=pair, headers=OWN_SITE)
    joined = morag.get(sent.headers["location"]).text
    again = morag.post(f"{at}/join", data=pair, headers=OWN_SITE)
    back = morag.post(f"{at}/compare-anew", data=pair, headers=OWN_SITE)

    assert sent.status_code == back.status_code == 303
    assert "Recorded: one happening." in joined
    assert "one happening, told by GP practice and Health visiting on 1 Jun 2020" in joined
    assert (again.status_code, "That is what is on record of these two." in again.text) == (422, True)
    assert "may be one happening told twice" in morag.get(back.headers["location"]).text


def test_on_the_page_a_day_that_is_none_is_an_error_and_nothing_is_asked(
    hub: TestHub, tmp_path: Path, story: tuple[UUID, list[str]]
) -> None:
    page = client(hub, tmp_path, "morag").get(f"/children/{story[0]}/patterns", params={"known": "31/2/2024"})

    assert "As known on must be a real date" in page.text
    assert "Worked out for" not in page.text


def test_a_form_from_another_site_joins_nothing(hub: TestHub, tmp_path: Path, story: tuple[UUID, list[str]]) -> None:
    child, (one, other) = story
    away = {"Sec-Fetch-Site": "cross-site"}

    answer = client(hub, tmp_path, "morag").post(
        f"/children/{child}/patterns/join", data={"one": one, "other": other}, headers=away
    )

    assert answer.status_code == 403


def test_at_the_prompt_the_views_are_a_table_and_two_entries_are_joined(
    hub: TestHub, story: tuple[UUID, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    child, pair = story
    session = Session({})
    session._house, session._settings = hub.house, hub.house.settings
    monkeypatch.setenv("COLUMNS", "300")

    def typed(*words: object) -> str:
        done = CliRunner().invoke(commands, [*map(str, words), "--as", "morag"], obj=session)
        return done.stdout if done.exit_code == 0 else f"failed: {done.output}{done.exception}"

    table, joined = typed("views", child), typed("same", "join", child, *pair)

    assert "Contact at 3 months: expected before 2 Aug 2019; no record of it that you may know of." in table
    assert joined == "Recorded: one happening.\n"
    assert '"status":"joined"' in typed("views", child, "--json")
    assert typed("same", "compare-anew", child, *pair) == "Taken back: it is open again.\n"
    assert typed("same", "keep-apart", child, *pair) == "Recorded: two happenings.\n"
    assert typed("views", child, "--known-at", "2026-10-31").count("Recorded") == 0
    assert "failed" in typed("same", "join", child, pair[0], uuid4())
