"""The inbox, an answer to an entry and concerns without one, through the API, the pages and the prompt."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.builders import works_with
from tests.emergencies import EMERGENCY, opened
from tests.fix_hub import TestHub
from tests.leaking.looking import OWN_SITE, Look, Place
from tests.leaking.world import World
from tests.stories import entry_of, everyone, now_of, on, read, recorded, stranger, take, told

PLAN = {"purpose": "child-plan", "basis": "public-task"}


@pytest.fixture
def place(hub: TestHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Isla; what is of her was read by morag and fiona two hours ago, and a concern has come since."""
    take(hub, everyone())
    child = hub.only_child()
    for who in ("morag", "fiona", "callum"):
        read(hub, who, child)
    hub.house.catch_up()
    take(hub, [told("gp", "concern", code="gp.not_brought", occurred=on("2024-09-02"))])
    hub.clock.at = now_of(hub) + timedelta(hours=2)
    return Place(hub, tmp_path, World(child, child, child, child), monkeypatch)


def look(place: Place, who: str) -> Look:
    return place.look(who, place.world.isla)


def body(look: Look, path: str, **params: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(look.get(path, **params).splitlines()[-1])
    return found


def test_the_inbox_over_http_and_at_the_prompt_is_the_same(place: Place) -> None:
    fiona, entry = look(place, "fiona"), entry_of(place.hub, place.world.isla, "2024-09-02", "morag")

    found = body(fiona, "/v1/inbox")

    received = now_of(place.hub).date().isoformat()
    line = {"agency": "gp", "entry": str(entry), "kind": "new", "received": received, **PLAN}
    child = {"born": "2019-04-02", "id": str(place.world.isla), "more": False, "name": "Isla Reid"}
    assert found == {"children": [child | {"lines": [line]}], "more": False}
    assert json.dumps(found) in fiona.type("inbox").replace('":', '": ').replace(',"', ', "').replace(",{", ", {")
    assert body(look(place, "callum"), "/v1/inbox") == {"children": [], "more": False}


def test_a_word_is_taken_over_http_and_the_line_goes(place: Place) -> None:
    fiona, entry = look(place, "fiona"), entry_of(place.hub, place.world.isla, "2024-09-02", "morag")
    at = f"{fiona.of}/entries/{entry}/acknowledgement"

    said = [fiona.post(at, one) for one in ({"what": "acting"}, {"what": "acting", "more": "x"}, {"what": "seen"})]

    assert [one.partition("\n")[0] for one in said] == ["422", "422", "201"]
    place.hub.house.catch_up()
    assert body(fiona, "/v1/inbox") == {"children": [], "more": False}
    assert fiona.post(f"{fiona.of}/entries/{uuid4()}/acknowledgement", {"what": "seen"}).startswith("404")
    assert look(place, "shona").post(at, {"what": "seen"}).startswith("404")


def test_a_word_is_taken_at_the_prompt(place: Place) -> None:
    fiona, entry = look(place, "fiona"), entry_of(place.hub, place.world.isla, "2024-09-02", "morag")
    doing = ("--doing", "A visit to the home.", "--due", "2026-12-24")

    said = fiona.type("acknowledge", place.world.isla, entry, "acting", *doing, json=False)

    assert said.startswith("0\nRecorded.")
    place.hub.house.catch_up()
    note = read(place.hub, "fiona", place.world.isla).notes[entry]
    assert (note.said, note.doing, note.due) == ("acting", "A visit to the home.", "2026-12-24")


def test_since_last_is_asked_for_over_http_and_at_the_prompt(place: Place) -> None:
    morag = look(place, "morag")

    typed = morag.type("chronology", place.world.isla, "--since", "last", json=False)
    answer = morag.client.get(f"{morag.of}/chronology", params=PLAN | {"since": "last"})

    starts = [one["when"]["start"] for one in answer.json()["entries"]]
    assert starts == ["2024-09-02"]
    assert answer.headers["Hub-Last-Looked"].endswith("Z")
    assert "Added or corrected since" in typed
    assert "2024-09-02" in typed
    assert "2024-08-15" not in typed
    assert "Hub-Last-Looked" not in look(place, "dr-anwar").client.get(f"{morag.of}/chronology", params=PLAN).headers


def test_concerns_without_an_answer_are_listed_over_http_and_at_the_prompt(place: Place) -> None:
    place.hub.clock.at += timedelta(days=20)
    fiona, eilidh = look(place, "fiona"), look(place, "eilidh")

    found, counted = body(fiona, f"{fiona.of}/unanswered"), body(eilidh, "/v1/governance/unanswered")

    assert isinstance(found["concerns"], list)
    assert [(one["agency"], one["age"], one["code"]) for one in found["concerns"]] == [("gp", 20, "gp.not_brought")]
    assert found["after_days"] == 14
    counts = [{"concerns": many, "from_days": days} for days, many in ((14, 1), (28, 0), (56, 0))]
    assert (counted["total"], counted["agencies"]) == (1, [{"agency": "gp", "counts": counts}])
    assert body(fiona, f"{fiona.of}/unanswered", at=now_of(place.hub).date().isoformat())["concerns"] == []
    assert fiona.get(f"{fiona.of}/unanswered", at="soon").startswith("422")
    assert fiona.get("/v1/governance/unanswered").startswith("403")
    assert "Brought" in (table := fiona.type("unanswered", place.world.isla)) or "brought" in table
    assert '"total":1' in eilidh.type("unanswered")


def test_pages_say_what_is_new_and_take_an_answer(place: Place) -> None:
    fiona, entry = look(place, "fiona"), entry_of(place.hub, place.world.isla, "2024-09-02", "morag")
    at = f"/children/{place.world.isla}/entries/{entry}/answer"

    home, inbox, chronology = fiona.get("/"), fiona.get("/inbox"), fiona.get(f"/children/{place.world.isla}", **PLAN)

    assert "1 new entry in your inbox" in home
    assert "New, " in inbox
    assert "canary" not in inbox
    assert chronology.count("Added or corrected since you last looked") == 1
    wrong = fiona.form(at, what="acting", doing="A visit.", due="31/2/2027", **PLAN)
    assert wrong.startswith("422")
    assert "A visit." in wrong
    assert fiona.form(at, what="acting", doing="A visit.", due="24/12/2026", **PLAN).startswith("303")
    place.hub.house.catch_up()
    assert "Nothing new." in fiona.get("/inbox")
    assert "You are acting on it. A visit. By 24 Dec 2026." in fiona.get(f"/children/{place.world.isla}", **PLAN)
    cross = fiona.client.post(at, data={"what": "seen"}, headers=OWN_SITE | {"Sec-Fetch-Site": "cross-site"})
    assert cross.status_code == 403


def test_the_page_as_known_on_a_day_says_what_came_since(place: Place) -> None:
    place.hub.clock.at += timedelta(days=2)
    morag, before = look(place, "morag"), len(recorded(place.hub))
    known = (now_of(place.hub) - timedelta(days=1)).strftime("%d/%m/%Y")

    page = morag.get(f"/children/{place.world.isla}", **PLAN, known=known)

    assert "Added or corrected since" in page
    assert page.count("Read it as it is known today") == 5
    assert [one.known_at != "" for one in recorded(place.hub)[before:]] == [True, False]
    assert UUID(int=0) not in {one.child for one in recorded(place.hub)[before:]}


def test_every_door_says_that_there_is_more_than_it_lists(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = (works_with("allocated-social-worker", "la-990", "SW-0417"),)
    take(place.hub, [told("sw", "finn", person=stranger("sw-finn"), facts=ours)])
    fiona = look(place, "fiona")
    assert all("more children than" not in fiona.get(page) for page in ("/", "/inbox"))

    monkeypatch.setattr("consent.inbox.CHILDREN", 1)
    monkeypatch.setattr("consent.disclosure.CASELOAD", 1)

    assert body(fiona, "/v1/inbox")["more"] is True
    assert '"more":true' in fiona.type("inbox")
    assert "more children than" in fiona.get("/inbox")
    assert "1 new entry in your inbox</a> or more" in (home := fiona.get("/"))
    assert "not all the children you work with" in home
    assert '"more":true' in fiona.type("child", "list")
    assert "not all of them" in fiona.type("child", "list", json=False)
    assert "more children than" in fiona.type("inbox", json=False)


def test_who_reads_in_an_emergency_is_offered_no_answer(place: Place) -> None:
    offered = "I am acting on it"
    assert offered in look(place, "fiona").get(f"/children/{place.world.isla}", **PLAN)

    opened(place.hub, "shona", place.world.isla)
    page = look(place, "shona").get(f"/children/{place.world.isla}", **EMERGENCY)

    assert "canary" in page
    assert offered not in page
