"""What follows an emergency access: who is told at once and takes note, and the review that closes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from hub.errors import BadInput, NothingToShow, NotPermitted
from tests.emergencies import REASON, opened, seen
from tests.fix_hub import TestHub
from tests.stating import duty
from tests.stories import (
    recorded,
    settled,
)


def test_the_opening_is_recorded_as_a_disclosure_with_what_it_obliges_to(hub: TestHub) -> None:
    child = settled(hub)

    opened(hub, "shona", child)
    seen(hub, "shona", child)

    line, reading = recorded(hub)
    assert (line.action, line.outcome, line.child, line.reader) == ("emergency", "shown", child, "shona")
    for one in (line, reading):
        assert set(one.obligations) == {"notify-governance", "notify-lead-professional", "review"}
        assert [value for name, value, _ in one.facts if name == "emergency"] == ["open"]


def test_lead_professional_allocated_worker_and_governance_are_told_at_once_and_take_note(hub: TestHub) -> None:
    child = settled(hub)
    duty(hub, child, "lead-professional", hub.person("callum"))
    office = hub.house.hub.emergency
    told_ones = ("callum", "fiona", "eilidh")
    assert [office.told(hub.person(who)) for who in told_ones] == [(), (), ()]

    emergency = opened(hub, "shona", child)

    for who in told_ones:
        assert [one.id for one in office.told(hub.person(who))] == [emergency.id]
        assert (recorded(hub)[-1].action, recorded(hub)[-1].child) == ("emergency-told", child)
    for who in ("morag", "dr-anwar", "shona", "rab"):
        assert office.told(hub.person(who)) == ()
        with pytest.raises(NothingToShow):
            office.acknowledge(hub.person(who), emergency.id)
    office.acknowledge(hub.person("fiona"), emergency.id)
    assert office.told(hub.person("fiona")) == ()
    assert [one.id for one in office.told(hub.person("callum"))] == [emergency.id]


def test_nobody_is_told_of_their_own(hub: TestHub) -> None:
    child = settled(hub)

    opened(hub, "fiona", child)

    assert hub.house.hub.emergency.told(hub.person("fiona")) == ()
    assert len(hub.house.hub.emergency.told(hub.person("eilidh"))) == 1


def test_a_notice_goes_out_at_once_and_says_nothing(hub: TestHub) -> None:
    child = settled(hub)
    count = "select count(*) from intake.outbox where child = %s"
    with hub.as_owner() as connection:
        before = connection.execute(count, [child]).fetchone()
        opened(hub, "shona", child)
        opened(hub, "shona", child)
        after = connection.execute(count, [child]).fetchone()

    assert before is not None
    assert after == (before[0] + 1,)


def test_governance_sees_what_was_opened_and_nothing_of_what_it_said(hub: TestHub) -> None:
    child = settled(hub)
    emergency = opened(hub, "shona", child)
    found = seen(hub, "shona", child)
    hub.house.catch_up()

    (task,) = hub.house.hub.emergency.waiting(hub.person("eilidh"))

    assert (task.emergency, task.reason, task.finding) == (emergency, REASON, "")
    assert [(one.action, one.shown) for one in task.readings] == [("emergency", 0), ("chronology", len(found.entries))]
    assert task.readings[1].reading == found.reading
    assert task.opened == (len(found.entries), 0, 0)
    assert "canary" not in str(replace(task, reason=""))


def test_the_review_must_be_made_and_not_by_the_reader(hub: TestHub) -> None:
    child = settled(hub)
    office, eilidh = hub.house.hub.emergency, hub.person("eilidh")
    emergency = opened(hub, "shona", child, reason="")
    for who in ("shona", "fiona", "callum"):
        with pytest.raises(NotPermitted):
            office.waiting(hub.person(who))
        with pytest.raises(NotPermitted):
            office.review(hub.person(who), emergency.id, "justified", "mine")
    with pytest.raises(NotPermitted):
        office.review(replace(hub.person("eilidh"), id="shona"), emergency.id, "justified", "mine")
    with pytest.raises(BadInput, match="open"):
        office.review(eilidh, emergency.id, "not-justified", "too soon")
    hub.clock.at += timedelta(hours=4)
    with pytest.raises(BadInput, match="reason"):
        office.review(eilidh, emergency.id, "justified")
    with pytest.raises(BadInput):
        office.review(eilidh, emergency.id, "fine", "no such finding")
    with pytest.raises(BadInput):
        office.review(eilidh, emergency.id, "needs-follow-up")

    office.review(eilidh, emergency.id, "needs-follow-up", "Why was nobody rung?")
    assert [(one.finding, one.note) for one in office.waiting(eilidh)] == [("needs-follow-up", "Why was nobody rung?")]
    office.review(eilidh, emergency.id, "not-justified", "No emergency.")

    assert office.waiting(eilidh) == ()
    assert office.told(eilidh) == ()
    with pytest.raises(BadInput, match="already"):
        office.review(eilidh, emergency.id, "justified")
    with pytest.raises(NothingToShow):
        office.review(eilidh, uuid4(), "justified")


def test_a_lead_of_one_organisation_reviews_its_own_people_alone(hub: TestHub) -> None:
    child = settled(hub)
    office = hub.house.hub.emergency
    eilidh = hub.person("eilidh")
    ours = replace(eilidh, id="ours", agency=hub.person("shona").agency, organisation="Z9HV2")
    theirs = replace(eilidh, id="theirs", agency=hub.person("dr-anwar").agency, organisation="Z99104")
    emergency = opened(hub, "shona", child)
    hub.clock.at += timedelta(hours=4)

    assert [len(office.waiting(one)) for one in (ours, theirs)] == [1, 0]
    assert [len(office.told(one)) for one in (ours, theirs)] == [1, 0]
    with pytest.raises(NothingToShow):
        office.review(theirs, emergency.id, "justified")
    office.review(ours, emergency.id, "justified")

    assert office.waiting(eilidh) == ()
