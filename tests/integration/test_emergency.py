"""Emergency access on a path of its own: announced, reasoned, over to the second, reviewed; never what is sealed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest

from consent import emergency as room
from consent.decision import Disclosure, Shown
from consent.emergency_shapes import Emergency
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.events.partnership import RegistrationStated, Term
from hub.settings import from_environment
from hub.store.database import Cursor
from tests.builders import somebody
from tests.emergencies import EMERGENCY
from tests.fix_hub import TestHub
from tests.stating import duty, tie
from tests.stories import (
    ADOPTION,
    CONCERN,
    MOTHER,
    NUMBER,
    ORDINARY,
    PRIVATE,
    entry_on,
    everyone,
    read,
    recorded,
    settled,
    take,
    told,
)

REASON = "canary-reason: brought in unconscious"
NHS = "nhs-number"


def opened(hub: TestHub, who: str, child: UUID, reason: str = REASON) -> Emergency:
    """Opened by somebody of the directory."""
    return hub.house.hub.emergency.open(hub.person(who), child, reason)


def seen(hub: TestHub, who: str, child: UUID, **asked: str) -> Disclosure:
    """Read as in an emergency, unless said otherwise."""
    return read(hub, who, child, **(EMERGENCY | asked))


def sees_nothing(hub: TestHub, who: str, child: UUID) -> bool:
    try:
        seen(hub, who, child)
    except NothingToShow:
        return True
    return False


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


# Telling, and what it leaves behind.


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


# The review.


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


# Whatever happens.


def test_many_clicks_at_once_open_one(hub: TestHub) -> None:
    child = settled(hub)
    found: list[UUID] = []
    together = threading.Barrier(8)

    def click() -> None:
        together.wait()
        found.append(opened(hub, "shona", child).id)

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from read.emergencies").fetchone() == (1,)
        topics = connection.execute("select topic from ledger.events where topic like 'Emergency%'").fetchall()
    assert sorted(topics) == [("EmergencyOpened:1",), ("EmergencyReasonGiven:1",)]


def test_the_reason_is_sealed_in_the_ledger(hub: TestHub) -> None:
    child = settled(hub)
    emergency = opened(hub, "shona", child)
    hub.clock.at += timedelta(hours=4)
    hub.house.hub.emergency.review(hub.person("eilidh"), emergency.id, "justified", "canary-note")

    with hub.as_owner() as connection:
        states = connection.execute("select state from ledger.events where topic like 'Emergency%'").fetchall()

    assert len(states) == 3
    assert not any(b"canary" in bytes(state) for (state,) in states)


def test_facts_made_anew_are_the_same_and_so_is_what_was_opened(hub: TestHub) -> None:
    child = settled(hub)
    first = opened(hub, "shona", child, reason="")
    seen(hub, "shona", child)
    hub.house.hub.emergency.give_reason(hub.person("shona"), first.id, REASON)
    hub.house.hub.emergency.end(hub.person("shona"), first.id)
    hub.house.hub.emergency.acknowledge(hub.person("fiona"), first.id)
    opened(hub, "dr-anwar", child)
    hub.house.catch_up()
    before = held(hub)

    for name in ("facts", "emergency-readings"):
        hub.house.rebuild(name, lambda _: None)

    assert held(hub) == before
    assert all(before.values())
    assert seen(hub, "dr-anwar", child).emergency is not None
    assert sees_nothing(hub, "shona", child)


def held(hub: TestHub) -> dict[str, list[tuple[object, ...]]]:
    with hub.as_owner() as connection:
        return {
            "emergencies": connection.execute("select * from read.emergencies order by position").fetchall(),
            "notes": connection.execute("select * from read.emergency_acknowledgements").fetchall(),
            "readings": connection.execute("select * from read.emergency_readings order by position").fetchall(),
        }


def test_a_reading_says_under_which_emergency_it_was_made(hub: TestHub) -> None:
    child = settled(hub)
    assert read(hub, "dr-anwar", child).emergency is None

    emergency = opened(hub, "dr-anwar", child)

    assert seen(hub, "dr-anwar", child).emergency == emergency
    assert read(hub, "morag", child).emergency is None


def test_an_opening_whose_reader_was_killed_before_reading_loses_nothing(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = settled(hub)
    monkeypatch.setattr(room, "record_opening", killed)
    with pytest.raises(KeyboardInterrupt):
        opened(hub, "shona", child)
    monkeypatch.undo()

    office = hub.house.hub.emergency
    (mine,) = office.mine(hub.person("shona"))
    (told_of,) = office.told(hub.person("fiona"))
    (task,) = office.waiting(hub.person("eilidh"))
    assert mine == told_of == task.emergency
    assert (task.reason, task.readings) == (REASON, ())
    assert opened(hub, "shona", child) == mine
    assert seen(hub, "shona", child).emergency == mine


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_refused_opening_asks_the_database_the_same_whatever_the_reason(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Family and no child at all, a role that may not and no child at all: how long it takes tells nobody apart."""
    child = settled(hub)
    tie(hub, child, "family", "shona")
    asked: list[list[str]] = []
    office = hub.house.hub.emergency
    reading = office._means.reading

    @contextmanager
    def noting() -> Iterator[Cursor]:
        with reading() as cursor:
            yield cast(Cursor, Noting(cursor, asked[-1]))

    monkeypatch.setattr(office, "_means", replace(office._means, reading=noting))
    for who in ("shona", "callum"):
        for whom in (child, uuid4()):
            asked.append([])
            with pytest.raises(NothingToShow):
                opened(hub, who, whom)
    for value in (NUMBER, "9990009999"):
        asked.append([])
        with pytest.raises(NothingToShow):
            office.open_by_number(hub.person("shona"), NHS, value)

    assert len(asked[0]) > 5
    assert asked[0] == asked[1]
    assert asked[2] == asked[3]
    assert asked[4] == asked[5]
    assert asked[0] == asked[2]


class Noting:
    """A cursor that notes every question asked through it."""

    def __init__(self, cursor: Cursor, noted: list[str]) -> None:
        self._cursor, self._noted = cursor, noted

    def execute(self, query: str, arguments: object = None, **options: bool) -> Cursor:
        self._noted.append(query)
        return self._cursor.execute(query, cast(Sequence[object], arguments), **options)

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)


def test_whoever_lapsed_meanwhile_reads_no_more_and_opens_no_other(hub: TestHub) -> None:
    child = settled(hub)
    opened(hub, "shona", child)
    assert seen(hub, "shona", child).entries
    suspended(hub, "shona")

    assert sees_nothing(hub, "shona", child)
    with pytest.raises(NothingToShow):
        opened(hub, "shona", child)


def test_whoever_lapsed_is_told_of_nothing_and_reviews_nothing(hub: TestHub) -> None:
    child = settled(hub)
    opened(hub, "shona", child)
    office = hub.house.hub.emergency

    for who in ("fiona", "eilidh"):
        assert office.told(hub.person(who))
        suspended(hub, who)

        assert office.told(hub.person(who)) == ()
    with pytest.raises(NotPermitted):
        office.waiting(hub.person("eilidh"))


def suspended(hub: TestHub, who: str) -> None:
    """Somebody may not practise from last month on."""
    intake = hub.house.hub.intake
    stream = intake.stream("registration", who)
    intake.act(
        stream,
        lambda _, version: [
            RegistrationStated(
                originator_id=stream, originator_version=version, person=who, suspended=(Term("2026-10-01"),)
            )
        ],
    )


def test_everyone_still_reads_as_before_while_an_emergency_is_open(hub: TestHub) -> None:
    take(hub, everyone())
    child = hub.only_child()
    before = [len(read(hub, who, child).entries) for who in ("morag", "callum", "fiona")]

    opened(hub, "shona", child)

    assert [len(read(hub, who, child).entries) for who in ("morag", "callum", "fiona")] == before
