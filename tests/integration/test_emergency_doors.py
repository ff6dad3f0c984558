"""Emergency access over HTTP and on the pages: one answer for whoever may not, and a banner for whoever may."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hub.api.app import create
from hub.demo.issuer import DemoIssuer
from tests.fix_hub import TestHub
from tests.knocking import Caller
from tests.stories import NUMBER, recorded, settled, take, told

OWN_SITE = {"Sec-Fetch-Site": "same-origin"}
READ = {"purpose": "child-protection", "basis": "vital-interests"}
WHOSE = {"system": "nhs-number", "value": NUMBER}
WHY = "canary-reason: found alone"
UNDECODED = [
    b"",
    b"{",
    b"[]",
    b'{"reason": 1}',
    b'{"reason": null}',
    b'{"other": ""}',
    b"\xff",
    b'{"reason": "' + b"x" * 4001,
]


class At:
    """Somebody's software with their token, and their browser in which they have signed in, at the hub's own time."""

    def __init__(self, hub: TestHub, folder: Path, who: str) -> None:
        self.issuer = DemoIssuer(folder / "keys", hub.house.directory.people())
        self.hub, self.who = hub, who
        app = create(
            hub.house.hub,
            self.issuer.verifier(hub.clock),
            sources=hub.house.translate,
            demo=self.issuer,
            ready=hub.house.ready,
        )
        self.http = Caller(app, base_url="http://hub.test", follow_redirects=False)
        self.come_back()

    def come_back(self) -> None:
        """Sign in, now."""
        token = self.issuer.token_for(self.hub.person(self.who), self.hub.clock())
        self.http.headers["Authorization"] = f"Bearer {token}"
        self.http.post("/sign-in", data={"person": self.who}, headers=OWN_SITE)

    def send(self, path: str, **fields: str) -> tuple[int, str]:
        """Send a form; where it leads to, or the page that it answers with."""
        answer = self.http.post(path, data=fields, headers=OWN_SITE)
        return answer.status_code, answer.headers.get("location", answer.text)


def words_of(page: str) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_over_http_it_is_opened_reasoned_read_ended_and_reviewed(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    shona, fiona, eilidh = (At(hub, tmp_path, who) for who in ("shona", "fiona", "eilidh"))
    assert shona.http.get(f"/v1/children/{child}/chronology", params=READ).status_code == 404

    opened = shona.http.post("/v1/emergency", json=WHOSE)

    assert opened.status_code == 201
    found = opened.json()
    one = f"/v1/emergencies/{found['id']}"
    assert (found["child"], found["person"], found["until"]) == (str(child), "shona", "2026-11-01T15:00:00.000000Z")
    assert found["reason_due"] == "2026-11-02T12:00:00.000000Z"
    assert shona.http.post(f"/v1/children/{child}/emergency").json() == found
    assert shona.http.get("/v1/emergencies").json() == {"emergencies": [found]}
    read = shona.http.get(f"/v1/children/{child}/chronology", params=READ).json()
    assert read["emergency"] == {"id": found["id"], "until": found["until"], "reason_due": found["reason_due"]}
    assert shona.http.post(f"{one}/reason", json={"reason": WHY}).json()["reason_due"] is None
    assert fiona.http.get("/v1/emergencies/told").json()["emergencies"][0]["id"] == found["id"]
    assert fiona.http.post(f"{one}/acknowledgement").status_code == 204
    assert shona.http.post(f"{one}/end").json()["until"] == "2026-11-01T12:00:00.000000Z"
    assert shona.http.get(f"/v1/children/{child}/chronology", params=READ).status_code == 404
    hub.house.catch_up()
    (task,) = eilidh.http.get("/v1/emergencies/waiting").json()["waiting"]
    assert (task["reason"], task["opened"]["shown"]) == (WHY, len(read["entries"]))
    assert eilidh.http.post(f"{one}/review", json={"finding": "justified"}).status_code == 204
    assert eilidh.http.get("/v1/emergencies/waiting").json() == {"waiting": []}


def test_over_http_whoever_may_not_and_no_child_are_one_answer(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)

    answers = []
    for who in ("callum", "rab", "eilidh"):
        at = At(hub, tmp_path, who)
        answers += [at.http.post(f"/v1/children/{one}/emergency", json={"reason": WHY}) for one in (child, uuid4())]
        answers += [at.http.post("/v1/emergency", json=WHOSE | {"value": value}) for value in (NUMBER, "9990009999")]
    shona = At(hub, tmp_path, "shona")
    answers += [shona.http.post(f"/v1/children/{uuid4()}/emergency", json={"reason": WHY})]
    answers += [shona.http.post("/v1/emergency", json=WHOSE | {"value": "9990009999"})]
    answers += [
        shona.http.post(f"/v1/emergencies/{uuid4()}/{what}", json={"reason": WHY} if what == "reason" else None)
        for what in ("reason", "end", "acknowledgement")
    ]

    assert {(one.status_code, one.content) for one in answers} == {(404, answers[0].content)}
    assert NUMBER not in answers[0].text
    assert {one.outcome for one in recorded(hub)} == {"nothing-to-show"}


@pytest.mark.parametrize("body", UNDECODED)
def test_a_body_that_is_not_understood_is_said_to_be_that(hub: TestHub, tmp_path: Path, body: bytes) -> None:
    shona = At(hub, tmp_path, "shona")

    answer = shona.http.post(f"/v1/emergencies/{uuid4()}/reason", content=body)

    assert answer.status_code == 422
    assert "canary" not in answer.text


def test_only_governance_reviews(hub: TestHub, tmp_path: Path) -> None:
    shona = At(hub, tmp_path, "shona")

    assert shona.http.get("/v1/emergencies/waiting").status_code == 403
    assert shona.http.post(f"/v1/emergencies/{uuid4()}/review", json={"finding": "justified"}).status_code == 403
    assert shona.http.get("/emergency/reviews").status_code == 403


def test_on_the_pages_a_stranger_opens_reads_under_a_banner_and_ends(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    shona = At(hub, tmp_path, "shona")
    assert 'href="/emergency"' in shona.http.get("/").text

    code, to = shona.send("/emergency", **WHOSE, later="yes")

    assert (code, to) == (303, f"/children/{child}?purpose=child-protection&basis=vital-interests")
    hub.clock.at += timedelta(minutes=19)
    shona.come_back()
    page = shona.http.get(to).text
    assert "Emergency access, ends at 15:00 (2 h 41 min left)" in words_of(page)
    assert "The reason is due by" in page
    assert "whoever leads for the child, where anybody does" in words_of(page)
    emergency = UUID(re.findall(r'action="/emergency/([0-9a-f-]{36})/end"', page)[0])
    assert shona.send(f"/emergency/{emergency}/reason", reason="")[0] == 422
    assert shona.send(f"/emergency/{emergency}/reason", reason=WHY) == (303, to)
    assert f"/emergency/{emergency}/reason" not in shona.http.get(to).text
    assert shona.send(f"/emergency/{emergency}/end") == (303, "/emergency")
    assert shona.http.get(to).status_code == 404


def test_the_page_of_a_child_of_whom_there_is_nothing_to_show_gives_no_hint(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    shona = At(hub, tmp_path, "shona")

    pages = [shona.http.get(f"/children/{one}").text for one in (child, uuid4())]

    assert pages[0] == pages[1]
    assert f"/emergency?child={child}" not in pages[0]


def test_on_the_pages_a_number_of_nobody_and_a_refusal_look_the_same(hub: TestHub, tmp_path: Path) -> None:
    settled(hub)
    shona, callum = (At(hub, tmp_path, who) for who in ("shona", "callum"))

    nobody = shona.send("/emergency", system="nhs-number", value="9990009999", reason=WHY)
    refused = callum.send("/emergency", system="nhs-number", value=NUMBER, reason=WHY)

    assert (nobody[0], refused[0]) == (404, 404)
    assert all("Nothing was opened." in words_of(page) for _, page in (nobody, refused))
    assert shona.send("/emergency", system="nhs-number", value="", reason=WHY)[0] == 422
    assert shona.send("/emergency", **WHOSE)[0] == 422
    assert len([one for one in recorded(hub) if one.action == "emergency"]) == 2


def test_a_form_of_another_site_opens_nothing(hub: TestHub, tmp_path: Path) -> None:
    settled(hub)
    shona = At(hub, tmp_path, "shona")

    answer = shona.http.post("/emergency", data=WHOSE | {"later": "yes"}, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert hub.house.hub.emergency.mine(hub.person("shona")) == ()


def test_on_the_pages_those_who_answer_are_told_take_note_and_review(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    shona, fiona, eilidh = (At(hub, tmp_path, who) for who in ("shona", "fiona", "eilidh"))
    _, to = shona.send("/emergency", **WHOSE, reason=WHY)
    shona.http.get(to)

    assert "Emergency access was opened to a child you answer for." in words_of(fiona.http.get("/").text)
    page = fiona.http.get("/emergency").text
    assert str(child) in page
    assert WHY not in page
    (noted,) = re.findall(r'action="(/emergency/[0-9a-f-]{36}/noted)"', page)
    assert fiona.send(noted) == (303, "/emergency")
    assert "Emergency access was opened" not in fiona.http.get("/").text
    hub.clock.at += timedelta(hours=5)
    hub.house.catch_up()
    eilidh.come_back()
    page = eilidh.http.get("/emergency/reviews").text
    assert WHY in page
    assert "Opened 5 h ago by shona" in words_of(page)
    (review,) = re.findall(r'action="(/emergency/[0-9a-f-]{36}/review)"', page)
    assert eilidh.send(review, finding="not-justified")[0] == 422
    assert eilidh.send(review)[0] == 422
    assert eilidh.send(review, finding="not-justified", note="It could wait.") == (303, "/emergency/reviews")
    assert "Nothing waits for a review." in eilidh.http.get("/emergency/reviews").text


def test_a_reason_that_looks_like_markup_stays_words(hub: TestHub, tmp_path: Path) -> None:
    take(hub, [told("hv", "seen")])
    shona, eilidh = (At(hub, tmp_path, who) for who in ("shona", "eilidh"))

    shona.send("/emergency", **WHOSE, reason="<script>canary()</script>")

    assert "<script>canary" not in eilidh.http.get("/emergency/reviews").text
