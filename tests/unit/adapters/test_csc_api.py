"""Social work's daily payload: each record its own update, and what is purged is taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.csc_api import translate
from hub.update import Delivery, InvolvementFact, Occurred, Precision, Refusal, StatusFact, Update

SAMPLE = (
    Path(__file__).resolve().parents[3] / ".." / "shared" / "samples" / "dfe_csc_api" / "payload_structure.json.txt"
)


def child(**parts: object) -> dict[str, Any]:
    return {"la_child_id": "c1", **parts}


def episode(**parts: object) -> dict[str, Any]:
    return child(social_care_episodes=[{"social_care_episode_id": "e1", **parts}])


def read(children: object, la_code: object = 990) -> list[Update | Refusal]:
    content = json.dumps({"la_code": la_code, "Children": children}).encode()
    return list(translate(Delivery("csc-api", "day.json", content)))


def updates(children: object, la_code: object = 990) -> list[Update]:
    found = read(children, la_code)
    assert all(isinstance(one, Update) for one in found), found
    return [one for one in found if isinstance(one, Update)]


def one_update(children: object) -> Update:
    (one,) = updates(children)
    return one


def one_refusal(children: object) -> Refusal:
    (one,) = read(children)
    assert isinstance(one, Refusal)
    return one


FULL = child(
    child_details={"first_name": "Isla", "surname": "Lennox", "date_of_birth": "2019-03-14", "sex": "F"},
    health_and_wellbeing={"sdq_assessments": [{"date": "2025-03-10", "score": 17}]},
    social_care_episodes=[
        {
            "social_care_episode_id": "e1",
            "referral_date": "2024-10-15",
            "referral_source": "2A",
            "care_worker_details": [{"worker_id": "w1", "start_date": "2024-10-18"}],
            "child_and_family_assessments": [{"child_and_family_assessment_id": "a1", "start_date": "2024-10-18"}],
            "child_in_need_plans": [{"child_in_need_plan_id": "p1", "start_date": "2025-06-26"}],
            "section_47_assessments": [
                {"section_47_assessment_id": "s1", "start_date": "2024-12-03", "icpc_date": "2024-12-19"}
            ],
            "child_protection_plans": [{"child_protection_plan_id": "cp1", "start_date": "2024-12-19"}],
            "child_looked_after_placements": [{"child_looked_after_placement_id": "l1", "start_date": "2025-01-02"}],
            "adoption": {"initial_decision_date": "2025-02-03", "matched_date": "2025-04-05"},
            "care_leavers": {"contact_date": "2025-05-06", "activity": "F2"},
            "closure_date": "2025-10-02",
            "closure_reason": "RC7",
        }
    ],
)
CODES = [
    "sw.child.details",
    "sw.strengths_difficulties",
    "sw.assistance.requested",
    "sw.worker.changed",
    "sw.assessment.started",
    "sw.plan.agreed",
    "sw.investigation.started",
    "sw.cppm.held",
    "sw.register.added",
    "sw.placement.started",
    "sw.adoption.step",
    "sw.adoption.step",
    "sw.care_leaver.contact",
    "sw.case.closed",
]


def test_each_record_of_a_child_is_an_update_of_its_own() -> None:
    found = updates(FULL)

    assert [one.code for one in found] == CODES
    assert len({one.record_id for one in found}) == len(CODES)
    assert {one.person.local_id for one in found} == {"990|c1"}
    assert {one.organisation for one in found} == {"la-990"}
    assert not any(one.defects for one in found)
    assert {(one.version, one.order) for one in found} == {("", "")}


def test_one_child_alone_and_a_list_of_children_read_the_same() -> None:
    assert updates(FULL) == [_moved(one) for one in updates([FULL])]


def _moved(one: Update) -> Update:
    return replace(one, place=one.place.replace("/Children/0", "/Children"))


def test_the_child_is_known_by_every_number_the_council_holds() -> None:
    details = {
        "unique_pupil_number": "B928999922014",
        "former_unique_pupil_number": "A1",
        "nhs_number": "9990190313",
        "first_name": "Isla",
        "surname": "Lennox",
        "date_of_birth": "2019-03-14",
        "postcode": "ZZ99 3CZ",
    }

    person = one_update(child(child_details=details)).person

    assert [(part.system, part.value, part.verified) for part in person.identifiers] == [
        ("la-child-id", "990/c1", True),
        ("upn", "B928999922014", True),
        ("upn", "A1", False),
        ("nhs-number", "9990190313", True),
    ]
    assert (person.family, person.given, person.birth_dates) == ("Lennox", ("Isla",), ("2019-03-14",))


def test_an_unborn_child_has_no_date_of_birth() -> None:
    one = one_update(child(child_details={"surname": "Lennox", "expected_date_of_birth": "2026-09-01"}))

    assert one.person.birth_dates == ()
    assert not one.defects


def test_plans_investigations_registration_and_placements_change_the_childs_status() -> None:
    dates = {"start_date": "2025-01-02", "end_date": "2025-03-04"}

    found = updates(
        episode(
            child_in_need_plans=[{"child_in_need_plan_id": "1", **dates}],
            section_47_assessments=[{"section_47_assessment_id": "2", **dates}],
            child_protection_plans=[{"child_protection_plan_id": "3", **dates}],
            child_looked_after_placements=[{"child_looked_after_placement_id": "4", **dates}],
        )
    )

    kinds = ("plan", "concern", "registered", "looked-after")
    assert [one.facts for one in found] == [(StatusFact(kind, "2025-01-02", "2025-03-04"),) for kind in kinds]  # type: ignore[arg-type]  # the four kinds
    assert {one.occurred for one in found} == {Occurred("2025-01-02", Precision.DAY, "2025-03-04")}


def test_the_allocated_worker_is_involved_from_then_until_then() -> None:
    worker = {"worker_id": "SW-1", "start_date": "2024-10-18", "end_date": "2025-01-31"}

    one = one_update(episode(care_worker_details=[worker]))

    assert one.facts == (InvolvementFact("allocated-social-worker", "la-990", "SW-1", "", "2024-10-18", "2025-01-31"),)


def test_a_placements_address_is_in_no_text() -> None:
    placement = {"child_looked_after_placement_id": "4", "start_date": "2025-01-02", "postcode": "ZZ99 3WZ"}

    one = one_update(episode(child_looked_after_placements=[placement]))

    assert "ZZ99" not in one.headline + one.detail + one.person.postcode + str(one.codings)


def test_adoption_keeps_its_sensitivity_to_the_last_record() -> None:
    found = updates(episode(adoption={"placed_date": "2025-01-02"}, closure_date="2025-06-07", closure_reason="RC1"))

    assert [(one.code, one.sensitivity) for one in found] == [
        ("sw.adoption.step", "adoption"),
        ("sw.case.closed", "adoption"),
    ]


def test_a_factor_of_an_assessment_is_counted_and_never_named_in_the_text() -> None:
    factors = {"child_and_family_assessment_id": "1", "start_date": "2025-01-02", "factors": ["4B", "3A"]}

    one = one_update(episode(child_and_family_assessments=[factors]))

    assert one.detail == "Factors recorded: 2."
    assert [coding.code for coding in one.codings] == ["4B", "3A"]


def test_purging_a_child_takes_back_its_details_and_every_record_present() -> None:
    found = updates(FULL | {"purge": True})

    assert [one.code for one in found] == CODES
    assert {one.action for one in found} == {"retract"}
    assert {one.record_id for one in found} == {one.record_id for one in updates(FULL)}
    assert not any(one.facts for one in found)


def test_purging_a_child_that_comes_with_its_id_alone_takes_back_its_details() -> None:
    one = one_update(child(purge=True))

    assert (one.action, one.record_id) == ("retract", "990|c1|child_details|details")


def test_purging_an_episode_takes_back_what_is_in_it_and_nothing_else() -> None:
    payload = json.loads(json.dumps(FULL))
    payload["social_care_episodes"][0]["purge"] = True

    found = updates(payload)

    kept = [one.code for one in found if one.action == "assert"]
    assert kept == ["sw.child.details", "sw.strengths_difficulties"]


def test_purging_an_episode_that_comes_with_its_id_alone_takes_back_its_referral_and_closure() -> None:
    found = updates(episode(purge=True))

    assert [(one.action, one.record_id) for one in found] == [
        ("retract", "990|c1|referral|e1"),
        ("retract", "990|c1|closure|e1"),
    ]


def test_purging_the_wellbeing_part_takes_back_its_questionnaires() -> None:
    found = updates(
        child(health_and_wellbeing={"sdq_assessments": [{"date": "2025-03-10", "score": 1}], "purge": True})
    )

    assert [one.action for one in found] == ["retract"]


@pytest.mark.parametrize(
    ("part", "record"),
    [
        ("child_and_family_assessments", {"child_and_family_assessment_id": "x"}),
        ("child_in_need_plans", {"child_in_need_plan_id": "x"}),
        ("section_47_assessments", {"section_47_assessment_id": "x"}),
        ("child_protection_plans", {"child_protection_plan_id": "x"}),
        ("child_looked_after_placements", {"child_looked_after_placement_id": "x"}),
    ],
)
def test_purging_one_record_takes_back_that_record(part: str, record: dict[str, str]) -> None:
    dated = {**record, "start_date": "2025-01-02"}

    told = one_update(episode(**{part: [dated]}))
    purged = one_update(episode(**{part: [{**dated, "purge": True}]}))

    assert (told.action, purged.action) == ("assert", "retract")
    assert told.record_id == purged.record_id
    assert purged.facts == ()


def test_purging_adoption_takes_back_every_step_when_it_names_none() -> None:
    assert len(updates(episode(adoption={"purge": True}))) == 3


def test_details_alone_can_be_purged() -> None:
    payload = json.loads(json.dumps(FULL))
    payload["child_details"]["purge"] = True

    assert [one.code for one in updates(payload) if one.action == "retract"] == ["sw.child.details"]


def test_a_purge_that_cannot_be_read_is_left_to_a_person() -> None:
    one = one_refusal(episode(referral_date="2024-10-15", purge="perhaps"))

    assert (one.reason, one.place) == ("unclear-purge", "/Children/social_care_episodes/0/purge")
    assert json.loads(one.original)["Children"]["social_care_episodes"]["referral_date"] == "2024-10-15"


def test_a_record_without_an_id_is_told_apart_by_its_date_and_says_so() -> None:
    plan = {"start_date": "2025-01-02"}

    found = updates(episode(child_in_need_plans=[plan, plan]))

    assert [one.record_id for one in found] == [
        "990|c1|child_in_need_plan|2025-01-02#0",
        "990|c1|child_in_need_plan|2025-01-02#1",
    ]
    assert {defect.code for one in found for defect in one.defects} == {"no-record-id"}


def test_a_record_without_a_date_is_kept_with_a_defect() -> None:
    one = one_update(episode(child_in_need_plans=[{"child_in_need_plan_id": "p1", "start_date": "soon"}]))

    assert one.occurred.precision is Precision.UNKNOWN
    assert {defect.code for defect in one.defects} == {"bad-date", "no-date"}
    assert one.facts == ()


def test_a_record_with_neither_id_nor_date_is_refused_at_its_pointer() -> None:
    one = one_refusal(episode(child_in_need_plans=[{"end_date": "2025-01-02"}]))

    assert (one.reason, one.place) == ("no-record-id", "/Children/social_care_episodes/0/child_in_need_plans/0")


def test_a_child_without_an_id_is_refused_whole() -> None:
    one = one_refusal([{"child_details": {"surname": "Lennox"}}])

    assert (one.reason, one.place) == ("no-subject", "/Children/0")
    assert b"Lennox" in one.original


def test_an_end_before_the_start_is_a_defect_and_is_not_repaired() -> None:
    dates = {"child_in_need_plan_id": "p", "start_date": "2025-03-04", "end_date": "2025-01-02"}

    one = one_update(episode(child_in_need_plans=[dates]))

    assert one.occurred == Occurred("2025-03-04", Precision.DAY)
    assert [defect.code for defect in one.defects] == ["end-before-start"]


@pytest.mark.parametrize("odd", [7, True, "text", ["list"], 1.5, {"a": 1}, None, [[]], [{}], [None]])
def test_a_value_of_the_wrong_kind_never_stops_the_rest(odd: object) -> None:
    keys = list(FULL["social_care_episodes"][0])
    for key in [*keys, "first_name", "score", "sdq_assessments", "child_details", "health_and_wellbeing"]:
        broken = json.loads(json.dumps(FULL))
        _replace(broken, key, odd)

        found = read([broken, child(child_details={"surname": "Reid"})])

        last = found[-1]
        assert isinstance(last, Update)
        assert last.person.family == "Reid"


def _replace(value: object, key: str, odd: object) -> None:
    parts = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    if isinstance(value, dict) and key in value:
        value[key] = odd
    else:
        for part in parts:
            _replace(part, key, odd)


def test_a_number_for_a_text_is_read_with_a_defect() -> None:
    one = one_update(child(child_details={"surname": "Lennox", "unique_pupil_number": 7}))

    assert ("upn", "7") in [(part.system, part.value) for part in one.person.identifiers]
    assert [defect.place for defect in one.defects] == ["/Children/child_details/unique_pupil_number"]


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b'{"la_code": 1}', b'{"Children": []}', b'{"la_code": null, "Children": {}}', b'"text"', b"7"],
)
def test_a_file_of_another_kind_is_one_refusal(content: bytes) -> None:
    (one,) = translate(Delivery("csc-api", "x.json", content))

    assert isinstance(one, Refusal)
    assert one.reason == "not-this-format"
    assert one.original == content


@pytest.mark.parametrize("la_code", [True, [], {}, 1.5, ""])
def test_a_council_without_a_usable_code_is_one_refusal(la_code: object) -> None:
    (one,) = read(FULL, la_code)

    assert isinstance(one, Refusal)
    assert one.reason == "not-this-format"


def test_a_payload_without_children_has_no_records() -> None:
    assert read([]) == []


def test_the_published_structure_is_not_json_and_is_one_clear_refusal() -> None:
    if not SAMPLE.is_file():
        pytest.skip("The published payload structure is not beside the project (../shared/samples/dfe_csc_api).")

    (one,) = translate(Delivery("csc-api", "payload.json", SAMPLE.read_bytes()))

    assert isinstance(one, Refusal)
    assert one.reason == "json-malformed"
    assert one.place.startswith("line 29")
