"""Asking, deciding, releasing and declining over HTTP, on the pages and at the prompt."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from typer.testing import CliRunner

from hub.api.app import create
from hub.cli.main import app as commands
from hub.cli.session import Session
from hub.demo.issuer import DemoIssuer
from hub.errors import HubError
from tests.asking import ASK, PRACTICE, SCHOOL, TODAY, chosen, entry, kind, refusing, room
from tests.fix_hub import TestHub
from tests.knocking import Caller
from tests.stories import read, recorded, settled

OWN_SITE = {"Sec-Fetch-Site": "same-origin"}
WRONG = re.compile(r'id="(\w+)-error">([^<]+)<')


def client(hub: TestHub, folder: Path, who: str) -> Caller:
    """Somebody's software, which has their token, and their browser, in which they have signed in."""
    issuer = DemoIssuer(folder / "keys", hub.house.directory.people())
    verifier = issuer.verifier(hub.clock)
    app = create(hub.house.hub, verifier, sources=hub.house.translate, demo=issuer, ready=hub.house.ready)
    made = Caller(app, base_url="http://hub.test", follow_redirects=False)
    made.headers["Authorization"] = f"Bearer {issuer.token_for(hub.person(who), hub.clock())}"
    made.post("/sign-in", data={"person": who}, headers=OWN_SITE)
    return made


def body(choice: object) -> dict[str, Any]:
    """A request or a decision as JSON holds it."""
    found = asdict(choice)  # type: ignore[call-overload]  # both are dataclasses
    plain = {name: [str(one) for one in value] if isinstance(value, tuple) else value for name, value in found.items()}
    return {name: value for name, value in plain.items() if value}


def test_a_request_is_asked_listed_and_answered_over_http(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    callum, anwar = client(hub, tmp_path, "callum"), client(hub, tmp_path, "dr-anwar")
    named, at = entry(hub, child), f"/v1/children/{child}"

    asked = callum.post(f"{at}/sharing-requests", json=body(ASK))
    waiting = anwar.get("/v1/sharing-requests").json()["matters"]
    answer = anwar.post(
        f"{at}/sharing-decisions", json=body(chosen(named, recipient="")) | {"asked": asked.json()["matter"]}
    )

    assert (asked.status_code, asked.json()["state"]) == (201, "waiting")
    assert [(one["matter"], one["words"]["wanted"]) for one in waiting] == [(asked.json()["matter"], ASK.wanted)]
    assert (answer.status_code, answer.json()) == (201, {"matter": asked.json()["matter"], "state": "shared"})
    assert kind(read(hub, "callum", child)) == "Shown"
    (listed,) = callum.get(f"{at}/sharing-decisions").json()["matters"]
    assert (listed["state"], listed["entries"], listed["words"].keys()) == ("shared", [str(named)], {"wanted", "why"})


def test_a_release_is_ended_and_a_request_declined_over_http(hub: TestHub, tmp_path: Path) -> None:
    child, anwar = settled(hub), client(hub, tmp_path, "dr-anwar")
    at = f"/v1/children/{child}"
    matter = anwar.post(f"{at}/sharing-decisions", json=body(chosen(entry(hub, child)))).json()["matter"]
    asked = client(hub, tmp_path, "callum").post(f"{at}/sharing-requests", json=body(ASK)).json()["matter"]

    ended = anwar.post(f"{at}/sharing-decisions/{matter}/end", json={"reason": "It is over."})
    declined = anwar.post(f"{at}/sharing-requests/{asked}/decline", json={"reasons": "Not needed."})

    assert (ended.status_code, ended.json()["state"]) == (201, "ended")
    assert (declined.status_code, declined.json()["state"]) == (201, "not-shared")
    ledger = client(hub, tmp_path, "eilidh").get("/v1/governance/sharing-decisions")
    assert [one["matter"] for one in ledger.json()["matters"]] == [asked]
    assert "Not needed" not in ledger.text


def test_what_is_missing_is_named_in_the_problem_and_nothing_that_was_sent_is_repeated(
    hub: TestHub, tmp_path: Path
) -> None:
    child, anwar = settled(hub), client(hub, tmp_path, "dr-anwar")
    sent = body(chosen(entry(hub, child), informed="no", necessity="", reasons="canary-reason"))

    answer = anwar.post(f"/v1/children/{child}/sharing-decisions", json=sent)

    assert answer.status_code == 422
    assert all(name in answer.json()["detail"] for name in ("necessity:", "informed_why:"))
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b'{"asked": 1}', b'{"canary": "x"}', b"\xff", b"[" * 9000], ids=range(7)
)
def test_a_body_that_is_not_understood_says_what_to_send(hub: TestHub, tmp_path: Path, content: bytes) -> None:
    child, callum = settled(hub), client(hub, tmp_path, "callum")

    for path in ("sharing-requests", "sharing-decisions"):
        answer = callum.post(f"/v1/children/{child}/{path}", content=content)
        assert (answer.status_code, "Send one object" in answer.json()["next_step"]) == (422, True)
        assert "canary" not in answer.text


def everything(stranger: Caller, child: UUID, matter: UUID, named: UUID) -> list[httpx2.Response]:
    """Whatever can be tried about a child and a matter, over HTTP and on the pages."""
    at, page = f"/v1/children/{child}", f"/children/{child}/sharing"
    form = {"reason": "No.", "wanted": "x"}
    return [
        stranger.get(f"{at}/sharing-decisions"),
        stranger.post(f"{at}/sharing-requests", json=body(ASK)),
        stranger.post(f"{at}/sharing-decisions", json=body(chosen(named))),
        stranger.post(f"{at}/sharing-decisions", json=body(chosen(named)) | {"asked": str(matter)}),
        stranger.post(f"{at}/sharing-requests/{matter}/decline", json={"reasons": "No."}),
        stranger.post(f"{at}/sharing-decisions/{matter}/release"),
        stranger.post(f"{at}/sharing-decisions/{matter}/end", json={"reason": "No."}),
        *(stranger.get(page + rest) for rest in ("", "/ask", "/decide", f"/decide?asked={matter}&entry={named}")),
        *(stranger.post(page + rest, data=form, headers=OWN_SITE) for rest in ("/ask", "/decide")),
        *(stranger.post(f"{page}/{matter}/{rest}", data=form, headers=OWN_SITE) for rest in ("release", "end")),
    ]


def test_a_stranger_gets_the_same_of_a_child_with_matters_and_of_nobody(hub: TestHub, tmp_path: Path) -> None:
    child, stranger = settled(hub), client(hub, tmp_path, "shona")
    named = entry(hub, child)
    matter = room(hub).decide(hub.person("dr-anwar"), child, chosen(named)).matter

    known, unknown = everything(stranger, child, matter, named), everything(stranger, uuid4(), uuid4(), uuid4())

    for one, other in zip(known, unknown, strict=True):
        assert (one.status_code, one.content, sorted(one.headers)) == (404, other.content, sorted(other.headers))
    assert stranger.get("/v1/sharing-requests").json() == {"matters": []}
    assert "Nothing waits for you" in stranger.get("/requests").text


@pytest.mark.parametrize("path", ["/v1/governance/sharing-requests", "/v1/governance/sharing-decisions"])
def test_the_ledger_is_for_governance_leads(hub: TestHub, tmp_path: Path, path: str) -> None:
    settled(hub)

    assert client(hub, tmp_path, "eilidh").get(path).status_code == 200
    for who in ("callum", "fiona", "dr-anwar"):
        assert client(hub, tmp_path, who).get(path).status_code == 403
        assert client(hub, tmp_path, who).get("/sharing-ledger").status_code == 403
    assert {one.outcome for one in recorded(hub) if one.action.startswith("sharing-")} == {"shown", "refused"}


def typed(**changes: str) -> dict[str, str]:
    """A decision as somebody fills it in, but for the entries."""
    filled = {
        "once": str(uuid4()), "outcome": "share", "recipient": SCHOOL, "purpose": "child-plan", "bases": "public-task",
        "since": "1/11/2026", "until": "30/11/2026", "what": "One appointment.", "reasons": "The school plans support.",
        "informed": "yes", "necessity": "Nothing less would do.",
    }  # fmt: skip
    return filled | changes


def test_the_decision_page_lists_what_is_ones_own_to_share_and_takes_a_decision(hub: TestHub, tmp_path: Path) -> None:
    child, anwar = settled(hub), client(hub, tmp_path, "dr-anwar")
    named = entry(hub, child)

    page = anwar.get(f"/children/{child}/sharing/decide?entry={named}").text
    sent = anwar.post(f"/children/{child}/sharing/decide", data=typed() | {f"entry-{named}": "on"}, headers=OWN_SITE)

    assert f'name="entry-{named}" type="checkbox" checked' in page
    assert "canary-concern-headline" in page
    assert "canary-adoption" not in page
    assert sent.status_code == 303
    assert sent.headers["location"].startswith(f"/children/{child}/sharing#m-")
    assert kind(read(hub, "callum", child)) == "Shown"
    assert "The school plans support." in anwar.get(f"/children/{child}/sharing").text


def test_a_form_with_something_missing_comes_back_as_it_was_with_the_errors_beside_the_fields(
    hub: TestHub, tmp_path: Path
) -> None:
    child, anwar = settled(hub), client(hub, tmp_path, "dr-anwar")
    named = entry(hub, child)
    filled = typed(necessity="", informed="no", until="31/2/2027", consulted="The adviser <agreed>.")

    answer = anwar.post(f"/children/{child}/sharing/decide", data=filled | {f"entry-{named}": "on"}, headers=OWN_SITE)

    assert answer.status_code == 422
    assert {name for name, _ in WRONG.findall(answer.text)} == {"necessity", "informed_why", "until"}
    for kept in ("31/2/2027", "The school plans support.", "The adviser &lt;agreed&gt;.", filled["once"]):
        assert kept in answer.text
    assert f'name="entry-{named}" type="checkbox" checked' in answer.text
    assert f'value="{SCHOOL}" selected' in answer.text


def test_a_request_is_asked_and_answered_on_the_pages(hub: TestHub, tmp_path: Path) -> None:
    child, callum, anwar = settled(hub), client(hub, tmp_path, "callum"), client(hub, tmp_path, "dr-anwar")
    filled = {"asked": PRACTICE, "wanted": "canary-wanted", "why": "", "purpose": "child-plan", "basis": "public-task"}
    ask = f"/children/{child}/sharing/ask"

    short = callum.post(ask, data=filled | {"due": "20/11/2026"}, headers=OWN_SITE)
    sent = callum.post(ask, data=filled | {"due": "20/11/2026", "why": "To plan."}, headers=OWN_SITE)
    waiting = anwar.get("/requests").text

    assert (short.status_code, [name for name, _ in WRONG.findall(short.text)]) == (422, ["why"])
    assert "canary-wanted" in short.text
    assert sent.status_code == 303
    assert "canary-wanted" in waiting
    assert "Isla Reid" in waiting
    asked = re.search(r"decide\?asked=([0-9a-f-]{36})", waiting)
    assert asked is not None
    assert "canary-wanted" in anwar.get(f"/children/{child}/sharing/decide?asked={asked[1]}").text
    declined = anwar.post(
        f"/children/{child}/sharing/decide",
        data=typed(outcome="not-share", asked=asked[1], answer="canary-answer", reasons="canary-reasons"),
        headers=OWN_SITE,
    )
    assert declined.status_code == 303
    listed = callum.get(f"/children/{child}/sharing").text
    assert "canary-answer" in listed
    assert "canary-reasons" not in listed
    assert "canary" not in client(hub, tmp_path, "eilidh").get("/sharing-ledger").text


def test_a_form_from_another_site_is_not_taken(hub: TestHub, tmp_path: Path) -> None:
    child, anwar = settled(hub), client(hub, tmp_path, "dr-anwar")

    sent = anwar.post(f"/children/{child}/sharing/decide", data=typed(), headers={"Sec-Fetch-Site": "cross-site"})

    assert sent.status_code == 403
    assert room(hub).of_child(hub.person("dr-anwar"), child) == ()


def prompt(hub: TestHub, *words: object) -> str:
    """What `hub sharing` prints, over the hub of this test."""
    session = Session({})
    session._house, session._settings = hub.house, hub.house.settings
    ran = CliRunner().invoke(commands, ["sharing", *map(str, words)], obj=session)
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.stdout


def test_the_whole_way_at_the_prompt(hub: TestHub) -> None:
    child = settled(hub)
    ask = ("--asked", PRACTICE, "--wanted", "x", "--why", "y", "--due", "2099-01-01", "--json")
    asked = prompt(hub, "request", child, "--as", "callum", *ask)
    matter = re.findall(r"[0-9a-f-]{36}", asked)[0]
    words = ("--what", "w", "--reasons", "r", "--informed", "yes", "--necessity", "n", "--basis", "public-task")
    shared = ("--outcome", "share", "--entry", entry(hub, child), "--since", TODAY, "--asked", matter)

    assert matter in prompt(hub, "waiting", "--as", "dr-anwar", "--json")
    assert "shared" in prompt(hub, "decide", child, "--as", "dr-anwar", *words, *shared)
    assert kind(read(hub, "callum", child)) == "Shown"
    assert matter in prompt(hub, "list", child, "--as", "callum", "--json")
    assert "closed" in prompt(hub, "end", child, matter, "--as", "dr-anwar", "--reason", "Over.")
    assert kind(read(hub, "callum", child)) == "Withheld"


def test_declining_and_the_ledger_at_the_prompt(hub: TestHub) -> None:
    child = settled(hub)
    matter = room(hub).request(hub.person("callum"), child, ASK).matter
    kept = room(hub).decide(hub.person("dr-anwar"), child, refusing()).matter

    assert str(matter) in prompt(hub, "unanswered", "--as", "eilidh", "--json")
    assert "kept" in prompt(hub, "decline", child, matter, "--as", "dr-anwar", "--reasons", "No.")
    assert {str(matter), str(kept)} <= set(
        re.findall(r"[0-9a-f-]{36}", prompt(hub, "not-shared", "--as", "eilidh", "--json"))
    )
    with pytest.raises(HubError):
        prompt(hub, "unanswered", "--as", "callum")
