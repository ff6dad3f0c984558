"""A release is open as long as what it was decided on holds, and to nobody but whom it was decided for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from consent.means import Make
from consent.sharing_terms import Choice, Incomplete
from consent.sharing_view import MatterView
from consent.statements import ConsentSaid
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.events.requests import SharingRequested
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from tests.asking import ASK, CONCERN, PRACTICE, PRIVATE, SCHOOL, chosen, entry, kind, lead, refusing, room
from tests.builders import stage
from tests.emergencies import opened, seen
from tests.fix_hub import TestHub
from tests.stating import duty
from tests.stories import (
    CONSENT,
    ORDINARY,
    PROTECTION,
    consent,
    entry_on,
    everyone,
    graded,
    on,
    read,
    settled,
    take,
    told,
)

SERVICE = "TS-HAVEN"
NEWER = {"version": "2", "order": "2026-10-01T00:00:00Z"}


def shared_on_consent(hub: TestHub, child: UUID) -> UUID:
    """The practice shares its confidential entry with the school, because a parent consented."""
    named = entry(hub, child, PRIVATE)
    return room(hub).decide(hub.person("dr-anwar"), child, chosen(named, bases=("consent",))).matter


@pytest.mark.parametrize("stated", [{}, CONSENT], ids=["on any basis", "on consent"])
def test_what_was_shared_on_consent_closes_when_the_consent_is_withdrawn(hub: TestHub, stated: dict[str, str]) -> None:
    child = settled(hub)
    consent(hub, ConsentGiven, child)
    shared_on_consent(hub, child)
    assert kind(read(hub, "catriona", child), PRIVATE) == "Shown"

    consent(hub, ConsentWithdrawn, child, since="2026-11-01")

    assert kind(read(hub, "catriona", child, **stated), PRIVATE) != "Shown"


def test_what_was_shared_on_consent_closes_when_the_consent_runs_out(hub: TestHub) -> None:
    child = settled(hub)
    given = ConsentSaid("give", "education", "health", since="2026-10-01", until="2026-11-05")
    hub.house.hub.casework.record_consent(hub.person("fiona"), child, given)
    shared_on_consent(hub, child)
    assert kind(read(hub, "catriona", child), PRIVATE) == "Shown"

    hub.clock.at += timedelta(days=10)

    assert kind(read(hub, "catriona", child), PRIVATE) == "sealed"


def test_an_ordinary_entry_that_becomes_a_concern_is_closed_until_it_is_decided_anew(hub: TestHub) -> None:
    child = settled(hub)
    named = entry(hub, child, ORDINARY)
    room(hub).decide(hub.person("dr-anwar"), child, chosen(named))

    take(hub, [told("gp", "ordinary", code="gp.not_brought", occurred=on(ORDINARY), **NEWER)])

    assert kind(read(hub, "callum", child), ORDINARY) == "Withheld"
    room(hub).decide(hub.person("dr-anwar"), child, chosen(named))
    assert kind(read(hub, "callum", child), ORDINARY) == "Shown"


def to_a_service(named: UUID, recipient: str = SERVICE) -> Choice:
    """A decision to share with a third-sector service."""
    return chosen(named, recipient=recipient)


def test_a_release_that_waits_is_not_opened_once_the_consent_it_rests_on_is_withdrawn(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    said, fiona = hub.house.hub.casework.record_consent, hub.person("fiona")
    said(fiona, child, ConsentSaid("give", "third-sector", "health", since="2026-10-01"))
    choice = replace(to_a_service(entry(hub, child)), bases=("consent",))
    waiting = room(hub).decide(hub.person("dr-anwar"), child, choice)
    said(fiona, child, ConsentSaid("withdraw", "third-sector", "health", since="2026-11-01"))

    with pytest.raises(Incomplete) as refused:
        room(hub).release(fiona, child, waiting.matter)

    assert (waiting.state, list(refused.value.faults)) == ("to-release", ["bases"])


def test_what_emergency_access_shows_is_not_handed_on(hub: TestHub) -> None:
    take(hub, [*everyone(plan=False), *graded()])
    child = hub.only_child()
    lead(hub, child)
    opened(hub, "fiona", child)
    found = entry_on(seen(hub, "fiona", child), CONCERN)
    assert type(found).__name__ == "Shown"
    assert found is not None

    choice = chosen(found.entry, bases=("vital-interests",), purpose="child-protection", until="")
    with pytest.raises(NotPermitted):
        room(hub).decide(hub.person("fiona"), child, choice)


def test_what_is_open_for_another_purpose_is_not_shared_for_this_one(hub: TestHub) -> None:
    enquiry = told("sw", "enquiry", occurred=on("2024-10-01"), facts=(stage("concern"),))
    take(hub, [*everyone(plan=False), *graded(), enquiry])
    child = hub.only_child()
    lead(hub, child)
    found = entry_on(read(hub, "fiona", child, **PROTECTION), CONCERN)
    assert type(found).__name__ == "Shown"
    assert found is not None

    with pytest.raises(NotPermitted):
        room(hub).decide(hub.person("fiona"), child, chosen(found.entry))

    assert room(hub).decide(hub.person("fiona"), child, chosen(found.entry, purpose="child-protection")).state


def between(hub: TestHub, happens: Callable[[], object], then: Callable[[], object]) -> None:
    """Something happens after a decision was looked at and before it is recorded."""
    rooms = room(hub)
    usual = rooms._means.act

    def late(stream: UUID, make: Make) -> None:
        object.__setattr__(rooms._means, "act", usual)
        happens()
        usual(stream, make)

    object.__setattr__(rooms._means, "act", late)
    try:
        with pytest.raises(BadInput, match=r"changed meanwhile|cannot be recorded"):
            then()
    finally:
        object.__setattr__(rooms._means, "act", usual)


def test_what_becomes_more_private_while_it_is_decided_on_is_not_opened(hub: TestHub) -> None:
    child = settled(hub)
    named = entry(hub, child)
    private = told("gp", "concern", code="gp.parent.mental_health.impact", occurred=on(CONCERN), **NEWER)

    between(
        hub,
        lambda: hub.house.hub.intake.receive([private]),
        lambda: room(hub).decide(hub.person("dr-anwar"), child, chosen(named)),
    )

    hub.house.catch_up()
    assert kind(read(hub, "catriona", child)) == "sealed"


def test_a_consent_that_is_withdrawn_while_it_is_decided_on_opens_nothing(hub: TestHub) -> None:
    child = settled(hub)
    consent(hub, ConsentGiven, child)

    between(
        hub,
        lambda: consent(hub, ConsentWithdrawn, child, since="2026-11-01"),
        lambda: shared_on_consent(hub, child),
    )


def test_who_leads_no_longer_while_it_is_released_releases_nothing(hub: TestHub) -> None:
    child = settled(hub)
    fiona = hub.person("fiona")
    lead(hub, child)
    waiting = room(hub).decide(hub.person("dr-anwar"), child, to_a_service(entry(hub, child))).matter

    between(
        hub,
        lambda: duty(hub, child, "lead-professional", fiona, since="2024-01-01", until="2026-10-30"),
        lambda: room(hub).release(fiona, child, waiting),
    )


def test_nobody_releases_to_the_service_they_work_for(hub: TestHub) -> None:
    child = settled(hub)
    nadia = hub.person("nadia")
    duty(hub, child, "works-with", nadia)
    duty(hub, child, "lead-professional", nadia)
    waiting = room(hub).decide(hub.person("dr-anwar"), child, to_a_service(entry(hub, child), nadia.organisation))
    assert waiting.state == "to-release"

    with pytest.raises(NothingToShow):
        room(hub).release(nadia, child, waiting.matter)


def test_the_same_again_is_answered_with_what_stands_and_another_choice_is_refused(hub: TestHub) -> None:
    child, once, anwar = settled(hub), uuid4(), hub.person("dr-anwar")
    named = entry(hub, child)
    first = room(hub).decide(anwar, child, refusing(), once=once)

    assert room(hub).decide(anwar, child, refusing(), once=once) == first
    with pytest.raises(BadInput, match="Something else was recorded"):
        room(hub).decide(anwar, child, chosen(named), once=once)

    shared = room(hub).decide(anwar, child, chosen(named), once=(again := uuid4()))
    room(hub).end_release(anwar, child, shared.matter, reason="By mistake.")
    assert room(hub).decide(anwar, child, chosen(named), once=again).state == "ended"


def test_another_request_under_the_same_id_is_refused(hub: TestHub) -> None:
    child, once, callum = settled(hub), uuid4(), hub.person("callum")
    first = room(hub).request(callum, child, ASK, once=once)

    assert room(hub).request(callum, child, ASK, once=once) == first
    with pytest.raises(BadInput, match="Something else was recorded"):
        room(hub).request(callum, child, replace(ASK, wanted="Everything."), once=once)


def of(hub: TestHub, who: str, child: UUID) -> list[MatterView]:
    """What somebody sees of a child's matters."""
    return list(room(hub).of_child(hub.person(who), child))


def test_the_keeper_sees_and_ends_what_the_lead_professional_released_of_its_own(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    named = entry(hub, child)
    matter = room(hub).decide(hub.person("fiona"), child, chosen(named)).matter
    assert kind(read(hub, "callum", child)) == "Shown"

    [seen_by_keeper] = of(hub, "dr-anwar", child)
    assert (seen_by_keeper.state, seen_by_keeper.decider, seen_by_keeper.recipient) == ("shared", "la-990", SCHOOL)
    assert (seen_by_keeper.entries, seen_by_keeper.may, dict(seen_by_keeper.words)) == ((named,), ("end",), {})
    assert of(hub, "morag", child) == []

    room(hub).end_release(hub.person("dr-anwar"), child, matter, reason="It would harm the child.")

    assert kind(read(hub, "callum", child)) == "Withheld"


def test_who_reads_a_released_entry_is_not_told_that_its_keeper_decided_it(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    room(hub).decide(hub.person("fiona"), child, chosen(entry(hub, child)))

    found = entry_on(read(hub, "callum", child), CONCERN)

    assert found is not None
    assert found.reason == "A recorded decision shares this entry with your organisation."


def test_the_lead_professional_is_shown_that_the_keeper_declined_before(hub: TestHub) -> None:
    child = settled(hub)
    lead(hub, child)
    asked = room(hub).request(hub.person("callum"), child, ASK).matter
    room(hub).decline(hub.person("dr-anwar"), child, asked, reasons="It would harm the child.")

    [shown] = of(hub, "fiona", child)

    assert (shown.state, shown.decider, shown.recipient) == ("not-shared", PRACTICE, SCHOOL)
    assert (dict(shown.words), shown.may) == ({}, ())


def test_a_release_closed_by_a_more_private_correction_says_so_to_who_may_know(hub: TestHub) -> None:
    child = settled(hub)
    named = entry(hub, child)
    room(hub).decide(hub.person("dr-anwar"), child, chosen(named))

    take(hub, [told("gp", "concern", code="gp.parent.mental_health.impact", occurred=on(CONCERN), **NEWER)])

    assert [(one.state, one.closed) for one in of(hub, "dr-anwar", child)] == [("closed", (named,))]
    assert of(hub, "callum", child) == []


def test_requests_about_other_children_hide_none_about_ones_own(hub: TestHub) -> None:
    child, intake = settled(hub), hub.house.hub.intake
    for _ in range(51):
        other = uuid4()
        stream = intake.stream("sharing", str(other))
        asked = {"by": "callum", "organisation": SCHOOL, "asked": "la-990", "purpose": "child-plan"}
        stated = SharingRequested(
            originator_id=stream, originator_version=1, child=other, basis="public-task", due="2026-11-01", **asked
        )
        intake.act(stream, lambda *_, one=stated: [one])
    matter = room(hub).request(hub.person("callum"), child, replace(ASK, asked="la-990")).matter

    assert [one.matter for one in room(hub).waiting_for(hub.person("fiona"))] == [matter]


@pytest.mark.parametrize("day", ["2026-W45-1", "9999-12-31", "0001-01-01", "2026-11-0\u0661", "20261130", "2026-1-30"])
def test_a_day_is_written_in_one_way(hub: TestHub, day: str) -> None:
    child = settled(hub)
    named = entry(hub, child)
    for field, change in (("since", {"since": day, "until": ""}), ("until", {"until": day})):
        with pytest.raises(Incomplete) as refused:
            room(hub).decide(hub.person("dr-anwar"), child, chosen(named, **change))
        assert list(refused.value.faults) == [field]
    with pytest.raises(Incomplete) as refused:
        room(hub).request(hub.person("callum"), child, replace(ASK, due=day))
    assert list(refused.value.faults) == ["due"]


def test_what_is_no_text_and_who_is_no_role_is_refused_by_its_field(hub: TestHub) -> None:
    child, anwar = settled(hub), hub.person("dr-anwar")
    for field, said in (("reasons", "\ud800"), ("recipient_role", "the head \udcff"), ("recipient_role", "whoever")):
        with pytest.raises(Incomplete) as refused:
            room(hub).decide(anwar, child, refusing(**{field: said}))
        assert list(refused.value.faults) == [field]
    matter = room(hub).decide(anwar, child, chosen(entry(hub, child))).matter
    with pytest.raises(Incomplete):
        room(hub).end_release(anwar, child, matter, reason="\ud800")
