"""Outside numbers are judged by their own rules; two records are one child's only where nothing speaks against it."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest

from hub.identity.identifiers import LINKING, normalised, usable, valid
from hub.identity.matching import (
    Candidate,
    Linked,
    Match,
    Standing,
    Statement,
    Unsure,
    another_person,
    birth_date_changed,
    birth_dates_differ,
    contradicts,
    family_differ,
    given_differ,
    match,
)
from hub.intake.identifying import standing_of
from hub.update import Identifier, Person

# Published examples of each number's definition, and numbers of ranges in which nobody is.
GOOD = [
    ("chi", "0211165794"),
    ("chi", "0402070763"),
    ("chi", "3113000009"),
    ("chi", "3113000017"),
    ("nhs-number", "9990000018"),
    ("nhs-number", "9990000026"),
    ("nhs-number", "9434765919"),
    ("scn", "051234561"),
    ("scn", "990000018"),
    ("scn", "102345673"),
    ("scn", "240001233"),
    ("upn", "B801200005001"),
]
BAD = [
    ("chi", "0101010000", "check digit"),
    ("chi", "0211165795", "check digit"),
    ("chi", "9999999999", "right check digit, and no such day"),
    ("chi", "9434765919", "an NHS number is no CHI number"),
    ("chi", "211165794", "a spreadsheet ate the leading nought"),
    ("chi", "021116579\N{FULLWIDTH DIGIT FOUR}", "a digit of another script"),
    ("nhs-number", "9990000019", "check digit"),
    ("nhs-number", "1234567890", "check digit"),
    ("nhs-number", "0000000000", "the same digit throughout"),
    ("nhs-number", "9999999999", "the same digit throughout"),
    ("nhs-number", "999000001", "too short"),
    ("nhs-number", "99900000188", "too long"),
    ("nhs-number", "NOT KNOWN", "no number"),
    ("nhs-number", "", "nothing"),
    ("scn", "051234562", "check digit"),
    ("scn", "51234561", "too short"),
    ("scn", "05123456X", "a letter"),
    ("scn", "٠٥١٢٣٤٥٦١", "digits of another script"),
    ("upn", "A801200005001", "check letter"),
    ("upn", "B80120000500\N{FULLWIDTH DIGIT ONE}", "a digit of another script"),
    ("upn", "B80120000500", "too short"),
    ("upn", "", "nothing"),
]


@pytest.mark.parametrize(("system", "value"), GOOD)
def test_a_right_number_is_valid_and_fit_to_link_by(system: str, value: str) -> None:
    assert valid(Identifier(system, value))
    assert usable(Identifier(system, value))


@pytest.mark.parametrize(("system", "value", "why"), BAD)
def test_a_wrong_number_is_never_fit_to_link_by(system: str, value: str, why: str) -> None:
    assert not valid(Identifier(system, value)), why
    assert not usable(Identifier(system, value)), why


@pytest.mark.parametrize(("system", "value"), GOOD)
def test_no_single_wrong_digit_passes(system: str, value: str) -> None:
    for at, digit in enumerate(value):
        for other in "0123456789":
            if digit.isdigit() and other != digit:
                changed = value[:at] + other + value[at + 1 :]
                assert not valid(Identifier(system, changed)), changed


@pytest.mark.parametrize(("system", "value"), GOOD)
def test_no_two_neighbouring_digits_change_places_unseen(system: str, value: str) -> None:
    for at, (one, two) in enumerate(pairwise(value)):
        if one != two and one.isdigit() and two.isdigit():
            changed = value[:at] + two + one + value[at + 2 :]
            assert not valid(Identifier(system, changed)), changed


def test_a_scn_whose_remainder_is_one_was_never_issued() -> None:
    # Weighted by 3, 2, 7, 6, 5, 4, 3 and 2 it sums to 12, and 12 divided by 11 leaves 1: no check digit is right.
    assert not any(valid(Identifier("scn", f"40000000{check}")) for check in range(10))


@pytest.mark.parametrize("written", ["999 000 0018", "999-000-0018", " 9990000018\t"])
def test_a_number_is_the_same_however_it_is_spaced(written: str) -> None:
    assert normalised(Identifier("nhs-number", written)) == "9990000018"
    assert usable(Identifier("nhs-number", written))


def test_letters_are_the_same_in_either_case() -> None:
    assert normalised(Identifier("upn", "b801200005001")) == "B801200005001"
    assert usable(Identifier("upn", "b801200005001"))


def test_a_number_that_its_source_has_not_verified_is_valid_and_does_not_link() -> None:
    unverified = Identifier("nhs-number", "9990000018", verified=False)

    assert valid(unverified)
    assert not usable(unverified)


@pytest.mark.parametrize("system", ["la-child-id", "uln", "seemis", "passport", "", "NHS-NUMBER"])
def test_a_system_without_a_check_of_its_own_never_links(system: str) -> None:
    assert system not in LINKING
    assert not usable(Identifier(system, "9990000018"))


# Two statements of who a person is

ISLA = Statement("Reid", ("Isla", "Anne"), ("2019-04-02",))
NOBODY = Statement("", (), ())
ONE, TWO = UUID(int=1), UUID(int=2)


def somebody(family: str = "Reid", given: str = "Isla", born: str = "2019-04-02") -> Statement:
    return Statement(family, (given,) if given else (), (born,) if born else ())


@pytest.mark.parametrize(
    ("other", "birth", "given", "family"),
    [
        (ISLA, False, False, False),
        (NOBODY, False, False, False),
        (somebody("REID", "isla"), False, False, False),
        (somebody("Baird", "Isla"), False, False, True),
        (somebody("Reid", "Mhairi"), False, True, False),  # a brother or sister shares the family name
        (somebody("Isla", "Reid"), False, True, True),  # a family name is compared with family names alone
        (somebody(born="2019-02-04"), True, False, False),
        (somebody(born=""), False, False, False),
        (somebody("", ""), False, False, False),
        (somebody("Baird", "Rory", "2011-01-01"), True, True, True),
        (Statement("Reid", (), ("2019-02-04", "2019-04-02")), False, False, False),  # one of two stated dates agrees
    ],
)
def test_what_speaks_against_one_person(other: Statement, birth: bool, given: bool, family: bool) -> None:  # noqa: FBT001 - columns of a table
    for one, two in ((ISLA, other), (other, ISLA)):
        assert (birth_dates_differ(one, two), given_differ(one, two), family_differ(one, two)) == (birth, given, family)
        assert contradicts(one, two) == (birth or given)


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("Zoë", "ZOE", False),
        ("Zoe\u0308", "Zoë", False),
        (" Isla ", "isla", False),
        ("Isla-Rose", "Isla Rose", False),
        ("Isla", "Isla Anne", False),
        ("D'Arcy", "D\u2019arcy", False),
        ("D'Arcy", "Darcy", False),
        ("D'Arcy", "David", True),
        ("I", "Isla", False),
        ("I.", "Isla", False),
        ("F", "Isla", True),
        ("Is", "Isla", True),  # no initial; somebody is asked
        ("Baby", "Isla", False),
        ("Baby Girl", "Isla", False),
        ("Twin 1", "Isla", False),
        ("BOY", "Finn", False),
        ("Infant", "Isla", False),
        ("Unknown", "Isla", False),
        ("-", "Isla", False),
        ("", "Isla", False),
        ("Иван", "иван", False),
        ("Иван", "Isla", True),
    ],
)
def test_given_names_are_the_same_however_they_are_written_and_a_stand_in_is_none(
    one: str,
    other: str,
    differ: bool,  # noqa: FBT001 - a column of a table
) -> None:
    for a, b in ((one, other), (other, one)):
        assert given_differ(somebody(given=a), somebody(given=b)) is differ


RORY = somebody("Baird", "Rory", "2011-01-01")


@pytest.mark.parametrize(
    ("new", "held", "as_own", "as_number"),
    [
        (ISLA, [], False, False),
        (ISLA, [ISLA], False, False),
        (NOBODY, [ISLA], False, False),
        (RORY, [ISLA], True, True),
        (RORY, [NOBODY, ISLA], True, True),  # that nothing was stated once agrees with nobody
        (RORY, [ISLA, somebody("Baird", "Rory", "")], False, True),
        (somebody("Reid", "Mhairi"), [ISLA], True, True),  # a twin
        (somebody("Reid", "Mhairi", ""), [ISLA], True, True),
        (somebody("Baird"), [ISLA], False, False),  # adopted, or the parents married
        (somebody("Baird", ""), [ISLA], False, False),
        (somebody(born="2011-01-01"), [ISLA], False, True),  # corrected, or a namesake's
        (somebody("Baird", born="2011-01-01"), [ISLA], True, True),
        (somebody("Reid", "", "2011-01-01"), [ISLA], True, True),
        (somebody(born="2011-01-01"), [ISLA, somebody(born="2011-01-01")], False, False),
        (Statement("Reid", ("Isla",), ("2011-01-01", "2019-04-02")), [ISLA], False, False),
    ],
)
def test_an_agencys_record_that_may_name_another_person_is_told(
    new: Statement,
    held: list[Statement],
    as_own: bool,  # noqa: FBT001 - columns of a table
    as_number: bool,  # noqa: FBT001
) -> None:
    assert another_person(new, held, "own-id") is as_own
    assert another_person(new, held, "number") is as_number


@pytest.mark.parametrize(
    ("new", "accepted"),
    [(ISLA, True), (somebody("Baird"), True), (somebody(born=""), False), (somebody(given=""), False), (RORY, False)],
)
def test_a_number_that_nobody_verified_needs_name_and_birth_date_beside_it(new: Statement, accepted: bool) -> None:  # noqa: FBT001 - a column of a table
    assert another_person(new, [NOBODY, ISLA], "unverified-number") is not accepted


def test_a_corrected_birth_date_is_noticed_once() -> None:
    corrected = somebody(born="2019-04-03")

    assert birth_date_changed(corrected, [ISLA, NOBODY])
    assert not birth_date_changed(corrected, [ISLA, corrected])
    assert not birth_date_changed(corrected, [NOBODY])


@pytest.mark.parametrize(
    ("person", "standing"),
    [
        (Person("999 000 0018", (Identifier("nhs-number", "9990000018"),)), "number"),
        (Person("9990000018", (Identifier("nhs-number", "9990000018", verified=False),)), "unverified-number"),
        (Person("9990000018"), "number"),  # what a number looks like is trusted no more when it is not repeated
        (Person("", (Identifier("nhs-number", ""),)), "own-id"),
        (Person("Z99104|17", (Identifier("nhs-number", "9990000018"),)), "own-id"),
        (Person("SCH-ROWANBANK|c41"), "own-id"),
        (Person("SCH-ROWANBANK|9990000018", (Identifier("nhs-number", "999 000 0018"),)), "number"),
        (Person("E09|4711", (Identifier("la-child-id", "4711"),)), "own-id"),  # a council's own id, stated twice
        (Person("SCH-ROWANBANK|9990000018"), "own-id"),  # a publisher's own numbers may look like anything
    ],
)
def test_a_record_id_that_is_an_outside_number_is_known_as_one(person: Person, standing: Standing) -> None:
    assert standing_of(person) == standing


def matched(
    new: Statement,
    *held: Statement,
    before: tuple[Statement, ...] = (),
    numbers_differ: bool = False,
    several: bool = False,
) -> Match:
    return match([*before, new], {ONE: Candidate("nhs-number", held, numbers_differ, several)}, defective=False)


LINKED = Linked(ONE, "exact-identifier:nhs-number")
CONTRADICTED = Unsure("contradiction", (ONE,))


@pytest.mark.parametrize(
    "held", [ISLA, somebody("Baird"), somebody(born=""), somebody(given=""), somebody(given="I"), somebody("", "Baby")]
)
def test_one_child_with_the_same_number_who_agrees_in_something_is_the_child(held: Statement) -> None:
    assert matched(ISLA, held) == LINKED
    assert matched(held, ISLA) == LINKED


@pytest.mark.parametrize("held", [NOBODY, somebody("Reid", "", ""), somebody("Reid", "Baby", "")])
def test_a_number_alone_never_links(held: Statement) -> None:
    assert matched(ISLA, held) == Unsure("number-alone", (ONE,))
    assert matched(held, ISLA) == Unsure("number-alone", (ONE,))
    assert matched(ISLA) == Unsure("number-alone", (ONE,))


@pytest.mark.parametrize("other", [somebody(born="2011-01-01"), somebody(given="Flora"), RORY])
def test_a_contradiction_is_asked_about_and_never_linked(other: Statement) -> None:
    assert matched(ISLA, other) == CONTRADICTED
    assert matched(other, ISLA) == CONTRADICTED


def test_what_was_stated_of_a_record_before_speaks_too() -> None:
    assert matched(NOBODY, ISLA, before=(RORY,)) == CONTRADICTED
    assert matched(NOBODY, ISLA, before=(ISLA,)) == LINKED


def test_two_different_numbers_of_one_system_are_two_people() -> None:
    assert matched(ISLA, ISLA, numbers_differ=True) == CONTRADICTED


def test_where_two_numbers_of_one_system_meet_a_birth_date_is_too_little_because_twins_share_it() -> None:
    assert matched(ISLA, somebody(given=""), several=True) == Unsure("number-alone", (ONE,))
    assert matched(somebody(given=""), ISLA, several=True) == Unsure("number-alone", (ONE,))
    assert matched(ISLA, somebody(born=""), several=True) == LINKED


def test_nothing_agrees_with_what_was_erased() -> None:
    erased = Statement("", (), (), readable=False)

    assert matched(ISLA, erased) == Unsure("erased-statement", (ONE,))
    assert matched(ISLA, ISLA, erased) == Unsure("erased-statement", (ONE,))
    assert matched(ISLA, ISLA, before=(erased,)) == Unsure("erased-statement", (ONE,))


def test_a_statement_that_agrees_in_full_outweighs_an_older_mistake() -> None:
    assert matched(ISLA, somebody(born="2011-01-01"), somebody()) == LINKED


def test_two_children_with_the_same_number_are_asked_about_in_one_order() -> None:
    for found in ({TWO: ISLA, ONE: ISLA}, {ONE: ISLA, TWO: NOBODY}):
        candidates = {child: Candidate("chi", [held]) for child, held in found.items()}
        assert match([ISLA], candidates, defective=False) == Unsure("several-candidates", (ONE, TWO))


def test_a_stranger_at_the_same_number_does_not_keep_a_child_from_being_found() -> None:
    found = {TWO: Candidate("nhs-number", [RORY]), ONE: Candidate("nhs-number", [ISLA])}

    assert match([ISLA], found, defective=False) == LINKED


def test_without_a_shared_number_nothing_is_linked_and_a_defect_is_asked_about() -> None:
    assert match([ISLA], {}, defective=False) == Unsure("")
    assert match([ISLA], {}, defective=True) == Unsure("identifier-defect")


def test_a_good_number_links_though_another_of_the_record_is_bad() -> None:
    assert match([ISLA], {ONE: Candidate("nhs-number", [ISLA])}, defective=True) == LINKED
