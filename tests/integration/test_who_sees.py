"""Governance asks who would be shown an entry: it learns people, levels and rules, and that it asked is recorded."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from consent.decision import Disclosure, Level
from hub.errors import BadInput, NothingToShow, NotPermitted
from tests.fix_hub import TestHub
from tests.stories import CONCERN, ORDINARY, PLAN, PRIVATE, entry_of, read, recorded, settled


def test_it_names_everybody_who_would_be_shown_it_and_no_one_else(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_of(hub, child, CONCERN, "dr-anwar")

    found = hub.house.hub.who_sees.ask(hub.person("eilidh"), child, entry, reason="complaint")

    under_the_plan = {one.reader.id: (one.level, one.rule) for one in found if one.purpose == "child-plan"}
    seen: dict[str, str] = {}
    for person in hub.house.directory.people():
        try:
            shown = read(hub, person.id, child, **PLAN)
        except NothingToShow:
            continue
        if rule := _rule_of(shown, entry):
            seen[person.id] = rule
    assert {who: rule for who, (_, rule) in under_the_plan.items()} == seen
    assert under_the_plan["dr-anwar"] == (Level.EXPORTABLE, "own-record")
    assert under_the_plan["callum"] == (Level.WITHHELD, "plan-teacher-concern")
    assert "shona" not in under_the_plan


def _rule_of(shown: Disclosure, entry: UUID) -> str:
    return next((one.rule for one in shown.entries if one.entry == entry), "")


def test_what_is_told_to_nobody_outside_names_its_own_agency_alone(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_of(hub, child, PRIVATE, "dr-anwar")

    found = hub.house.hub.who_sees.ask(hub.person("eilidh"), child, entry, reason="case-review")

    assert {one.reader.id for one in found} == {"dr-anwar"}


def test_each_asking_is_recorded_with_its_reason_and_nothing_of_the_entry(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_of(hub, child, ORDINARY, "dr-anwar")
    hub.house.hub.who_sees.ask(hub.person("eilidh"), child, entry, reason="breach")

    last = recorded(hub)[-1]

    assert (last.action, last.outcome, last.reader) == ("who-sees", "shown", "eilidh")
    assert (last.child, last.entry, last.facts) == (child, entry, (("reason", "breach", 0),))
    assert "canary" not in repr(last)


def test_nobody_but_a_governance_lead_may_ask_and_that_they_tried_is_recorded(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_of(hub, child, ORDINARY, "dr-anwar")

    with pytest.raises(NotPermitted):
        hub.house.hub.who_sees.ask(hub.person("fiona"), child, entry, reason="complaint")

    last = recorded(hub)[-1]
    assert (last.action, last.outcome, last.reader) == ("who-sees", "refused", "fiona")


def test_without_a_reason_there_is_no_answer(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_of(hub, child, ORDINARY, "dr-anwar")

    with pytest.raises(BadInput, match="reason"):
        hub.house.hub.who_sees.ask(hub.person("eilidh"), child, entry, reason="curious about Isla")


@pytest.mark.parametrize("child", [None, UUID(int=9)])
def test_an_entry_that_is_not_the_childs_and_a_child_who_does_not_exist_are_the_same(
    hub: TestHub, child: UUID | None
) -> None:
    known = settled(hub)
    entry = uuid4() if child is None else entry_of(hub, known, ORDINARY, "dr-anwar")

    with pytest.raises(NothingToShow):
        hub.house.hub.who_sees.ask(hub.person("eilidh"), child or known, entry, reason="complaint")

    assert recorded(hub)[-1].outcome == "nothing-to-show"
