"""Governance holds: against who may not practise, who would govern for others, and who floods it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.governing import MAY_NOT, NOT_OF_THE_PARTNERSHIP
from consent.statements import DutySaid, TieSaid
from consent.ties import A_DAY
from hub.errors import NothingToShow, NotPermitted, TooMany
from hub.people import Agency, Practitioner
from tests.asking import ASK, CHARITY, PRACTICE, SCHOOL, every_step, lead
from tests.drafts import draft, leads, proposed, reworded
from tests.emergencies import opened, suspended
from tests.fix_hub import TestHub
from tests.stating import tie
from tests.stories import read, recorded, settled

Door = Callable[[TestHub, Practitioner, UUID, Path], Any]

DOORS: dict[str, Door] = {
    "access-log": lambda hub, lead, _child, _folder: hub.house.hub.governance.readings(lead),
    "decision": lambda hub, lead, _child, _folder: hub.house.hub.governance.decision(lead, uuid4()),
    "replay": lambda hub, lead, _child, _folder: hub.house.hub.governance.replay(lead),
    "what-if": lambda hub, lead, _child, _folder: hub.house.hub.governance.what_if(lead, hub.house.policy),
    "attention": lambda hub, lead, _child, _folder: hub.house.hub.governance.attention(lead),
    "attention-noted": lambda hub, lead, _child, _folder: hub.house.hub.governance.take_note(lead, uuid4()),
    "capacity-due": lambda hub, lead, _child, _folder: hub.house.hub.governance.capacity_due(lead),
    "who-sees": lambda hub, lead, child, _folder: hub.house.hub.who_sees.ask(lead, child, uuid4(), reason="breach"),
    "sharing-unanswered": lambda hub, lead, _child, _folder: hub.house.hub.sharing.unanswered(lead),
    "sharing-not-shared": lambda hub, lead, _child, _folder: hub.house.hub.sharing.not_shared(lead),
    "emergency-review": lambda hub, lead, _child, _folder: hub.house.hub.emergency.waiting(lead),
    "policy-proposal": lambda hub, lead, _child, folder: hub.house.hub.policies.propose(lead, folder, "Plainer."),
    "policy-activation": lambda hub, lead, _child, _folder: hub.house.hub.policies.activate(lead, "0" * 8, "Read."),
    "policy-difference": lambda hub, lead, _child, folder: hub.house.hub.policies.difference(folder, lead),
    "tie": lambda hub, lead, child, _folder: hub.house.hub.casework.record_tie(lead, child, TieSaid("callum")),
}
"""Every door of governance, by the word under which what is refused at it is recorded."""


def of(hub: TestHub, organisation: str, agency: Agency = Agency.THIRD_SECTOR) -> Practitioner:
    """A governance lead of one organisation alone."""
    return replace(hub.person("eilidh"), id="own-lead", agency=agency, organisation=organisation)


@pytest.mark.parametrize("action", DOORS)
def test_a_lead_who_may_not_practise_governs_at_no_door(hub: TestHub, tmp_path: Path, action: str) -> None:
    child = settled(hub)
    folder = draft(tmp_path / "draft")
    suspended(hub, "eilidh")

    with pytest.raises(NotPermitted) as caught:
        DOORS[action](hub, hub.person("eilidh"), child, folder)

    assert caught.value.message == MAY_NOT
    assert [(one.action, one.reader, one.outcome) for one in recorded(hub)] == [(action, "eilidh", "refused")]


# For whom


def test_the_policy_of_all_is_proposed_by_no_lead_of_one_organisation(hub: TestHub, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted) as caught:
        hub.house.hub.policies.propose(of(hub, CHARITY), reworded(tmp_path / "one", "(one)"), "Ours.")

    assert caught.value.message in {MAY_NOT, NOT_OF_THE_PARTNERSHIP}
    assert hub.house.hub.policies.listed()[0] == []


@pytest.mark.parametrize(
    "fields", [{"organisation": CHARITY, "agency": Agency.THIRD_SECTOR}, {"id": "RUARIDH"}, {"id": "new"}]
)
def test_it_is_put_in_force_by_a_lead_of_the_partnership_whom_the_directory_knows(
    hub: TestHub, tmp_path: Path, fields: dict[str, Any]
) -> None:
    fingerprint = proposed(hub, reworded(tmp_path / "one", "(one)"))

    with pytest.raises(NotPermitted):
        hub.house.hub.policies.activate(replace(leads(hub)[1], **fields), fingerprint, "Read.")

    assert hub.house.policy.fingerprint != fingerprint


def test_the_ledger_of_sharing_shows_a_lead_their_own_organisations_matters_alone(hub: TestHub) -> None:
    child = settled(hub)
    every_step(hub, child)
    sharing, everybody = hub.house.hub.sharing, hub.person("eilidh")
    refused = sharing.not_shared(everybody)
    assert {one.decider for one in refused} == {PRACTICE}

    assert sharing.not_shared(of(hub, CHARITY)) == ()
    assert sharing.not_shared(of(hub, SCHOOL, Agency.EDUCATION)) == ()
    assert sharing.not_shared(of(hub, PRACTICE, Agency.GP)) == refused


def test_requests_without_an_answer_are_shown_to_the_leads_of_both_sides(hub: TestHub) -> None:
    child = settled(hub)
    sharing = hub.house.hub.sharing
    sharing.request(hub.person("callum"), child, ASK)

    (waiting,) = sharing.unanswered(hub.person("eilidh"))

    assert sharing.unanswered(of(hub, SCHOOL, Agency.EDUCATION)) == (waiting,)
    assert sharing.unanswered(of(hub, PRACTICE, Agency.GP)) == (waiting,)
    assert sharing.unanswered(of(hub, CHARITY)) == ()


def test_a_lead_of_one_organisation_states_ties_of_its_own_people_alone(hub: TestHub) -> None:
    child = settled(hub)
    lead = of(hub, SCHOOL, Agency.EDUCATION)

    with pytest.raises(NotPermitted):
        hub.house.hub.casework.record_tie(lead, child, TieSaid("dr-anwar"))
    last = recorded(hub)[-1]
    assert (last.action, last.reader, last.outcome) == ("tie", "own-lead", "refused")
    assert read(hub, "dr-anwar", child).entries

    hub.house.hub.casework.record_tie(lead, child, TieSaid("callum"))
    assert recorded(hub)[-1].outcome == "recorded"


# Ties of others


@pytest.mark.parametrize("team", ["", "T-1002"])
def test_whoever_leads_for_a_child_states_no_tie_of_another_who_leads(hub: TestHub, team: str) -> None:
    child = settled(hub)
    casework = hub.house.hub.casework
    casework.record_duty(hub.person("fiona"), child, DutySaid("lead-professional", SCHOOL, worker=team))

    for who, other in (("catriona", "fiona"), ("fiona", "catriona")):
        with pytest.raises(NotPermitted):
            casework.record_tie(hub.person(who), child, TieSaid(other))
        assert recorded(hub)[-1].outcome == "refused"
        assert read(hub, other, child).entries

    casework.record_tie(hub.person("ruaridh"), child, TieSaid("fiona"))
    with pytest.raises(NotPermitted):
        casework.record_tie(hub.person("catriona"), child, TieSaid("fiona", since="2020-01-01", until="2020-01-02"))
    with pytest.raises(NothingToShow):
        read(hub, "fiona", child)


def test_every_tie_is_told_to_governance_with_whom_it_is_about_and_governance_can_end_it(hub: TestHub) -> None:
    child = settled(hub)
    governance, casework, lead = hub.house.hub.governance, hub.house.hub.casework, hub.person("eilidh")
    casework.record_tie(hub.person("fiona"), child, TieSaid("callum", reason="canary-reason"))
    casework.record_tie(hub.person("morag"), child, TieSaid("morag"))
    hub.house.catch_up()

    told = [one for one in governance.attention(lead) if one.why == "tie"]
    about = [governance.decision(lead, one.reading).facts[0] for one in told]

    assert [one.reader for one in told] == ["morag", "fiona"]
    assert [(one.name, one.value) for one in about] == [("person", "morag"), ("person", "callum")]
    assert "canary" not in repr(told) + repr(about)
    governance.take_note(lead, told[0].reading)
    casework.record_tie(lead, child, TieSaid("callum", since="2026-01-01", until="2026-10-31"))
    assert read(hub, "callum", child).entries


def test_nobody_states_more_ties_in_a_day_than_a_person_can_have(hub: TestHub) -> None:
    casework, rab = hub.house.hub.casework, hub.person("rab")
    for _ in range(A_DAY):
        casework.record_tie(rab, uuid4(), TieSaid("rab"))

    said = []
    for child in (settled(hub), uuid4()):
        with pytest.raises(TooMany) as caught:
            casework.record_tie(rab, child, TieSaid("rab"))
        said.append((caught.value.message, caught.value.next_step))

    assert said[0] == said[1]
    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from read.ties").fetchone() == (A_DAY,)
    hub.house.catch_up()
    told = [one for one in hub.house.hub.governance.attention(hub.person("eilidh")) if one.child is None]
    assert [(one.why, one.reader, one.times) for one in told] == [("tie", "rab", 2)]
    casework.record_tie(hub.person("callum"), uuid4(), TieSaid("callum"))


# Emergencies of a child of one's own


@pytest.mark.parametrize("tie_of", ["fiona", "eilidh"])
def test_nobody_is_told_of_an_emergency_of_a_child_to_whom_they_have_a_tie(hub: TestHub, tie_of: str) -> None:
    child = settled(hub)
    room, person = hub.house.hub.emergency, hub.person(tie_of)
    lead(hub, child)
    emergency = opened(hub, "morag", child).id
    assert [one.id for one in room.told(person)] == [emergency]
    tie(hub, child, "family", tie_of)

    assert room.told(person) == ()
    with pytest.raises(NothingToShow):
        room.acknowledge(person, emergency)
    assert [one.child for one in recorded(hub)[-2:] if one.reader == tie_of] == [child, None]


def test_a_lead_neither_sees_nor_reviews_the_emergency_of_a_child_of_their_own(hub: TestHub) -> None:
    child = settled(hub)
    room, lead_ = hub.house.hub.emergency, hub.person("eilidh")
    emergency = opened(hub, "morag", child).id
    tie(hub, child, "family", "eilidh")

    assert room.waiting(lead_) == ()
    with pytest.raises(NothingToShow):
        room.review(lead_, emergency, "not-justified", "It was no emergency.")
    assert [one.emergency.id for one in room.waiting(hub.person("ruaridh"))] == [emergency]


def test_an_emergency_of_ones_own_child_is_shown_to_them_no_longer_and_owes_no_reason(hub: TestHub) -> None:
    child = settled(hub)
    room, morag = hub.house.hub.emergency, hub.person("morag")
    opened(hub, "morag", child, reason="")
    tie(hub, child, "family", "morag")

    assert room.mine(morag) == ()

    hub.clock.at += timedelta(days=2)
    with pytest.raises(NothingToShow):
        opened(hub, "morag", child)
