"""Asked for, decided, released, declined and ended: an entry opens to exactly whom it was shared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.sharing_terms import Incomplete
from hub.errors import BadInput, NotPermitted
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from hub.update import Update
from tests.asking import (
    ADOPTION,
    ASK,
    CHARITY,
    CONCERN,
    PRACTICE,
    PRIVATE,
    SCHOOL,
    chosen,
    entry,
    kind,
    lead,
    refusing,
    room,
    service,
)
from tests.builders import somebody
from tests.fix_hub import TestHub
from tests.looking import rebuild
from tests.stories import (
    MOTHER,
    NUMBER,
    PLAN,
    PROTECTION,
    consent,
    on,
    positions_of,
    read,
    recorded,
    settled,
    take,
    told,
)


def share(hub: TestHub, child: UUID, *, who: str = "dr-anwar", **changes: Any) -> UUID:  # noqa: ANN401 - as `chosen`
    """The practice shares its concern with the school."""
    return room(hub).decide(hub.person(who), child, chosen(entry(hub, child), **changes)).matter


def test_a_shared_entry_opens_for_the_very_next_reading(hub: TestHub) -> None:
    child = settled(hub)
    assert kind(read(hub, "callum", child)) == "Withheld"

    share(hub, child)

    assert kind(read(hub, "callum", child)) == "Shown"


def test_it_opens_to_that_organisation_and_for_that_purpose_alone(hub: TestHub) -> None:
    child = settled(hub)
    before = {who: kind(read(hub, who, child)) for who in ("morag", "fiona")}

    share(hub, child, purpose="child-protection")

    assert kind(read(hub, "callum", child)) == "Withheld"
    assert kind(read(hub, "callum", child, **PROTECTION)) == "Shown"
    assert {who: kind(read(hub, who, child)) for who in before} == before


@pytest.mark.parametrize(
    ("day", "level"),
    [("2026-11-02", "Withheld"), ("2026-11-03", "Shown"), ("2026-11-30", "Shown"), ("2026-12-01", "Withheld")],
)
def test_it_is_open_from_the_first_day_to_the_last_and_closed_on_the_day_after(
    hub: TestHub, day: str, level: str
) -> None:
    child = settled(hub)
    share(hub, child, since="2026-11-03")

    hub.clock.at = datetime.fromisoformat(day).replace(hour=10, tzinfo=UTC)

    assert kind(read(hub, "callum", child)) == level


def test_what_is_ended_is_closed_for_the_very_next_reading(hub: TestHub) -> None:
    child = settled(hub)
    matter = share(hub, child)

    room(hub).end_release(hub.person("dr-anwar"), child, matter, reason="The plan has changed.")

    assert kind(read(hub, "callum", child)) == "Withheld"
    with pytest.raises(BadInput, match="changed meanwhile"):
        room(hub).end_release(hub.person("dr-anwar"), child, matter, reason="Again.")


def test_what_was_ended_can_be_shared_again(hub: TestHub) -> None:
    child = settled(hub)
    room(hub).end_release(hub.person("dr-anwar"), child, share(hub, child), reason="By mistake.")

    share(hub, child)

    assert kind(read(hub, "callum", child)) == "Shown"


def test_the_same_entry_is_not_shared_twice_for_the_same_days(hub: TestHub) -> None:
    child = settled(hub)
    share(hub, child)

    with pytest.raises(BadInput, match="already shared"):
        share(hub, child, since="2026-11-30", until="")
    share(hub, child, since="2026-12-01", until="")

    hub.clock.at += timedelta(days=60)
    assert kind(read(hub, "callum", child)) == "Shown"


def test_confidential_health_information_opens_by_a_decision_that_names_it(hub: TestHub) -> None:
    child = settled(hub)
    named = entry(hub, child, PRIVATE)
    assert kind(read(hub, "callum", child), PRIVATE) == "sealed"

    room(hub).decide(hub.person("dr-anwar"), child, chosen(named))

    assert kind(read(hub, "callum", child), PRIVATE) == "Shown"


def test_an_adoption_is_never_shared(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    step = entry(hub, child, ADOPTION, "fiona")

    with pytest.raises(NotPermitted):
        room(hub).decide(hub.person("fiona"), child, chosen(step))

    assert kind(read(hub, "callum", child), ADOPTION) == "sealed"


def test_another_agencys_entry_is_shared_by_the_lead_professional_and_by_nobody_else(hub: TestHub) -> None:
    child = settled(hub)
    named = entry(hub, child)
    assert kind(read(hub, "fiona", child)) == "Shown"
    with pytest.raises(NotPermitted):
        room(hub).decide(hub.person("fiona"), child, chosen(named))

    lead(hub, child)
    room(hub).decide(hub.person("fiona"), child, chosen(named))

    assert kind(read(hub, "callum", child)) == "Shown"


def test_the_lead_professional_does_not_share_on_what_only_its_keeper_may(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    named = entry(hub, child, PRIVATE)
    room(hub).decide(hub.person("dr-anwar"), child, chosen(named, recipient="la-990"))
    assert kind(read(hub, "fiona", child), PRIVATE) == "Shown"

    with pytest.raises(NotPermitted):
        room(hub).decide(hub.person("fiona"), child, chosen(named))


def test_a_third_sector_service_sees_what_the_lead_professional_releases_to_it(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    service(hub, child)
    hub.clock.at = datetime(2025, 3, 1, 12, tzinfo=UTC)  # its agreement ends on 31 March 2025
    days = {"since": "2025-03-01", "until": "2025-03-31"}
    named = entry(hub, child)

    done = room(hub).decide(hub.person("dr-anwar"), child, chosen(named, recipient=CHARITY, **days))
    assert done.state == "to-release"
    assert [one.may for one in room(hub).of_child(hub.person("fiona"), child)] == [("release",)]
    hidden = room(hub).of_child(hub.person("rab"), child)
    room(hub).release(hub.person("fiona"), child, done.matter)

    assert hidden == ()
    assert kind(read(hub, "rab", child)) == "Shown"
    assert [type(one).__name__ for one in read(hub, "rab", child).entries] == ["Shown"]


def test_nothing_goes_to_a_service_beyond_its_agreement(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    hub.clock.at = datetime(2025, 3, 1, 12, tzinfo=UTC)

    for changes in ({"until": "2025-04-01"}, {"purpose": "child-protection", "until": "2025-03-31"}):
        with pytest.raises(Incomplete) as refused:
            room(hub).decide(
                hub.person("fiona"), child, chosen(entry(hub, child), recipient=CHARITY, since="2025-03-01", **changes)
            )
        assert list(refused.value.faults) == ["recipient"]


def test_a_release_on_consent_needs_consent_in_force_and_no_other_basis(hub: TestHub) -> None:
    child = settled(hub)
    on_consent: dict[str, Any] = {"bases": ("consent",)}
    with pytest.raises(Incomplete, match="must be in force"):
        share(hub, child, **on_consent)
    consent(hub, ConsentGiven, child)
    with pytest.raises(Incomplete, match="Consent stands alone"):
        share(hub, child, bases=("consent", "public-task"))

    share(hub, child, **on_consent)
    assert kind(read(hub, "callum", child, basis="consent")) == "Shown"

    consent(hub, ConsentWithdrawn, child)
    assert kind(read(hub, "callum", child, basis="consent")) == "Withheld"


@pytest.mark.parametrize("basis", ["legitimate-interests", "recognised-legitimate-interest"])
def test_a_public_body_does_not_share_on_a_basis_it_may_not_state(hub: TestHub, basis: str) -> None:
    child = settled(hub)

    with pytest.raises(Incomplete) as refused:
        share(hub, child, bases=(basis,))

    assert list(refused.value.faults) == ["bases"]


@pytest.mark.parametrize(
    "field", ["recipient", "purpose", "bases", "since", "what", "reasons", "informed", "necessity"]
)
def test_whatever_practice_guidance_asks_for_and_is_missing_is_named(hub: TestHub, field: str) -> None:
    child = settled(hub)

    with pytest.raises(Incomplete) as refused:
        share(hub, child, **dict[str, Any]({field: () if field == "bases" else ""}))

    assert list(refused.value.faults) == [field]
    assert kind(read(hub, "callum", child)) == "Withheld"


def test_who_was_not_told_and_what_is_not_shared_need_their_reasons(hub: TestHub) -> None:
    child = settled(hub)

    with pytest.raises(Incomplete) as refused:
        share(hub, child, outcome="share-part", informed="no")

    assert list(refused.value.faults) == ["withheld", "informed_why"]


def test_a_request_is_asked_answered_with_a_release_and_both_sides_see_it(hub: TestHub) -> None:
    child, asker, keeper = settled(hub), hub.person("callum"), hub.person("dr-anwar")

    asked = room(hub).request(asker, child, ASK).matter
    waiting = room(hub).waiting_for(keeper)
    assert [(one.matter, one.words["wanted"], one.may) for one in waiting] == [(asked, ASK.wanted, ("answer",))]
    room(hub).decide(keeper, child, chosen(entry(hub, child), recipient="", purpose=""), asked=asked)

    assert room(hub).waiting_for(keeper) == ()
    assert kind(read(hub, "callum", child)) == "Shown"
    (theirs,), (ours,) = room(hub).of_child(asker, child), room(hub).of_child(keeper, child)
    assert (theirs.state, theirs.entries, theirs.until) == ("shared", (entry(hub, child),), "2026-11-30")
    assert not {"reasons", "necessity"} & theirs.words.keys()
    assert (ours.state, ours.words["reasons"], ours.decided_by) == ("shared", "The school plans support.", "dr-anwar")


def test_a_request_to_a_kind_of_agency_reaches_whoever_works_with_the_child(hub: TestHub) -> None:
    child = settled(hub)
    asked = room(hub).request(hub.person("callum"), child, replace(ASK, asked="health-visiting")).matter

    assert [one.matter for one in room(hub).waiting_for(hub.person("morag"))] == [asked]
    assert room(hub).waiting_for(hub.person("shona")) == ()


def test_a_refusal_is_kept_with_its_reasons_and_told_in_words_of_its_own(hub: TestHub) -> None:
    child, asker, keeper = settled(hub), hub.person("callum"), hub.person("dr-anwar")
    asked = room(hub).request(asker, child, ASK).matter

    room(hub).decline(keeper, child, asked, reasons="Not needed for the plan.", answer="Please ask at the review.")

    (theirs,), (ours,) = room(hub).of_child(asker, child), room(hub).of_child(keeper, child)
    assert (theirs.state, dict(theirs.words)["answer"]) == ("not-shared", "Please ask at the review.")
    assert "Not needed for the plan." not in str(theirs)
    assert (ours.state, ours.words["reasons"]) == ("not-shared", "Not needed for the plan.")
    with pytest.raises(BadInput, match="answered"):
        room(hub).decline(keeper, child, asked, reasons="Once more.")


def test_a_decision_that_nobody_asked_for_not_to_share_is_kept_and_told_to_nobody(hub: TestHub) -> None:
    child = settled(hub)

    room(hub).decide(hub.person("dr-anwar"), child, refusing())

    assert [one.state for one in room(hub).of_child(hub.person("dr-anwar"), child)] == ["not-shared"]
    assert room(hub).of_child(hub.person("callum"), child) == ()


def test_a_form_sent_twice_records_once(hub: TestHub) -> None:
    child, once = settled(hub), uuid4()
    asked = {room(hub).request(hub.person("callum"), child, ASK, once=once).matter for _ in range(2)}
    named = chosen(entry(hub, child))
    made = {room(hub).decide(hub.person("dr-anwar"), child, named, once=once).matter for _ in range(2)}

    assert len(asked) == len(made) == 1
    assert len(room(hub).of_child(hub.person("dr-anwar"), child)) == 2


def test_governance_sees_what_waits_and_what_was_not_shared_with_ages_and_without_a_word(hub: TestHub) -> None:
    child, lead_of_governance = settled(hub), hub.person("eilidh")
    asked = room(hub).request(hub.person("callum"), child, ASK).matter
    kept = room(hub).decide(hub.person("dr-anwar"), child, refusing()).matter
    hub.clock.at += timedelta(days=25)

    (open_one,), (not_shared,) = room(hub).unanswered(lead_of_governance), room(hub).not_shared(lead_of_governance)

    assert (open_one.matter, open_one.asked, open_one.overdue) == (asked, PRACTICE, True)
    assert (not_shared.matter, not_shared.decider, not_shared.recipient) == (kept, PRACTICE, SCHOOL)
    assert open_one.requested_at is not None
    assert open_one.age == max(0, (hub.clock.at - open_one.requested_at).days)
    assert not any(word in f"{open_one}{not_shared}" for word in ("appointments", "diary", "Not needed"))
    for who in ("callum", "fiona"):
        with pytest.raises(NotPermitted):
            room(hub).unanswered(hub.person(who))


def gp(record: str, code: str = "gp.not_brought", **fields: object) -> Update:
    newer = {"version": "2", "order": "2026-01-01T00:00:00Z"}
    return told("gp", record, code=code, **(newer | {"occurred": on(CONCERN)} | fields))


def test_a_correction_of_a_shared_entry_reaches_whom_it_was_shared_with(hub: TestHub) -> None:
    child = settled(hub)
    share(hub, child)

    take(hub, [gp("concern", headline="corrected")])

    assert "corrected" in str(read(hub, "callum", child).entries)


def test_an_entry_that_becomes_more_private_closes_until_it_is_decided_anew(hub: TestHub) -> None:
    child = settled(hub)
    share(hub, child)

    take(hub, [gp("concern", "gp.parent.mental_health.impact")])
    assert kind(read(hub, "callum", child)) == "sealed"
    share(hub, child)

    assert kind(read(hub, "callum", child)) == "Shown"


def test_a_mark_on_the_person_closes_what_was_shared_before_it_and_not_what_is_shared_after(hub: TestHub) -> None:
    child = settled(hub)
    share(hub, child)

    take(hub, [told("gp", "flagged", person=replace(somebody("gp-isla", NUMBER), restricted=True))])
    assert kind(read(hub, "callum", child)) == "sealed"
    share(hub, child)

    assert kind(read(hub, "callum", child)) == "Shown"
    assert kind(read(hub, "morag", child)) == "sealed"


def test_the_read_models_are_the_same_when_they_are_made_anew(hub: TestHub) -> None:
    child = settled(hub)
    for changes in ({}, {"since": "2026-12-01", "until": ""}):
        share(hub, child, **changes)
    asked = room(hub).request(hub.person("callum"), child, ASK).matter
    room(hub).decline(hub.person("dr-anwar"), child, asked, reasons="No.")
    take(hub, [gp("concern", "gp.parent.mental_health.impact")])
    take(hub, [told("gp", "flagged", person=replace(somebody("gp-isla", NUMBER), restricted=True))])
    share(hub, child)
    before = held(hub)

    rebuild(hub)

    assert len(before["read.releases"]) == 3
    assert held(hub) == before


def held(hub: TestHub) -> dict[str, list[str]]:
    with hub.as_owner() as connection:
        return {
            table: [row[0] for row in connection.execute(f"select t::text from {table} t order by 1")]  # noqa: S608 - our own names
            for table in ("read.releases", "read.sharing")
        }


def test_nothing_happens_to_the_level_of_what_was_not_named(hub: TestHub) -> None:
    child = settled(hub)
    before = [one for one in read(hub, "callum", child).entries if not one.when.start.startswith(CONCERN)]

    share(hub, child)

    after = [one for one in read(hub, "callum", child).entries if not one.when.start.startswith(CONCERN)]
    assert after == before


def released_fact(hub: TestHub, child: UUID, named: UUID) -> tuple[str, int | None]:
    found = hub.house.hub.disclosure.explain(hub.person("callum"), child, named, **PLAN)
    return next((fact.value, fact.position) for fact in found.facts if fact.name == "released")


def test_an_explanation_names_the_release_of_that_very_entry_and_of_no_other(hub: TestHub) -> None:
    child = settled(hub)
    named, other = entry(hub, child), entry(hub, child, MOTHER)
    share(hub, child)
    place = positions_of(hub)["SharingReleased", ""]

    assert released_fact(hub, child, named) == ("yes", place)
    assert released_fact(hub, child, other) == ("no", None)
    read(hub, "callum", child)
    assert (f"released:{named}", "yes", place) in recorded(hub)[-1].facts
