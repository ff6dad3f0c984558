"""The facts of a decision: who counts as what, from whom consent counts, and what the hub knew at any moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import psycopg
import pytest

from consent.capacity import CapacityReview, capacity_reviews
from consent.decision import Facts
from hub.errors import NothingToShow
from hub.events.identity import PersonRecordLinked
from hub.events.partnership import AgreementTerm, Term
from hub.events.sharing import ConsentGiven, ConsentRefused, ConsentWithdrawn
from hub.people import Agency, Practitioner, Role
from tests.builders import somebody, stage, works_with
from tests.fix_hub import TestHub
from tests.properties.histories import Version, updates
from tests.stating import capacity, duty, facts, organisation, registration, safe_address, tie
from tests.stories import NUMBER, consent, now_of, settled, stranger, take, told

READERS = ("dr-anwar", "morag", "callum", "fiona", "rab")
ISLA_BORN = "2019-04-02"


def behind(found: Facts, name: str) -> tuple[str, bool]:
    """A fact's value as recorded, and whether an event is behind it."""
    source = next(one for one in found.sources if one.name == name)
    return source.value, source.position is not None


def test_who_leads_is_allocated_a_team_is_involved_and_the_named_person_alone_is_only_that(hub: TestHub) -> None:
    child = settled(hub)
    shona, rab = hub.person("shona"), replace(hub.person("rab"), worker="W-1")
    assert facts(hub, shona, child).relation == facts(hub, rab, child).relation == "none"

    duty(hub, child, "named-person", shona)
    duty(hub, child, "works-with", rab, team=True)
    assert facts(hub, shona, child).relation == "named-person"
    assert facts(hub, rab, child).relation == "involved"
    assert not hub.house.hub.disclosure.children(shona)

    duty(hub, child, "lead-professional", shona)
    assert facts(hub, shona, child).relation == "allocated"
    assert facts(hub, replace(shona, worker="HV-9"), child).relation == "none"
    duty(hub, child, "lead-professional", replace(shona, worker="HV-9"))
    assert facts(hub, replace(shona, worker="HV-9"), child).relation == "allocated"  # two may lead
    assert [one.child for one in hub.house.hub.disclosure.children(shona)] == [child]
    duty(hub, child, "lead-professional", shona, until="2026-10-31")
    assert facts(hub, shona, child).relation == "named-person"


def test_ones_own_family_comes_before_any_work(hub: TestHub) -> None:
    child = settled(hub)
    assert facts(hub, "callum", child).relation == "involved"

    tie(hub, child, "family", "callum")

    assert behind(facts(hub, "callum", child), "relation") == ("family", True)
    assert hub.house.hub.disclosure.children(hub.person("callum")) == ()
    tie(hub, child, "family", "callum", until="2026-10-31")
    assert facts(hub, "callum", child).relation == "involved"


@pytest.mark.parametrize(
    ("on", "stated", "relation"),
    [
        ("2031-04-01", "", "parental"),
        ("2031-04-02", "", "none"),
        ("2031-04-02", "assessed-not-yet", "parental"),
        ("2035-04-02", "assessed-not-yet", "none"),
    ],
)
def test_a_parent_acts_until_the_twelfth_birthday_or_while_the_child_cannot(
    hub: TestHub, on: str, stated: str, relation: str
) -> None:
    child = settled(hub)
    tie(hub, child, "parental", "a-parent")
    parent = Practitioner("a-parent", "", Role.ADMINISTRATOR, Agency.OVERSIGHT, "")
    if stated:
        capacity(hub, child, stated)

    found = facts(hub, parent, child, moment=datetime.fromisoformat(f"{on}T12:00:00+00:00"))

    assert found.relation == relation
    paused = [one.value for one in found.sources if one.name == "tie"]
    assert paused == ([] if relation == "parental" else ["parental-paused"])
    assert not any(ISLA_BORN in one.value for one in found.sources)


@pytest.mark.parametrize(
    ("given_by", "since", "stated", "state"),
    [
        ("parent", "2024-01-01", "", "given"),
        ("child", "2024-01-01", "", "without-capacity"),
        ("child", "2024-01-01", "assessed-capable", "given"),
        ("child", "2031-04-02", "", "given"),
        ("child", "2031-04-02", "assessed-not-yet", "without-capacity"),
        ("parent", "2031-04-01", "", "given"),
        ("parent", "2031-04-02", "", "without-capacity"),
        ("carer", "2031-04-02", "assessed-not-yet", "given"),
        ("child", "2035-04-02", "assessed-not-yet", "given"),
        ("parent", "2035-04-02", "assessed-not-yet", "without-capacity"),
    ],
)
def test_consent_counts_from_whoever_could_give_it_on_that_day_and_on_the_day_it_was_recorded(
    hub: TestHub, given_by: str, since: str, stated: str, state: str
) -> None:
    child = settled(hub)
    if stated:
        capacity(hub, child, stated)

    consent(hub, ConsentGiven, child, given_by=given_by, since=since)

    years_later = datetime(2038, 1, 1, tzinfo=UTC)
    assert facts(hub, "callum", child, moment=years_later).consent == {"health": state}


def test_of_a_child_whose_age_nobody_states_a_parents_consent_counts_and_the_childs_after_assessment(
    hub: TestHub,
) -> None:
    take(hub, [told("school", "enrolled", person=somebody("no-age", NUMBER, born=""))])
    child = hub.only_child()
    consent(hub, ConsentGiven, child, given_by="parent")
    consent(hub, ConsentGiven, child, "education", given_by="child")

    assert facts(hub, "callum", child).consent == {"health": "given", "education": "without-capacity"}
    capacity(hub, child, "assessed-capable", "2023-01-01")
    assert facts(hub, "callum", child).consent["education"] == "given"


def test_birthdays_ask_again_who_decides_until_somebody_says(hub: TestHub) -> None:
    child = settled(hub)
    consent(hub, ConsentGiven, child, given_by="parent")
    tie(hub, child, "parental", "a-parent")

    def due(on: str) -> list[CapacityReview]:
        with hub.house._database.transaction("hub_writer") as cursor:
            return capacity_reviews(cursor, date.fromisoformat(on))

    assert due("2031-04-01") == []
    assert due("2031-04-02") == [CapacityReview(child, 12)]
    assert due("2036-01-01") == [CapacityReview(child, 16)]
    assert due("2040-01-01") == [CapacityReview(child, 18)]
    tie(hub, child, "parental", "a-parent", until="2026-01-01")
    consent(hub, ConsentWithdrawn, child)
    assert due("2040-01-01") == []


def test_a_withdrawal_within_a_bounded_consent_leaves_no_end_to_come(hub: TestHub) -> None:
    child = settled(hub)
    consent(hub, ConsentGiven, child, since="2024-01-01", until="2027-12-31")
    consent(hub, ConsentWithdrawn, child, since="2026-06-01")

    def state(day: str) -> str:
        return facts(hub, "callum", child, moment=datetime.fromisoformat(f"{day}T12:00:00+00:00")).consent["health"]

    assert [state(day) for day in ("2026-05-31", "2026-06-01", "2028-01-01")] == ["given", "withdrawn", "withdrawn"]
    with hub.as_owner() as owner:
        rows = owner.execute(
            "select state, since::text, until::text, known_to = 'infinity' from read.consent"
        ).fetchall()
    assert sorted(rows) == [
        ("expired", "2028-01-01", "infinity", False),
        ("given", "2024-01-01", "2026-05-31", True),
        ("given", "2024-01-01", "2027-12-31", False),
        ("withdrawn", "2026-06-01", "infinity", True),
    ]


def test_two_rows_of_one_fact_can_never_be_in_force_and_known_at_once(hub: TestHub) -> None:
    child = settled(hub)
    consent(hub, ConsentGiven, child)
    capacity(hub, child, "assessed-capable")
    duty(hub, child, "works-with", hub.person("rab"), team=True)
    tie(hub, child, "family", "rab")
    safe_address(hub, child)

    tables = ("consent", "capacity", "duties", "ties", "safe_addresses", "organisations", "agreements", "registrations")
    with hub.as_owner() as owner:
        for table in (*tables, "involvement", "status"):
            number = "revision" if table in {"involvement", "status"} else "version"
            with pytest.raises(psycopg.errors.ExclusionViolation):
                owner.execute(
                    f"insert into read.{table} select (jsonb_populate_record(t, jsonb_build_object('{number}', 99))).* "  # noqa: S608 - names of this test
                    f"from read.{table} t limit 1"
                )


def test_a_lapsed_or_suspended_registration_and_who_is_no_longer_listed_are_lapsed(hub: TestHub) -> None:
    child = settled(hub)
    assert behind(facts(hub, "morag", child), "registration") == ("active", True)

    registration(hub, "morag", (Term("2020-01-01", "2026-10-31"),))
    registration(hub, "fiona", (Term("2020-01-01"),), (Term("2026-10-01", "2026-11-02"),))
    registration(hub, "callum", ())

    assert [facts(hub, who, child).registration for who in ("morag", "fiona", "callum")] == ["lapsed"] * 3
    assert hub.house.hub.disclosure.children(hub.person("fiona")) == ()
    with pytest.raises(NothingToShow):
        hub.house.hub.casework._means.must_work_with(hub.person("fiona"), child, "consent")
    hub.clock.at += timedelta(days=2)
    assert facts(hub, "fiona", child).registration == "active"
    assert facts(hub, replace(hub.person("fiona"), id="of-no-list"), child).registration == "active"


def test_plans_safe_addresses_and_controllers_are_what_was_stated(hub: TestHub) -> None:
    take(hub, [told("sw", "single", facts=(stage("single-agency-plan"),))])
    child = hub.only_child()
    found = facts(hub, "callum", child)
    assert (found.plan, found.safe_address, found.controller) == ("single-agency", "none", "public")
    assert facts(hub, "rab", child).controller == "other"

    take(hub, [told("sw", "planned", facts=(stage("plan"),))])
    safe_address(hub, child)
    organisation(hub, "SCH-ROWANBANK", AgreementTerm(("child-plan",), "2020-01-01"), controller="other")

    found = facts(hub, "callum", child)
    assert (found.plan, found.safe_address, found.controller) == ("multi-agency", "set", "other")
    assert facts(hub, "callum", child, purpose="child-protection").agreement == "none"


def test_where_the_school_says_who_teaches_the_child_another_class_teacher_does_not_work_with_them(
    hub: TestHub,
) -> None:
    child = settled(hub)
    teacher, head = replace(hub.person("callum"), worker="T-1"), hub.person("catriona")
    taught = (works_with("class-teacher", "SCH-ROWANBANK", "T-1", until="2026-11-01"),)
    assert facts(hub, teacher, child).relation == "involved"

    take(hub, [told("school", "class", facts=taught)])

    assert facts(hub, teacher, child).relation == facts(hub, head, child).relation == "involved"
    assert facts(hub, replace(teacher, worker="T-2"), child).relation == "none"
    hub.clock.at += timedelta(days=1)
    assert facts(hub, replace(teacher, worker="T-2"), child).relation == "involved"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_asked_then_is_what_is_asked_now_of_then(hub: TestHub, seed: int) -> None:
    """Random histories of corrections, retractions, late arrivals, links moved, consents, duties and agreements."""
    random = Random(seed)  # noqa: S311 - a history to be had again, nothing secret
    take(hub, [told("gp", "isla"), told("gp", "finn", person=stranger())])
    children = hub.children()
    assert len(children) == 2

    noted: list[tuple[str, UUID, datetime, datetime, Facts]] = []
    for step in range(40):
        hub.clock.at += timedelta(days=random.choice((0, 0, 1, 30)))
        _something_happens(hub, random, children, step)
        moment, known = hub.clock(), now_of(hub)
        noted += [(who, child, moment, known, facts(hub, who, child)) for who in READERS for child in children]

    seen = {(one.relation, one.agreement, one.registration, one.plan, tuple(one.consent)) for *_, one in noted}
    assert len(seen) > 10
    for who, child, moment, known, then in noted:
        assert facts(hub, who, child, moment=moment, known_at=known) == then


def _something_happens(hub: TestHub, random: Random, children: list[UUID], step: int) -> None:
    child = random.choice(children)
    since = (hub.clock.at + timedelta(days=random.choice((-400, -1, 0, 20)))).date()
    until = random.choice(("", (since + timedelta(days=random.choice((-1, 5, 300)))).isoformat()))
    who, first = random.choice(READERS), since.isoformat()
    happenings = (
        lambda: _record(hub, random, step),
        lambda: _record(hub, random, step),
        lambda: _record(hub, random, step),
        lambda: _moves(hub, random, children),
        lambda: consent(
            hub,
            random.choice((ConsentGiven, ConsentGiven, ConsentRefused, ConsentWithdrawn)),
            child,
            random.choice(("health", "education")),
            since=first,
            until=until,
            given_by=random.choice(("child", "parent")),
        ),
        lambda: capacity(hub, child, random.choice(("assessed-capable", "assessed-not-yet")), first, until),
        lambda: duty(
            hub,
            child,
            random.choice(("lead-professional", "works-with", "named-person")),
            hub.person(who),
            since=first,
            until=until,
        ),
        lambda: tie(hub, child, random.choice(("family", "parental", "self")), who, since=first, until=until),
        lambda: safe_address(hub, child, first, until),
        lambda: organisation(
            hub,
            hub.person(who).organisation,
            AgreementTerm(("child-plan",), first, until if until >= first else ""),
            controller=random.choice(("public", "other")),
        ),
        lambda: registration(hub, who, (Term("", first),), (Term(first, until),) if until >= first else ()),
    )
    random.choice(happenings)()


def _record(hub: TestHub, random: Random, step: int) -> None:
    agency = random.choice(("gp", "hv", "sw", "school"))
    version = Version(
        agency,
        random.randrange(3),
        random.randrange(1, 9),
        person=random.randrange(2),
        code=0,
        date=0,
        retract=random.randrange(4) == 0,
        fact=random.randrange(3) > 0,
        stage=random.choice((None, 0, 1, 2)),
        third=False,
    )
    (one,) = updates([version], "700")
    who = random.choice((told("gp", "isla").person, stranger()))
    # Each agency knows both children; a version that comes twice differs, so some are conflicts and change nothing.
    known = replace(who, local_id=f"{agency}-{who.local_id}")
    take(hub, [replace(one, person=known, headline=f"step {step}")])


def _moves(hub: TestHub, random: Random, children: list[UUID]) -> None:
    """A person record is found to be the other child's: the register says so from now on."""
    with hub.as_owner() as owner:
        rows = owner.execute(
            "select person_record, child from identity.links where known_to = 'infinity' order by 1"
        ).fetchall()
    record, child = random.choice(rows)
    other = next(one for one in children if one != child)
    hub.house.hub.intake.act(
        record,
        lambda _, version: [
            PersonRecordLinked(
                originator_id=record, originator_version=version, child=other, evidence="opened", certain=True
            )
        ],
    )
