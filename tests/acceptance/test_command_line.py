"""The command line from end to end: the family's files in, her story out, and an exit code that can be relied on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from hub.demo import story
from projections import rebuild
from tests.prompt import Prompt, Ran, a_prompt

SAMPLES = Path(__file__).resolve().parents[2] / "adapters" / "samples"
OUTCOMES = ("accepted", "duplicate", "revised", "retracted", "conflict", "quarantined")
FILES = {source: sorted((SAMPLES / source).iterdir()) for source in ("nems", "gp-connect", "csc-api", "school-census")}

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Family:
    """A prompt at which the demo's family was taken in, what each source's run said, and Isla's id."""

    prompt: Prompt
    runs: dict[str, Ran]
    isla: str

    def chronology(self, who: str, *words: str) -> Any:  # noqa: ANN401 - a document
        ran = self.prompt.hub("chronology", self.isla, "--as", who, "--json", *words)
        assert ran.code == 0, ran.err
        return ran.json


@pytest.fixture(scope="module")
def prompt() -> Iterator[Prompt]:
    with a_prompt() as made:
        yield made


@pytest.fixture(scope="module")
def family(prompt: Prompt) -> Family:
    runs = {source: prompt.hub("ingest", source, *files, "--json") for source, files in FILES.items()}
    system, value = story.ISLA
    found = prompt.hub("child", "find", "--system", system, "--value", value, "--as", "morag", "--json").json
    return Family(prompt, runs, found["children"][0]["id"])


def damaged(folder: Path) -> Path:
    """A GP file that is cut in two."""
    file = folder / "cut.json"
    whole = FILES["gp-connect"][0].read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    return file


# In


def test_the_people_of_the_directory_are_listed_with_the_ids_that_go_with_as(prompt: Prompt) -> None:
    ran = prompt.hub("people", "--json")

    assert ran.code == 0
    assert {one["id"] for one in ran.json} >= {"morag", "callum", "fiona", "dr-anwar", "eilidh"}
    assert set(ran.json[0]) == {"id", "name", "role", "agency", "organisation"}
    assert "Morag Sinclair" in prompt.hub("people").out


def test_the_sources_are_listed(prompt: Prompt) -> None:
    listed = prompt.hub("sources", "--json").json

    assert set(FILES) < set(listed)
    table = prompt.hub("sources").out
    assert all(name in table for name in listed)
    assert "not tested against a real extract" in table


@pytest.mark.parametrize("source", FILES)
def test_the_six_counts_of_a_source_add_up_to_its_records(family: Family, source: str) -> None:
    ran = family.runs[source]

    assert ran.code == 0, ran.err
    said = ran.json
    assert said["source"] == source
    assert said["records"] > 0
    assert sum(said[outcome] for outcome in OUTCOMES) == said["records"]
    assert (said["conflict"], said["quarantined"]) == (0, 0)


def test_the_same_files_again_change_nothing(family: Family) -> None:
    before = family.chronology("fiona")

    for source, files in FILES.items():
        again = family.prompt.hub("ingest", source, *files, "--json")
        assert again.code == 0
        assert again.json["duplicate"] == again.json["records"] == family.runs[source].json["records"]

    assert family.chronology("fiona") == before


def test_good_records_go_in_around_a_bad_file_and_the_exit_code_says_so(family: Family, tmp_path: Path) -> None:
    ran = family.prompt.hub("ingest", "gp-connect", damaged(tmp_path), FILES["gp-connect"][0], "--json")

    assert ran.code == 3
    assert ran.json["quarantined"] == 1
    assert ran.json["duplicate"] == ran.json["records"] - 1
    assert sum(ran.json["reasons"].values()) >= 1
    waiting = family.prompt.hub("quarantine", "list", "--json").json
    assert {one["source"] for one in waiting} == {"gp-connect"}
    assert all(one["reason"] and one["next_step"] for one in waiting)
    again = family.prompt.hub("ingest", "gp-connect", damaged(tmp_path), "--json")
    assert (again.code, again.json["duplicate"]) == (0, 1)


def test_a_file_that_cannot_be_read_is_an_error_and_the_others_go_in(family: Family, tmp_path: Path) -> None:
    missing = tmp_path / "Isla-Lennox.json"

    ran = family.prompt.hub("ingest", "gp-connect", missing, FILES["gp-connect"][0], "--json")

    assert ran.code == 1
    assert "Next:" in ran.err
    assert "Isla" not in ran.err + ran.out
    assert ran.json["duplicate"] == ran.json["records"] > 0


# Out


def test_three_people_see_the_one_child_differently_and_are_told_why(family: Family) -> None:
    seen = {who: family.chronology(who)["entries"] for who in ("morag", "callum", "fiona")}

    levels = {who: {entry["level"] for entry in entries} for who, entries in seen.items()}
    assert "withheld" in levels["callum"]
    assert "withheld" not in levels["fiona"]
    assert len({json.dumps(entries) for entries in seen.values()}) == 3
    for entry in (one for entries in seen.values() for one in entries):
        assert entry["rule"]
        assert entry["reason"]
        assert entry["level"] in ("shown", "exportable") or entry["ask"]


def test_a_table_says_beneath_it_why_something_is_held_back(family: Family) -> None:
    ran = family.prompt.hub("chronology", family.isla, "--as", "callum")

    assert ran.code == 0
    assert "Not shown to you" in ran.out
    assert "plan-teacher-concern" in ran.out
    assert "Recorded as reading" in ran.err


def test_a_day_shows_what_was_known_when_it_was_over(family: Family) -> None:
    long_ago = family.chronology("morag", "--known-at", "2020-01-01")
    now = family.chronology("morag", "--known-at", datetime.now(UTC).isoformat())

    assert long_ago["entries"] == []
    assert long_ago["known_at"] == "2020-01-01T23:59:59.999999Z"
    assert now["entries"] == family.chronology("morag")["entries"] != []


def test_a_day_that_is_not_over_has_no_answer_that_would_stay_the_same(family: Family) -> None:
    ran = family.prompt.hub("chronology", family.isla, "--as", "morag", "--known-at", "2999-12-31")

    assert ran.code == 1
    assert "Ask for a moment that has passed" in ran.err


def test_an_entry_is_explained_with_its_rule_and_facts(family: Family) -> None:
    entry = next(one for one in family.chronology("callum")["entries"] if one["level"] == "withheld")

    ran = family.prompt.hub("explain", family.isla, entry["id"], "--as", "callum", "--json")

    assert ran.code == 0
    said = ran.json
    assert (said["level"], said["rule"], said["reason"]) == ("withheld", entry["rule"], entry["reason"])
    assert {fact["name"] for fact in said["facts"]} == {"registration", "relation", "agreement", "ground", "plan"}
    table = family.prompt.hub("explain", family.isla, entry["id"], "--as", "callum")
    assert entry["rule"] in table.out


@pytest.mark.parametrize("who", ["morag", "callum", "fiona"])
def test_everybody_who_works_with_her_finds_her_in_their_list(family: Family, who: str) -> None:
    listed = family.prompt.hub("child", "list", "--as", who, "--json").json["children"]

    assert family.isla in {child["id"] for child in listed}
    assert family.isla in family.prompt.hub("child", "list", "--as", who).out


def test_who_has_no_business_with_her_gets_the_same_answer_as_for_no_child(family: Family) -> None:
    system, value = story.ISLA
    known = family.prompt.hub("chronology", family.isla, "--as", "shona")
    unknown = family.prompt.hub("chronology", str(uuid4()), "--as", "shona")

    assert known == unknown
    assert known.code == 1
    assert "Next:" in known.err
    found = family.prompt.hub("child", "find", "--system", system, "--value", value, "--as", "shona", "--json")
    assert (found.code, found.json) == (0, {"children": []})


# The account of it


def test_the_log_tells_a_governance_lead_who_looked_and_that_others_were_refused(family: Family) -> None:
    family.prompt.hub("chronology", family.isla, "--as", "callum")
    refused = family.prompt.hub("audit", "tail", "--as", "callum")

    ran = family.prompt.hub("audit", "tail", "--as", "eilidh", "--limit", "2", "--json")

    assert refused.code == 1
    assert "Next:" in refused.err
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [(one["reader"], one["action"], one["outcome"]) for one in lines] == [
        ("callum", "chronology", "shown"),
        ("callum", "access-log", "refused"),
    ]
    assert lines[0]["child"] == family.isla
    assert "plan-teacher-concern" in lines[0]["rules"]


def test_read_models_say_how_far_they_are_and_are_made_anew_alike(family: Family) -> None:
    before = [family.chronology(who) for who in ("morag", "callum", "fiona")]
    status = family.prompt.hub("project", "status", "--json")
    assert [one["name"] for one in status.json] == sorted(one.name for one in rebuild.FOLLOWED)
    assert all(one["parked"] == 0 for one in status.json)

    ran = family.prompt.hub("project", "rebuild")

    assert ran.code == 0
    assert [line.split(":")[0] for line in ran.out.splitlines()] == [group.name for group in rebuild.GROUPS]
    assert [family.chronology(who) for who in ("morag", "callum", "fiona")] == before


# Wrong use


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["no-such-command"], 2),
        (["ingest"], 2),
        (["chronology"], 2),
        (["chronology", "not-an-id", "--as", "morag"], 2),
        (["chronology", str(uuid4())], 2),
        (["ingest", "no-such-source", "file"], 1),
        (["people", "--nonsense"], 2),
        (["chronology", str(uuid4()), "--as", "nobody"], 1),
        (["chronology", str(uuid4()), "--as", "morag", "--purpose", "curiosity"], 1),
        (["chronology", str(uuid4()), "--as", "morag", "--known-at", "yesterday"], 1),
        (["chronology", str(uuid4()), "--as", "morag", "--format", "crayon"], 1),
        (["project", "rebuild", "no-such-model"], 1),
        (["--help"], 0),
    ],
)
def test_wrong_use_has_its_exit_code_and_says_what_to_do(prompt: Prompt, words: list[str], code: int) -> None:
    ran = prompt.hub(*words)

    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    if code == 1:
        assert ran.err.startswith("Error: ")
        assert "Next: " in ran.err


@pytest.mark.parametrize("words", [["chronology", str(uuid4())], ["child", "list"], ["audit", "tail"]])
def test_where_the_demo_is_off_nobody_acts_without_a_token(prompt: Prompt, words: list[str]) -> None:
    for token in ("", "not.a.token"):
        ran = prompt.hub(*words, "--as", "morag", HUB_DEMO="", HUB_TOKEN=token)

        assert ran.code in (1, 2)
        assert ran.out == ""
        assert "Next: " in ran.err


def test_a_half_configured_hub_does_not_start_and_names_all_that_is_missing(prompt: Prompt) -> None:
    ran = prompt.hub(
        "people", HUB_DEMO="", HUB_DATABASE_URL="postgresql://nowhere", HUB_OIDC_ISSUER="https://issuer.test"
    )

    assert ran.code == 2
    for name in ("HUB_KEYS_URL", "HUB_OIDC_AUDIENCE", "HUB_OIDC_JWKS"):
        assert name in ran.err


def test_no_output_but_a_chronology_names_the_child_or_a_file(family: Family) -> None:
    ran = [
        *family.runs.values(),
        family.prompt.hub("quarantine", "list"),
        family.prompt.hub("audit", "tail", "--as", "eilidh", "--json"),
        family.prompt.hub("project", "status"),
    ]

    text = "".join(one.out + one.err for one in ran)
    for word in ("Isla", "Lennox", story.ISLA[1], "lennox.json", "isla-birth"):
        assert word not in text
