"""Adding, correcting and taking back over HTTP, on the pages and at the prompt; and what each of them shows of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import lxml.html
import pytest
from starlette.testclient import TestClient

from consent.contributing_terms import Named
from tests.contributions import SAID, add, found, saying
from tests.fix_hub import TestHub
from tests.integration.test_sharing_doors import OWN_SITE, client
from tests.looking import records
from tests.stating import duty
from tests.stories import ADOPTION, PLAN, entry_of, settled

BODY = {
    "start": "2026-10-20",
    "headline": "Home visit",
    "detail": "Food in the house.",
    "assertion": "fact",
    "source_kind": "direct-observation",
}
WRONG = re.compile(r'id="(\w+)-error">([^<]+)<')


def chronology(person: TestClient, child: UUID) -> dict[str, Any]:
    answer: dict[str, Any] = person.get(f"/v1/children/{child}/chronology", params=PLAN).json()
    return answer


def entry_in(answer: dict[str, Any], entry: str) -> dict[str, Any]:
    return next(one for one in answer["entries"] if one["id"] == entry)


def test_an_entry_and_what_is_said_about_it_over_http(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    fiona, morag = client(hub, tmp_path, "fiona"), client(hub, tmp_path, "morag")
    at = f"/v1/children/{child}/entries"

    entry = fiona.post(at, json=BODY | {"code": "any.strength.noted", "wellbeing": ["safe"]}).json()["entry"]
    hub.house.catch_up()
    outcome = morag.post(f"{at}/{entry}/outcomes", json=BODY | {"headline": "Settled"})
    view = morag.post(f"{at}/{entry}/views", json=BODY | {"whose": "child", "source_kind": "told-by-child"})
    raised = morag.post(f"{at}/{entry}/disagreements", json=BODY | {"assertion": "opinion"})
    hub.house.catch_up()
    disputed = entry_in(chronology(fiona, child), entry)
    resolved = fiona.post(f"{at}/{raised.json()['entry']}/resolutions", json=BODY)
    fixed = fiona.post(f"{at}/{entry}/corrections", json=BODY | {"headline": "Visit", "revision": 1})
    hub.house.catch_up()
    settled_now = entry_in(chronology(fiona, child), entry)

    assert [one.status_code for one in (outcome, view, raised, resolved, fixed)] == [201] * 5
    assert (disputed["status"], disputed["marks"]["wellbeing"], disputed["valence"]) == (
        "disputed",
        ["safe"],
        "strength",
    )
    assert {one["code"] for one in disputed["beside"]} == {
        "any.outcome.added",
        "any.view.child",
        "any.disagreement.raised",
    }
    assert {one["headline"] for one in disputed["beside"]} == {"Settled", "Home visit"}
    assert (settled_now["status"], settled_now["headline"]) == ("corrected", "Visit")
    taken = fiona.post(f"{at}/{entry}/retractions", json={"reason": "Another child."})
    hub.house.catch_up()
    assert taken.status_code == 201
    assert entry not in {one["id"] for one in chronology(fiona, child)["entries"]}


def test_what_is_wrong_is_named_and_nothing_that_was_sent_is_repeated(hub: TestHub, tmp_path: Path) -> None:
    child, fiona = settled(hub), client(hub, tmp_path, "fiona")
    at = f"/v1/children/{child}/entries"

    answer = fiona.post(at, json=BODY | {"headline": "canary" * 60, "start": "2027", "assertion": "canary"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(name in answer.json()["detail"] for name in ("start:", "headline:", "assertion:"))
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"headline": 1}',
        b'{"canary": "x"}',
        b'{"people": [{"canary": 1}]}',
        b'{"people": "canary"}',
        b'{"people": ["canary"]}',
        b'{"cites": ["canary"]}',
        b'{"once": "canary"}',
        b'{"once": 7}',
        b"\xff",
        b"[" * 9000,
    ],
    ids=range(13),
)
def test_a_body_that_is_not_understood_says_what_to_send(hub: TestHub, tmp_path: Path, content: bytes) -> None:
    child, fiona = settled(hub), client(hub, tmp_path, "fiona")

    answer = fiona.post(f"/v1/children/{child}/entries", content=content)

    assert (answer.status_code, "Send one object" in answer.json()["next_step"]) == (422, True)
    assert "canary" not in answer.text


def everything(stranger: TestClient, child: UUID, entry: UUID) -> list[httpx2.Response]:
    """Whatever can be tried about an entry, over HTTP and on the pages."""
    at, page = f"/v1/children/{child}/entries/{entry}", f"/children/{child}/entries/{entry}"
    form = {name: str(value) for name, value in BODY.items()} | {"code": "any.outcome.added", "cites": str(entry)}
    return [
        *(stranger.post(f"{at}/{rest}", json=BODY) for rest in ("outcomes", "disagreements", "resolutions")),
        stranger.post(f"{at}/views", json=BODY | {"whose": "child"}),
        stranger.post(f"{at}/corrections", json=BODY),
        stranger.post(f"{at}/retractions", json={"reason": "Wrong."}),
        *(stranger.get(f"{page}/{rest}") for rest in ("add", "correct")),
        *(stranger.post(f"{page}/{rest}", data=form, headers=OWN_SITE) for rest in ("add", "correct")),
        stranger.post(f"{page}/take-back", data={"reason": "Wrong."}, headers=OWN_SITE),
    ]


def test_at_no_door_is_a_sealed_entry_other_than_one_that_does_not_exist(hub: TestHub, tmp_path: Path) -> None:
    child, morag = settled(hub), client(hub, tmp_path, "morag")
    sealed, none = entry_of(hub, child, ADOPTION), uuid4()

    of_sealed, of_none = everything(morag, child, sealed), everything(morag, child, none)

    assert {one.status_code for one in of_sealed} == {404}
    for one, other in zip(of_sealed, of_none, strict=True):
        assert one.text.replace(str(sealed), "") == other.text.replace(str(none), "")
    assert not [one for one in records(hub) if one.source == "hub-practitioner"]


def test_somebody_adds_on_the_page_and_nothing_that_they_typed_is_lost(hub: TestHub, tmp_path: Path) -> None:
    child, fiona = settled(hub), client(hub, tmp_path, "fiona")
    page = f"/children/{child}/add"
    typed = {
        "once": str(uuid4()), "code": "any.event.noted", "start": "20/10/2026 14:05", "headline": "Home visit",
        "detail": "Food in the house.", "assertion": "opinion", "source_kind": "direct-observation",
        "wellbeing-safe": "yes", "impact": "She is calmer.", "about": "child", "sensitivity": "ordinary",
        "person1_relation": "mother", "person1_name": "Jean Reid", "person1_text": "Was tired.",
    }  # fmt: skip

    opened = fiona.get(page)
    refused = fiona.post(page, data=typed | {"source_kind": ""}, headers=OWN_SITE)
    sent = [fiona.post(page, data=typed, headers=OWN_SITE) for _ in range(2)]
    hub.house.catch_up()
    shown = fiona.get(f"/children/{child}").text

    assert opened.status_code == 200
    assert (refused.status_code, set(dict(WRONG.findall(refused.text)))) == (422, {"source_kind"})
    assert "She is calmer." in refused.text
    assert [one.status_code for one in sent] == [303, 303]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    (record,) = [one for one in records(hub) if one.source == "hub-practitioner"]
    assert (record.occurred.start, record.marks and record.marks.wellbeing) == ("2026-10-20T14:05:00+01:00", ("safe",))
    assert [(one.name, one.text) for one in record.third_parts] == [("Jean Reid", "Was tired.")]
    assert all(words in shown for words in ("Professional opinion", "She is calmer.", "Fiona Adeyemi", "Safe"))


def test_a_correction_begins_with_what_stands_and_keeps_what_speaks_of_others_closed(
    hub: TestHub, tmp_path: Path
) -> None:
    child, fiona = settled(hub), client(hub, tmp_path, "fiona")
    at = f"/children/{child}/add"
    typed = {
        "code": "any.event.noted", "start": "20/10/2026", "headline": "Home visit", "detail": "Food in the house.",
        "assertion": "fact", "source_kind": "direct-observation", "about": "child", "sensitivity": "concern",
        "person1_relation": "mother", "person1_name": "Jean Reid", "person1_text": "canary-of-jean",
    }  # fmt: skip
    entry = fiona.post(at, data=typed, headers=OWN_SITE).headers["location"].rpartition("#e-")[2]
    hub.house.catch_up()

    page = f"/children/{child}/entries/{entry}/correct"
    opened = fiona.get(page).text
    corrected = fiona.post(
        page,
        data={name: value for name, value in typed.items() if not name.startswith("person")}
        | {"headline": "Visit", "sensitivity": "ordinary", "revision": "1"},
        headers=OWN_SITE,
    )
    hub.house.catch_up()

    assert 'value="20/10/2026"' in opened
    assert "Food in the house." in opened
    assert "canary-of-jean" not in opened
    assert corrected.status_code == 303
    last = [one for one in records(hub) if str(one.originator_id) == entry][-1]
    assert (last.headline, last.sensitivity, len(last.third_parts)) == ("Visit", "concern", 1)


def test_an_entry_is_taken_back_on_its_page_and_without_a_reason_the_page_is_as_it_was(
    hub: TestHub, tmp_path: Path
) -> None:
    child, fiona = settled(hub), client(hub, tmp_path, "fiona")
    entry = add(hub, "fiona", child)
    page = f"/children/{child}/entries/{entry}/take-back"

    refused = fiona.post(page, data={"reason": " "}, headers=OWN_SITE)
    taken = fiona.post(page, data={"reason": "Another child."}, headers=OWN_SITE)
    hub.house.catch_up()

    assert (refused.status_code, SAID.headline in refused.text, "State the reason" in refused.text) == (422, True, True)
    assert (taken.status_code, found(hub, "fiona", child, entry)) == (303, None)


def test_the_page_of_an_entry_that_another_team_wrote_offers_no_correction(hub: TestHub, tmp_path: Path) -> None:
    child, morag = settled(hub), client(hub, tmp_path, "morag")
    entry = add(hub, "fiona", child)

    about, correcting = (morag.get(f"/children/{child}/entries/{entry}/{rest}") for rest in ("add", "correct"))

    assert (about.status_code, "take it back" in about.text, correcting.status_code) == (200, False, 403)
    assert SAID.headline in about.text
    assert found(hub, "morag", child, entry) is not None


def sent_back(page: str) -> dict[str, str]:
    """What a browser sends of the form of an entry when nobody touches it."""
    document: Any = lxml.html.document_fromstring(page)
    form = next(one for one in document.forms if "headline" in one.fields)
    return {str(name): str(value).replace("\n", "\r\n") for name, value in form.form_values()}


def test_a_correction_form_that_nobody_touches_changes_nothing(hub: TestHub, tmp_path: Path) -> None:
    child, fiona = settled(hub), client(hub, tmp_path, "fiona")
    said = [
        saying(start="2026-07-01T14:05Z", end="2026-07-01T21:00:30+05:00", about="parent", impact="She is calmer."),
        saying(
            start="2026-10-25T01:30+00:00", sensitivity="concern", detail="As seen:\n[see the letter]\n[1] and so on"
        ),
        saying(
            start="2026-07-02T14:05",
            detail="As seen:\n[see the letter] and so on",
            people=(Named("mother", "Jean Reid", "canary-of-jean\n[father] and more"), Named("father", "Jim Reid")),
        ),
        saying(start="2026-07", end="2026-08", approximate=True),
    ]

    for one in said:
        entry = add(hub, "fiona", child, one)
        page = f"/children/{child}/entries/{entry}/correct"
        opened = fiona.get(page).text
        fields = sent_back(opened)
        sent = fiona.post(page, data=fields, headers=OWN_SITE)
        mended = fiona.post(page, data=fields | {"headline": "Visit"}, headers=OWN_SITE)
        hub.house.catch_up()

        assert (sent.status_code, mended.status_code, "canary-of-jean" in opened) == (303, 303, False)
        first, last = [each for each in records(hub) if each.originator_id == entry]
        assert last.headline == "Visit"
        assert [
            (each.occurred, each.about, each.sensitivity, each.detail, each.third_parts) for each in (first, last)
        ] == [(first.occurred, first.about, first.sensitivity, first.detail, first.third_parts)] * 2


def test_a_correction_form_shows_british_time_and_takes_what_is_typed_over_it(hub: TestHub, tmp_path: Path) -> None:
    child, fiona = settled(hub), client(hub, tmp_path, "fiona")
    entry = add(
        hub, "fiona", child, saying(start="2026-07-01T14:05Z", people=(Named("mother", "Jean Reid", "Tired."),))
    )
    page = f"/children/{child}/entries/{entry}/correct"
    fields = sent_back(fiona.get(page).text)

    other = fields | {"start": "1/7/2026 16:00", "about": "household", "impact": "None.", "sensitivity": "concern"}
    other.pop("people_stay")
    sent = fiona.post(page, data=other, headers=OWN_SITE)
    odd = [fiona.post(page, data=other | {"start": odd, "start_stood": odd}, headers=OWN_SITE) for odd in ("T", "9T9")]

    assert fields["start"] == "1/7/2026 15:05"
    assert (sent.status_code, [one.status_code for one in odd]) == (303, [422, 422])
    last = [one for one in records(hub) if one.originator_id == entry][-1]
    assert (last.occurred.start, last.about, last.sensitivity) == ("2026-07-01T16:00:00+01:00", "household", "concern")
    assert [one.name for one in last.third_parts] == [""]


def test_whoever_is_not_shown_what_they_add_is_told_so_where_they_add_it(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    duty(hub, child, "works-with", hub.person("nadia"))

    pages = {who: client(hub, tmp_path, who).get(f"/children/{child}/add") for who in ("nadia", "fiona")}

    told = {who: "You are shown it yourself only once" in page.text for who, page in pages.items()}
    assert told == {"nadia": True, "fiona": False}
