"""Nobody learns of an entry, a request or a decision by trying; what one asks is answered alike, there or not."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from uuid import UUID, uuid4

import pytest

from consent.sharing_terms import Ask, Incomplete
from hub.errors import HubError, NothingToShow, NotPermitted
from hub.events.circumstances import TieStated
from tests.asking import ADOPTION, ASK, PRACTICE, PRIVATE, SCHOOL, chosen, entry, kind, lead, refusing, room
from tests.builders import somebody
from tests.fix_hub import TestHub
from tests.stories import NUMBER, read, recorded, settled, take, told

NOBODY = UUID("00000000-0000-4000-8000-00000000dead")
OUTSIDERS = ("shona", "rab", "eilidh")


def said(hub: TestHub, who: str, child: UUID, *named: UUID, matter: UUID = NOBODY) -> list[str]:
    """What somebody is told, whatever they try with a child, entries and a matter."""
    rooms, reader = room(hub), hub.person(who)
    tried = (
        lambda: rooms.of_child(reader, child),
        lambda: rooms.leads(reader, child),
        lambda: rooms.request(reader, child, ASK),
        lambda: rooms.request(reader, child, Ask()),
        lambda: rooms.decide(reader, child, chosen(*named, recipient=SCHOOL)),
        lambda: rooms.decide(reader, child, chosen(*named), asked=matter),
        lambda: rooms.decline(reader, child, matter, reasons="No."),
        lambda: rooms.release(reader, child, matter),
        lambda: rooms.end_release(reader, child, matter, reason="No."),
    )
    found = []
    for one in tried:
        try:
            found.append(str(one()))
        except HubError as error:
            found.append(f"{type(error).__name__}: {error.message} {error.next_step}")
    return found


@pytest.mark.parametrize("who", OUTSIDERS)
def test_an_outsider_is_told_the_same_of_a_child_with_requests_and_of_one_who_does_not_exist(
    hub: TestHub, who: str
) -> None:
    child = settled(hub)
    asked = room(hub).request(hub.person("callum"), child, ASK).matter
    room(hub).decide(hub.person("dr-anwar"), child, chosen(entry(hub, child)))

    known, unknown = said(hub, who, child, entry(hub, child), matter=asked), said(hub, who, NOBODY, NOBODY)

    assert known == unknown
    assert {one.split(":")[0] for one in known} == {"NothingToShow"}
    assert room(hub).waiting_for(hub.person(who)) == ()


def test_every_try_of_an_outsider_is_in_the_access_log(hub: TestHub) -> None:
    child = settled(hub)
    before = len(recorded(hub))

    said(hub, "shona", child)

    tried = recorded(hub)[before:]
    assert len(tried) == 9
    assert {(one.reader, one.outcome, one.child) for one in tried} == {("shona", "nothing-to-show", child)}


def test_an_entry_that_is_sealed_one_of_another_agency_and_none_at_all_are_refused_alike(hub: TestHub) -> None:
    child = settled(hub)
    tried = [entry(hub, child, PRIVATE), entry(hub, child, ADOPTION, "fiona"), entry(hub, child), uuid4()]
    found = set()
    for one in tried:
        with pytest.raises(NotPermitted) as refused:
            room(hub).decide(hub.person("callum"), child, chosen(one, recipient="la-990"))
        found.add((refused.value.message, refused.value.next_step))

    assert len(found) == 1
    assert [one.outcome for one in recorded(hub) if one.action == "sharing-decision"] == ["refused"] * 4


def test_entries_that_are_not_ones_own_are_not_told_apart_by_consent_or_agreement_either(hub: TestHub) -> None:
    child = settled(hub)
    found = []
    for one in (entry(hub, child, PRIVATE), uuid4()):
        with pytest.raises((NotPermitted, Incomplete)) as refused:
            room(hub).decide(hub.person("callum"), child, chosen(one, recipient="la-990", bases=("consent",)))
        found.append(str(refused.value))

    assert len(set(found)) == 1


def test_a_request_is_answered_alike_whether_there_is_anything_or_not(hub: TestHub) -> None:
    child, asker = settled(hub), hub.person("callum")
    states = {
        room(hub).request(asker, child, replace(ASK, asked=asked)).state
        for asked in ("Z9HV2", "NUR-WREN", PRACTICE, "gp")
    }
    listed = room(hub).of_child(asker, child)

    assert states == {"waiting"}
    assert {(one.state, one.age, one.overdue, one.may) for one in listed} == {("waiting", 0, False, ())}


def test_who_was_asked_learns_nothing_of_a_child_they_do_not_work_with(hub: TestHub) -> None:
    child = settled(hub)
    asked = room(hub).request(hub.person("callum"), child, replace(ASK, asked="Z9HV2")).matter
    shona = hub.person("shona")

    assert room(hub).waiting_for(shona) == ()
    for one in (child, NOBODY):
        with pytest.raises(NothingToShow):
            room(hub).decline(shona, one, asked, reasons="None of ours.")


def test_another_childs_matter_cannot_be_reached_through_ones_own(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "finn", person=somebody("gp-finn", "9990000026", "Baird", "Finn", "2024-01-05"))])
    matter = room(hub).decide(hub.person("dr-anwar"), child, chosen(entry(hub, child))).matter
    other = next(one for one in hub.children() if one != child)

    for who, of in (("dr-anwar", other), ("callum", child), ("morag", child)):
        with pytest.raises(NothingToShow):
            room(hub).end_release(hub.person(who), of, matter, reason="Not mine.")

    assert kind(read(hub, "callum", child)) == "Shown"


def test_of_a_decision_about_a_sealed_entry_only_those_hear_who_may_know_of_the_entry(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    room(hub).decide(hub.person("dr-anwar"), child, chosen(entry(hub, child, PRIVATE), recipient="la-990"))

    assert [len(room(hub).of_child(hub.person(who), child)) for who in ("dr-anwar", "fiona")] == [1, 1]
    for who in ("callum", "catriona", "morag"):
        assert room(hub).of_child(hub.person(who), child) == ()


def test_when_what_was_shared_is_over_the_list_no_longer_says_that_it_was_there(hub: TestHub) -> None:
    child, keeper = settled(hub), hub.person("dr-anwar")
    matter = room(hub).decide(keeper, child, chosen(entry(hub, child, PRIVATE))).matter
    assert len(room(hub).of_child(hub.person("callum"), child)) == 1

    room(hub).end_release(keeper, child, matter, reason="It is over.")

    assert room(hub).of_child(hub.person("callum"), child) == ()


def test_colleagues_of_who_asked_hear_that_there_is_an_answer_and_not_that_it_was_no(hub: TestHub) -> None:
    child, keeper = settled(hub), hub.person("dr-anwar")
    asked = room(hub).request(hub.person("callum"), child, ASK).matter
    room(hub).decline(keeper, child, asked, reasons="No.", answer="Ask at the review.")

    assert [(one.state, one.words.get("answer", "")) for one in room(hub).of_child(hub.person("catriona"), child)] == [
        ("answered", "")
    ]


def notices(hub: TestHub) -> int:
    with hub.as_owner() as connection:
        row = connection.execute("select count(*) from intake.outbox").fetchone()
    return int(row[0]) if row else 0


def test_a_request_and_its_answer_are_noticed_alike_and_a_decision_that_nobody_asked_for_is_not(hub: TestHub) -> None:
    child, asker, keeper = settled(hub), hub.person("callum"), hub.person("dr-anwar")
    named, counts = entry(hub, child, PRIVATE), [notices(hub)]
    for choice in (refusing(recipient=""), chosen(named, recipient="")):
        asked = room(hub).request(asker, child, ASK).matter
        counts.append(notices(hub))
        room(hub).decide(keeper, child, choice, asked=asked)
        counts.append(notices(hub))
    room(hub).decide(keeper, child, refusing())
    room(hub).decide(keeper, child, chosen(entry(hub, child)))

    assert [after - before for before, after in pairwise(counts)] == [1, 1, 1, 1]
    assert notices(hub) == counts[-1]


def test_nothing_is_noticed_of_a_child_whom_an_agency_marks_as_restricted(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "flagged", person=replace(somebody("gp-isla", NUMBER), restricted=True))])
    before = notices(hub)

    room(hub).request(hub.person("callum"), child, replace(ASK, asked="la-990"))

    assert notices(hub) == before


def test_an_auditor_of_the_database_cannot_read_a_word_of_a_decision(hub: TestHub) -> None:
    child = settled(hub)
    room(hub).decide(hub.person("dr-anwar"), child, refusing())

    with hub.house._database.transaction("hub_auditor") as cursor:
        row = cursor.execute("select has_column_privilege('hub_auditor', 'read.sharing', 'words', 'select')").fetchone()

    assert row == (False,)


def test_who_is_of_the_childs_own_family_has_nothing_to_share_or_to_ask_here(hub: TestHub) -> None:
    child = settled(hub)
    stream = hub.house.hub.intake.stream("tie", str(child), "callum")
    tie = TieStated(
        originator_id=stream,
        originator_version=1,
        child=child,
        since="2024-01-01",
        recorded_by="callum",
        person="callum",
        tie="family",
    )
    hub.house.hub.intake.act(stream, lambda _, version: [tie] if version == 1 else [])
    lead(hub, child)

    assert {one.split(":")[0] for one in said(hub, "callum", child)} == {"NothingToShow"}
    assert said(hub, "callum", child) == said(hub, "callum", NOBODY)
