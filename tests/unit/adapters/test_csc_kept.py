"""Each record of a social work payload is kept so that it can be read again alone, with the child it is about."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from adapters.csc_api import translate
from hub.update import Delivery, Refusal, Update
from tests.contract.adapter import check
from tests.unit.adapters.test_csc_api import FULL, child, episode, read, updates


def again(one: Update | Refusal) -> list[Update | Refusal]:
    return list(translate(Delivery("csc-api", "day.json", one.original)))


def crowded() -> dict[str, Any]:
    """The full child with everything that makes one part hard to tell from another."""
    payload = deepcopy(FULL)
    first = payload["social_care_episodes"][0]
    payload["child_details"] |= {"nhs_number": "9990190313", "disabilities": ["NONE"], "unique_pupil_number": 7}
    payload["health_and_wellbeing"]["sdq_assessments"] += [{"date": "2025-03-10", "score": 3}, {"score": 2}, [1]]
    plan = {"start_date": "2025-06-26"}
    first["child_in_need_plans"] += [plan, plan, {"end_date": "2025-01-01"}, 7, {**plan, "purge": "?"}]
    inquiry = {"start_date": "2025-01-01", "icpc_date": "2025-02-02"}
    first["section_47_assessments"] += [inquiry, {**inquiry, "purge": True}, {**inquiry, "purge": 3}]
    payload["social_care_episodes"] += [
        {"social_care_episode_id": "e2", "purge": True},
        {"social_care_episode_id": "e3", "purge": True, "adoption": {"purge": True}, "closure_date": "2025-01-01"},
        {"social_care_episode_id": "e4", "purge": "?"},
        {"social_care_episode_id": "e5", "adoption": {"purge": "?"}},
        {"social_care_episode_id": 6, "referral_date": "2025-01-01", "adoption": {"placed_date": "2025-05-06"}},
        [1],
    ]
    return payload


@pytest.mark.parametrize("purged", [False, True])
@pytest.mark.parametrize("payload", [FULL, crowded(), {**crowded(), "child_details": [5]}, child(purge=True)])
def test_every_record_and_refusal_is_read_again_alone_to_the_same_bytes(payload: dict[str, Any], purged: bool) -> None:  # noqa: FBT001 - a parameter of the test
    children = [payload | ({"purge": True} if purged else {}), 7, [7], {"child_details": {"surname": "Reid"}}]
    content = json.dumps({"la_code": 990, "Children": children}).encode()

    found = check(Delivery("csc-api", "day.json", content), canaries=("Isla", "Lennox", "9990190313"))

    assert [second.original for one in found for second in again(one)] == [one.original for one in found]


def test_a_record_alone_still_knows_the_child() -> None:
    for one in updates(FULL):
        (second,) = again(one)

        assert isinstance(second, Update)
        assert (second.person.given, second.person.birth_dates) == (("Isla",), ("2019-03-14",))


def test_an_inquiry_and_its_meeting_are_kept_apart() -> None:
    inquiry = {"section_47_assessment_id": "s1", "start_date": "2024-12-03", "icpc_date": "2024-12-19"}
    first = updates(episode(section_47_assessments=[inquiry]))
    moved = updates(episode(section_47_assessments=[{**inquiry, "icpc_date": "2024-12-20"}]))

    assert [one.code for one in first] == ["sw.investigation.started", "sw.cppm.held"]
    assert [one.original == other.original for one, other in zip(first, moved, strict=True)] == [True, False]


def test_an_end_that_follows_from_the_closing_of_the_case_is_kept_with_what_it_ends_alone() -> None:
    payload = deepcopy(FULL)
    payload["social_care_episodes"][0]["closure_date"] = "2025-11-03"

    changed = {
        one.code for one, other in zip(updates(FULL), updates(payload), strict=True) if one.original != other.original
    }

    assert changed == {"sw.worker.changed", "sw.plan.agreed", "sw.investigation.started", "sw.case.closed"}


def test_a_childs_other_details_change_no_bytes_but_their_own() -> None:
    payload = deepcopy(FULL)
    payload["child_details"] |= {"disabilities": ["HAND"], "ethnicity": "WBRI"}

    changed = [
        one.code for one, other in zip(updates(FULL), updates(payload), strict=True) if one.original != other.original
    ]

    assert changed == ["sw.child.details"]


def test_the_order_of_keys_and_of_children_changes_no_bytes() -> None:
    turned = json.loads(json.dumps(FULL), object_pairs_hook=lambda pairs: dict(reversed(pairs)))

    assert {one.original for one in updates([child(), turned])} == {one.original for one in updates(FULL)}


def test_details_too_long_to_be_kept_with_each_record_are_refused_once() -> None:
    plans = [{"child_in_need_plan_id": f"p{n}", "start_date": "2025-06-26"} for n in range(100)]
    long = episode(child_in_need_plans=plans) | {"child_details": {"surname": "x" * 50_000}}

    (one,) = read([long])

    assert isinstance(one, Refusal)
    assert (one.reason, one.place) == ("too-long", "/Children/0/child_details")
    assert [(second.original, second.reason) for second in again(one) if isinstance(second, Refusal)] == [
        (one.original, "too-long")
    ]


def test_a_payload_of_a_council_is_read_whole_whatever_it_is_marked_with() -> None:
    for mark in ({"part": "adoption"}, {"part": "elsewhere"}, {}, 7):
        content = json.dumps({"la_code": 990, "Children": [FULL], "urn:chronology-hub": mark}).encode()

        assert len(list(translate(Delivery("csc-api", "day.json", content)))) == len(updates(FULL))
