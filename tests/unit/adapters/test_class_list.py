"""Class lists: each child once, no school where there is none, and not a word of any parent kept anywhere."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.class_list import translate
from adapters.class_list.numbers import right
from adapters.class_list.rows import NUMBERS
from adapters.reading import not_kept
from hub.identity.identifiers import valid
from hub.update import Delivery, Identifier, InvolvementFact, Precision, Refusal, Snapshot, Update
from tests.contract.adapter import check, check_hostile, counted
from tests.unit.hub.test_identity import BAD, GOOD

NAME = "SCH-ROWANBANK_2025-08-18_class.csv"
PARENTS = "PARENT_1_NAME,PARENT_1_RELATIONSHIP,PARENT_1_EMAIL,PARENT_1_PHONE,"
CHILD = "CHILD_FIRST_NAME,CHILD_LAST_NAME,CHILD_DATE_OF_BIRTH,CHILD_ADDRESS_LINE_1,CHILD_POSTCODE,CHILD_NHS_NUMBER"
HEADER = PARENTS + CHILD + "\n"
CANARIES = ("canarymother", "canary@mail.invalid", "01632960999", "canarystreet")
MOTHER = "Canarymother Lennox,Mother,canary@mail.invalid,01632960999,"
PUBLISHED = {
    "valid.csv": (3, 1),
    "valid_with_bom.csv": (0, 1),
    "class_duplicates.csv": (2, 1),
    "class_invalid_fields.csv": (14, 2),
    "cohort_valid.csv": (2, 1),
    "cohort_valid_with_changes.csv": (1, 0),
    "cohort_duplicate_nhs_numbers.csv": (2, 0),
}
"""Of each published list, the rows that are taken, and those of children without a number whose school is not said."""
UPNS = ("B801200005001", "Q801200005002")
TWO_NUMBERS = HEADER.replace("\n", ",CHILD_UPN,CHILD_SCN\n")


def read(text: str | bytes, name: str = NAME) -> list[Update | Refusal]:
    return list(translate(Delivery("class-list", name, text.encode() if isinstance(text, str) else text)))


def update(text: str, name: str = NAME) -> Update:
    (one,) = read(text, name)
    assert isinstance(one, Update), one
    return one


def refusal(text: str | bytes, name: str = NAME) -> Refusal:
    (one,) = read(text, name)
    assert isinstance(one, Refusal), one
    return one


def said(one: Update | Refusal) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(one)) + one.original


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_child_of_the_published_lists_is_one_record(shared: Path, name: str) -> None:
    path = shared / "samples" / "mavis_school_imms" / name
    content = path.read_bytes()
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if any(row)][1:]
        parents = {cell.casefold() for row in rows for cell in row if "@" in cell or cell.startswith("07")}

    found = check(Delivery("class-list", name, content))

    taken, nobodys = PUBLISHED[name]
    assert counted(found) == Counter({"update": taken, "no-subject": nobodys})
    assert len(rows) == taken + nobodys
    assert not [text for text in parents for one in found if text.encode() in said(one).lower()]


def test_a_list_of_vaccinations_is_no_class_list(shared: Path) -> None:
    for name in (
        "valid_hpv.csv",
        "valid_hpv_with_changes.csv",
        "valid_hpv_with_instruction_row.csv",
        "duplicate_row.csv",
    ):
        content = (shared / "samples" / "mavis_school_imms" / name).read_bytes()

        (one,) = check(Delivery("class-list", name, content))

        assert isinstance(one, Refusal)
        assert one.reason == "not-this-format"
        assert one.original == not_kept.note("not-this-format", content)


def test_a_child_is_known_by_its_number_however_it_is_written() -> None:
    spaced = update(HEADER + MOTHER + "Isla,Lennox,14/03/2019,,ZZ99 3CZ,999 019 0313\n")
    plain = update(HEADER + MOTHER + "Isla,Lennox,2019-03-14,,ZZ99 3CZ,9990190313\n")

    assert spaced.person.local_id == plain.person.local_id == "SCH-ROWANBANK|9990190313"
    assert spaced.record_id == plain.record_id == "SCH-ROWANBANK|9990190313"
    assert spaced.person.birth_dates == ("2019-03-14",)
    assert (plain.code, plain.occurred.precision) == ("ed.school.listed", Precision.UNKNOWN)
    assert plain.facts == (InvolvementFact("school", "SCH-ROWANBANK"),)
    assert plain.snapshot == Snapshot("SCH-ROWANBANK|class|", "2025-08-18")
    assert (plain.version, plain.order) == ("", "2025-08-18")


def test_a_number_that_cannot_be_right_identifies_nobody() -> None:
    rows = [f"Isla,Lennox,2019-03-14,,ZZ99 3CZ,{number}\n" for number in ("9990190314", "invalid", "0000000000", "")]

    found = [update(HEADER + MOTHER + row) for row in rows]

    assert len({one.record_id for one in found}) == 1
    assert all(len(one.person.local_id) == len("SCH-ROWANBANK|") + 32 for one in found)
    assert [[defect.code for defect in one.defects] for one in found] == [["bad-number"]] * 3 + [[]]


def test_two_children_of_one_name_and_birthday_are_two_records() -> None:
    one = update(HEADER + MOTHER + "Ann,Reid,2019-03-14,,ZZ99 3CZ,\n")
    other = update(HEADER + MOTHER + "Ann,Reid,2019-03-14,,ZZ99 3VZ,\n")
    elsewhere = update(HEADER + MOTHER + "Ann,Reid,2019-03-14,,ZZ99 3CZ,\n", "SCH-HILLVIEW_class.csv")

    assert len({one.record_id, other.record_id, elsewhere.record_id}) == 3
    assert len({one.person.local_id, other.person.local_id, elsewhere.person.local_id}) == 3


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (",Reid,2019-03-14,,ZZ99 3CZ,9990190314", NAME),
        ("Ann,,2019-03-14,,ZZ99 3CZ,9990190314", NAME),
        ("Ann,Reid,soon,,ZZ99 3CZ,9990190314", NAME),
        ("Ann,Reid,2019-03-14,,,9990190314", NAME),
        ("Ann,Reid,2019-03-14,,not known,9990190314", NAME),
        ("Ann,Reid,2019-03-14,,ZZ99 3CZ,9990190314", "class.csv"),
    ],
)
def test_without_a_right_number_a_child_is_known_only_by_all_there_is(row: str, name: str) -> None:
    assert counted(read(HEADER + MOTHER + "Ann,Reid,2019-03-14,,ZZ99 3CZ,9990190314\n")) == {"update": 1}

    one = refusal(HEADER + MOTHER + row + "\n", name)

    assert one.reason == "no-subject"
    for column in ("CHILD_NHS_NUMBER", "CHILD_UPN", "CHILD_SCN", "CHILD_POSTCODE", "CHILD_SCHOOL_URN"):
        assert column in one.next_step


@pytest.mark.parametrize(
    ("numbers", "known_by"),
    [
        (("9990190313", UPNS[0], "990000018"), "9990190313"),
        (("9990190314", UPNS[0].lower(), ""), UPNS[0]),
        (("", "A801200005001", "990 000 018"), "990000018"),
    ],
)
def test_the_first_right_number_is_what_a_child_is_known_by(numbers: tuple[str, ...], known_by: str) -> None:
    one = update(TWO_NUMBERS + MOTHER + f"Ann,Reid,2019-03-14,,,{','.join(numbers)}\n")

    assert one.record_id == one.person.local_id == f"SCH-ROWANBANK|{known_by}"


@pytest.mark.parametrize(("system", "value"), [*GOOD, *((system, value) for system, value, _ in BAD)])
def test_a_number_is_right_here_where_it_is_right_to_the_hub(system: str, value: str) -> None:
    if system in NUMBERS:
        assert bool(right(system, value)) == valid(Identifier(system, value))


def test_children_of_one_name_and_birthday_with_other_pupil_numbers_are_two() -> None:
    rows = [MOTHER + f"Ann,Reid,2019-03-14,,,,{upn},\n" for upn in UPNS]

    found = check(Delivery("class-list", NAME, (TWO_NUMBERS + "".join(rows)).encode()))

    assert len({one.record_id for one in found if isinstance(one, Update)}) == 2


def test_what_one_school_says_of_a_child_is_no_record_of_another_school() -> None:
    row = HEADER + MOTHER + "Isla,Lennox,2019-03-14,,ZZ99 3CZ,9990190313\n"
    names = (NAME, "SCH-HILLVIEW_2025-08-18_class.csv", "class.csv")

    found = [update(row, name) for name in names]

    assert [one.person.local_id for one in found] == [
        "SCH-ROWANBANK|9990190313",
        "SCH-HILLVIEW|9990190313",
        "|9990190313",
    ]
    assert [one.record_id for one in found] == [one.person.local_id for one in found]
    assert [[defect.code for defect in one.defects] for one in found] == [[], [], ["no-keeper"]]


def test_no_schools_number_can_be_written_so_that_it_is_another_schools_record() -> None:
    header, row = "CHILD_SCHOOL_URN," + HEADER, MOTHER + "Isla,Lennox,2019-03-14,,,9990190313\n"

    one = update(header + "a|b," + row)

    assert one.person.local_id == "a%7Cb|9990190313"


UNLIKE = {
    "another given name": ("Isla,Lennox,2019-03-14,,,9990190313,,,", "Rose,Lennox,2019-03-14,,,9990190313,,,"),
    "another birth date": ("Isla,Lennox,2019-03-14,,,9990190313,,,", "Isla,Lennox,2018-03-14,,,9990190313,,,"),
    "another pupil number": (
        f"Isla,Lennox,2019-03-14,,,9990190313,{UPNS[0]},,",
        f"Isla,Lennox,2019-03-14,,,9990190313,{UPNS[1]},,",
    ),
    "another class, and nothing else": ("Ann,Reid,2019-03-14,,ZZ99 3CZ,,,,1A", "Ann,Reid,2019-03-14,,ZZ99 3CZ,,,,1B"),
    "two wrong numbers": ("Ann,Reid,2019-03-14,,ZZ99 3CZ,1,,,", "Ann,Reid,2019-03-14,,ZZ99 3CZ,2,,,"),
}


@pytest.mark.parametrize("pair", UNLIKE.values(), ids=UNLIKE)
def test_unlike_rows_of_one_id_are_refused_together_whichever_comes_first(pair: tuple[str, str]) -> None:
    header = TWO_NUMBERS.replace("\n", ",CHILD_REGISTRATION\n")
    good = MOTHER + "Finn,Lennox,2024-02-20,,,9990240221,,,\n"
    one, other = (MOTHER + row + "\n" for row in pair)

    for first, second in ((one, other), (other, one)):
        text = header + first + good + second + first + first
        refused, taken = check(Delivery("class-list", NAME, text.encode()), canaries=CANARIES)

        assert isinstance(refused, Refusal)
        assert isinstance(taken, Update)
        assert (refused.reason, refused.place) == ("two-identities", "row 2, row 4, row 5, row 6")
        assert len(refused.original.splitlines()) == 5
        assert not [canary for canary in CANARIES if canary.encode() in said(refused).lower()]


def test_rows_of_one_child_that_say_less_or_the_same_are_no_contradiction() -> None:
    rows = [
        MOTHER + f"{given},{family},{born},,,9990190313\n"
        for given, family, born in (
            ("Isla", "Lennox", "2019-03-14"),
            ("ISLA ROSE", "Reid", "14/03/2019"),
            ("", "Lennox", ""),
            ("I", "Lennox", "soon"),
        )
    ]

    assert counted(read(HEADER + "".join(rows))) == {"update": 4}
    assert counted(read(HEADER + "".join(reversed(rows)))) == {"update": 4}


def test_a_corrected_name_keeps_the_record_of_a_child_with_a_number_and_of_no_other() -> None:
    numbered = [update(HEADER + MOTHER + f"Isla,{family},2019-03-14,,,9990190313\n") for family in ("Lenox", "Lennox")]
    unnumbered = [update(HEADER + MOTHER + f"Isla,{family},2019-03-14,,ZZ99 3CZ,\n") for family in ("Lenox", "Lennox")]

    assert len({one.record_id for one in numbered}) == 1
    assert len({one.record_id for one in unnumbered}) == 2


@pytest.mark.parametrize(("number", "code"), [("888888", "ed.school.unknown"), ("999999", "ed.school.home")])
def test_no_school_is_involved_where_there_is_none(number: str, code: str) -> None:
    text = "CHILD_SCHOOL_URN," + HEADER + f"{number}," + MOTHER + "Isla,Lennox,2019-03-14,,,9990190313\n"

    one = update(text, "rowan_2026-08-17_cohort.csv")

    assert (one.code, one.facts, one.organisation, one.snapshot) == (code, (), "", None)


def test_a_list_without_a_school_makes_nobody_involved() -> None:
    one = update(HEADER + MOTHER + "Isla,Lennox,2019-03-14,,,9990190313\n", "class.csv")

    assert (one.facts, one.organisation, one.snapshot) == ((), "", None)


def test_each_class_of_a_school_is_whole_by_itself_and_no_scope_names_a_teacher() -> None:
    header = HEADER.replace("\n", ",Reg group\n")

    scopes = []
    for group in ("P2A", "P2B", "Mrs Canarysmith"):
        one = update(header + MOTHER + f"Isla,Lennox,2019-03-14,,,9990190313,{group}\n")
        assert one.snapshot is not None
        scopes.append(one.snapshot.scope)

    assert scopes[:2] == ["SCH-ROWANBANK|class|P2A", "SCH-ROWANBANK|class|P2B"]
    assert len(scopes[2]) == len("SCH-ROWANBANK|class|") + 12
    assert "smith" not in scopes[2]


def test_the_day_of_the_list_is_no_part_of_what_it_says() -> None:
    row = HEADER + MOTHER + "Isla,Lennox,2019-03-14,,,9990190313\n"

    autumn, spring = update(row), update(row, "SCH-ROWANBANK_2026-01-06_class.csv")

    assert (autumn.headline, autumn.detail, autumn.occurred) == (spring.headline, spring.detail, spring.occurred)
    assert autumn.order < spring.order


def test_nothing_of_a_parent_leaves_the_adapter() -> None:
    one = update(HEADER + MOTHER + "Isla,Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ,9990190313\n")

    assert not [canary for canary in CANARIES if canary.encode() in said(one).lower()]
    assert b"ZZ99 3CZ" in one.original


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (MOTHER + "Isla,Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ\n", "ragged-row"),
        (MOTHER + "Isla,Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ,9990190313,more\n", "ragged-row"),
        (MOTHER + 'Isla,"Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ,9990190313\n', "csv-malformed"),
        (MOTHER + "Is\x00la,Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ,9990190313\n", "nul-character"),
        (",,,Canarymother,canary@mail.invalid,01632960999,2019-03-14,Canarystreet 1,,9990190313\n", "columns-shifted"),
        ("a,b,c,d,01632960999,Canarymother,2019-03-14,Canarystreet 1,,9990190313\n", "columns-shifted"),
        (MOTHER + ",,,Canarystreet 1,,\n", "no-subject"),
    ],
)
def test_of_a_row_whose_columns_cannot_be_told_nothing_but_a_digest_is_kept(row: str, reason: str) -> None:
    good = MOTHER + "Finn,Lennox,2024-02-20,,,9990240221\n"

    before, bad, after = check(Delivery("class-list", NAME, (HEADER + good + row + good).encode()), canaries=CANARIES)

    assert isinstance(before, Update)
    assert isinstance(after, Update)
    assert isinstance(bad, Refusal)
    assert (bad.reason, bad.place) == (reason, "row 3")
    assert b"sha256" in bad.original
    assert "nothing of it was kept" in bad.message
    assert not [canary for canary in CANARIES if canary.encode() in said(bad).lower()]


def test_of_a_row_about_nobody_what_may_be_kept_is_kept() -> None:
    one = refusal(HEADER + MOTHER + "Isla,Lennox,soon,Canarystreet 1,ZZ99 3CZ,\n")

    assert one.reason == "no-subject"
    assert one.original.splitlines()[1] == b"Isla,Lennox,soon,ZZ99 3CZ,"
    assert refusal(one.original).message == one.message


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not-this-format"),
        (HEADER.encode(), "no-records"),
        (HEADER.encode() + b",,,,,,,,,\n", "no-records"),
        ((MOTHER + "Isla,Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ,9990190313\n").encode(), "not-this-format"),
        ((HEADER.replace(",", ";") + "canary@mail.invalid;;;;;;;;;\n").encode(), "not-this-format"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le"), "not-this-format"),
        (b"NHS number," + HEADER.encode() + b"9990190313," + MOTHER.encode() + b"a,b,,,,\n", "repeated-column"),
    ],
)
def test_a_file_that_is_no_list_leaves_its_digest(content: bytes, reason: str) -> None:
    one = refusal(content)

    assert one.reason == reason
    assert one.original == not_kept.note(reason, content)
    assert refusal(one.original).reason == reason


def test_a_legal_forename_may_stand_beside_a_forename() -> None:
    one = update("Forename,Legal forename,Surname,DOB,Postcode\nIsla,Isla Rose,Lennox,2019-03-14,ZZ99 3CZ\n")

    assert one.person.given == ("Isla",)


def test_a_thousand_rows_about_nobody_end_the_reading_and_keep_nothing() -> None:
    found = read(HEADER + (MOTHER + "Isla,Lennox,,,,\n") * 1_500)

    assert counted(found) == {"no-subject": 1_000, "too-many-bad-records": 1}
    assert b"anary" not in found[-1].original


def test_damaged_lists_are_taken_as_they_come() -> None:
    rows = (MOTHER + "Isla,Lennox,2019-03-14,Canarystreet 1,ZZ99 3CZ,9990190313\n") * 5

    assert check_hostile(Delivery("class-list", NAME, (HEADER + rows).encode()))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), min_size=10, max_size=10),
    st.binary(max_size=20),
    st.integers(0, 200),
)
def test_whatever_a_row_holds_its_parents_columns_are_gone(cells: list[str], noise: bytes, at: int) -> None:
    contact = b"canary@mail.invalid"
    row = ",".join(cell.replace(",", " ") for cell in [*cells[:2], contact.decode(), *cells[3:]]).encode()
    row = row[:at] + noise + row[at:]

    for one in read(HEADER.encode() + row + b"\n"):
        assert contact not in said(one)
