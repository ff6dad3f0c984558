"""What is added of a child is that child's, whatever was found of earlier entries; and what stands stays as closed."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from consent.contributing_terms import Named
from consent.decision import Shown
from consent.sharing_terms import Incomplete
from hub.errors import BadInput, NothingToShow
from hub.events.records import Record
from tests.contributions import add, found, saying, shown
from tests.fix_hub import TestHub
from tests.looking import records
from tests.recalling import moved
from tests.stating import duty
from tests.stories import settled, stranger, take, told

CLOSED = saying(
    sensitivity="gender-based-violence", headline="canary", people=(Named("father", "Jim Reid", "canary-of-jim"),)
)


def two_children(hub: TestHub) -> tuple[UUID, UUID]:
    """Isla, with whom many work, and Finn."""
    child = settled(hub)
    take(hub, [told("gp", "finn", person=stranger())])
    return child, next(one for one in hub.children() if one != child)


def with_nadia(hub: TestHub) -> UUID:
    """A child with whom a third-sector service works, to which nothing was shared."""
    child = settled(hub)
    duty(hub, child, "works-with", hub.person("nadia"))
    hub.house.catch_up()
    return child


def newest(hub: TestHub, entry: UUID) -> Record:
    """The newest version of an entry as it was recorded."""
    return [one for one in records(hub) if one.originator_id == entry][-1]


def test_what_is_added_after_earlier_entries_were_found_to_be_another_childs_is_this_childs(hub: TestHub) -> None:
    isla, finn = two_children(hub)
    first = add(hub, "fiona", isla)
    moved(hub, first, finn)

    second, third = (add(hub, "fiona", isla, saying(headline=said)) for said in ("Second", "Third"))
    moved(hub, second, finn)
    fourth = add(hub, "fiona", isla, saying(headline="Fourth"))
    moved(hub, first, isla)
    fifth = add(hub, "fiona", isla, saying(headline="Fifth"))

    assert [found(hub, "fiona", isla, one) is not None for one in (first, second, third, fourth, fifth)] == [
        True, False, False, True, True,
    ]  # fmt: skip
    kept = [newest(hub, one).person_record for one in (first, second, third, fourth, fifth)]
    assert (kept[1], kept[4], len(set(kept))) == (kept[2], kept[0], 3)


def test_the_same_form_sent_again_after_its_entry_was_found_to_be_another_childs_adds_nothing(hub: TestHub) -> None:
    isla, finn = two_children(hub)
    once = uuid4()
    first = add(hub, "fiona", isla, once=once)
    moved(hub, first, finn)
    before = len(records(hub))

    again = add(hub, "fiona", isla, once=once)
    with pytest.raises(BadInput, match="Something else was recorded"):
        add(hub, "fiona", isla, saying(headline="Another"), once=once)

    assert (again, len(records(hub))) == (first, before)


def test_an_entry_that_was_found_to_be_another_childs_is_put_right_as_that_childs_alone(hub: TestHub) -> None:
    isla, finn = two_children(hub)
    room, fiona = hub.house.hub.contributing, hub.person("fiona")
    entry = add(hub, "fiona", isla)
    duty(hub, finn, "works-with", fiona)
    hub.house.catch_up()
    moved(hub, entry, finn)

    with pytest.raises(NothingToShow):
        room.correct(fiona, isla, entry, saying(headline="Mended"))
    with pytest.raises(NothingToShow):
        room.take_back(fiona, isla, entry, "Wrong.")
    room.correct(fiona, finn, entry, saying(headline="Mended"))
    hub.house.catch_up()

    first, last = [one for one in records(hub) if one.originator_id == entry]
    assert (last.headline, last.person_record) == ("Mended", first.person_record)
    room.take_back(fiona, finn, entry, "Wrong.")
    assert newest(hub, entry).person_record == first.person_record


def test_nobody_puts_right_what_they_are_not_shown_and_it_is_refused_as_what_is_not(hub: TestHub) -> None:
    child = with_nadia(hub)
    room, nadia = hub.house.hub.contributing, hub.person("nadia")
    entry = add(hub, "nadia", child, CLOSED)
    assert found(hub, "nadia", child, entry) is None

    answers = set()
    for one in (entry, uuid4()):
        for revision in (0, 1, 7):
            with pytest.raises(NothingToShow) as refused:
                room.correct(nadia, child, one, saying(headline="Jim hits her"), revision=revision)
            answers.add((refused.value.message, refused.value.next_step))

    assert len(answers) == 1
    assert newest(hub, entry).headline == "canary"
    room.take_back(nadia, child, entry, "Wrong.")
    assert newest(hub, entry).sensitivity == "restricted"


def test_a_correction_is_as_closed_as_what_was_recorded_last_though_nobody_is_shown_that_yet(hub: TestHub) -> None:
    child, room = settled(hub), hub.house.hub.contributing
    fiona, entry = hub.person("fiona"), add(hub, "fiona", child)

    # Nothing of the first correction is in the read models when the second is made.
    room.correct(fiona, child, entry, saying(sensitivity="criminal", people=CLOSED.people))
    room.correct(fiona, child, entry, saying(headline="Otherwise"))

    last = newest(hub, entry)
    assert (last.headline, last.sensitivity, len(last.third_parts)) == ("Otherwise", "criminal", 1)


def test_a_correction_leaves_as_it_stands_whom_it_is_about_and_what_it_says_of_others(hub: TestHub) -> None:
    child, room = settled(hub), hub.house.hub.contributing
    fiona = hub.person("fiona")
    said = saying(about="parent", impact="She is calmer.", people=CLOSED.people)
    entry = add(hub, "fiona", child, said)

    room.correct(fiona, child, entry, saying(impact="She is calmer."), leave=("about", "people"))
    hub.house.catch_up()
    assert shown(hub, "fiona", child, entry).revision == 1
    with pytest.raises(Incomplete, match="what it means for the child"):
        room.correct(fiona, child, entry, saying(headline="Mended"), leave=("about", "people"))
    more = saying(headline="Mended", impact="She is calm.", people=(Named("mother", "Jean Reid", "Was tired."),))
    room.correct(fiona, child, entry, more, leave=("about", "people"))
    hub.house.catch_up()

    last = newest(hub, entry)
    assert (last.headline, last.about) == ("Mended", "parent")
    assert [(one.name, one.text) for one in last.third_parts] == [
        ("Jim Reid", "canary-of-jim"),
        ("Jean Reid", "Was tired."),
    ]
    one = found(hub, "fiona", child, entry)
    assert isinstance(one, Shown)
    assert "canary-of-jim" in one.detail
