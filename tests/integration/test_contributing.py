"""What people add by hand is shown as it was said, to whom the rules show it, and stands beside what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.beside import status
from consent.contributing_terms import Named
from consent.decision import Disclosure, Redacted, Shown
from consent.sharing_terms import Incomplete
from hub.api.shapes import disclosure_to_json
from hub.errors import BadInput, NothingToShow, NotPermitted, Raced
from hub.events.access import unpacked
from hub.events.identity import PersonRecordLinked
from hub.events.sharing import ConsentGiven
from tests.builders import works_with
from tests.contributions import SAID, about, add, found, saying
from tests.fix_hub import TestHub
from tests.looking import events_of, records
from tests.stories import (
    ADOPTION,
    CONCERN,
    CONSENT,
    MOTHER,
    ORDINARY,
    PRIVATE,
    PROTECTION,
    consent,
    entry_of,
    entry_on,
    now_of,
    on,
    read,
    recorded,
    settled,
    stranger,
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


def shown(hub: TestHub, who: str, child: UUID, entry: UUID, **asked: Any) -> Shown:  # noqa: ANN401 - the gate's own
    one = found(hub, who, child, entry, **asked)
    assert isinstance(one, Shown)
    return one


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


def test_nobody_adds_to_a_child_they_do_not_work_with_and_the_refusal_is_that_of_no_such_child(hub: TestHub) -> None:
    settled(hub)
    take(hub, [told("gp", "finn", person=stranger())])
    finn = hub.children()[1]

    answers = []
    for child in (finn, uuid4()):
        with pytest.raises(NothingToShow) as refused:
            add(hub, "fiona", child, about(uuid4()))
        answers.append((refused.value.message, refused.value.next_step))

    assert len(set(answers)) == 1
    assert [(one.action, one.outcome) for one in recorded(hub)[-2:]] == [("entry-add", "nothing-to-show")] * 2


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


def test_nobody_corrects_what_another_team_or_a_system_wrote(hub: TestHub) -> None:
    child, room = settled(hub), hub.house.hub.contributing
    theirs, fed = add(hub, "fiona", child), entry_of(hub, child, ORDINARY, "dr-anwar")

    for entry, who in ((theirs, "morag"), (fed, "dr-anwar")):
        with pytest.raises(NotPermitted, match="Another team"):
            room.correct(hub.person(who), child, entry, saying(headline="Mine"))
        with pytest.raises(NotPermitted, match="Another team"):
            room.take_back(hub.person(who), child, entry, "Mine")


def test_an_entry_that_is_sealed_to_the_writer_is_refused_as_one_that_does_not_exist(hub: TestHub) -> None:
    child, room = settled(hub), hub.house.hub.contributing
    sealed, morag = entry_of(hub, child, ADOPTION), hub.person("morag")
    tries: list[Callable[[UUID], object]] = [
        lambda entry: room.correct(morag, child, entry, SAID),
        lambda entry: room.take_back(morag, child, entry, "Wrong."),
        lambda entry: room.add(morag, child, about(entry)),
    ]

    for tried in tries:
        answers = []
        for entry in (sealed, uuid4()):
            with pytest.raises(NothingToShow) as refused:
                tried(entry)
            answers.append((refused.value.message, refused.value.next_step))
        assert len(set(answers)) == 1

    assert not [one for one in records(hub) if one.source == "hub-practitioner"]


def test_an_outcome_on_an_entry_that_is_only_known_to_exist_is_refused(hub: TestHub) -> None:
    child = settled(hub)
    withheld = entry_of(hub, child, CONCERN, "dr-anwar")
    assert found(hub, "callum", child, withheld) is not None

    with pytest.raises(NothingToShow):
        add(hub, "callum", child, about(withheld))


def test_what_was_read_on_another_ground_is_added_to_on_that_ground(hub: TestHub) -> None:
    child = settled(hub)
    entry = entry_of(hub, child, CONCERN, "dr-anwar")
    consent(hub, ConsentGiven, child)
    assert isinstance(found(hub, "callum", child, entry, **CONSENT), Shown)

    with pytest.raises(NothingToShow):
        add(hub, "callum", child, about(entry))
    outcome = add(hub, "callum", child, about(entry), ground=(CONSENT["purpose"], CONSENT["basis"]))

    marks = shown(hub, "callum", child, outcome).marks
    assert marks is not None
    assert marks.cites == (entry,)
    with pytest.raises(BadInput):
        add(hub, "callum", child, about(entry), ground=("gossip", "public-task"))


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


def test_what_stands_beside_an_entry_is_told_and_recorded_whatever_page_it_is_on(hub: TestHub) -> None:
    child = settled(hub)
    entry = add(hub, "fiona", child, saying(start="2019-05-01"))
    outcome = add(hub, "fiona", child, about(entry))

    page = read(hub, "morag", child, limit=1)

    assert [one.entry for one in page.entries] == [entry]
    assert [one.entry for one in page.beside[entry]] == [outcome]
    assert _told(hub, page) == {entry, outcome}


def _told(hub: TestHub, page: Disclosure) -> set[UUID]:
    (line,) = [one for one in recorded(hub) if one.originator_id == page.reading]
    return {one.entry for one in unpacked(line.entries)}


def test_of_several_entries_only_those_that_a_reader_may_know_of_are_named(hub: TestHub) -> None:
    child = settled(hub)
    adoption, plain = entry_of(hub, child, ADOPTION), add(hub, "fiona", child)
    analysis = add(hub, "fiona", child, about(plain, "any.analysis.added", cites=(plain, adoption)))
    take_down(hub, analysis)

    page = read(hub, "morag", child)

    one = shown(hub, "morag", child, analysis)
    assert (one.code, one.marks and one.marks.cites) == ("any.analysis.added", (plain,))
    assert [beside.entry for beside in page.beside[plain]] == [analysis]
    assert str(adoption) not in disclosure_to_json(page).decode()
    assert adoption not in _told(hub, page)


def test_an_entry_about_what_a_reader_may_not_know_of_looks_like_any_other(hub: TestHub) -> None:
    child = settled(hub)
    adoption = entry_of(hub, child, ADOPTION)
    outcome = add(hub, "fiona", child, about(adoption))
    hidden = next(one for one in records(hub) if one.originator_id == outcome)
    assert hidden.sensitivity == "adoption"

    # Had somebody lowered it since, the rules would show it: even then nothing tells that it is about another.
    take_down(hub, outcome)
    one = shown(hub, "morag", child, outcome)

    assert (one.code, one.summary) == ("any.event.noted", "Entry added by a practitioner")
    assert one.marks is not None
    assert (one.marks.cites, read(hub, "morag", child).beside) == ((), {})
    assert shown(hub, "fiona", child, outcome).code == "any.outcome.added"


def take_down(hub: TestHub, entry: UUID) -> None:
    """Give a row of the read model an ordinary key, behind the hub's back."""
    with hub.as_owner() as connection:
        connection.execute(
            "update read.entries set decision_key = (select number from read.decision_keys where agency = "
            "'social-work' and sensitivity = 'ordinary' and not third_party limit 1) where stream = %s",
            [entry],
        )


def test_what_is_about_an_entry_is_never_less_closed_than_it(hub: TestHub) -> None:
    child = settled(hub)
    expected = {CONCERN: ("concern", False), PRIVATE: ("confidential-health", False), MOTHER: ("ordinary", True)}

    for day, kept_as in expected.items():
        entry = entry_of(hub, child, day, "dr-anwar")
        outcome = add(hub, "dr-anwar", child, about(entry, sensitivity="ordinary"))
        kept = next(one for one in records(hub) if one.originator_id == outcome)
        assert (kept.sensitivity, bool(kept.third_parts)) == kept_as
        for who in ("callum", "morag", "fiona"):
            assert type(found(hub, who, child, entry)) is type(found(hub, who, child, outcome))


def test_by_hand_too_a_child_whom_the_agency_marks_as_restricted_stays_so(hub: TestHub) -> None:
    child = settled(hub)
    marked = replace(told("gp", "marked").person, restricted=True)
    take(hub, [told("gp", "marked", person=marked, occurred=on("2024-10-01"))])

    entry = add(hub, "dr-anwar", child)

    assert next(one for one in records(hub) if one.originator_id == entry).sensitivity == "restricted"
    assert found(hub, "morag", child, entry, **PROTECTION) is None


def test_whoever_no_longer_works_with_the_child_adds_nothing(hub: TestHub) -> None:
    child = settled(hub, until="2026-10-31")

    with pytest.raises(NothingToShow):
        add(hub, "morag", child)


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
