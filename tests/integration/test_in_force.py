"""Whom a reader may know of, and facts that are in force for the next decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from consent.decision import Shown, Withheld
from hub import demo
from hub.api.shapes import disclosure_to_json
from hub.errors import NothingToShow
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from tests.builders import stage, works_with
from tests.fix_hub import TestHub
from tests.stories import (
    CONSENT,
    NUMBER,
    ORDINARY,
    PLAN,
    PROTECTION,
    consent,
    entry_on,
    everyone,
    kinds,
    positions_of,
    read,
    recorded,
    settled,
    take,
    told,
)


@pytest.mark.parametrize("who", ["shona", "rab"])
@pytest.mark.parametrize("asked", [PLAN, PROTECTION, {"purpose": "direct-care", "basis": "public-task"}])
def test_who_has_no_business_with_a_child_gets_what_they_get_for_no_child(
    hub: TestHub, who: str, asked: dict[str, str]
) -> None:
    child = settled(hub)

    answers = []
    for somebody_ in (child, uuid4()):
        with pytest.raises(NothingToShow) as caught:
            read(hub, who, somebody_, **asked)
        answers.append((str(caught.value), caught.value.next_step))

    assert answers[0] == answers[1]
    known, unknown = recorded(hub)[-2:]
    assert (known.reader, known.child, known.outcome) == (who, child, "nothing-to-show")
    # The log itself keeps what the decision rested on; it is read by those who answer for it alone.
    assert replace(known, originator_id=unknown.originator_id, child=unknown.child, facts=unknown.facts) == unknown
    assert sum(decision.entries for decision in known.decisions) == 0


@pytest.mark.parametrize("who", ["morag", "callum", "fiona", "dr-anwar", "catriona"])
def test_everybody_who_works_with_a_child_finds_the_child(hub: TestHub, who: str) -> None:
    child = settled(hub)
    gate, reader = hub.house.hub.disclosure, hub.person(who)

    listed = gate.children(reader)
    found = gate.find(reader, system="nhs-number", value=" 999 000 0018 ")

    assert [one.child for one in listed] == [one.child for one in found] == [child]
    assert found[0].relation == ("allocated" if who == "fiona" else "involved")
    assert [(one.action, one.child, one.outcome) for one in recorded(hub)] == [
        ("caseload", child, "shown"),
        ("search", child, "shown"),
    ]


@pytest.mark.parametrize("who", ["shona", "rab", "eilidh"])
def test_a_search_finds_only_children_one_works_with_and_is_recorded(hub: TestHub, who: str) -> None:
    settled(hub)
    gate, reader = hub.house.hub.disclosure, hub.person(who)

    assert gate.find(reader, system="nhs-number", value=NUMBER) == ()
    assert gate.find(reader, system="nhs-number", value="9990009999") == ()
    assert gate.children(reader) == ()

    known, unknown, caseload = recorded(hub)
    assert replace(known, originator_id=unknown.originator_id) == unknown
    assert [(one.action, one.outcome, one.child) for one in (known, caseload)] == [
        ("search", "nothing-to-show", None),
        ("caseload", "nothing-to-show", None),
    ]


def test_a_lapsed_agreement_closes_the_list_the_search_and_the_story_alike(hub: TestHub) -> None:
    take(hub, [*everyone(), told("school", "club", facts=(works_with("school", "TS-BRAMBLE"),))])
    child = hub.only_child()
    gate, rab = hub.house.hub.disclosure, hub.person("rab")

    assert gate.children(rab) == ()
    with pytest.raises(NothingToShow):
        read(hub, "rab", child)
    assert recorded(hub)[-1].outcome == "nothing-to-show"


def test_an_ended_involvement_is_in_force_for_the_next_decision(hub: TestHub) -> None:
    child = settled(hub, until="2026-11-01")
    assert read(hub, "morag", child).entries

    hub.clock.at += timedelta(days=1)

    with pytest.raises(NothingToShow):
        read(hub, "morag", child)
    assert hub.house.hub.disclosure.children(hub.person("morag")) == ()


def test_a_record_that_ends_an_involvement_is_in_force_without_waiting_for_any_read_model(hub: TestHub) -> None:
    child = settled(hub)
    gone = told(
        "hv", "began", version="2", order="2026-10-01T09:00:00Z", facts=(works_with("health-visiting-team", "Z9HV2"),)
    )

    hub.house.hub.intake.receive([gone])

    with pytest.raises(NothingToShow):
        read(hub, "morag", child)
    assert read(hub, "shona", child).entries


def test_an_ended_plan_is_in_force_for_the_next_decision(hub: TestHub) -> None:
    child = settled(hub)
    ended = told(
        "sw",
        "planned",
        version="2",
        order="2026-10-01T09:00:00Z",
        code="sw.plan.agreed",
        facts=(works_with("allocated-social-worker", "la-990", "SW-0417"), stage("plan", until="2026-10-31")),
    )
    assert entry_on(read(hub, "callum", child), ORDINARY) is not None

    hub.house.hub.intake.receive([ended])

    assert entry_on(read(hub, "callum", child), ORDINARY) is None
    assert {rule for _, rule in kinds(read(hub, "callum", child))} == {"own-record"}


def test_a_retracted_plan_opened_nothing_from_the_next_decision_on(hub: TestHub) -> None:
    child = settled(hub)

    hub.house.hub.intake.receive([told("sw", "planned", version="2", order="2026-10-01T09:00:00Z", action="retract")])

    assert entry_on(read(hub, "callum", child), ORDINARY) is None


def test_consent_opens_and_its_withdrawal_closes_at_the_next_decision(hub: TestHub) -> None:
    child = settled(hub, plan=False)

    def rule() -> str | None:
        entry = entry_on(read(hub, "callum", child, **CONSENT), ORDINARY)
        return entry.rule if entry else None

    assert rule() == "consent-not-recorded"
    consent(hub, ConsentGiven, child)
    given = entry_on(read(hub, "callum", child, **CONSENT), ORDINARY)
    assert isinstance(given, Shown)
    consent(hub, ConsentWithdrawn, child)

    assert rule() == "consent-withdrawn"
    last = recorded(hub)[-1]
    assert ("consent:health", "withdrawn", positions_of(hub)["ConsentWithdrawn", ""]) in last.facts


def test_consent_runs_out_on_its_last_day(hub: TestHub) -> None:
    child = settled(hub, plan=False)
    consent(hub, ConsentGiven, child, until="2026-11-01")
    assert isinstance(entry_on(read(hub, "callum", child, **CONSENT), ORDINARY), Shown)

    hub.clock.at += timedelta(days=1)

    entry = entry_on(read(hub, "callum", child, **CONSENT), ORDINARY)
    assert isinstance(entry, Withheld)
    assert entry.rule == "consent-expired"


@pytest.mark.parametrize("who", ["callum", "catriona"])
def test_withdrawn_consent_changes_no_reading_on_another_basis(hub: TestHub, who: str) -> None:
    child = settled(hub)
    before = disclosure_to_json(read(hub, who, child))

    consent(hub, ConsentGiven, child)
    consent(hub, ConsentWithdrawn, child)

    assert disclosure_to_json(read(hub, who, child)) == before


def test_consent_given_to_one_agency_opens_nothing_to_another(hub: TestHub) -> None:
    child = settled(hub, plan=False)

    consent(hub, ConsentGiven, child)

    entry = entry_on(read(hub, "morag", child, **CONSENT), ORDINARY)
    assert entry is not None
    assert entry.rule == "consent-not-recorded"


def test_an_agreement_ends_with_its_last_day(hub: TestHub, tmp_path: Path) -> None:
    file = Path(demo.__file__).parent / "directory.toml"
    head, code, tail = file.read_text().partition('code = "SCH-ROWANBANK"')
    text = head + code + tail.replace("since = 2019-01-01 }]", "since = 2019-01-01, until = 2026-11-01 }]", 1)
    (tmp_path / "directory.toml").write_text(text)
    hub.house.settings = replace(hub.house.settings, directory=tmp_path / "directory.toml")
    assert hub.house.apply_directory() == 1
    child = settled(hub)
    gate = hub.house.hub.disclosure
    assert read(hub, "callum", child).entries

    hub.clock.at += timedelta(days=1)

    with pytest.raises(NothingToShow):
        read(hub, "callum", child)
    assert gate.children(hub.person("callum")) == ()


def test_protection_opens_to_social_work_without_consent_and_without_an_involvement(hub: TestHub) -> None:
    take(hub, [*everyone(), told("sw", "enquiry", code="sw.investigation.started", facts=(stage("concern"),))])
    child = hub.only_child()
    duty = replace(hub.person("fiona"), id="duty", worker="SW-9999")

    found = hub.house.hub.disclosure.chronology(duty, child, purpose="child-protection", basis="public-task")

    assert ("Shown", "protection-duty") in kinds(found) or ("Shown", "guard-other-agency-stays") in kinds(found)
