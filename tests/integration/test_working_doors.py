"""Who works with a child, and what is put on record, over HTTP and on the pages: the same answers, and no more."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.statements import ConsentSaid, DutySaid, SafeAddressSaid
from hub.api.app import create
from hub.demo.issuer import DemoIssuer
from tests.fix_hub import TestHub
from tests.knocking import Caller
from tests.stories import PLAN, recorded, settled

OWN_SITE = {"Sec-Fetch-Site": "same-origin"}
CONSENT = {"what": "give", "recipient": "education", "category": "health", "since": "2024-01-01"}
POSTS: dict[str, dict[str, Any]] = {
    "consents": CONSENT,
    "capacity": {"state": "assessed-capable", "reason": "Clear."},
    "involvement": {"duty": "lead-professional", "organisation": "la-990"},
    "safe-address": {"kept": True, "reason": "Moved."},
}
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


def client(hub: TestHub, folder: Path, who: str) -> Caller:
    """Somebody's software, which has their token, and their browser, in which they have signed in."""
    issuer = DemoIssuer(folder / "keys", hub.house.directory.people())
    verifier = issuer.verifier(hub.clock)
    app = create(hub.house.hub, verifier, sources=hub.house.translate, demo=issuer, ready=hub.house.ready)
    made = Caller(app, base_url="http://hub.test", follow_redirects=False)
    made.headers["Authorization"] = f"Bearer {issuer.token_for(hub.person(who), hub.clock())}"
    made.post("/sign-in", data={"person": who}, headers=OWN_SITE)
    return made


def refuge(hub: TestHub, child: UUID) -> None:
    said = DutySaid(
        "works-with", "TS-BRAMBLE", name="canary-worker", contact="canary-number", sensitivity="gender-based-violence"
    )
    hub.house.hub.casework.record_duty(hub.person("fiona"), child, said)


def test_the_card_is_an_object_with_its_reading_in_the_header(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)

    answer = client(hub, tmp_path, "callum").get(f"/v1/children/{child}/involvement", params=PLAN)

    assert answer.status_code == 200
    assert answer.headers["Hub-Reading"] == str(recorded(hub)[-1].originator_id)
    lines = {line["duty"]: line for line in answer.json()["lines"]}
    assert set(lines) == {"gp-practice", "health-visiting-team", "school", "allocated-social-worker"}
    assert lines["gp-practice"].keys() == {
        "level", "agency", "rule", "reason", "duty", "organisation", "worker", "contact", "cover", "since", "confirmed",
        "stale",
    }  # fmt: skip


@pytest.mark.parametrize("name", POSTS)
def test_what_somebody_who_works_with_the_child_states_is_recorded(hub: TestHub, tmp_path: Path, name: str) -> None:
    child = settled(hub)

    answer = client(hub, tmp_path, "fiona").post(f"/v1/children/{child}/{name}", json=POSTS[name])

    assert (answer.status_code, answer.json()["recorded"]) == (201, True)
    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from read.stated").fetchone() == (1,)


@pytest.mark.parametrize("name", POSTS)
def test_a_stranger_gets_the_same_answer_of_a_child_and_of_nobody(hub: TestHub, tmp_path: Path, name: str) -> None:
    child, stranger = settled(hub), client(hub, tmp_path, "shona")

    posted = [stranger.post(f"/v1/children/{one}/{name}", json=POSTS[name]) for one in (child, uuid4())]
    read = [stranger.get(f"/v1/children/{one}/consents") for one in (child, uuid4())]
    seen = [stranger.get(f"/v1/children/{one}/involvement", params=PLAN) for one in (child, uuid4())]
    pages = [
        stranger.get(f"/children/{one}/{page}") for one in (child, uuid4()) for page in ("consents", "working-with")
    ]

    for first, second in (posted, read, seen):
        assert (first.status_code, first.content) == (second.status_code, second.content) == (404, first.content)
        assert sorted(first.headers) == sorted(second.headers)
    assert {(one.status_code, one.content) for one in pages} == {(404, pages[0].content)}


def test_a_tie_of_ones_own_gets_the_same_answer_over_http_and_on_the_page(hub: TestHub, tmp_path: Path) -> None:
    child, callum = settled(hub), client(hub, tmp_path, "callum")

    shown = [callum.get(f"/children/{one}/tie") for one in (uuid4(), child)]
    told = [callum.post(f"/v1/children/{one}/ties", json={"person": "callum"}) for one in (uuid4(), child)]
    sent = [callum.post(f"/children/{one}/tie", data={"reason": "Niece"}, headers=OWN_SITE) for one in (uuid4(), child)]

    for first, second in (shown, told, sent):
        assert first.status_code == second.status_code
        assert ID.sub("", first.text) == ID.sub("", second.text)
    assert callum.get(f"/children/{child}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"x"', b"{", b'{"what": 1}', b'{"what": "give"}', b'{"canary-key": "x"}', b"\xff", b"[" * 9000],
    ids=range(9),
)
def test_a_body_that_is_not_understood_says_what_to_send_and_repeats_nothing(
    hub: TestHub, tmp_path: Path, body: bytes
) -> None:
    child = settled(hub)

    answer = client(hub, tmp_path, "morag").post(f"/v1/children/{child}/consents", content=body)

    assert answer.status_code == 422
    assert "recipient" in answer.json()["next_step"]
    assert "canary" not in answer.text


def test_a_body_that_is_too_large_is_refused(hub: TestHub, tmp_path: Path) -> None:
    big = CONSENT | {"evidence": "x" * 70_000}

    assert client(hub, tmp_path, "morag").post(f"/v1/children/{uuid4()}/consents", json=big).status_code == 413


def test_a_telling_service_and_a_secret_address_are_in_no_channel_of_whoever_may_not_know(
    hub: TestHub, tmp_path: Path
) -> None:
    child, callum = settled(hub), client(hub, tmp_path, "callum")
    at = f"/v1/children/{child}/involvement"
    before = callum.get(at, params=PLAN).content
    refuge(hub, child)
    said = ConsentSaid("give", "education", "health", evidence="canary-folder at the refuge")
    hub.house.hub.casework.record_consent(hub.person("morag"), child, said)
    assert "canary-folder" in client(hub, tmp_path, "morag").get(f"/children/{child}/consents").text
    assert callum.get(at, params=PLAN).content == before
    casework = hub.house.hub.casework
    casework.record_safe_address(hub.person("morag"), child, SafeAddressSaid(kept=True, reason="canary-moved"))

    channels = {
        "card": callum.get(at, params=PLAN),
        "card page": callum.get(f"/children/{child}/working-with"),
        "consents": callum.get(f"/v1/children/{child}/consents"),
        "consents page": callum.get(f"/children/{child}/consents"),
    }

    assert {name: one.status_code for name, one in channels.items()} == dict.fromkeys(channels, 200)
    for word in (
        "canary-worker",
        "canary-number",
        "Bramble",
        "TS-BRAMBLE",
        "Rowan Street",
        "0131 496 0104",
        "Z9HV1",
        "canary-moved",
        "canary-folder",
        "Morag",
    ):
        assert [name for name, one in channels.items() if word in one.text] == [], word


def test_the_form_shows_what_was_typed_when_something_is_wrong_with_it(hub: TestHub, tmp_path: Path) -> None:
    child, morag = settled(hub), client(hub, tmp_path, "morag")
    typed = CONSENT | {"given_by": "parent", "how": "form", "evidence": "Blue folder", "since": "31/2/2024"}

    wrong = morag.post(f"/children/{child}/consents", data=typed, headers=OWN_SITE)
    right = morag.post(f"/children/{child}/consents", data=typed | {"since": "1/2/2024"}, headers=OWN_SITE)

    assert wrong.status_code == 422
    assert "Blue folder" in wrong.text
    assert "not a real date" in wrong.text
    assert right.status_code == 303
    assert "The decision about consent is recorded." in morag.get(right.headers["Location"]).text


@pytest.mark.parametrize("form", ["consents", "capacity", "duties", "safe-address", "tie"])
def test_a_form_from_another_site_is_not_taken(hub: TestHub, tmp_path: Path, form: str) -> None:
    child, morag = settled(hub), client(hub, tmp_path, "morag")

    answer = morag.post(f"/children/{child}/{form}", data=CONSENT, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from read.stated").fetchone() == (0,)


def test_the_openapi_document_says_what_each_statement_holds(hub: TestHub, tmp_path: Path) -> None:
    found = client(hub, tmp_path, "morag").get("/openapi.json").json()["paths"]

    for name in ("consents", "capacity", "involvement", "ties", "safe-address"):
        body = found[f"/v1/children/{{child}}/{name}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert body["properties"]
        assert body["additionalProperties"] is False
