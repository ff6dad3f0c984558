"""Emergency access on a path of its own: announced, reasoned, over to the second, reviewed; never what is sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from consent.decision import Shown
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.settings import from_environment
from tests.builders import somebody
from tests.emergencies import REASON, opened, seen, sees_nothing
from tests.fix_hub import TestHub
from tests.stating import tie
from tests.stories import (
    ADOPTION,
    CONCERN,
    MOTHER,
    NUMBER,
    ORDINARY,
    PRIVATE,
    entry_on,
    read,
    recorded,
    settled,
    take,
    told,
)

NHS = "nhs-number"


# Who may, and what it opens.


def test_a_stranger_whose_role_may_reads_ordinary_and_concern_entries_and_nothing_sealed(hub: TestHub) -> None:
    child = settled(hub)
    assert sees_nothing(hub, "shona", child)

    opened(hub, "shona", child)

    found = seen(hub, "shona", child)
    assert all(isinstance(entry_on(found, day), Shown) for day in (ORDINARY, CONCERN, MOTHER))
    assert [entry_on(found, day) for day in (PRIVATE, ADOPTION)] == [None, None]
    assert {type(entry) for entry in found.entries} == {Shown}


def test_nothing_read_in_an_emergency_may_be_taken_out(hub: TestHub) -> None:
    child = settled(hub)
    assert any(isinstance(entry, Shown) and entry.exportable for entry in read(hub, "dr-anwar", child).entries)

    for who in ("shona", "dr-anwar"):
        opened(hub, who, child)
        found = seen(hub, who, child)
        assert [entry for entry in found.entries if isinstance(entry, Shown) and entry.exportable] == []


def test_what_a_source_restricts_stays_closed_and_a_wholly_restricted_child_unknown(hub: TestHub) -> None:
    marked = replace(somebody("gp-isla", NUMBER), restricted=True)
    take(hub, [told("gp", "flagged", person=marked), told("gp", "worry", code="gp.not_brought")])
    child = hub.only_child()

    with pytest.raises(NothingToShow):
        opened(hub, "shona", child)
    take(hub, [told("hv", "seen")])
    opened(hub, "shona", child)

    assert [entry.agency.value for entry in seen(hub, "shona", child).entries] == ["health-visiting"]


@pytest.mark.parametrize("who", ["callum", "rab", "eilidh"])
def test_a_role_to_which_the_policy_gives_no_emergency_cannot_open_one(hub: TestHub, who: str) -> None:
    child = settled(hub)

    assert not hub.house.hub.emergency.offered(hub.person(who))
    with pytest.raises(NothingToShow):
        opened(hub, who, child)


@pytest.mark.parametrize("who", ["shona", "dr-anwar", "fiona", "catriona", "morag"])
def test_the_roles_that_the_policy_names_are_offered_it(hub: TestHub, who: str) -> None:
    assert hub.house.hub.emergency.offered(hub.person(who))


def test_whoever_may_not_and_a_child_who_is_not_get_one_answer_and_one_record(hub: TestHub) -> None:
    child = settled(hub)
    tie(hub, child, "family", "shona")
    unagreed = replace(hub.person("shona"), id="unagreed", organisation="Z9HV9")
    shona = hub.person("shona")

    answers = []
    for reader, whom in ((shona, child), (shona, uuid4()), (unagreed, child), (unagreed, uuid4())):
        with pytest.raises(NothingToShow) as caught:
            hub.house.hub.emergency.open(reader, whom, REASON)
        answers.append((str(caught.value), caught.value.next_step))
    for value in (NUMBER, "9990009999"):
        with pytest.raises(NothingToShow) as caught:
            hub.house.hub.emergency.open_by_number(shona, NHS, value, REASON)
        answers.append((str(caught.value), caught.value.next_step))

    assert len(set(answers)) == 1
    lines = recorded(hub)
    assert [(one.action, one.outcome) for one in lines] == [("emergency", "nothing-to-show")] * 6
    known, unknown = lines[:2]
    assert known.child == child
    assert ("relation", "family") in {(name, value) for name, value, _ in known.facts}
    assert (known.purpose, known.basis, known.policy) == (unknown.purpose, unknown.basis, unknown.policy)


def test_an_emergency_by_number_opens_the_child_whom_a_search_does_not_find(hub: TestHub) -> None:
    child = settled(hub)
    shona = hub.person("shona")
    assert hub.house.hub.disclosure.find(shona, system=NHS, value=NUMBER) == ()

    found = hub.house.hub.emergency.open_by_number(shona, NHS, " 999 000 0018 ", REASON)

    assert (found.child, found.person, found.role) == (child, "shona", "health-visitor")
    assert seen(hub, "shona", child).entries


def test_an_emergency_is_this_readers_and_this_childs_alone(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "finn", person=somebody("gp-finn", "9990000026", "Baird", "Finn", "2024-01-05"))])
    finn = next(one for one in hub.children() if one != child)

    opened(hub, "shona", child)

    assert sees_nothing(hub, "shona", finn)
    other = replace(hub.person("shona"), id="other")
    with pytest.raises(NothingToShow):
        hub.house.hub.disclosure.chronology(other, child, purpose="child-protection", basis="vital-interests")


def test_on_another_basis_than_the_emergencys_nothing_more_opens(hub: TestHub) -> None:
    child = settled(hub)
    opened(hub, "shona", child)

    for basis in ("public-task", "consent", "legal-obligation"):
        with pytest.raises(NothingToShow):
            seen(hub, "shona", child, basis=basis)


# Time.


def test_it_is_over_to_the_second(hub: TestHub) -> None:
    child = settled(hub)
    began = hub.clock.at
    emergency = opened(hub, "shona", child)
    assert (emergency.opened_at, emergency.until) == (began, began + timedelta(hours=3))

    hub.clock.at = began + timedelta(hours=3) - timedelta(seconds=1)
    assert seen(hub, "shona", child).entries
    hub.clock.at = began + timedelta(hours=3)
    assert sees_nothing(hub, "shona", child)
    hub.clock.at = began + timedelta(hours=3, days=400)
    assert sees_nothing(hub, "shona", child)


def test_nothing_was_open_before_it_was_opened(hub: TestHub) -> None:
    child = settled(hub)
    opened(hub, "shona", child)

    hub.clock.at -= timedelta(seconds=1)

    assert sees_nothing(hub, "shona", child)


def test_ending_it_early_closes_it_at_once_and_ending_it_twice_changes_nothing(hub: TestHub) -> None:
    child = settled(hub)
    emergency = opened(hub, "shona", child)
    hub.clock.at += timedelta(minutes=20, microseconds=7)

    ended = hub.house.hub.emergency.end(hub.person("shona"), emergency.id)

    assert ended.until == hub.clock.at.replace(microsecond=0)
    assert sees_nothing(hub, "shona", child)
    hub.clock.at += timedelta(minutes=1)
    assert hub.house.hub.emergency.end(hub.person("shona"), emergency.id) == ended
    again = opened(hub, "shona", child)
    assert again.id != emergency.id
    assert seen(hub, "shona", child).entries


@pytest.mark.parametrize(("hours", "lasts"), [("0.5", 30), ("1", 60), ("3", 180), ("", 180)])
def test_the_time_can_be_set_shorter(hours: str, lasts: int) -> None:
    assert from_environment({"HUB_EMERGENCY_HOURS": hours}).emergency == timedelta(minutes=lasts)


@pytest.mark.parametrize("hours", ["3.01", "0", "-1", "abc", "1e1", "99999999"])
def test_the_time_can_never_be_set_longer(hours: str) -> None:
    with pytest.raises(Exception, match="HUB_EMERGENCY_HOURS"):
        from_environment({"HUB_EMERGENCY_HOURS": hours})


# The reason.


def test_the_reason_may_follow_and_only_from_the_reader(hub: TestHub) -> None:
    child = settled(hub)
    office, shona = hub.house.hub.emergency, hub.person("shona")
    emergency = opened(hub, "shona", child, reason="")
    assert emergency.reason_due == hub.clock.at + timedelta(hours=24)

    for other in ("dr-anwar", "eilidh"):
        with pytest.raises(NothingToShow):
            office.give_reason(hub.person(other), emergency.id, REASON)
    for nothing in ("", " \n ", "x" * 4001, "nul\x00"):
        with pytest.raises(BadInput):
            office.give_reason(shona, emergency.id, nothing)
    hub.clock.at += timedelta(hours=30)
    assert [one.reason_overdue(hub.clock.at) for one in office.mine(shona)] == [True]
    office.give_reason(shona, emergency.id, REASON)

    assert office.mine(shona) == ()
    with pytest.raises(BadInput):
        office.give_reason(shona, emergency.id, "another")


def test_whoever_owes_a_reason_for_a_day_opens_no_other_emergency(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "finn", person=somebody("gp-finn", "9990000026", "Baird", "Finn", "2024-01-05"))])
    finn = next(one for one in hub.children() if one != child)
    office, shona = hub.house.hub.emergency, hub.person("shona")
    emergency = opened(hub, "shona", child, reason="")

    hub.clock.at += timedelta(hours=24)
    assert opened(hub, "shona", finn).person == "shona"
    hub.clock.at += timedelta(seconds=1)
    for whom in (finn, child, uuid4()):
        with pytest.raises(NotPermitted, match="24 hours"):
            opened(hub, "shona", whom)
    assert [(one.action, one.outcome, one.child) for one in recorded(hub)[-3:]] == [("emergency", "refused", None)] * 3
    office.give_reason(shona, emergency.id, REASON)

    assert opened(hub, "shona", child).reason_due is None


def test_opening_again_finds_it_open_and_may_bring_the_reason(hub: TestHub) -> None:
    child = settled(hub)
    first = opened(hub, "shona", child, reason="")
    hub.clock.at += timedelta(minutes=5)

    second = opened(hub, "shona", child)

    assert (second.id, second.until, second.reason_due) == (first.id, first.until, None)
