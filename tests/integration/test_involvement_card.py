"""Who works with a child, and how to reach them: each reader's card, and what stays off it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.card import Line, WhoWorks
from consent.decision import Level
from consent.statements import DutySaid, SafeAddressSaid
from hub.errors import BadInput, NothingToShow
from tests.builders import somebody, stage, works_with
from tests.fix_hub import TestHub
from tests.stories import NUMBER, PLAN, PROTECTION, on, recorded, settled, take, told


def card(hub: TestHub, who: str, child: UUID, **asked: str) -> WhoWorks:
    return hub.house.hub.casework.working_with(hub.person(who), child, **(PLAN | asked))


def duty(hub: TestHub, who: str, child: UUID, said: DutySaid) -> None:
    hub.house.hub.casework.record_duty(hub.person(who), child, said)


def lines(found: WhoWorks) -> dict[str, Line]:
    return {line.duty or line.agency.value: line for line in found.lines}


def refuge(**fields: Any) -> DutySaid:  # noqa: ANN401 - any field of a duty
    return DutySaid(**({"duty": "works-with", "organisation": "TS-BRAMBLE"} | fields))


def test_everybody_who_works_with_the_child_is_on_the_card_with_role_contact_and_cover(hub: TestHub) -> None:
    child = settled(hub)

    found = lines(card(hub, "callum", child))

    assert set(found) == {"gp-practice", "health-visiting-team", "school", "allocated-social-worker"}
    practice, social = found["gp-practice"], found["allocated-social-worker"]
    assert (practice.organisation, practice.level) == ("Rowan Street Medical Practice", Level.SHOWN)
    assert practice.contact.startswith("0131 496")
    assert practice.cover
    assert (social.worker, social.since) == ("Fiona Adeyemi", "2020-01-01")
    assert practice.confirmed
    assert not any("canary" in str(line) for line in found.values())


def test_each_look_at_the_card_is_recorded_as_a_reading_of_its_own_kind(hub: TestHub) -> None:
    child = settled(hub)

    found = card(hub, "callum", child)

    line = recorded(hub)[-1]
    assert (line.originator_id, line.action, line.outcome, line.child) == (found.reading, "involvement", "shown", child)
    assert {one.category for one in line.decisions} == {"involvement"}
    assert sum(one.entries for one in line.decisions) == len(found.lines)


@pytest.mark.parametrize("who", ["shona", "rab", "eilidh"])
def test_whoever_does_not_work_with_the_child_learns_nothing_and_is_recorded(hub: TestHub, who: str) -> None:
    child = settled(hub)

    said = []
    for one in (child, uuid4()):
        with pytest.raises(NothingToShow) as caught:
            card(hub, who, one)
        said.append((caught.value.message, caught.value.next_step))

    assert said[0] == said[1]
    found = [(one.action, one.reader, one.outcome) for one in recorded(hub)]
    assert found == [("involvement", who, "nothing-to-show")] * 2
    first, second = recorded(hub)
    assert first.decisions == second.decisions


def test_an_unknown_purpose_is_named_before_anything_is_looked_up(hub: TestHub) -> None:
    with pytest.raises(BadInput, match="purpose"):
        card(hub, "callum", uuid4(), purpose="curiosity")


def test_several_lead_professionals_and_a_named_person_are_shown_as_such_lead_professionals_first(hub: TestHub) -> None:
    child = settled(hub)
    duty(hub, "fiona", child, DutySaid("lead-professional", "la-990", "SW-0417", "Fiona Adeyemi", "0131 496 0991"))
    duty(hub, "fiona", child, DutySaid("lead-professional", "Z9HV1", cover="The duty health visitor"))
    duty(hub, "catriona", child, DutySaid("named-person", "SCH-ROWANBANK", name="Catriona Muir"))

    found = card(hub, "morag", child).lines

    assert [line.duty for line in found[:3]] == ["lead-professional", "lead-professional", "named-person"]
    assert {line.organisation for line in found[:2]} == {
        "Rowan Health Visiting Service",
        "Rowanbank Council children and families social work",
    }
    assert next(line.contact for line in found if line.worker == "Fiona Adeyemi") == "0131 496 0991"
    assert found[2].worker == "Catriona Muir"


def test_a_duty_that_ended_is_off_the_card_the_day_after(hub: TestHub) -> None:
    child = settled(hub)
    duty(hub, "fiona", child, DutySaid("lead-professional", "Z9HV1", since="2026-01-01"))
    duty(hub, "fiona", child, DutySaid("lead-professional", "Z9HV1", until="2026-11-01"))
    assert card(hub, "callum", child).lines[0].duty == "lead-professional"
    assert card(hub, "callum", child).lines[0].since == "2026-01-01"

    hub.clock.at = datetime(2026, 11, 2, 12, tzinfo=UTC)

    assert "lead-professional" not in lines(card(hub, "callum", child))


def test_a_line_that_nothing_confirmed_for_a_year_is_flagged(hub: TestHub) -> None:
    child = settled(hub)
    take(
        hub, [told("school", "again", recorded_at_source="2026-10-01", facts=(works_with("school", "SCH-ROWANBANK"),))]
    )
    take(hub, [told("gp", "long-ago", recorded_at_source="2024-10-01", facts=(works_with("gp-practice", "Z99105"),))])

    found = {line.organisation: line for line in card(hub, "callum", child).lines}

    assert not found["Rowanbank Primary School"].stale
    assert (found["Z99105"].confirmed, found["Z99105"].stale) == ("2024-10-01", True)


# What an involvement by itself may give away


def test_a_service_whose_involvement_tells_something_is_on_nobody_elses_card(hub: TestHub) -> None:
    child = settled(hub)
    before = card(hub, "callum", child).lines
    duty(hub, "fiona", child, refuge(sensitivity="gender-based-violence", contact="canary-contact"))

    after = card(hub, "callum", child)

    assert after.lines == before
    assert "third-sector" not in {one.agency for one in recorded(hub)[-1].decisions if one.sensitivity != "ordinary"}


def test_stating_a_telling_involvement_again_as_ordinary_opens_nothing(hub: TestHub) -> None:
    child = settled(hub)
    duty(hub, "fiona", child, refuge(sensitivity="gender-based-violence"))

    duty(hub, "fiona", child, refuge())

    assert "works-with" not in lines(card(hub, "callum", child))


def test_an_involvement_stated_by_a_sensitive_record_counts_with_that_records_sensitivity(hub: TestHub) -> None:
    child = settled(hub)
    clinic = works_with("gp-practice", "Z99777")
    take(hub, [told("gp", "clinic", code="gp.sexual_health.contact", occurred=on("2025-01-01"), facts=(clinic,))])

    assert "Z99777" not in str(card(hub, "callum", child))
    assert "Z99777" not in str(card(hub, "fiona", child, **PROTECTION))


def test_of_a_telling_involvement_its_own_agencys_staff_who_work_with_the_child_see_the_line(hub: TestHub) -> None:
    child = settled(hub)
    clinic = works_with("gp-practice", "Z99777")
    take(hub, [told("gp", "clinic", code="gp.sexual_health.contact", occurred=on("2025-01-01"), facts=(clinic,))])

    (line,) = (one for one in card(hub, "dr-anwar", child).lines if one.organisation == "Z99777")

    assert (line.level, line.rule) == (Level.SHOWN, "card-own")


def test_a_service_that_works_in_confidence_is_known_to_the_allocated_worker_in_child_protection(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("sw", "concern", facts=(stage("concern"),))])
    duty(hub, "fiona", child, refuge(sensitivity="confidential-health"))

    (line,) = (one for one in card(hub, "fiona", child, **PROTECTION).lines if one.rule == "card-confidential")

    assert (line.level, line.duty, line.organisation) == (Level.WITHHELD, "", "")
    assert "card-confidential" not in {one.rule for one in card(hub, "fiona", child).lines}
    assert "card-confidential" not in {one.rule for one in card(hub, "catriona", child, **PROTECTION).lines}


def test_where_a_record_repeats_the_services_name_as_a_persons_it_is_told_once(hub: TestHub) -> None:
    child = settled(hub)
    name = "Rowan Street Medical Practice"
    take(hub, [told("gp", "named", facts=(replace(works_with("gp-practice", "Z99104"), name=name),))])

    assert {line.worker for line in card(hub, "callum", child).lines if line.organisation == name} == {""}


def test_a_second_record_that_says_it_plainly_opens_the_line_but_not_the_day_of_the_first(hub: TestHub) -> None:
    child = settled(hub)
    clinic = works_with("gp-practice", "Z99777", since="2024-12-24")
    private = {"code": "gp.sexual_health.contact", "occurred": on("2026-10-30"), "recorded_at_source": "2026-10-30"}
    take(hub, [told("gp", "clinic", **private, facts=(clinic,))])
    plain = works_with("gp-practice", "Z99777", since="2025-02-01")
    take(hub, [told("gp", "plain", recorded_at_source="2025-02-02", facts=(plain,))])

    (line,) = (one for one in card(hub, "callum", child).lines if one.organisation == "Z99777")

    assert (line.since, line.confirmed) == ("2025-02-01", "2025-02-02")


def test_a_record_of_a_concern_says_who_works_with_the_child_as_any_other_does(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "seen", code="gp.not_brought", facts=(works_with("gp-practice", "Z99888"),))])

    assert "Z99888" in str(card(hub, "callum", child))


def test_of_a_child_whom_the_practice_marks_as_restricted_its_line_is_on_nobody_elses_card(hub: TestHub) -> None:
    child = settled(hub)
    marked = replace(somebody("gp-isla", NUMBER), restricted=True)
    take(hub, [told("gp", "marked", person=marked)])

    for who in ("callum", "fiona", "morag"):
        assert "gp-practice" not in lines(card(hub, who, child))
        assert "school" in lines(card(hub, who, child))


# An address that has to be kept secret


def test_a_safe_address_takes_organisation_and_contact_off_everybody_elses_card(hub: TestHub) -> None:
    child = settled(hub)
    hub.house.hub.casework.record_safe_address(hub.person("morag"), child, SafeAddressSaid(kept=True, reason="Moved."))

    teacher, visitor, worker = (lines(card(hub, who, child)) for who in ("callum", "morag", "fiona"))

    for name, line in teacher.items():
        if name != "school":
            assert (line.level, line.organisation, line.worker, line.contact, line.cover) == (Level.REDACTED, *[""] * 4)
            assert (line.since, line.confirmed) == ("", "")
    assert teacher["school"].contact
    assert visitor["school"].organisation == ""
    assert all(line.contact for line in worker.values())


def test_who_may_not_lift_it_is_told_so_and_what_was_secret_stays_so(hub: TestHub) -> None:
    child = settled(hub)
    casework = hub.house.hub.casework
    casework.record_safe_address(hub.person("callum"), child, SafeAddressSaid(kept=True, reason="Moved."))

    with pytest.raises(Exception, match="not yours to lift"):
        casework.record_safe_address(hub.person("callum"), child, SafeAddressSaid(kept=False, reason="Back."))
    assert lines(card(hub, "morag", child))["school"].organisation == ""
    casework.record_safe_address(hub.person("fiona"), child, SafeAddressSaid(kept=False, reason="Back home."))

    assert lines(card(hub, "morag", child))["school"].organisation == "Rowanbank Primary School"


def test_the_record_of_a_look_counts_the_lines_that_were_handed_over(hub: TestHub) -> None:
    child = settled(hub)
    extra = (works_with("health-visiting-team", "Z9HV1"), works_with("gp-practice", "Z99104"))
    take(hub, [told("gp", "again", facts=(extra[1],)), told("hv", "again", facts=(extra[0],))])
    take(hub, [told("hv", "other", facts=(works_with("health-visiting-team", "Z9HV2"),))])
    said = SafeAddressSaid(kept=True, reason="Moved.")

    for _ in range(2):
        found = card(hub, "callum", child)
        counted = sum(one.entries for one in recorded(hub)[-1].decisions if one.level)
        assert counted == len(found.lines)
        hub.house.hub.casework.record_safe_address(hub.person("fiona"), child, said)
