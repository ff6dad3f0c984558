"""What waits for a governance lead: readings and refusals whose rules oblige to tell governance, and who took note."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.attention import Attention
from consent.statements import TieSaid
from hub.errors import BadInput, HubError, NothingToShow, NotPermitted
from hub.events.sharing import ConsentGiven
from hub.people import Agency, Practitioner
from tests.drafts import draft, put_in_force
from tests.emergencies import opened, seen
from tests.fix_hub import TestHub
from tests.stating import tie
from tests.stories import NUMBER, consent, entry_of, read, recorded, settled


def attention(hub: TestHub, who: str | Practitioner = "eilidh") -> tuple[Attention, ...]:
    """What somebody is told, with the read models up to date."""
    hub.house.catch_up()
    return hub.house.hub.governance.attention(hub.person(who) if isinstance(who, str) else who)


def told(hub: TestHub) -> list[tuple[str, str, int]]:
    """Why, whose doing, and how often, newest first."""
    return [(one.why, one.reader, one.times) for one in attention(hub)]


def refused(hub: TestHub, who: str, child: UUID, **asked: Any) -> UUID:  # noqa: ANN401 - the gate's own arguments
    """Somebody asks for a child's story and gets nothing; the id of that reading."""
    with pytest.raises(NothingToShow):
        read(hub, who, child, **asked)
    return recorded(hub)[-1].originator_id


def of(hub: TestHub, organisation: str) -> Practitioner:
    """A governance lead of one organisation alone."""
    return replace(hub.person("eilidh"), id="own-lead", agency=Agency.HEALTH_VISITING, organisation=organisation)


# Deny, and tell


def test_whoever_is_refused_for_a_tie_to_the_family_is_told_of_with_their_id_and_counts_alone(hub: TestHub) -> None:
    child = settled(hub)
    tie(hub, child, "family", "morag")

    reading = refused(hub, "morag", child)

    (one,) = attention(hub)
    assert (one.reading, one.why, one.reader, one.child, one.action) == (
        reading,
        "refusal",
        "morag",
        child,
        "chronology",
    )
    assert (one.times, one.shown, one.redacted, one.withheld, one.emergency, one.noted) == (1, 0, 0, 0, None, None)


def test_every_door_at_which_a_tie_refuses_tells_governance_and_nobody_elses_refusal_does(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_of(hub, child, "2024-09-01")
    tie(hub, child, "family", "morag")
    rooms, morag = hub.house.hub, hub.person("morag")
    plan = {"purpose": "child-plan", "basis": "public-task"}
    before = len(recorded(hub))

    refused(hub, "morag", child)
    for door in (
        lambda: rooms.disclosure.explain(morag, child, entry, **plan),
        lambda: rooms.casework.on_record(morag, child),
        lambda: rooms.casework.working_with(morag, child, **plan),
        lambda: rooms.sharing.of_child(morag, child),
        lambda: rooms.emergency.open(morag, child),
    ):
        with pytest.raises(NothingToShow):
            door()
    assert rooms.disclosure.find(morag, system="nhs-number", value=NUMBER) == ()
    refused(hub, "shona", child)
    refused(hub, "rab", uuid4())

    lines = recorded(hub)[before:]
    obliged = [line.action for line in lines if "notify-governance" in line.obligations]
    assert {"chronology", "explanation", "consents", "emergency", "search"} <= set(obliged)
    assert not [line for line in lines if line.reader != "morag" and line.obligations]
    assert {(why, who) for why, who, _ in told(hub)} == {("refusal", "morag")}


def test_a_list_of_ones_own_children_asks_for_nobody_and_tells_nothing(hub: TestHub) -> None:
    child = settled(hub)
    tie(hub, child, "family", "morag")

    hub.house.hub.disclosure.children(hub.person("morag"))

    assert told(hub) == []


def test_a_tie_to_a_child_who_does_not_exist_refuses_and_tells_just_so(hub: TestHub) -> None:
    settled(hub)
    nobody = uuid4()
    tie(hub, nobody, "family", "morag")

    refused(hub, "morag", nobody)

    assert told(hub) == [("refusal", "morag", 1)]


def test_ties_that_people_state_are_told_newest_first(hub: TestHub) -> None:
    child = settled(hub)
    casework = hub.house.hub.casework

    casework.record_tie(hub.person("callum"), child, TieSaid("callum", reason="canary-reason: my nephew"))
    casework.record_tie(hub.person("fiona"), child, TieSaid("morag", tie="family", reason="She told me."))

    assert told(hub) == [("tie", "fiona", 1), ("tie", "callum", 1)]
    assert "canary" not in repr(attention(hub))


def test_emergency_access_is_one_line_with_all_its_readings_until_its_review_closes_it(hub: TestHub) -> None:
    child = settled(hub)
    emergency = opened(hub, "shona", child)
    seen(hub, "shona", child)
    seen(hub, "shona", child)
    office, eilidh = hub.house.hub.emergency, hub.person("eilidh")

    (one,) = attention(hub)
    with pytest.raises(BadInput, match="review"):
        hub.house.hub.governance.take_note(eilidh, one.reading)
    hub.clock.at += timedelta(hours=4)
    office.review(eilidh, emergency.id, "needs-follow-up", "Ask again.")
    (open_still,) = attention(hub)
    office.review(hub.person("ruaridh"), emergency.id, "justified")
    (closed,) = attention(hub)

    assert (one.why, one.times, one.emergency, one.noted) == ("emergency", 3, emergency.id, None)
    assert one.shown > 0
    assert open_still.noted is None
    assert closed.noted is not None
    assert closed.noted.by == "ruaridh"


def test_a_reading_that_a_rule_obliges_to_tell_of_is_told_of(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    put_in_force(hub, draft(tmp_path / "draft", ("plan-ordinary", "obligations", "notify-governance")))

    read(hub, "morag", child)

    assert told(hub) == [("reading", "morag", 1)]


# Taking note


def test_what_was_done_again_is_one_line_and_taking_note_of_it_is_once_for_all(hub: TestHub) -> None:
    child = settled(hub)
    tie(hub, child, "family", "morag")
    first = refused(hub, "morag", child)
    hub.clock.at += timedelta(hours=1)
    newest = refused(hub, "morag", child)

    (one,) = attention(hub)
    hub.house.hub.governance.take_note(hub.person("eilidh"), newest)
    (noted,) = attention(hub)

    assert (one.reading, one.times) == (newest, 2)
    assert one.first < one.last
    assert (noted.times, noted.noted and noted.noted.by) == (2, "eilidh")
    for reading in (first, newest):
        with pytest.raises(BadInput, match="already"):
            hub.house.hub.governance.take_note(hub.person("ruaridh"), reading)
    refused(hub, "morag", child)
    assert [(line.times, line.noted is None) for line in attention(hub)] == [(1, True), (2, False)]


def test_of_leads_who_take_note_at_once_one_is_first_and_the_others_are_told(hub: TestHub) -> None:
    child = settled(hub)
    tie(hub, child, "family", "morag")
    reading = refused(hub, "morag", child)

    def note(who: str) -> str:
        try:
            hub.house.hub.governance.take_note(hub.person(who), reading)
        except BadInput:
            return ""
        return who

    with ThreadPoolExecutor(8) as pool:
        done = [who for who in pool.map(note, ["eilidh", "ruaridh"] * 4) if who]

    (line,) = attention(hub)
    assert [line.noted and line.noted.by] == done
    looks = [one.outcome for one in recorded(hub) if one.action == "attention-noted"]
    assert sorted(looks) == ["recorded", *["refused"] * 7]


def test_nobody_takes_note_of_their_own_nor_of_what_needs_no_note_nor_of_nothing(hub: TestHub) -> None:
    child = settled(hub)
    governance, eilidh = hub.house.hub.governance, hub.person("eilidh")
    hub.house.hub.casework.record_tie(eilidh, child, TieSaid("morag", tie="family", reason="It was said."))
    own = recorded(hub)[-1].originator_id
    usual = read(hub, "callum", child).reading

    with pytest.raises(NotPermitted):
        governance.take_note(eilidh, own)
    for reading in (usual, uuid4()):
        with pytest.raises(NothingToShow):
            governance.take_note(eilidh, reading)

    governance.take_note(hub.person("ruaridh"), own)
    outcomes = [one.outcome for one in recorded(hub) if one.action == "attention-noted"]
    assert outcomes == ["refused", "nothing-to-show", "nothing-to-show", "recorded"]


def test_a_log_made_anew_knows_who_took_note(hub: TestHub) -> None:
    child = settled(hub)
    tie(hub, child, "family", "morag")
    hub.house.hub.governance.take_note(hub.person("eilidh"), refused(hub, "morag", child))
    before = attention(hub)

    assert hub.house.rebuild("access-log", lambda _: None).swapped

    assert attention(hub) == before


# Whose


def test_a_lead_of_one_organisation_is_told_of_its_own_people_alone(hub: TestHub) -> None:
    child = settled(hub)
    governance = hub.house.hub.governance
    tie(hub, child, "family", "morag")
    tie(hub, child, "family", "callum")
    refused(hub, "morag", child)
    callums = refused(hub, "callum", child)

    assert [one.reader for one in attention(hub, of(hub, "Z9HV1"))] == ["morag"]
    assert attention(hub, of(hub, "")) == ()
    with pytest.raises(NothingToShow):
        governance.take_note(of(hub, "Z9HV1"), callums)


@pytest.mark.parametrize("who", ["morag", "fiona", "dr-anwar", "shona", "rab"])
def test_nobody_but_a_lead_is_told_anything_whatever_there_is_and_it_is_recorded(hub: TestHub, who: str) -> None:
    child, governance, reader = settled(hub), hub.house.hub.governance, hub.person(who)

    def answers() -> list[tuple[type[HubError], str, str]]:
        said = []
        for ask in (
            lambda: governance.attention(reader),
            lambda: governance.take_note(reader, reading),
            lambda: governance.capacity_due(reader),
        ):
            with pytest.raises(HubError) as error:
                ask()
            said.append((error.type, error.value.message, error.value.next_step))
        return said

    reading = uuid4()
    before = answers()
    tie(hub, child, "family", "callum")
    reading = refused(hub, "callum", child)

    assert answers() == before
    assert {kind for kind, _, _ in before} == {NotPermitted}
    assert [one.outcome for one in recorded(hub) if one.reader == who] == ["refused"] * 6


# Who decides, at 12, 16 and 18


def test_at_a_birthday_those_who_work_with_the_child_are_told_and_governance_has_the_count(hub: TestHub) -> None:
    child = settled(hub)
    consent(hub, ConsentGiven, child, given_by="parent")
    governance, eilidh = hub.house.hub.governance, hub.person("eilidh")

    def due(on: str) -> tuple[int, list[int], int]:
        hub.clock.at = datetime.combine(date.fromisoformat(on), datetime.min.time(), UTC) + timedelta(hours=12)
        fiona = hub.person("fiona")
        listed = [one.capacity_review for one in hub.house.hub.disclosure.children(fiona)]
        return governance.capacity_due(eilidh), listed, hub.house.hub.casework.on_record(fiona, child).capacity_review

    assert due("2031-04-01") == (0, [0], 0)
    assert due("2031-04-02") == (1, [12], 12)
    assert due("2036-04-02") == (1, [16], 16)
    assert governance.capacity_due(of(hub, "la-990")) == 1
    assert governance.capacity_due(of(hub, "Z9HV2")) == governance.capacity_due(of(hub, "")) == 0


def test_of_a_child_one_does_not_work_with_no_review_is_told(hub: TestHub) -> None:
    child = settled(hub)
    consent(hub, ConsentGiven, child, given_by="parent")
    hub.clock.at = datetime(2031, 4, 2, 12, tzinfo=UTC)

    assert hub.house.hub.disclosure.children(hub.person("shona")) == ()
    with pytest.raises(NothingToShow):
        hub.house.hub.casework.on_record(hub.person("shona"), child)
