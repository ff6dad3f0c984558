"""Somebody whom a source marks as restricted stays restricted, and no name is told by whoever keeps all else closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from consent.decision import Entry, FoundChild, Shown
from hub.errors import NothingToShow
from hub.update import Update
from tests.builders import somebody, works_with
from tests.fix_hub import TestHub
from tests.stories import NUMBER, PLAN, everyone, now_of, on, read, recorded, settled, take, told

RESTRICTED = replace(somebody("gp-isla", NUMBER), restricted=True)


def gps(hub: TestHub, who: str, child: UUID, **asked: Any) -> list[Entry]:  # noqa: ANN401 - the gate's own arguments
    """What somebody sees of the practice's entries."""
    return [one for one in read(hub, who, child, **asked).entries if one.agency.value == "gp"]


def marked(hub: TestHub) -> UUID:
    """Isla with an ordinary entry and a concern of the practice, before and after it marked her as restricted."""
    take(hub, [*everyone(), told("gp", "before"), told("gp", "worry", code="gp.not_brought")])
    take(hub, [told("gp", "flagged", person=RESTRICTED)])
    take(hub, [told("gp", "after")])
    return hub.only_child()


@pytest.mark.parametrize("who", ["morag", "callum", "fiona", "catriona"])
def test_what_is_recorded_of_a_restricted_person_opens_to_its_own_agency_alone(hub: TestHub, who: str) -> None:
    child = marked(hub)

    assert gps(hub, who, child) == []
    assert [type(one) for one in gps(hub, "dr-anwar", child)] == [Shown] * 5
    assert {one.agency.value for one in read(hub, who, child).entries} == {
        "health-visiting",
        "social-work",
        "education",
    }


def test_the_mark_is_todays_also_for_what_was_known_before_it(hub: TestHub) -> None:
    take(hub, [*everyone(), told("gp", "before")])
    child, moment = hub.only_child(), now_of(hub)
    assert len(gps(hub, "morag", child, known_at=moment)) == 2

    take(hub, [told("gp", "flagged", person=RESTRICTED)])

    assert gps(hub, "morag", child, known_at=moment) == []
    assert len(gps(hub, "dr-anwar", child, known_at=moment)) == 2


def test_a_later_statement_without_the_mark_does_not_take_it_away(hub: TestHub) -> None:
    child = marked(hub)

    take(hub, [told("gp", "renamed", person=somebody("gp-isla", NUMBER, "Kerr"))])

    assert gps(hub, "morag", child) == []


def test_a_restricted_persons_entry_is_explained_and_recorded_as_restricted(hub: TestHub) -> None:
    child = marked(hub)
    gate = hub.house.hub.disclosure
    entry = gps(hub, "dr-anwar", child)[0].entry

    with pytest.raises(NothingToShow):
        gate.explain(hub.person("morag"), child, entry, **PLAN)
    found = gate.explain(hub.person("dr-anwar"), child, entry, **PLAN)

    assert found.answer.rule == "own-record"
    decisions = [one for one in recorded(hub)[-1].decisions if one.entries]
    assert [(one.sensitivity, one.entries) for one in decisions] == [("restricted", 1)]


def names(hub: TestHub, who: str, child: UUID) -> set[str]:
    """Every name that somebody is told of the child, wherever they look."""
    gate, reader = hub.house.hub.disclosure, hub.person(who)
    listed: list[FoundChild] = [*gate.children(reader), *gate.find(reader, system="nhs-number", value=NUMBER)]
    assert len(listed) == 2
    return {read(hub, who, child).card.name, *(one.name for one in listed)}


def renamed_in_secret(_: TestHub) -> list[Update]:
    """The council's sealed source has her new surname."""
    person = somebody("sw-isla", NUMBER, "Adopted")
    return [told("sw", "step", code="sw.adoption.step", person=replace(person, local_id="sw-adoption"))]


def test_a_name_that_only_a_sealed_source_states_is_on_nobody_elses_card(hub: TestHub) -> None:
    child = settled(hub)

    take(hub, renamed_in_secret(hub))

    for who in ("callum", "morag", "dr-anwar", "catriona"):
        assert names(hub, who, child) == {"Isla Reid"}, who
    assert names(hub, "fiona", child) == {"Isla Adopted"}


def test_a_restricted_persons_name_is_told_only_to_those_with_something_open(hub: TestHub) -> None:
    take(hub, [told("gp", "joined", facts=(), person=RESTRICTED)])
    take(hub, [told("hv", "moved", facts=(works_with("gp-practice", "Z99104"),), person=RESTRICTED)])
    hidden = replace(somebody("school-isla", NUMBER, "Hidden"), restricted=True)
    take(hub, [told("school", "on", facts=(works_with("school", "SCH-ROWANBANK"),), person=hidden)])
    child = hub.only_child()

    assert names(hub, "dr-anwar", child) == {"Isla Reid"}
    assert names(hub, "callum", child) == {"Isla Hidden"}


def test_a_child_one_works_with_but_of_whom_nothing_is_open_is_listed_without_name_or_birth_date(hub: TestHub) -> None:
    take(hub, [told("hv", "moved", facts=(works_with("gp-practice", "Z99104"),))])
    child = hub.only_child()

    assert names(hub, "dr-anwar", child) == {""}
    assert {one.born for one in hub.house.hub.disclosure.children(hub.person("dr-anwar"))} == {""}


def test_the_card_is_the_same_on_every_page(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "early", code="gp.not_brought", occurred=on("2019-05-05"))])

    first = read(hub, "callum", child, limit=1)

    assert type(first.entries[0]).__name__ == "Withheld"
    assert first.card == read(hub, "callum", child).card
