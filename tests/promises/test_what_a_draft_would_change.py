"""A draft policy is tried on the readings that really happened: exactly, always alike, and telling nobody's record."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime
from random import Random
from zoneinfo import ZoneInfo

import pytest

from consent.decision import Level
from consent.policy import Policy, load
from consent.replay import answers, situation
from consent.what_if import FEW, Moved, WhatIf
from hub.api.overseen import what_if_to_json
from hub.errors import NotPermitted
from hub.events.access import Disclosed
from tests.bench.readings import a_draft, measure
from tests.fix_hub import ROOT, TestHub
from tests.random_worlds import people_a_world, read_at_random
from tests.stories import read, recorded, settled

READINGS = 2000


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    return load(a_draft(ROOT / "policies", tmp_path_factory.mktemp("drafts") / "draft"))


Key = tuple[str, str, int, int]
"""Role, agency, level before and after."""


def decided(hub: TestHub) -> list[Disclosed]:
    with hub.house._database.transaction("hub_projector") as cursor:
        found = [one.event for one in hub.house._ledgers["access"].read(cursor, after=0, limit=10 * READINGS)]
    return [event for event in found if isinstance(event, Disclosed) and event.decisions]


def tried(hub: TestHub, policy: Policy) -> WhatIf:
    return hub.house.hub.governance.what_if(hub.person("eilidh"), policy)


def again(event: Disclosed, policy: Policy, *, calm: bool = False) -> list[int]:
    """The levels of a recorded reading under another policy, worked out from its record by itself."""
    found = situation(event)
    assert not isinstance(found, str)
    ground, _ = policy.ground(event.purpose, event.basis, found.facts.controller, hub_day())
    facts = replace(found.facts, ground=ground, emergency="none" if calm else found.facts.emergency)
    return [int(answer.level) for answer in answers(event, replace(found, facts=facts), policy)]


def hub_day() -> date:
    """The day of the tests' readings, by the database's clock, in Scotland."""
    return datetime.now(ZoneInfo("Europe/London")).date()


def shifts(event: Disclosed, policy: Policy) -> Counter[Key]:
    """Each kind of change in a reading, with the entries that it touches."""
    found: Counter[Key] = Counter()
    for one, level in zip(event.decisions, again(event, policy), strict=True):
        if level != one.level and (one.entries or not one.level):
            found[event.role, event.agency, one.level, level] += one.entries
    return found


def key_of(moved: Moved) -> Key:
    return moved.role, moved.agency, int(Level[moved.before.upper()]), int(Level[moved.after.upper()])


def test_the_policy_in_force_would_have_changed_nothing(hub: TestHub) -> None:
    random = Random(7)  # noqa: S311 - the same world in every run
    read_at_random(hub, random, people_a_world(hub, random), 60)
    hub.house.catch_up()

    found = tried(hub, load(ROOT / "policies"))

    assert found.readings == len(decided(hub)) >= 60
    assert (found.changed, found.moved, found.left_out) == (0, (), 0)


def test_what_it_counts_is_what_deciding_each_record_again_gives(hub: TestHub, draft: Policy) -> None:
    found = measure(hub.house, draft, READINGS).account

    expected: dict[Key, list[tuple[str, int]]] = defaultdict(list)
    for event in decided(hub):
        for key, entries in shifts(event, draft).items():
            expected[key].append((event.reader, entries))
    readers = {key: len({reader for reader, _ in told}) for key, told in expected.items()}
    words = {key: str(many) if many >= FEW else "fewer than 5" for key, many in readers.items()}
    assert found.readings == READINGS
    assert {key_of(one): (one.readings, one.entries, one.readers) for one in found.moved} == {
        key: (len(told), sum(entries for _, entries in told), words[key]) for key, told in expected.items()
    }
    assert "fewer than 5" in words.values()


def test_emergency_uses_that_the_draft_makes_needless_or_refuses_are_counted(hub: TestHub, draft: Policy) -> None:
    found = measure(hub.house, draft, READINGS).account.emergency

    needless = refused = narrowed = used = 0
    for event in decided(hub):
        if ("emergency", "open") not in {(name, value) for name, value, _ in event.facts}:
            continue
        calm, urgent = again(event, draft, calm=True), again(event, draft)
        seen = [(one.level, c, u) for one, c, u in zip(event.decisions, calm, urgent, strict=True) if one.entries]
        used += bool(seen)
        needless += bool(seen) and all(c >= level for level, c, _ in seen)
        narrowed += any(u < level for level, _, u in seen)
        refused += bool(seen) and not any(u for _, _, u in seen)
    assert (found.readings, found.needless, found.narrowed, found.refused) == (used, needless, narrowed, refused)
    assert used > needless > 0 < refused


def test_the_account_is_the_same_bytes_twice_and_after_a_rebuild(hub: TestHub, draft: Policy) -> None:
    found = measure(hub.house, draft, 300).account
    again = tried(hub, draft)
    assert hub.house.rebuild("decided", lambda _: None).swapped

    assert what_if_to_json(found) == what_if_to_json(again) == what_if_to_json(tried(hub, draft))


def test_it_tells_no_child_and_no_reader(hub: TestHub, draft: Policy) -> None:
    child = settled(hub)
    read(hub, "callum", child)
    read(hub, "morag", child)
    hub.house.catch_up()

    told = what_if_to_json(tried(hub, draft)).decode()

    assert "class-teacher" in told
    assert not [word for word in ("callum", "morag", str(child), "canary", "Reid") if word in told]


def test_what_is_kept_of_a_reading_holds_no_child_and_no_entry(hub: TestHub) -> None:
    child = settled(hub)
    shown = read(hub, "fiona", child)
    hub.house.catch_up()

    with hub.as_owner() as connection:
        kept = str(
            connection.execute(
                "select (select array_agg(s::text) from read.situations s), (select array_agg(r::text) from "
                "read.rulings r), (select array_agg(d::text) from read.decided d)"
            ).fetchone()
        )

    assert str(shown.reading) in kept
    assert not [one for one in (child, *(entry.entry for entry in shown.entries)) if str(one) in kept]


def test_only_governance_may_try_one_and_each_try_is_recorded(hub: TestHub, draft: Policy) -> None:
    with pytest.raises(NotPermitted):
        hub.house.hub.governance.what_if(hub.person("callum"), draft)
    tried(hub, draft)

    looks = [(event.action, event.outcome, event.policy) for event in recorded(hub)]
    assert looks == [("what-if", "refused", ""), ("what-if", "shown", draft.fingerprint)]
