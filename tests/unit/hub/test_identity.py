"""Outside numbers are judged by their own rules; two records are one child's only where nothing speaks against it."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest

from hub.identity.identifiers import LINKING, normalised, usable, valid
from hub.identity.matching import (
    Linked,
    Statement,
    Unsure,
    another_person,
    birth_dates_differ,
    contradicts,
    match,
    names_differ,
)
from hub.update import Identifier

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
    ("other", "birth", "names"),
    [
        (ISLA, False, False),
        (NOBODY, False, False),
        (somebody("REID", "isla"), False, False),
        (somebody("Baird", "Isla"), False, False),  # a family name changes
        (somebody("Reid", "Mhairi"), False, False),  # and so may a given one
        (somebody("Baird", "Mhairi"), False, True),
        (somebody("Anne", "Reid"), False, False),  # the names stand in each other's fields
        (somebody(born="2019-02-04"), True, False),
        (somebody(born=""), False, False),
        (somebody("", ""), False, False),
        (somebody("Baird", "Rory", "2011-01-01"), True, True),
        (Statement("Reid", (), ("2019-02-04", "2019-04-02")), False, False),  # one of two stated dates agrees
    ],
)
def test_what_speaks_against_one_person(other: Statement, birth: bool, names: bool) -> None:  # noqa: FBT001 - columns of a table
    for one, two in ((ISLA, other), (other, ISLA)):
        assert (birth_dates_differ(one, two), names_differ(one, two)) == (birth, names)
        assert contradicts(one, two) == (birth or names)


@pytest.mark.parametrize(
    ("new", "held", "is_another"),
    [
        (ISLA, [], False),
        (ISLA, [ISLA], False),
        (somebody("Baird", "Rory", "2011-01-01"), [ISLA], True),
        (somebody("Baird", "Rory", "2011-01-01"), [ISLA, somebody("Baird", "Rory", "")], False),
        (somebody("Baird", "Rory"), [ISLA], False),  # renamed, with the same birth date
        (somebody(born="2011-01-01"), [ISLA], False),  # a corrected birth date, with the same name
        (NOBODY, [ISLA], False),
    ],
)
def test_an_agencys_record_names_another_person_when_nothing_of_before_is_left(
    new: Statement,
    held: list[Statement],
    is_another: bool,  # noqa: FBT001 - a column of a table
) -> None:
    assert another_person(new, held) is is_another


def test_one_child_with_the_same_number_and_no_contradiction_is_the_child() -> None:
    answer = match(ISLA, {ONE: ("nhs-number", [somebody("Baird")])}, defective=False)

    assert answer == Linked(ONE, "exact-identifier:nhs-number")


def test_a_child_of_whom_nothing_else_is_known_is_linked_by_the_number() -> None:
    assert match(ISLA, {ONE: ("chi", [])}, defective=False) == Linked(ONE, "exact-identifier:chi")
    assert match(NOBODY, {ONE: ("chi", [ISLA])}, defective=False) == Linked(ONE, "exact-identifier:chi")


def test_a_contradiction_is_asked_about_and_never_linked() -> None:
    for other in (somebody(born="2011-01-01"), somebody("Baird", "Rory")):
        answer = match(ISLA, {ONE: ("nhs-number", [other])}, defective=False)

        assert answer == Unsure("contradiction", (ONE,))


def test_a_statement_that_agrees_in_full_outweighs_an_older_mistake() -> None:
    held = [somebody(born="2011-01-01"), somebody()]

    assert match(ISLA, {ONE: ("nhs-number", held)}, defective=False) == Linked(ONE, "exact-identifier:nhs-number")


def test_two_children_with_the_same_number_are_asked_about_in_one_order() -> None:
    shared: list[dict[UUID, tuple[str, list[Statement]]]] = [
        {TWO: ("chi", [ISLA]), ONE: ("nhs-number", [ISLA])},
        {ONE: ("chi", []), TWO: ("chi", [])},
    ]
    for found in shared:
        assert match(ISLA, found, defective=False) == Unsure("several-candidates", (ONE, TWO))


def test_without_a_shared_number_nothing_is_linked_and_a_defect_is_asked_about() -> None:
    assert match(ISLA, {}, defective=False) == Unsure("")
    assert match(ISLA, {}, defective=True) == Unsure("identifier-defect")


def test_a_good_number_links_though_another_of_the_record_is_bad() -> None:
    found = {ONE: ("nhs-number", [ISLA])}

    assert isinstance(match(ISLA, found, defective=True), Linked)
