"""Who works with a child: the right worker of the right agency, until the day it ends, as those say who can say it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from consent.statements import ConsentSaid
from hub.errors import NOTHING, BadInput, NothingToShow
from hub.update import Delivery
from tests.builders import stage, works_with
from tests.fix_hub import TestHub
from tests.stories import CONSENT, everyone, kinds, read, recorded, settled, take, told

HERE = "pupilonrolltableid,NativeId,dob,surname,forename,upn,entrydate\n"
GONE = "pupilnolongeronrolltableid,NativeId,dob,surname,forename,upn,entrydate,leavingdate\n"
PUPIL = "{},SCH-ROWANBANK,2019-Apr-02 00:00:00,Reid,Isla,B928999922014,2023-Sep-04 00:00:00"


def works(hub: TestHub, who: str) -> bool:
    """Whether the one child is on somebody's caseload, which says the same as whether her story opens."""
    reader, child = hub.person(who), hub.only_child()
    listed = [one.child for one in hub.house.hub.disclosure.children(reader)] == [child]
    try:
        read(hub, who, child)
    except NothingToShow:
        assert not listed
    else:
        assert listed
    return listed


@pytest.mark.parametrize(("council", "theirs"), [("la-990", True), ("la-991", False), ("", False)])
def test_an_allocated_worker_is_the_councils_own_and_not_another_of_the_same_number(
    hub: TestHub, council: str, *, theirs: bool
) -> None:
    fact = works_with("allocated-social-worker", council, "SW-0417")
    take(hub, [told("sw", "planned", code="sw.plan.agreed", facts=(fact, stage("plan")))])

    assert works(hub, "fiona") is theirs


def test_a_colleague_of_the_allocated_worker_does_not_work_with_the_child(hub: TestHub) -> None:
    take(hub, [told("sw", "planned", facts=(works_with("allocated-social-worker", "la-990", "SW-0500"),))])

    assert not works(hub, "fiona")


def test_a_practice_ends_though_one_source_names_its_doctor_and_another_does_not(hub: TestHub) -> None:
    take(hub, [told("gp", "joined", facts=(works_with("gp-practice", "Z99104", "999900000011"),))])
    assert works(hub, "dr-anwar")

    moved = (works_with("gp-practice", "Z99999"), works_with("gp-practice", "Z99104", until="2025-01-01"))
    take(hub, [told("hv", "moved", facts=moved)])

    assert not works(hub, "dr-anwar")


def test_the_end_of_one_social_worker_is_not_the_end_of_another(hub: TestHub) -> None:
    duty = "allocated-social-worker"
    take(hub, [told("sw", "one", facts=(works_with(duty, "la-990", "SW-0417"),))])
    take(hub, [told("sw", "two", facts=(works_with(duty, "la-990", "SW-0500", until="2025-01-01"),))])

    assert works(hub, "fiona")


@pytest.mark.parametrize(
    ("agency", "duty", "organisation", "who", "counts"),
    [
        ("school", "school", "SCH-ROWANBANK", "catriona", True),
        ("gp", "school", "SCH-ROWANBANK", "catriona", False),
        ("gp", "gp-practice", "Z99104", "dr-anwar", True),
        ("hv", "gp-practice", "Z99104", "dr-anwar", True),
        ("school", "gp-practice", "Z99104", "dr-anwar", False),
        ("school", "school", "Z99104", "dr-anwar", False),
        ("hv", "health-visiting-team", "Z9HV1", "morag", True),
        ("sw", "health-visiting-team", "Z9HV1", "morag", False),
        ("school", "allocated-social-worker", "la-990", "fiona", False),
    ],
)
def test_a_duty_counts_only_from_those_who_can_state_it_and_for_those_who_can_have_it(  # noqa: PLR0913, PLR0917 - a case
    hub: TestHub,
    agency: str,
    duty: str,
    organisation: str,
    who: str,
    counts: bool,  # noqa: FBT001
) -> None:
    worker = "SW-0417" if duty == "allocated-social-worker" else ""
    take(hub, [told(agency, "said", facts=(works_with(duty, organisation, worker),))])

    assert works(hub, who) is counts


def census(hub: TestHub, name: str, table: str) -> None:
    take(hub, hub.house.translate(Delivery("school-census", name, table.encode())))


@pytest.mark.parametrize(("left", "still"), [("", False), ("yesterday", False), ("2030-01-01", True)])
def test_a_school_whose_pupil_left_does_not_see_on_for_ever(hub: TestHub, left: str, *, still: bool) -> None:
    census(hub, "2024_autumn_pupilonroll.csv", HERE + PUPIL.format("c41") + "\n")
    assert works(hub, "catriona")

    census(hub, "2025_autumn_pupilnolongeronroll.csv", GONE + PUPIL.format("d52") + f",{left}\n")

    assert works(hub, "catriona") is still


def test_a_leaver_without_day_and_term_stays_open_and_says_so(hub: TestHub) -> None:
    (one,) = hub.house.translate(
        Delivery("school-census", "leavers.csv", (GONE + PUPIL.format("d52") + ",\n").encode())
    )

    assert getattr(one, "facts", None) == ()
    assert "no-end" in [defect.code for defect in getattr(one, "defects", ())]


def episode(**parts: object) -> bytes:
    details = {"surname": "Reid", "first_name": "Isla"}
    return json.dumps(
        {
            "la_code": "990",
            "Children": [{"la_child_id": "c1", "child_details": details, "social_care_episodes": [parts]}],
        }
    ).encode()


def test_a_closed_case_closes_its_worker_its_plan_and_its_investigation(hub: TestHub) -> None:
    open_case: dict[str, object] = {
        "social_care_episode_id": "e1",
        "referral_date": "2020-01-01",
        "care_worker_details": [{"worker_id": "SW-0417", "start_date": "2020-01-02"}],
        "child_in_need_plans": [{"child_in_need_plan_id": "p1", "start_date": "2020-02-01", "end_date": "2020-09-01"}],
        "section_47_assessments": [{"section_47_assessment_id": "s1", "start_date": "2020-02-01"}],
    }
    take(hub, hub.house.translate(Delivery("csc-api", "day", episode(**open_case))))
    assert works(hub, "fiona")

    closed = episode(**open_case, closure_date="2021-01-01", closure_reason="RC9")
    take(hub, hub.house.translate(Delivery("csc-api", "day", closed)))

    assert not works(hub, "fiona")
    with hub.as_owner() as connection:
        standing = "select kind, until from read.status where known_to = 'infinity' order by 1"
        found = connection.execute(standing).fetchall()
    assert found == [("concern", "2021-01-01"), ("plan", "2020-09-01")]


@pytest.mark.parametrize(
    ("now", "still"),
    [
        (datetime(2026, 6, 30, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), False),  # half past midnight on 1 July
    ],
)
def test_a_day_ends_at_midnight_in_scotland(hub: TestHub, now: datetime, *, still: bool) -> None:
    hub.clock.at = now
    take(hub, everyone(until="2026-06-30"))

    assert works(hub, "morag") is still


# Who may record a decision about consent


def give(hub: TestHub, who: str, child: UUID, **days: str) -> None:
    said = ConsentSaid("give", "education", "health", **({"since": "2024-01-01"} | days))
    hub.house.hub.casework.record_consent(hub.person(who), child, said)


def test_who_works_with_the_child_records_consent_and_it_is_in_force(hub: TestHub) -> None:
    child = settled(hub, plan=False)

    give(hub, "morag", child, since="2024-01-01", until="2026-12-31")

    assert ("Shown", "consent-given") in kinds(read(hub, "callum", child, **CONSENT))
    with hub.as_owner() as connection:
        days = "select since::text, until::text from read.consent where state = 'given'"
        assert connection.execute(days).fetchall() == [("2024-01-01", "2026-12-31")]


@pytest.mark.parametrize("who", ["shona", "rab", "eilidh"])
def test_nobody_else_records_consent_and_learns_nothing_of_the_child_by_trying(hub: TestHub, who: str) -> None:
    child = settled(hub)

    said = []
    for one in (child, uuid4()):
        with pytest.raises(NothingToShow) as caught:
            give(hub, who, one)
        said.append((caught.value.message, caught.value.next_step))

    assert said[0] == said[1]
    assert [(one.action, one.reader, one.outcome) for one in recorded(hub)] == [("consent", who, "nothing-to-show")] * 2
    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from read.consent").fetchone() == (0,)


@pytest.mark.parametrize(
    "days",
    [{"until": "31/12/2024"}, {"since": "soon"}, {"until": "2024-02-30"}, {"until": "2023-12-31"}],
)
def test_a_consent_whose_days_are_none_is_refused(hub: TestHub, days: dict[str, str]) -> None:
    child = settled(hub, plan=False)

    with pytest.raises(BadInput) as caught:
        give(hub, "morag", child, **days)

    assert caught.value.next_step
    assert ("Withheld", "consent-not-recorded") in kinds(read(hub, "callum", child, **CONSENT))


def test_no_consent_is_kept_of_a_child_who_does_not_exist(hub: TestHub) -> None:
    with pytest.raises(NothingToShow, match=NOTHING):
        give(hub, "morag", uuid4())

    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from read.consent").fetchone() == (0,)
