"""What people who work with a child put on record: who may, what it then says, and what nobody learns by trying."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent import noting
from consent.casework import Casework
from consent.on_record import Page
from consent.statements import CapacitySaid, ConsentSaid, DutySaid, SafeAddressSaid, TieSaid
from hub.errors import BadInput, HubError, NothingToShow, NotPermitted
from tests.builders import stage
from tests.fix_hub import TestHub
from tests.stories import CONSENT, kinds, read, recorded, settled, take, told

CANNOT = ("shona", "rab", "eilidh")
TEACHER_LEADS = DutySaid("lead-professional", "SCH-ROWANBANK")


def casework(hub: TestHub) -> Casework:
    return hub.house.hub.casework


def gives(hub: TestHub, child: UUID, what: str = "give", who: str = "morag", **fields: Any) -> tuple[str, ...]:  # noqa: ANN401 - any field
    said = ConsentSaid(what, **({"recipient": "education", "category": "health", "since": "2024-01-01"} | fields))
    return casework(hub).record_consent(hub.person(who), child, said)


def page(hub: TestHub, child: UUID, who: str = "morag") -> Page:
    return casework(hub).on_record(hub.person(who), child)


def lead(hub: TestHub, child: UUID, who: str, said: DutySaid) -> None:
    casework(hub).record_duty(hub.person(who), child, said)


def stated(hub: TestHub) -> int:
    """How many statements there are."""
    with hub.as_owner() as connection:
        row = connection.execute("select count(*) from read.stated").fetchone()
    assert row is not None
    return int(row[0])


EVERY_WAY = {
    "consents": lambda room, who, child: room.on_record(who, child),
    "consent": lambda room, who, child: room.record_consent(who, child, ConsentSaid("give", "education", "health")),
    "capacity": lambda room, who, child: room.record_capacity(who, child, CapacitySaid("assessed-capable", "Clear.")),
    "duty": lambda room, who, child: room.record_duty(who, child, TEACHER_LEADS),
    "safe-address": lambda room, who, child: room.record_safe_address(
        who, child, SafeAddressSaid(kept=True, reason="Moved.")
    ),
}


@pytest.mark.parametrize("action", EVERY_WAY)
@pytest.mark.parametrize("who", CANNOT)
def test_whoever_does_not_work_with_the_child_states_nothing_and_learns_nothing(
    hub: TestHub, who: str, action: str
) -> None:
    child = settled(hub)

    said = []
    for one in (child, uuid4()):
        with pytest.raises(NothingToShow) as caught:
            EVERY_WAY[action](casework(hub), hub.person(who), one)
        said.append((caught.value.message, caught.value.next_step))

    assert said[0] == said[1]
    assert stated(hub) == 0
    assert [(one.action, one.reader, one.outcome) for one in recorded(hub)] == [(action, who, "nothing-to-show")] * 2


# Consent


def test_the_page_says_where_consent_stands_who_said_so_and_how(hub: TestHub) -> None:
    child = settled(hub, plan=False)
    gives(hub, child, how="form", evidence="Form in the case file.", until="2026-12-31")

    (one,) = page(hub, child, "fiona").consents

    assert (one.recipient, one.category, one.state, one.given_by) == ("education", "health", "given", "parent")
    assert (one.how, one.evidence, one.since, one.until) == (
        "form",
        "Form in the case file.",
        "2024-01-01",
        "2026-12-31",
    )
    assert one.by == "Morag Sinclair"


def test_a_withdrawal_counts_at_once_and_the_history_keeps_both(hub: TestHub) -> None:
    child = settled(hub, plan=False)
    gives(hub, child)
    assert ("Shown", "consent-given") in kinds(read(hub, "callum", child, **CONSENT))

    gives(hub, child, "withdraw", who="fiona", since="")

    assert ("Shown", "consent-given") not in kinds(read(hub, "callum", child, **CONSENT))
    found = page(hub, child)
    assert [one.state for one in found.consents] == ["withdrawn"]
    assert [(one.what, one.by) for one in found.history] == [
        ("withdrawn", "Fiona Adeyemi"),
        ("given", "Morag Sinclair"),
    ]


def test_a_consent_given_for_a_time_says_that_it_has_run_out(hub: TestHub) -> None:
    child = settled(hub, plan=False)
    gives(hub, child, until="2026-11-01")
    assert page(hub, child).consents[0].state == "given"

    hub.clock.at = datetime(2026, 11, 2, 12, tzinfo=UTC)

    assert page(hub, child).consents[0].state == "expired"


def test_looking_at_the_page_is_a_reading_of_its_own_kind(hub: TestHub) -> None:
    child = settled(hub)

    found = page(hub, child)

    line = recorded(hub)[-1]
    assert (line.originator_id, line.action, line.outcome, line.child) == (found.reading, "consents", "shown", child)


@pytest.mark.parametrize(
    "fields",
    [
        {"what": "sell"},
        {"recipient": "everybody"},
        {"category": "gossip"},
        {"given_by": "neighbour"},
        {"how": "guessed"},
        {"evidence": "x" * 4001},
        {"evidence": "a\x00b"},
        {"what": "withdraw", "since": "2030-01-01"},
        {"what": "refuse", "since": "2030-01-01"},
    ],
)
def test_what_the_hub_does_not_know_or_cannot_keep_is_refused_with_what_to_do(
    hub: TestHub, fields: dict[str, str]
) -> None:
    child = settled(hub)

    with pytest.raises(BadInput) as caught:
        gives(hub, child, **fields)

    assert caught.value.next_step
    assert stated(hub) == 0


# Why not to ask


def test_under_a_live_plan_whoever_may_know_of_it_is_told_not_to_ask(hub: TestHub) -> None:
    child = settled(hub)

    assert gives(hub, child) == (noting.PLAN,)
    assert page(hub, child, "callum").notes == (noting.PLAN,)


def test_a_teacher_who_may_not_know_of_a_concern_is_not_told_of_it_by_the_page(hub: TestHub) -> None:
    child = settled(hub, plan=False)
    before = page(hub, child, "callum").notes
    take(hub, [told("sw", "enquiry", code="sw.investigation.started", facts=(stage("concern"),))])

    assert page(hub, child, "callum").notes == before == (noting.ANYWAY,)
    assert page(hub, child, "fiona").notes == (noting.CONCERN,)
    assert gives(hub, child, who="callum") == (noting.ANYWAY,)


# Who may give it


def test_a_parents_consent_of_a_child_of_twelve_is_kept_and_said_not_to_count(hub: TestHub) -> None:
    child = settled(hub, plan=False)
    hub.clock.at = datetime(2031, 4, 1, 12, tzinfo=UTC)
    assert gives(hub, child, since="2031-04-01") == (noting.ANYWAY,)

    hub.clock.at = datetime(2031, 4, 2, 12, tzinfo=UTC)  # her 12th birthday

    assert gives(hub, child, since="") == (noting.PARENT, noting.ANYWAY)
    assert page(hub, child).consents[0].state == "without-capacity"
    assert ("Shown", "consent-given") not in kinds(read(hub, "callum", child, **CONSENT))
    assert gives(hub, child, since="", given_by="child") == (noting.ANYWAY,)
    assert ("Shown", "consent-given") in kinds(read(hub, "callum", child, **CONSENT))


def test_a_younger_childs_own_consent_counts_only_with_an_assessment(hub: TestHub) -> None:
    child = settled(hub, plan=False)
    assert gives(hub, child, since="2026-11-01", given_by="child") == (noting.CHILD, noting.ANYWAY)
    assert page(hub, child).consents[0].state == "without-capacity"

    casework(hub).record_capacity(
        hub.person("dr-anwar"), child, CapacitySaid("assessed-capable", "She explained it back to me.")
    )

    assert page(hub, child).consents[0].state == "given"
    found = page(hub, child, "dr-anwar").capacity
    assert found is not None
    assert (found.state, found.reason, found.by) == (
        "assessed-capable",
        "She explained it back to me.",
        "Dr Sana Anwar",
    )


def test_a_school_does_not_assess_capacity_and_its_trying_is_recorded(hub: TestHub) -> None:
    child = settled(hub)

    with pytest.raises(NotPermitted):
        casework(hub).record_capacity(hub.person("catriona"), child, CapacitySaid("assessed-capable", "Bright."))

    assert stated(hub) == 0
    assert [(one.action, one.outcome) for one in recorded(hub)] == [("capacity", "refused")]


def test_an_assessment_has_its_reason(hub: TestHub) -> None:
    child = settled(hub)

    with pytest.raises(BadInput, match="no reason"):
        casework(hub).record_capacity(hub.person("morag"), child, CapacitySaid("assessed-capable", "  "))


# Duties


def test_the_lead_is_the_allocated_workers_to_give_where_there_is_one(hub: TestHub) -> None:
    child = settled(hub)

    with pytest.raises(NotPermitted):
        lead(hub, child, "callum", TEACHER_LEADS)
    lead(hub, child, "fiona", TEACHER_LEADS)

    lead(hub, child, "catriona", DutySaid("lead-professional", "Z9HV1"))
    assert stated(hub) == 2


def test_nobody_makes_themselves_a_lead_professional_by_name(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child, "fiona", DutySaid("lead-professional", "Z9HV1"))

    with pytest.raises(NotPermitted):
        lead(hub, child, "morag", DutySaid("lead-professional", "Z9HV1", "HV-2207"))

    assert stated(hub) == 1


def test_a_service_of_its_own_is_stated_by_the_lead_alone_and_must_be_one_that_sends_no_records(hub: TestHub) -> None:
    child = settled(hub)

    with pytest.raises(NotPermitted):
        lead(hub, child, "morag", DutySaid("works-with", "TS-BRAMBLE"))
    with pytest.raises(BadInput):
        lead(hub, child, "fiona", DutySaid("works-with", "Z9HV2"))
    with pytest.raises(BadInput):
        lead(hub, child, "fiona", DutySaid("works-with", "NOT-LISTED"))
    lead(hub, child, "fiona", DutySaid("works-with", "TS-BRAMBLE"))

    assert stated(hub) == 1


# Ties of one's own


def test_declaring_ones_own_tie_closes_the_record_and_cannot_be_taken_back_alone(hub: TestHub) -> None:
    child = settled(hub)
    callum = hub.person("callum")

    casework(hub).record_tie(callum, child, TieSaid("callum", reason="She is my niece."))
    with pytest.raises(NothingToShow):
        read(hub, "callum", child)
    casework(hub).record_tie(callum, child, TieSaid("callum", since="2020-01-01", until="2020-01-02"))
    casework(hub).record_tie(callum, child, TieSaid("callum", tie="parental", since="2030-01-01"))

    with pytest.raises(NothingToShow):
        read(hub, "callum", child)
    casework(hub).record_tie(hub.person("fiona"), child, TieSaid("callum", since="2026-01-01", until="2026-10-31"))
    assert kinds(read(hub, "callum", child))


@pytest.mark.parametrize("who", ["callum", "shona", "eilidh", "rab"])
def test_a_tie_of_ones_own_gets_the_same_answer_of_a_child_who_does_not_exist(hub: TestHub, who: str) -> None:
    child = settled(hub)

    for one in (child, uuid4()):
        casework(hub).record_tie(hub.person(who), one, TieSaid(who))  # it answers nothing

    assert stated(hub) == 2
    found = recorded(hub)
    assert [(one.action, one.reader, one.outcome, one.obligations) for one in found] == [
        ("tie", who, "recorded", ("notify-governance",))
    ] * 2


def test_of_others_a_governance_lead_states_ties_blindly_and_the_lead_for_children_of_their_own(hub: TestHub) -> None:
    child = settled(hub)

    casework(hub).record_tie(hub.person("eilidh"), uuid4(), TieSaid("callum"))
    casework(hub).record_tie(hub.person("fiona"), child, TieSaid("callum"))
    for who, error in (("morag", NotPermitted), ("shona", NothingToShow)):
        with pytest.raises(error):
            casework(hub).record_tie(hub.person(who), child, TieSaid("catriona"))
    with pytest.raises(BadInput):
        casework(hub).record_tie(hub.person("eilidh"), child, TieSaid("nobody-of-that-id"))

    assert stated(hub) == 2


def test_no_error_repeats_what_was_typed(hub: TestHub) -> None:
    child = settled(hub)
    canary = "canary-typed"
    tries = (
        ConsentSaid("give", canary, "health"),
        ConsentSaid(canary, "education", "health"),
        ConsentSaid("give", "education", canary),
        ConsentSaid("give", "education", "health", since=canary),
        ConsentSaid("give", "education", "health", evidence=canary * 400),
    )

    for said in tries:
        with pytest.raises(HubError) as caught:
            casework(hub).record_consent(hub.person("morag"), child, said)
        assert canary not in caught.value.message + caught.value.next_step


def test_the_database_lets_out_no_statement_of_another_child_than_the_one_asked_about(hub: TestHub) -> None:
    child = settled(hub)
    gives(hub, child)

    with hub.house._database.transaction("hub_reader") as cursor:
        unasked = cursor.execute("select child from read.stated").fetchall()
        cursor.execute("select set_config('hub.child', %s, true)", [str(uuid4())])
        another = cursor.execute("select child from read.stated").fetchall()
        cursor.execute("select set_config('hub.child', %s, true)", [str(child)])
        stranger = cursor.execute("select child from read.stated").fetchall()
        cursor.execute("select set_config('hub.works_with', %s, true)", [str(child)])
        asked = cursor.execute("select child from read.stated").fetchall()

    assert (unasked, another, stranger, asked) == ([], [], [], [(child,)])


def test_why_an_address_is_secret_is_read_by_the_allocated_worker_and_by_who_wrote_it(hub: TestHub) -> None:
    child = settled(hub)
    casework(hub).record_safe_address(hub.person("morag"), child, SafeAddressSaid(kept=True, reason="canary-why"))

    told = {who: "canary-why" in repr(page(hub, child, who)) for who in ("morag", "fiona", "callum", "dr-anwar")}

    assert told == {"morag": True, "fiona": True, "callum": False, "dr-anwar": False}
    assert all(page(hub, child, who).address_kept for who in told)
