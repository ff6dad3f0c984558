"""What waits for a governance lead at every door: over HTTP, on one page and at the prompt; and for nobody else."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from rich.console import Console

from consent.statements import TieSaid
from hub.cli.overseeing import attended
from tests.asking import ASK
from tests.drafts import proposed, reworded
from tests.emergencies import opened
from tests.fix_hub import TestHub
from tests.integration.test_attention import refused
from tests.integration.test_emergency_doors import At, words_of
from tests.stating import tie
from tests.stories import NUMBER, entry_of, read, recorded, settled


def everything(hub: TestHub, folder: Path) -> tuple[UUID, UUID]:
    """One of each thing that waits; the child, and the reading that was refused."""
    child = settled(hub)
    hub.house.hub.casework.record_tie(hub.person("callum"), child, TieSaid("callum", reason="canary-reason"))
    hub.house.hub.sharing.request(hub.person("fiona"), child, ASK)
    opened(hub, "shona", child)
    proposed(hub, reworded(folder / "draft", "(of this test)"))
    tie(hub, child, "family", "morag")
    reading = refused(hub, "morag", child)
    hub.house.catch_up()
    return child, reading


def test_over_http_a_lead_lists_it_and_takes_note_once(hub: TestHub, tmp_path: Path) -> None:
    child, reading = everything(hub, tmp_path)
    eilidh, ruaridh = At(hub, tmp_path, "eilidh").http, At(hub, tmp_path, "ruaridh").http
    note = f"/v1/governance/attention/{reading}/note"

    answer = eilidh.get("/v1/governance/attention")
    codes = [eilidh.post(note).status_code, ruaridh.post(note).status_code]
    hub.house.catch_up()
    after = ruaridh.get("/v1/governance/attention").json()["attention"]

    lines = answer.json()["attention"]
    assert [(one["why"], one["reader"], one["child"]) for one in lines] == [
        ("refusal", "morag", str(child)),
        ("emergency", "shona", str(child)),
        ("tie", "callum", str(child)),
    ]
    assert codes == [204, 422]
    assert [(one["why"], (one["noted"] or {}).get("by")) for one in after][-1] == ("refusal", "eilidh")
    assert "canary" not in answer.text
    assert NUMBER not in answer.text


def test_the_page_has_it_all_in_one_place_and_nothing_of_a_record(hub: TestHub, tmp_path: Path) -> None:
    _, reading = everything(hub, tmp_path)
    eilidh, ruaridh = At(hub, tmp_path, "eilidh"), At(hub, tmp_path, "ruaridh")

    page = eilidh.http.get("/waiting")
    sent = eilidh.send(f"/waiting/{reading}")
    hub.house.catch_up()
    late = ruaridh.http.post(f"/waiting/{reading}", headers={"Sec-Fetch-Site": "same-origin"})

    headings = {words_of(one).strip() for one in re.findall(r"<h2[^>]*>.*?</h2>", page.text)}
    assert headings == {
        "To take note of (2)",
        "Emergency access to review (1)",
        "Requests without an answer (1)",
        "Who decides, to be looked at again (0)",
        "Corrections",
        "Versions of the policy that wait for a second person (1)",
    }
    assert 'href="/emergency/reviews"' in page.text
    assert "somebody else must approve it" in page.text
    assert "canary" not in page.text
    assert sent == (303, "/waiting")
    assert late.status_code == 422
    assert "Somebody has taken note of it already." in late.text
    assert "Taken note of" in late.text
    assert 'href="/waiting"' in eilidh.http.get("/log").text


def test_for_anybody_else_every_door_says_the_same_with_and_without_anything_waiting(
    hub: TestHub, tmp_path: Path
) -> None:
    fiona = At(hub, tmp_path, "fiona")

    def answers(reading: UUID) -> list[tuple[int, str]]:
        got = [fiona.http.get(path) for path in ("/v1/governance/attention", "/waiting", "/")]
        got.append(fiona.http.post(f"/v1/governance/attention/{reading}/note"))
        got.append(fiona.http.post("/v1/governance/what-if", json={"version": "0" * 12}))
        got.append(
            fiona.http.get(
                "/v1/governance/who-sees", params={"child": str(uuid4()), "entry": str(uuid4()), "reason": "breach"}
            )
        )
        return [(one.status_code, one.text) for one in (got[0], got[1], *got[3:])] + [
            (200, str("/waiting" in got[2].text))
        ]

    before = answers(uuid4())
    _, reading = everything(hub, tmp_path)

    assert answers(reading) == before
    assert [status for status, _ in before] == [403] * 5 + [200]
    assert before[-1][1] == "False"
    refusals = [one for one in recorded(hub) if one.reader == "fiona" and one.outcome == "refused"]
    assert len(refusals) == 10


def test_at_the_prompt_it_is_a_table_of_ids_and_counts(hub: TestHub, tmp_path: Path) -> None:
    child, reading = everything(hub, tmp_path)
    told = StringIO()

    Console(width=300, file=told).print(attended(hub.house.hub.governance.attention(hub.person("eilidh"))))

    assert str(reading) in told.getvalue()
    assert str(child) in told.getvalue()
    assert "3 wait for somebody to take note." in told.getvalue()
    assert "canary" not in told.getvalue()


def test_over_http_a_lead_asks_who_sees_an_entry(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    entry = entry_of(hub, child, "2024-09-01")
    http = At(hub, tmp_path, "eilidh").http
    asked = {"child": str(child), "entry": str(entry), "reason": "complaint"}

    found = http.get("/v1/governance/who-sees", params=asked)
    wrong = http.get("/v1/governance/who-sees", params=asked | {"reason": "curious"})
    absent = http.get("/v1/governance/who-sees", params=asked | {"entry": str(uuid4())})

    assert {"dr-anwar", "fiona"} <= {one["person"] for one in found.json()["sees"]}
    assert "canary" not in found.text
    assert (wrong.status_code, absent.status_code) == (422, 404)


def test_over_http_a_lead_asks_what_a_proposed_version_would_have_changed(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    read(hub, "callum", child)
    fingerprint = proposed(hub, reworded(tmp_path / "draft", "(of this test)"))
    hub.house.catch_up()
    http = At(hub, tmp_path, "eilidh").http

    found = http.post("/v1/governance/what-if", json={"version": fingerprint[:12]})
    before = http.post("/v1/governance/what-if", json={"version": fingerprint, "to": "2020-01-01T00:00:00Z"})

    assert found.status_code == 200
    assert (found.json()["readings"], found.json()["moved"]) == (1, [])
    assert before.json()["readings"] == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b'{"version": 1}', b'{"version": "x", "files": {}}', b"\xff"]
)
def test_a_what_if_that_is_not_understood_is_refused_with_what_to_send(
    hub: TestHub, tmp_path: Path, body: bytes
) -> None:
    answer = At(hub, tmp_path, "eilidh").http.post("/v1/governance/what-if", content=body)

    assert answer.status_code == 422
    assert "version" in answer.text
