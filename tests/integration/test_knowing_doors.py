"""Corrections and who knew what when over HTTP and on the pages: who may ask, what it says, and nothing of content."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

from tests.fix_hub import TestHub
from tests.integration.test_emergency_doors import At, words_of
from tests.recalling import corrected, moved
from tests.stories import entry_on, on, read, settled, stranger, take, told

DAY = "2024-09-01"


def a_correction(hub: TestHub) -> tuple[UUID, UUID]:
    """Fiona read an entry that was then corrected: the child and the entry."""
    child = settled(hub)
    found = entry_on(read(hub, "fiona", child), DAY)
    assert found is not None
    corrected(hub, "gp", "ordinary", 1, occurred=on(DAY), headline="It was the other ear")
    return child, found.entry


def test_over_http_a_reader_is_told_and_takes_note_once(hub: TestHub, tmp_path: Path) -> None:
    child, entry = a_correction(hub)
    fiona, callum = At(hub, tmp_path, "fiona"), At(hub, tmp_path, "callum")

    (one,) = fiona.http.get("/v1/corrections").json()["corrections"]
    assert (one["entry"], one["child"], one["what"], one["revision"]) == (str(entry), str(child), "corrected", 2)
    assert (one["noted_at"], one["works"], one["agency"]) == (None, True, "gp")
    assert callum.http.get("/v1/corrections").json() == {"corrections": []}
    note = f"/v1/corrections/{entry}/acknowledge"
    wrong = [b"", b"{", b"[]", b'{"revision": 0}', b'{"revision": "2"}', b'{"revision": 2, "more": 1}', b"\xff"]
    assert {fiona.http.post(note, content=body).status_code for body in wrong} == {422}
    assert fiona.http.post(note, json={"revision": 1}).status_code == 422
    assert callum.http.post(note, json={"revision": 2}).status_code == 404
    assert fiona.http.post(note, json={"revision": 2, "what": "corrected"}).status_code == 204
    assert fiona.http.post(note, json={"revision": 2}).status_code == 204
    (one,) = fiona.http.get("/v1/corrections").json()["corrections"]
    assert one["noted_at"] is not None


def test_over_http_governance_counts_and_asks_who_knew(hub: TestHub, tmp_path: Path) -> None:
    child, entry = a_correction(hub)
    eilidh, fiona, shona = (At(hub, tmp_path, who) for who in ("eilidh", "fiona", "shona"))

    (account,) = eilidh.http.get("/v1/governance/corrections").json()["corrections"]
    assert (account["entry"], account["noted"]) == (str(entry), 0)
    assert [one["person"] for one in account["told"]] == ["fiona"]
    assert eilidh.http.get(f"/v1/corrections/{entry}").json()["editions"] == []
    assert fiona.http.get("/v1/governance/corrections").status_code == 403
    assert fiona.http.get(f"/v1/corrections/{entry}").status_code == 404
    answer = eilidh.http.get(f"/v1/children/{child}/who-knew")
    assert "canary" not in answer.text
    knew = {one["id"]: one["knowers"] for one in answer.json()["entries"]}[str(entry)]
    (row,) = [one for one in knew if one["person"] == "fiona"]
    assert (row["revision"], row["acknowledged"], len(row["available"])) == (1, None, 1)
    assert len(eilidh.http.get(f"/v1/children/{child}/who-knew", params={"limit": 2}).json()["entries"]) == 2
    assert {shona.http.get(f"/v1/children/{one}/who-knew").status_code for one in (child, uuid4())} == {404}
    for wrong in ({"at": "then"}, {"at": "2999-01-01T00:00:00Z"}, {"cursor": "x"}, {"limit": "0"}):
        assert eilidh.http.get(f"/v1/children/{child}/who-knew", params=wrong).status_code == 422


def test_on_the_pages_a_reader_is_told_and_takes_note(hub: TestHub, tmp_path: Path) -> None:
    child, entry = a_correction(hub)
    fiona = At(hub, tmp_path, "fiona")

    assert "1 entry that you were told of was corrected" in words_of(fiona.http.get("/").text)
    page = fiona.http.get("/corrections").text
    assert "It was corrected after you were told of it." in page
    assert f'href="/children/{child}' in page
    assert "canary" not in page
    assert f'#e-{entry}">' in page
    assert (f">{entry}<" in page, f">{str(entry)[:8]}<" in page) == (False, True)
    assert fiona.send(f"/corrections/{entry}/note", revision="x")[0] == 422
    status, page = fiona.send(f"/corrections/{entry}/note", revision="7", what="corrected")
    assert (status, "It has changed since you looked." in page) == (422, True)
    assert fiona.send(f"/corrections/{entry}/note", revision="2", what="corrected") == (303, "/corrections")
    assert "corrected or taken back" not in fiona.http.get("/").text
    assert "You took note" in words_of(fiona.http.get("/corrections").text)


def test_somebody_told_under_the_wrong_child_gets_no_way_into_that_childs_record(hub: TestHub, tmp_path: Path) -> None:
    child, entry = a_correction(hub)
    take(hub, [told("gp", "finn", person=stranger())])
    moved(hub, entry, next(one for one in hub.children() if one != child))

    page = At(hub, tmp_path, "fiona").http.get("/corrections").text

    assert "You were told of it under the wrong one." in page
    assert 'href="/children/' not in page


def test_governance_sees_who_was_told_otherwise_and_who_knew_what_when(hub: TestHub, tmp_path: Path) -> None:
    child, entry = a_correction(hub)
    eilidh = At(hub, tmp_path, "eilidh")

    assert f'href="/corrections/{entry}"' in eilidh.http.get("/corrections").text
    account = words_of(eilidh.http.get(f"/corrections/{entry}").text)
    assert "0 of 1 took note." in account
    assert "fiona, la-990" in account
    page = eilidh.http.get(f"/children/{child}/who-knew").text
    assert "canary" not in page
    assert "Recorded it" in page
    assert eilidh.http.get(f"/children/{child}/who-knew", params={"known": "31/2/2024"}).status_code == 422
    assert eilidh.http.get(f"/children/{uuid4()}/who-knew").status_code == 404


def test_whoever_works_with_the_child_sees_a_page_of_what_they_may_see(hub: TestHub, tmp_path: Path) -> None:
    child, entry = a_correction(hub)
    fiona, callum = At(hub, tmp_path, "fiona"), At(hub, tmp_path, "callum")

    assert str(entry) in fiona.http.get(f"/children/{child}/who-knew").text
    page = callum.http.get(f"/children/{child}/who-knew").text
    assert "You see its summary, so only days are told." in page
    assert At(hub, tmp_path, "shona").http.get(f"/children/{child}/who-knew").status_code == 404
