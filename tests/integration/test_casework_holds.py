"""What people who work with a child put on record holds against whoever would use it to open or close a record."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from consent.casework import Casework
from consent.statements import CapacitySaid, ConsentSaid, DutySaid, SafeAddressSaid, TieSaid
from hub.errors import BadInput, NothingToShow, NotPermitted
from tests.asking import ASK, PRACTICE, chosen, entry, room, service
from tests.emergencies import opened
from tests.fix_hub import TestHub
from tests.stating import duty, safe_address
from tests.stories import CONSENT, everyone, graded, kinds, read, recorded, settled, take


def casework(hub: TestHub) -> Casework:
    return hub.house.hub.casework


def gives(hub: TestHub, child: UUID, who: str, what: str = "give", **fields: str) -> tuple[str, ...]:
    said = {"recipient": "education", "category": "health"} | fields
    return casework(hub).record_consent(hub.person(who), child, ConsentSaid(what, **said))


# Whose agreement has ended


def test_whose_agreement_has_ended_reads_and_records_nothing_of_a_child_they_work_with(hub: TestHub) -> None:
    child, rab, rooms = settled(hub), hub.person("rab"), casework(hub)
    service(hub, child)

    for tried in (
        lambda: rooms.on_record(rab, child),
        lambda: gives(hub, child, "rab"),
        lambda: rooms.record_capacity(rab, child, CapacitySaid("assessed-capable", "Clear.")),
        lambda: rooms.record_duty(rab, child, DutySaid("works-with", "TS-BRAMBLE")),
        lambda: rooms.record_safe_address(rab, child, SafeAddressSaid(kept=True, reason="Moved.")),
        lambda: rooms.record_tie(rab, child, TieSaid("callum")),
    ):
        with pytest.raises(NothingToShow):
            tried()

    assert {one.outcome for one in recorded(hub)} == {"nothing-to-show"}


def test_a_lead_whose_agreement_has_ended_shares_nothing_and_is_told_of_no_emergency(hub: TestHub) -> None:
    child, rab = settled(hub), hub.person("rab")
    duty(hub, child, "lead-professional", rab)
    opened(hub, "morag", child)

    for tried in (lambda: room(hub).of_child(rab, child), lambda: room(hub).request(rab, child, ASK)):
        with pytest.raises(NothingToShow):
            tried()
    assert hub.house.hub.emergency.told(rab) == ()


# Consent that is dated back


@pytest.mark.parametrize(
    ("given_by", "since", "counts"),
    [
        ("parent", "2019-05-01", False),
        ("parent", "", False),
        ("child", "2019-05-01", False),
        ("child", "2024-01-01", True),
        ("child", "", True),
    ],
)
def test_consent_dated_back_counts_only_from_whoever_could_give_it_when_it_was_recorded_too(
    hub: TestHub,
    given_by: str,
    since: str,
    counts: bool,  # noqa: FBT001 - a row of the table above
) -> None:
    fifteen = [replace(one, person=replace(one.person, birth_dates=("2011-04-02",))) for one in everyone(plan=False)]
    take(hub, fifteen)
    child = hub.only_child()

    notes = gives(hub, child, "morag", given_by=given_by, since=since)

    assert (("Shown", "consent-given") in kinds(read(hub, "callum", child, **CONSENT))) is counts
    assert [one.state for one in casework(hub).on_record(hub.person("fiona"), child).consents] == [
        "given" if counts else "without-capacity"
    ]
    assert any("does not count now" in note for note in notes) is not counts


# Consent that the recipient records itself


@pytest.mark.parametrize("no", ["refuse", "withdraw"])
def test_after_a_no_the_recipient_records_consent_with_evidence_alone_and_others_are_told(
    hub: TestHub, no: str
) -> None:
    child = settled(hub, plan=False)
    gives(hub, child, "morag", no)

    for lacking in ({}, {"how": "spoken"}, {"evidence": "In the file."}, {"how": "form", "evidence": "\u200b"}):
        with pytest.raises(BadInput, match="refused or withdrawn before"):
            gives(hub, child, "callum", **lacking)
    assert ("Shown", "consent-given") not in kinds(read(hub, "callum", child, **CONSENT))

    gives(hub, child, "callum", how="form", evidence="Form in the pupil's file.")
    line = recorded(hub)[-1] if recorded(hub)[-1].action == "consent" else recorded(hub)[-2]
    assert (line.action, line.outcome, line.child, line.reader) == ("consent", "recorded", child, "callum")
    assert set(line.obligations) == {"notify-governance", "notify-lead-professional"}


def test_another_agency_records_consent_after_a_no_as_before(hub: TestHub) -> None:
    child = settled(hub, plan=False)
    gives(hub, child, "morag", "refuse")

    gives(hub, child, "fiona")

    assert ("Shown", "consent-given") in kinds(read(hub, "callum", child, **CONSENT))


# A lead whom only their own organisation named

SCHOOL_LEADS = DutySaid("lead-professional", "SCH-ROWANBANK")
LIFTED = SafeAddressSaid(kept=False, reason="It is no secret now.")


def unallocated(hub: TestHub) -> UUID:
    """Isla, with whom the council works by no record: nobody leads."""
    take(hub, [one for one in [*everyone(plan=False), *graded()] if not one.record_id.startswith("sw-")])
    return hub.only_child()


def test_a_lead_whom_only_their_own_organisation_named_does_not_act_as_one(hub: TestHub) -> None:
    child, callum, rooms = unallocated(hub), hub.person("callum"), casework(hub)
    safe_address(hub, child)
    concern = entry(hub, child)
    rooms.record_duty(callum, child, SCHOOL_LEADS)

    for tried in (
        lambda: rooms.record_safe_address(callum, child, LIFTED),
        lambda: rooms.record_tie(callum, child, TieSaid("dr-anwar")),
        lambda: rooms.record_duty(callum, child, DutySaid("works-with", "PS-ROWAN")),
        lambda: room(hub).decide(callum, child, chosen(concern, recipient="la-990")),
    ):
        with pytest.raises(NotPermitted):
            tried()

    duty(hub, child, "lead-professional", callum, team=True, by="morag")
    rooms.record_safe_address(callum, child, LIFTED)


def test_naming_the_lead_again_takes_nothing_from_what_another_agency_said_and_a_new_beginning_does(
    hub: TestHub,
) -> None:
    child, callum, rooms = unallocated(hub), hub.person("callum"), casework(hub)
    safe_address(hub, child)
    duty(hub, child, "lead-professional", callum, team=True, since="2024-01-01", by="morag")
    duty(hub, child, "lead-professional", callum, team=True, since="2025-01-01", by="catriona")
    rooms.record_safe_address(callum, child, LIFTED)
    safe_address(hub, child)
    duty(hub, child, "lead-professional", callum, team=True, since="2025-01-01", until="2026-10-01", by="catriona")
    duty(hub, child, "lead-professional", callum, team=True, since="2026-10-20", by="catriona")

    with pytest.raises(NotPermitted):
        rooms.record_safe_address(callum, child, LIFTED)


def test_one_lead_does_not_end_anothers_duty_and_their_own_organisation_does(hub: TestHub) -> None:
    child, rooms = settled(hub), casework(hub)
    duty(hub, child, "lead-professional", hub.person("catriona"), since="2024-01-01")
    duty(hub, child, "lead-professional", hub.person("dr-anwar"), since="2024-01-01")
    ended = DutySaid("lead-professional", PRACTICE, worker=hub.person("dr-anwar").worker, until="2026-10-30")

    with pytest.raises(NotPermitted):
        rooms.record_duty(hub.person("catriona"), child, ended)
    assert room(hub).leads(hub.person("dr-anwar"), child)

    rooms.record_duty(hub.person("dr-anwar"), child, ended)
    assert not room(hub).leads(hub.person("dr-anwar"), child)


# What the page of consents tells


def test_free_text_is_for_the_agency_that_wrote_it_and_for_who_leads(hub: TestHub) -> None:
    child = settled(hub)
    gives(hub, child, "dr-anwar", evidence="Case note.")
    casework(hub).record_capacity(hub.person("dr-anwar"), child, CapacitySaid("assessed-not-yet", "After March."))
    duty(hub, child, "lead-professional", hub.person("morag"))

    told = {}
    for who in ("callum", "morag", "fiona", "dr-anwar"):
        found = casework(hub).on_record(hub.person(who), child)
        assert found.capacity is not None
        told[who] = (found.consents[0].evidence, found.capacity.reason, {one.reason for one in found.history})

    assert told.pop("callum") == ("", "", {""})
    assert {one[:2] for one in told.values()} == {("Case note.", "After March.")}


def test_consent_is_listed_to_its_recipient_to_who_recorded_it_and_to_who_leads(hub: TestHub) -> None:
    child = settled(hub)
    gives(hub, child, "morag", "refuse", recipient="police", category="social-work")

    listed = {
        who: (len(found.consents), len(found.history))
        for who in ("callum", "dr-anwar", "morag", "fiona")
        for found in [casework(hub).on_record(hub.person(who), child)]
    }

    assert listed == {"callum": (0, 0), "dr-anwar": (0, 0), "morag": (1, 1), "fiona": (1, 1)}
