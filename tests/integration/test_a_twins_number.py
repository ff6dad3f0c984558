"""Twins share a birth date, so where a source gives no names, a number that is the other's leads nobody astray."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.update import Identifier, Person, Update
from tests.builders import an_update
from tests.fix_hub import TestHub
from tests.stories import take

UPN, TWINS_UPN = "B928999922014", "B801200005001"
BORN = "2019-04-02"


def said(name: str, local_id: str, upn: str, given: str = "", source: str = "cin-census") -> Update:
    person = Person(local_id, (Identifier("upn", upn),), "", (given,) if given else (), (BORN,))
    return an_update(name, source=source, person=person, headline=name)


def ends(hub: TestHub, *updates: Update) -> list[str]:
    return [one.reason or str(one.outcome) for one in hub.house.hub.intake.receive(updates).results]


def questions(hub: TestHub) -> list[str]:
    with hub.as_owner() as connection:
        return [row[0] for row in connection.execute("select reason from identity.questions order by position")]


def stories(hub: TestHub) -> set[frozenset[str]]:
    hub.house.catch_up()
    with hub.as_owner() as connection:
        rows = connection.execute(
            "select array_agg(e.headline) from identity.links l join read.entries e using (person_record) "
            "where l.known_to = 'infinity' and e.known_to = 'infinity' group by l.child"
        ).fetchall()
    return {frozenset(row[0]) for row in rows}


def test_another_number_under_an_agencys_own_id_waits_where_no_name_says_who_it_is(hub: TestHub) -> None:
    assert ends(hub, said("one", "LC-1", UPN), said("two", "LC-1", TWINS_UPN)) == ["accepted", "other-number"]
    assert ends(hub, said("two", "LC-1", TWINS_UPN)) == ["already-in-quarantine"]
    assert stories(hub) == {frozenset({"one"})}


def test_with_the_childs_name_beside_it_another_number_is_taken_and_asked_about_once(hub: TestHub) -> None:
    changed = said("two", "LC-1", TWINS_UPN, "Isla")

    assert ends(hub, said("one", "LC-1", UPN, "Isla"), changed, changed) == ["accepted", "accepted", "already-held"]
    assert questions(hub) == ["number-changed"]


def test_the_name_that_speaks_for_another_number_may_be_known_from_another_agency(hub: TestHub) -> None:
    take(hub, [said("school", "p1", UPN, "Isla", source="school-census"), said("one", "LC-1", UPN)])

    assert ends(hub, said("two", "LC-1", TWINS_UPN, "Flora")) == ["other-number"]
    assert ends(hub, said("three", "LC-1", TWINS_UPN, "Isla")) == ["accepted"]


def test_an_id_of_which_nothing_was_known_but_a_number_is_not_anothers_for_a_name(hub: TestHub) -> None:
    bare = replace(said("one", "p1", UPN), person=Person("p1", (Identifier("upn", UPN),)))

    assert ends(hub, bare, said("two", "p1", TWINS_UPN, "Isla")) == ["accepted", "other-number"]
    assert ends(hub, said("three", "p1", UPN, "Flora")) == ["accepted"]


def test_a_name_alone_does_not_speak_for_another_number_and_another_birth_date_at_once(hub: TestHub) -> None:
    other = Person("LC-1", (Identifier("upn", TWINS_UPN),), "", ("Isla",), ("2020-05-03",))

    assert ends(hub, said("one", "LC-1", UPN, "Isla"), replace(said("two", "LC-1", UPN), person=other)) == [
        "accepted",
        "other-number",
    ]


def test_a_new_number_beside_the_former_one_is_taken_without_a_name(hub: TestHub) -> None:
    changed = Person("LC-1", (Identifier("upn", TWINS_UPN), Identifier("upn", UPN, verified=False)), "", (), (BORN,))

    assert ends(hub, said("one", "LC-1", UPN), replace(said("two", "LC-1", UPN), person=changed)) == ["accepted"] * 2


def test_a_record_that_found_its_child_by_a_mistaken_number_alone_does_not_speak_for_its_correction(
    hub: TestHub,
) -> None:
    take(hub, [said("flora", "LC-1", UPN), said("mistaken", "p1", UPN, "Isla", source="school-census")])
    assert stories(hub) == {frozenset({"flora", "mistaken"})}

    corrected = said("corrected", "p1", TWINS_UPN, "Isla", source="school-census")
    assert ends(hub, corrected) == ["other-number"]


def a_school_says_another_number(hub: TestHub, *, at_once: bool) -> list[str]:
    """A council knows Isla by her number and states no names, two schools do; then one says her twin's number."""
    sent = [
        said("council", "LC-1", UPN),
        said("nursery", "n1", UPN, "Isla", source="school-census"),
        said("school", "p1", UPN, "Isla", source="school-census"),
        said("school-mistaken", "p1", TWINS_UPN, "Isla", source="school-census"),
    ]
    return ends(hub, *sent) if at_once else [end for one in sent for end in ends(hub, one)]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_number_that_one_agency_is_asked_about_leads_no_nameless_record_of_another_into_the_story(
    hub: TestHub, *, at_once: bool
) -> None:
    assert a_school_says_another_number(hub, at_once=at_once) == ["accepted"] * 4
    assert questions(hub) == ["number-changed"]

    assert ends(hub, said("flora", "LC-1", TWINS_UPN)) == ["other-number"]
    assert stories(hub) == {frozenset({"council", "nursery", "school", "school-mistaken"})}


def test_while_it_is_asked_about_a_record_keeps_the_number_that_it_stated_itself(hub: TestHub) -> None:
    a_school_says_another_number(hub, at_once=False)

    again = said("council-again", "LC-1", UPN), said("school-again", "p1", TWINS_UPN, source="school-census")
    assert ends(hub, *again, said("named", "LC-1", TWINS_UPN, "Isla")) == ["accepted"] * 3
    assert questions(hub) == ["number-changed"] * 2


def test_a_new_number_that_came_with_the_former_one_beside_it_is_nobodys_question_and_others_may_follow(
    hub: TestHub,
) -> None:
    changed = Person("p1", (Identifier("upn", TWINS_UPN), Identifier("upn", UPN, verified=False)), "", ("Isla",))
    school = replace(said("new-number", "p1", TWINS_UPN, source="school-census"), person=changed)

    sent = said("council", "LC-1", UPN), said("school", "p1", UPN, "Isla", source="school-census"), school
    assert ends(hub, *sent, said("follows", "LC-1", TWINS_UPN)) == ["accepted"] * 4
    assert "number-changed" not in questions(hub)


def test_a_number_that_is_asked_about_brings_no_record_of_the_other_twin_into_the_story_by_a_wrong_name(
    hub: TestHub,
) -> None:
    bare = replace(said("floras", "p2", TWINS_UPN), person=Person("p2", (Identifier("upn", TWINS_UPN),)))
    mistaken = said("mistaken", "p1", TWINS_UPN, "Isla")
    take(hub, [bare, said("isla", "p1", UPN, "Isla"), mistaken, said("misnamed", "p2", TWINS_UPN, "Isla")])

    assert stories(hub) == {frozenset({"isla", "mistaken"}), frozenset({"floras", "misnamed"})}
    assert questions(hub) == ["number-changed", "number-in-doubt"]


def test_what_the_other_number_brings_while_it_is_asked_about_is_one_story_and_the_former_number_still_leads_home(
    hub: TestHub,
) -> None:
    take(hub, [said("one", "LC-1", UPN, "Isla"), said("two", "LC-1", TWINS_UPN, "Isla")])
    take(hub, [said("nursery", "n1", TWINS_UPN, "Isla", "school-census")])
    take(hub, [said("school", "p1", TWINS_UPN, "Isla", "school-census")])
    take(hub, [said("former", "p2", UPN, "Isla", "school-census")])

    assert stories(hub) == {frozenset({"one", "two", "former"}), frozenset({"nursery", "school"})}


def test_a_number_and_a_birth_date_find_no_child_who_is_known_by_two_such_numbers(hub: TestHub) -> None:
    take(hub, [said("one", "LC-1", UPN, "Isla"), said("two", "LC-1", TWINS_UPN, "Isla")])
    take(hub, [said("unnamed", "p2", TWINS_UPN, source="school-census")])

    assert stories(hub) == {frozenset({"one", "two"}), frozenset({"unnamed"})}
    assert questions(hub) == ["number-changed", "number-in-doubt"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_wherever_it_comes_in_a_mistaken_number_does_not_bring_twins_together(hub: TestHub, place: int) -> None:
    sent = [said("isla", "LC-1", UPN, "Isla"), said("isla-mistaken", "LC-1", TWINS_UPN, "Isla")]
    sent.insert(place, said("flora", "p2", TWINS_UPN, source="school-census"))
    for one in sent:
        take(hub, [one])

    assert stories(hub) == {frozenset({"isla", "isla-mistaken"}), frozenset({"flora"})}
