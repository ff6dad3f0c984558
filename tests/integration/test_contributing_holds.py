"""What is added by hand opens nothing: who may not know of an entry adds nothing to it and finds no trace of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from consent.decision import Disclosure, Shown
from hub.api.shapes import disclosure_to_json
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.events.access import unpacked
from hub.events.sharing import ConsentGiven
from tests.contributions import SAID, about, add, found, saying, shown
from tests.fix_hub import TestHub
from tests.looking import records
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
    on,
    read,
    recorded,
    settled,
    stranger,
    take,
    told,
)


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
