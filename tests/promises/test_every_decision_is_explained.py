"""Every entry of every reading can be explained to whoever answers for it, and every decision comes out again.

HUB_READINGS says of how many random readings; 1,000 take some minutes.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from random import Random
from uuid import UUID, uuid4

import pytest

from consent.decision import Disclosure, Redacted, Shown, Withheld
from consent.explaining import DecisionExplained, ReadingExplained
from hub.errors import NothingToShow, NotPermitted
from hub.events.access import Disclosed
from hub.people import Agency
from tests.fix_hub import TestHub
from tests.looking import records
from tests.random_worlds import people_a_world, read_at_random
from tests.stories import read, recorded, settled, stranger, take, told

READINGS = int(os.environ.get("HUB_READINGS", "150"))
WORLD = 50
"""Readings in one world before another is made."""


def explained(hub: TestHub, reading: UUID) -> ReadingExplained:
    return hub.house.hub.governance.decision(hub.person("eilidh"), reading)


def record(hub: TestHub, *readings: Disclosed) -> None:
    """Put readings on record behind the gate's back."""
    with hub.house._database.transaction("hub_reader") as cursor:
        hub.house._ledgers["access"].append(cursor, readings)


def level_of(entry: object) -> str:
    match entry:
        case Withheld():
            return "withheld"
        case Redacted():
            return "redacted"
        case Shown(exportable=exportable):
            return "exportable" if exportable else "shown"
        case _:
            raise AssertionError


def kinds_of(found: ReadingExplained) -> Counter[tuple[str, str, str]]:
    """How many entries came out at each level, by rule, of each agency."""
    counted: Counter[tuple[str, str, str]] = Counter()
    for one in found.decisions:
        counted[one.level, one.rule, one.agency] += one.entries
    return +counted


def kinds_shown(shown: Disclosure) -> Counter[tuple[str, str, str]]:
    return Counter((level_of(entry), entry.rule, entry.agency.value) for entry in shown.entries)


def whole(found: ReadingExplained, one: DecisionExplained) -> list[str]:
    """What is missing of an explanation, in words."""
    facts = {fact.name for fact in found.facts}
    missing = [] if one.equal else ["it does not come out again"]
    missing += [] if one.sentence and one.ask else ["it says nothing to a person"]
    missing += [] if not one.rule or one.rule in one.matched else ["its rule is not among those that matched"]
    asked = {"role", "own", "purpose", "basis", "released", "category", "sensitivity", "third_party"}
    missing += [f"{name} is not a recorded fact" for name in one.looked_at if name not in facts | asked]
    return missing


@pytest.fixture(params=range(-(-READINGS // WORLD)))
def seed(request: pytest.FixtureRequest) -> int:
    world: int = request.param
    return world


def test_every_entry_of_random_readings_is_explained_with_all_it_rests_on(hub: TestHub, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same worlds in every run
    children = people_a_world(hub, random)
    entries = explained_entries = 0
    problems: list[str] = []

    for one in read_at_random(hub, random, children, min(WORLD, READINGS - seed * WORLD)):
        found = explained(hub, one.reading)
        problems += [problem for decision in found.decisions for problem in whole(found, decision)]
        behind = [fact for fact in found.facts if fact.position is not None]
        problems += [f"{fact.name} has no event" for fact in behind if not fact.kind or fact.at is None]
        if one.shown is None:
            assert not kinds_of(found) or found.outcome == "nothing-to-show"
            continue
        assert kinds_of(found) == kinds_shown(one.shown)
        for entry in one.shown.entries:
            entries += 1
            alone = hub.house.hub.governance.decision(hub.person("eilidh"), one.reading, entry=entry.entry)
            told = [(decision.level, decision.rule, decision.sentence) for decision in alone.decisions]
            explained_entries += told == [(level_of(entry), entry.rule, entry.reason)]

    assert problems == []
    assert explained_entries == entries
    print(f"\nworld {seed}: {entries} entries of {WORLD} readings explained")  # noqa: T201 - the figures of this promise


def test_every_recorded_decision_of_random_worlds_comes_out_again(hub: TestHub, seed: int) -> None:
    random = Random(1000 + seed)  # noqa: S311 - the same worlds in every run
    tried = read_at_random(hub, random, people_a_world(hub, random), min(WORLD, READINGS - seed * WORLD))
    hub.house.hub.disclosure.children(hub.person("fiona"))

    found = hub.house.hub.governance.replay(hub.person("eilidh"))

    assert found.equal == found.readings == sum(bool(event.decisions) for event in recorded(hub))
    assert found.readings >= len(tried)
    assert (found.unequal, found.unreplayable) == ((), ())
    print(f"\nworld {seed}: {found.decisions} decisions of {found.readings} readings replayed")  # noqa: T201 - the figures of this promise


def test_random_worlds_hold_every_kind_of_fact(hub: TestHub) -> None:
    seen: set[tuple[str, str]] = set()
    for number in range(4):
        random = Random(number)  # noqa: S311 - the same worlds in every run
        read_at_random(hub, random, people_a_world(hub, random), 60)
        seen |= {(name.partition(":")[0], value) for event in recorded(hub) for name, value, _ in event.facts}

    assert {("emergency", "open"), ("released", "yes"), ("safe_address", "set"), ("consent", "withdrawn")} <= seen
    assert {("relation", "family"), ("relation", "allocated"), ("protection", "registered")} <= seen


def test_a_decision_recorded_otherwise_than_it_fell_is_found(hub: TestHub) -> None:
    child = settled(hub)
    read(hub, "fiona", child)
    honest = recorded(hub)[-1]
    forged = replace(honest, originator_id=uuid4(), decisions=tuple(replace(one, level=3) for one in honest.decisions))
    older = replace(honest, originator_id=uuid4(), facts=honest.facts[1:])
    foreign = replace(honest, originator_id=uuid4(), policy="0" * 64)
    record(hub, forged, older, foreign)

    found = hub.house.hub.governance.replay(hub.person("eilidh"))

    assert (found.readings, found.equal, found.unequal) == (4, 1, (forged.originator_id,))
    assert [ids for _, ids in found.unreplayable] == [(foreign.originator_id,), (older.originator_id,)]
    assert "registration" in found.unreplayable[1][0]
    assert "not kept" in explained(hub, foreign.originator_id).problem


def test_each_fact_is_told_with_the_place_and_kind_of_its_event_and_nothing_it_says(hub: TestHub) -> None:
    child = settled(hub)
    shown = read(hub, "callum", child)

    found = explained(hub, shown.reading)

    plan = next(fact for fact in found.facts if fact.name == "plan")
    assert (plan.value, plan.kind) == ("multi-agency", "EntryRecorded")
    assert plan.position is not None
    assert plan.at is not None
    assert "canary" not in repr(found)
    assert found.in_force


def test_only_governance_may_and_only_of_what_it_answers_for(hub: TestHub) -> None:
    child = settled(hub)
    reading = read(hub, "callum", child).reading
    governance = hub.house.hub.governance
    lead = hub.person("eilidh")
    of_school = replace(lead, agency=Agency.EDUCATION, organisation="SCH-ROWANBANK")
    of_practice = replace(lead, agency=Agency.GP, organisation="Z99104")

    with pytest.raises(NotPermitted):
        governance.decision(hub.person("callum"), reading)
    with pytest.raises(NotPermitted):
        governance.replay(hub.person("callum"))
    with pytest.raises(NothingToShow) as elsewhere:
        governance.decision(of_practice, reading)
    with pytest.raises(NothingToShow) as nowhere:
        governance.decision(of_practice, uuid4())

    assert governance.decision(of_school, reading).reading == reading
    assert str(elsewhere.value) == str(nowhere.value)
    assert governance.replay(of_practice).readings == 0
    hub.house.catch_up()
    assert "callum" in {one.reader for one in governance.readings(of_school)}
    assert {one.reader for one in governance.readings(of_practice)} == {"eilidh"}
    looks = [(event.action, event.outcome, event.organisation) for event in recorded(hub)][1:6]
    assert looks == [
        ("decision", "refused", "SCH-ROWANBANK"),
        ("replay", "refused", "SCH-ROWANBANK"),
        ("decision", "nothing-to-show", "Z99104"),
        ("decision", "nothing-to-show", "Z99104"),
        ("decision", "shown", "SCH-ROWANBANK"),
    ]


def test_an_entry_of_another_child_is_not_explained_by_a_reading_of_this_one(hub: TestHub) -> None:
    child = settled(hub)
    own = [one.originator_id for one in records(hub)]
    take(hub, [told("gp", "finn", person=stranger())])
    (theirs,) = [one.originator_id for one in records(hub) if one.originator_id not in own]
    reading = read(hub, "fiona", child).reading
    governance, lead = hub.house.hub.governance, hub.person("eilidh")

    for entry in (theirs, uuid4()):
        with pytest.raises(NothingToShow):
            governance.decision(lead, reading, entry=entry)

    assert all(len(governance.decision(lead, reading, entry=entry).decisions) == 1 for entry in own)
