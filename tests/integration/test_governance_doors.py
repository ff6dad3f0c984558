"""A recorded reading explained over HTTP, on its page and at the prompt; and what a reader may ask for."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import orjson
import pytest
from rich.console import Console

from hub.cli.overseeing import explained, replayed
from tests.fix_hub import TestHub
from tests.integration.test_emergency_doors import At
from tests.knocking import Caller
from tests.stories import CONSENT, PLAN, entry_on, read, recorded, settled


def lead(hub: TestHub, folder: Path) -> Caller:
    return At(hub, folder, "eilidh").http


def test_over_http_a_lead_has_a_reading_explained(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    shown = read(hub, "callum", child)
    entry = shown.entries[0]

    found = lead(hub, tmp_path).get(f"/v1/governance/readings/{shown.reading}").json()
    alone = lead(hub, tmp_path).get(f"/v1/governance/readings/{shown.reading}", params={"entry": str(entry.entry)})

    assert (found["reader"], found["outcome"], found["in_force"], found["problem"]) == ("callum", "shown", True, "")
    facts = {fact["name"]: fact for fact in found["facts"]}
    assert facts["plan"]["value"] == "multi-agency"
    assert facts["plan"]["kind"] == "EntryRecorded"
    assert {name for name in ("registration", "relation", "ground", "emergency", "safe_address") if name in facts}
    (only,) = alone.json()["decisions"]
    assert (only["rule"], only["sentence"], only["equal"]) == (entry.rule, entry.reason, True)
    assert b"canary" not in orjson.dumps(found)


def test_over_http_the_single_changes_that_would_alter_it_are_told(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    shown = read(hub, "callum", child, **CONSENT)
    entry = entry_on(shown, "2024-09-01")
    assert entry is not None

    answer = lead(hub, tmp_path).get(f"/v1/governance/readings/{shown.reading}", params={"entry": str(entry.entry)})

    (only,) = answer.json()["decisions"]
    ways = {(way["column"], way["value"]): way for way in only["changes"]}
    assert only["level"] == "withheld"
    assert ways["consent", "given"]["becomes"] == "shown"
    assert ways["consent", "given"]["rule"] == "consent-given"
    assert ways["relation", "none"]["becomes"] == "sealed"


def test_over_http_a_lead_replays_a_period(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    read(hub, "callum", child)
    http = lead(hub, tmp_path)

    whole = http.get("/v1/governance/replay").json()
    before = http.get("/v1/governance/replay", params={"to": "2020-01-01T00:00:00+00:00"}).json()

    assert (whole["readings"], whole["equal"], whole["unequal"], whole["unreplayable"]) == (1, 1, [], [])
    assert before["readings"] == 0


NO_READING = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("path", ["/v1/governance/replay", f"/v1/governance/readings/{NO_READING}"])
def test_over_http_nobody_else_may_and_it_is_recorded(hub: TestHub, tmp_path: Path, path: str) -> None:
    assert At(hub, tmp_path, "callum").http.get(path).status_code == 403
    assert [event.outcome for event in recorded(hub)] == ["refused"]


def test_the_log_leads_to_a_page_that_explains_a_reading(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    shown = read(hub, "callum", child)
    hub.house.catch_up()
    http = lead(hub, tmp_path)

    log = http.get("/log").text
    page = http.get(f"/log/{shown.reading}")
    alone = http.get(f"/log/{shown.reading}", params={"entry": str(shown.entries[0].entry)})

    assert f'href="/log/{shown.reading}"' in log
    assert page.status_code == 200
    assert "EntryRecorded, number" in page.text
    assert all(entry.rule in page.text for entry in shown.entries)
    assert "canary" not in page.text
    assert alone.text.count("Rule that decided") == 1


@pytest.mark.parametrize("query", ["", "?entry=no-id", f"?entry={NO_READING}"])
def test_a_reading_or_entry_that_is_not_there_has_no_page(hub: TestHub, tmp_path: Path, query: str) -> None:
    reading: UUID = uuid4() if not query else read(hub, "callum", settled(hub)).reading

    answer = lead(hub, tmp_path).get(f"/log/{reading}{query}")

    assert answer.status_code == 404
    assert str(reading) not in answer.text


def test_at_the_prompt_it_says_the_same_without_content(hub: TestHub) -> None:
    child = settled(hub)
    shown = read(hub, "callum", child)
    governance, eilidh = hub.house.hub.governance, hub.person("eilidh")
    told = StringIO()
    console = Console(width=400, file=told)

    console.print(explained(governance.decision(eilidh, shown.reading)), replayed(governance.replay(eilidh)))
    text = told.getvalue()

    assert all(entry.rule in text for entry in shown.entries)
    assert "1 readings came out as recorded, 0 did not." in text
    assert "canary" not in text


def test_a_reader_is_told_what_could_be_asked_for_and_no_other_way(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    entry = entry_on(read(hub, "callum", child, **CONSENT), "2024-09-01")
    assert entry is not None

    found = hub.house.hub.disclosure.explain(hub.person("callum"), child, entry.entry, **CONSENT)
    page = At(hub, tmp_path, "callum").http.get(f"/children/{child}/entries/{entry.entry}/why", params=CONSENT).text

    told = {way.words: way for way in found.ways}
    assert any(words.startswith("Consent is given freely") for words in told)
    assert not [words for words in told if words.startswith(("You ask", "You state", "You open", "Your work"))]
    assert all(way.becomes > found.answer.level for way in found.ways)
    assert "Consent is given freely" in page


def test_a_reader_for_whom_all_is_open_is_told_of_nothing_to_ask_for(hub: TestHub) -> None:
    child = settled(hub)
    entry = next(entry for entry in read(hub, "fiona", child).entries if entry.rule == "own-record")

    found = hub.house.hub.disclosure.explain(hub.person("fiona"), child, entry.entry, **PLAN)

    assert found.ways == ()
