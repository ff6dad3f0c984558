"""The whole hub once, for each of its three users: systems send, practitioners read, the governance lead looks on."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from hub.api.app import create
from hub.auth import AgencyClient
from hub.demo import story
from hub.demo.issuer import DemoIssuer
from hub.people import Agency
from tests.fix_hub import ROOT, Clock, TestHub
from tests.knocking import Caller

READ = {"purpose": "child-plan", "basis": "public-task"}


class Service:
    """The real hub behind its real HTTP doors."""

    def __init__(self, hub: TestHub, folder: Path) -> None:
        house = hub.house
        self.clock: Clock = hub.clock
        self.issuer = DemoIssuer(folder, house.directory.people())
        app = create(
            house.hub,
            self.issuer.verifier(hub.clock),
            sources=house.translate,
            demo=self.issuer,
            ready=house.ready,
        )
        self.http: httpx2.Client = Caller(app, base_url="http://hub.test", follow_redirects=False)
        self.hub = hub

    def send(self, source: str, content: bytes, name: str = "") -> dict[str, object]:
        """One file, as that agency's system."""
        client = AgencyClient("a-system", Agency.GP, (source,))
        headers = {"Authorization": f"Bearer {self.issuer.client_token(client, self.clock())}", "Hub-File-Name": name}
        answer: dict[str, object] = self.http.post(
            f"/v1/sources/{source}/files", content=content, headers=headers
        ).json()
        return answer

    def get(self, who: str, path: str, **query: str) -> httpx2.Response:
        """One question, as that person."""
        token = self.issuer.token_for(self.hub.person(who), self.clock())
        return self.http.get(path, params=query, headers={"Authorization": f"Bearer {token}"})

    def find(self, who: str) -> str:
        """Isla's id in the hub."""
        token = self.issuer.token_for(self.hub.person(who), self.clock())
        system, value = story.ISLA
        found = self.http.post(
            "/v1/children/search",
            json={"system": system, "value": value},
            headers={"Authorization": f"Bearer {token}"},
        )
        return str(found.json()["children"][0]["id"])


@pytest.fixture
def service(hub: TestHub, tmp_path: Path) -> Service:
    """A hub that has been sent the invented family's files over HTTP."""
    made = Service(hub, tmp_path / "keys")
    for delivery in story.deliveries():
        answer = made.send(delivery.source, delivery.content, delivery.name)
        assert answer["accepted"] == answer["records"], answer
    hub.house.catch_up()
    return made


def levels(answer: httpx2.Response) -> list[str]:
    return [str(entry["level"]) for entry in answer.json()["entries"]]


def test_four_agencies_files_become_one_story_that_each_reader_sees_differently(service: Service) -> None:
    path = f"/v1/children/{service.find('morag')}/chronology"

    health_visitor, teacher, social_worker = (service.get(who, path, **READ) for who in ("morag", "callum", "fiona"))

    assert {entry["agency"] for entry in health_visitor.json()["entries"]} == {
        "gp",
        "health-visiting",
        "social-work",
        "education",
    }
    assert "withheld" not in levels(health_visitor)
    assert {"withheld", "redacted", "exportable"} <= set(levels(teacher))
    closed = [entry for entry in teacher.json()["entries"] if entry["level"] in ("withheld", "redacted")]
    assert all(entry["rule"] and entry["reason"] and entry["ask"] for entry in closed)
    assert "shown" in levels(social_worker)
    assert len({answer.content for answer in (health_visitor, teacher, social_worker)}) == 3


@pytest.mark.parametrize("who", ["shona", "rab"])
def test_another_team_and_a_charity_whose_agreement_ended_get_the_answer_of_a_child_who_does_not_exist(
    service: Service, who: str
) -> None:
    real = service.get(who, f"/v1/children/{service.find('morag')}/chronology", **READ)
    none = service.get(who, "/v1/children/11111111-1111-4111-8111-111111111111/chronology", **READ)

    assert (real.status_code, real.content) == (404, none.content)


def test_a_mothers_own_troubles_and_a_restricted_letter_stay_with_the_practice(service: Service) -> None:
    path = f"/v1/children/{service.find('morag')}/chronology"
    own = service.get("dr-anwar", path, **READ).json()["entries"]
    private = [entry["id"] for entry in own if entry.get("code", "").startswith("gp.parent")]

    assert private
    for who in ("morag", "callum", "fiona", "catriona"):
        seen = {entry["id"] for entry in service.get(who, path, **READ).json()["entries"]}
        assert not seen & set(private)


def test_what_was_known_then_does_not_change_when_a_late_letter_and_a_correction_arrive(service: Service) -> None:
    path = f"/v1/children/{service.find('morag')}/chronology"
    with service.hub.as_owner() as connection:
        row = connection.execute("select max(recorded_at) from ledger.events").fetchone()
    then = str(row[0].isoformat()) if row else ""
    before = service.get("morag", path, **READ, known_at=then)

    for delivery in story.arriving_later():
        service.send(delivery.source, delivery.content, delivery.name)
    service.hub.house.catch_up()

    assert service.get("morag", path, **READ, known_at=then).content == before.content
    assert service.get("morag", path, **READ).json()["entries"] != before.json()["entries"]


def test_the_governance_lead_sees_every_reading_and_every_refusal(service: Service) -> None:
    path = f"/v1/children/{service.find('morag')}/chronology"
    for who in ("morag", "callum", "shona"):
        service.get(who, path, **READ)
    service.hub.house.catch_up()

    log = service.hub.house.hub.governance.readings(service.hub.person("eilidh"))

    assert [(one.reader, one.action, one.outcome) for one in log[::-1]] == [
        ("morag", "search", "shown"),
        ("morag", "chronology", "shown"),
        ("callum", "chronology", "shown"),
        ("shona", "chronology", "nothing-to-show"),
    ]


GOES_ON = (
    "Before any content: who works with the child",
    "it being withdrawn:",
    "under the plan, which never rested on consent:",
    "What alone would open it lawfully",
    "bus fare was the difficulty. New date offered nearer home. [shared-entry]",
    "Told at once: Fiona Adeyemi, Eilidh Fraser, Ruaridh Bell.",
    "restricted [special-sealed]",
    "reviews it: justified",
    "Nobody overwrites anybody.",
    "Fiona acts on it, for all to see:",
    "prepared it in one action and froze it (",
    "Told of it: Morag Sinclair, Callum Reid, Fiona Adeyemi, Dr Sana Anwar, Catriona Muir, Shona Kerr.",
    "Not told, never having seen it: Rab Gillies, Nadia Hussain, Isobel Grant, Eilidh Fraser, Ruaridh Bell.",
    "1 of 6 took note. Frozen editions with the old day in them, which say so to their readers: 1.",
    "organisation open to them told read said",
    "promises kept",
    "class-teacher would gain: withheld to redacted",
)
"""What the rest of the story says, each time it is told."""


@pytest.mark.slow
def test_the_demo_tells_the_story_and_keeps_its_data(open_folder: Path) -> None:
    environment = {**os.environ, "HUB_DEMO": "1", "HUB_DATA_DIR": str(open_folder / "data"), "COLUMNS": "150"}

    def demo(*options: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "hub", "demo", "--no-serve", *options],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    first, again, anew = demo(), demo(), demo("--reset")

    for told in (first, again, anew):
        counted = re.findall(r"(\d+) entries, (\d+) with content not shown\.", told)
        assert len(counted) == 3
        assert len({withheld for _, withheld in counted}) > 1
        assert all(who in told for who in ("morag", "callum", "fiona"))
        line = " ".join(told.split())
        assert not [part for part in GOES_ON if part not in line]
        withheld = re.search(r"(\d+) withheld\.", line.partition("it being withdrawn:")[2])
        assert withheld is not None
        assert withheld[1] == counted[0][0]
        hashes = re.findall(r"hash ([0-9a-f]{12})…, as it was frozen", line)
        assert len(hashes) == len(set(hashes)) == 3
        replayed = re.search(r"(\d+) of (\d+) recorded readings", line)
        assert replayed is not None
        assert replayed[1] == replayed[2]
    assert "Dr Sana Anwar shares one entry" in first
    assert "Dr Sana Anwar shares one entry" in anew
    assert "Already decided when this story was told before" in again
    assert re.findall(r"hash ([0-9a-f]{12})…", first) == re.findall(r"hash ([0-9a-f]{12})…", again)
    assert "accepted" in first
    assert "accepted" in anew
    assert "accepted" not in again
    assert "duplicate" in again
