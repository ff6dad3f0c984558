"""What people add by hand is shown as it was said, to whom the rules show it, and stands beside what it is about."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from consent.beside import status
from consent.contributing_terms import Named
from consent.decision import Redacted
from consent.sharing_terms import Incomplete
from hub.errors import BadInput, NothingToShow, Raced
from hub.events.identity import PersonRecordLinked
from tests.builders import works_with
from tests.contributions import SAID, about, add, found, saying, shown
from tests.fix_hub import TestHub
from tests.looking import events_of, records
from tests.stories import (
    entry_on,
    now_of,
    read,
    settled,
    take,
    told,
)

EVERYTHING = saying(
    start="2026-09",
    end="2026-10",
    approximate=True,
    assertion="allegation",
    source_kind="told-by-professional",
    source_detail="A call",
    on_behalf_of="Nursery without access",
    valence="mixed",
    significance="significant",
    about="parent",
    wellbeing=("safe", "nurtured"),
    triangle=("what-i-need",),
    impact="She missed school.",
    action_taken="Rang the school.",
    turning="relapse",
    child_view="I was tired.",
    parent_view="Not asked: not safe.",
    seen="seen-alone",
    seen_where="At school",
)


def test_an_entry_is_shown_with_all_that_was_said_of_it(hub: TestHub) -> None:
    child = settled(hub)

    entry = shown(hub, "morag", child, add(hub, "fiona", child, EVERYTHING))

    assert (entry.when.start, entry.when.end, entry.when.precision, entry.when.approximate) == (
        "2026-09", "2026-10", "month", True,
    )  # fmt: skip
    assert (entry.headline, entry.valence, entry.significance) == (SAID.headline, "mixed", "significant")
    assert (entry.author, entry.source) == ("Fiona Adeyemi, Social worker", "hub-practitioner")
    assert entry.marks is not None
    assert (entry.marks.assertion, entry.marks.source_kind, entry.marks.significance_by) == (
        "allegation", "told-by-professional", "fiona",
    )  # fmt: skip
    assert (entry.marks.turning, entry.marks.seen, entry.marks.wellbeing, entry.marks.triangle) == (
        "relapse", "seen-alone", ("safe", "nurtured"), ("what-i-need",),
    )  # fmt: skip
    assert entry.account is not None
    assert {name: getattr(entry.account, name) for name in entry.account.__slots__ if getattr(entry.account, name)} == {
        name: getattr(EVERYTHING, name)
        for name in (
            "impact",
            "action_taken",
            "child_view",
            "parent_view",
            "seen_where",
            "source_detail",
            "on_behalf_of",
        )
    }


def test_whoever_may_see_the_summary_alone_is_told_how_sure_it_is_and_nothing_that_was_written(hub: TestHub) -> None:
    child = settled(hub)

    entry = found(hub, "callum", child, add(hub, "fiona", child, EVERYTHING))

    assert isinstance(entry, Redacted)
    assert (entry.summary, entry.assertion, entry.valence) == ("Entry added by a practitioner", "allegation", "mixed")


def test_the_order_within_a_day_is_as_it_was_said(hub: TestHub) -> None:
    child = settled(hub)
    late = add(hub, "fiona", child, saying(sequence=2, headline="Later"))
    early = add(hub, "fiona", child, saying(sequence=1, headline="Earlier"))

    entries = [one.entry for one in read(hub, "fiona", child).entries]

    assert entries[-2:] == [early, late]


def test_a_third_person_is_kept_under_a_key_of_their_own_and_the_entry_counts_as_about_somebody_else(
    hub: TestHub,
) -> None:
    child = settled(hub)
    people = (Named("mother", "Jean Reid", "Said she was worn out."),)

    entry = add(hub, "fiona", child, saying(people=people))

    record = next(one for one in records(hub) if one.originator_id == entry)
    (part,) = record.third_parts
    assert (part.relation, part.name, part.holder != record.person_record) == ("mother", "Jean Reid", True)
    assert "worn out" in shown(hub, "fiona", child, entry).detail
    assert isinstance(found(hub, "morag", child, entry), Redacted)
    assert shown(hub, "fiona", child, entry).third_party


def test_whoever_works_with_the_child_may_add_and_their_own_agency_is_the_keeper(hub: TestHub) -> None:
    child = settled(hub)
    categories = {"fiona": "social-work", "morag": "health", "dr-anwar": "health", "callum": "education"}

    for who, category in categories.items():
        person, entry = hub.person(who), add(hub, who, child)
        record = next(one for one in records(hub) if one.originator_id == entry)
        assert (record.agency, record.category) == (person.agency.value, category)
        assert (record.sender, record.organisation) == (person.organisation, person.organisation)
        assert shown(hub, who, child, entry).headline == SAID.headline


def test_the_same_form_sent_twice_makes_one_entry_and_another_one_under_its_id_is_refused(hub: TestHub) -> None:
    child, once = settled(hub), uuid4()

    first, again = add(hub, "fiona", child, once=once), add(hub, "fiona", child, once=once)
    with pytest.raises(BadInput, match="Something else was recorded"):
        add(hub, "fiona", child, saying(headline="Another"), once=once)
    other = add(hub, "morag", child, once=once)

    assert first == again != other
    added = [one for one in records(hub) if one.source == "hub-practitioner"]
    assert [one.originator_id for one in added] == [first, other]


def test_an_agencys_people_write_under_one_record_of_the_child_that_is_linked_once(hub: TestHub) -> None:
    child = settled(hub)

    add(hub, "fiona", child)
    add(hub, "fiona", child, saying(headline="Again"))

    linked = [one for one in events_of(hub) if isinstance(one, PersonRecordLinked) and one.evidence == "contributed"]
    assert [one.child for one in linked] == [child]


def test_a_correction_is_a_new_version_and_the_day_before_it_still_says_what_it_said(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child)
    before = now_of(hub)

    hub.house.hub.contributing.correct(hub.person("fiona"), child, entry, saying(headline="Visit to the school"))
    hub.house.catch_up()

    now, then = shown(hub, "morag", child, entry), shown(hub, "morag", child, entry, known_at=before)
    assert (now.headline, now.revision, then.headline, then.revision) == ("Visit to the school", 2, SAID.headline, 1)
    assert (status(now, ()), status(then, ())) == ("corrected", "active")


def test_a_correction_stays_about_what_it_was_about_whatever_its_writer_may_know_of_by_then(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "morag", child)
    outcome = add(hub, "fiona", child, about(entry))

    hub.house.hub.contributing.correct(hub.person("fiona"), child, outcome, saying(headline="It went very well"))
    hub.house.catch_up()

    one = shown(hub, "morag", child, outcome)
    assert (one.headline, one.code, one.marks and one.marks.cites) == (
        "It went very well",
        "any.outcome.added",
        (entry,),
    )


def test_a_correction_that_changes_nothing_is_no_version(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child)

    hub.house.hub.contributing.correct(hub.person("fiona"), child, entry, SAID)
    hub.house.catch_up()

    assert shown(hub, "fiona", child, entry).revision == 1


def test_a_correction_of_a_version_that_stands_no_more_is_refused(hub: TestHub) -> None:
    child, room = settled(hub), hub.house.hub.contributing
    entry = add(hub, "fiona", child)
    room.correct(hub.person("fiona"), child, entry, saying(headline="First"), revision=1)

    with pytest.raises(Raced):
        room.correct(hub.person("fiona"), child, entry, saying(headline="Second"), revision=1)


def test_an_entry_that_is_taken_back_is_gone_but_for_what_was_known_before(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child)
    before = now_of(hub)

    hub.house.hub.contributing.take_back(hub.person("fiona"), child, entry, "It was about another child.")
    hub.house.catch_up()

    assert found(hub, "fiona", child, entry) is None
    assert found(hub, "morag", child, entry) is None
    assert shown(hub, "morag", child, entry, known_at=before).headline == SAID.headline
    with pytest.raises(NothingToShow):
        hub.house.hub.contributing.take_back(hub.person("fiona"), child, entry, "Again.")


def test_taking_back_needs_a_reason(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child)

    with pytest.raises(BadInput, match="no reason"):
        hub.house.hub.contributing.take_back(hub.person("fiona"), child, entry, " ")


def test_what_is_said_about_an_entry_stands_beside_it(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child)
    outcome = add(hub, "fiona", child, about(entry))
    view = add(hub, "morag", child, about(entry, "any.view.child", start="2026-10-21", source_kind="told-by-child"))

    beside = read(hub, "dr-anwar", child).beside

    assert [(one.entry, one.code) for one in beside[entry]] == [
        (outcome, "any.outcome.added"),
        (view, "any.view.child"),
    ]


def test_a_disagreement_leaves_an_entry_disputed_until_it_is_resolved(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child)

    def stands() -> str:
        told_of = read(hub, "dr-anwar", child)
        one = next(one for one in told_of.entries if one.entry == entry)
        return status(one, told_of.beside.get(entry, ()))

    before = stands()
    raised = add(hub, "morag", child, about(entry, "any.disagreement.raised", assertion="opinion"))
    meanwhile = stands()
    add(hub, "fiona", child, about(raised, "any.disagreement.resolved"))

    assert (before, meanwhile, stands()) == ("active", "disputed", "active")


def test_a_resolution_resolves_a_disagreement_and_nothing_else(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child)

    with pytest.raises(Incomplete, match="the disagreement that is resolved"):
        add(hub, "fiona", child, about(entry, "any.disagreement.resolved"))


def test_the_read_models_made_again_are_the_same(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child, EVERYTHING)
    add(hub, "morag", child, about(entry, "any.disagreement.raised"))
    hub.house.hub.contributing.correct(hub.person("fiona"), child, entry, saying(headline="Again"))
    hub.house.catch_up()
    before = read(hub, "dr-anwar", child)

    for name in ("facts", "chronology"):
        assert hub.house.rebuild(name, lambda _: None).swapped
    hub.house.catch_up()

    after = read(hub, "dr-anwar", child)
    assert (after.entries, after.beside) == (before.entries, before.beside)
    assert add(hub, "fiona", child, saying(headline="And on")) is not None


def test_whoever_wrote_an_entry_may_have_moved_on_and_their_team_puts_it_right(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child)
    take(hub, [told("sw", "other", facts=(works_with("allocated-social-worker", "la-990", "SW-0500"),))])
    hub.clock.at += timedelta(days=1)

    hub.house.hub.contributing.correct(hub.person("fiona"), child, entry, saying(headline="By the team"))
    hub.house.catch_up()

    assert entry_on(read(hub, "fiona", child), "2026-10-20") == shown(hub, "fiona", child, entry)
