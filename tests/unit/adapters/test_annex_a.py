"""Annex A: every row of every list is accounted for, in the name of the council's own child or not at all."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.annex_a import translate
from adapters.annex_a.codes import field_of, value_of
from hub.update import Delivery, Identifier, InvolvementFact, Refusal, StatusFact, Update
from tests.contract.adapter import check, counted, outcomes, samples
from tests.contract.hostile import check_cost
from tests.unit.adapters.workbooks import CONTACTS, PLANS, Value, day, part, with_parts, workbook

NAME = "301_annex_a_2024-01-31.xlsx"
(SAMPLE,) = samples("annex-a")
ISLA = ("LC-1", "b) Female", day("2019-03-14"))
PLAN = (*ISLA, day("2024-12-19"), "a) Neglect", None, "Team\u00a0North", "Ruth Bell")

Sheets = dict[str, Sequence[Sequence[Value]]]


def delivered(lists: Sheets, name: str = NAME) -> Delivery:
    return Delivery("annex-a", name, workbook(lists))


def read(lists: Sheets) -> tuple[Update | Refusal, ...]:
    return check(delivered(lists))


def updates(lists: Sheets) -> list[Update]:
    found = read(lists)
    assert all(isinstance(one, Update) for one in found), counted(found)
    return [one for one in found if isinstance(one, Update)]


def refusal(lists: Sheets) -> Refusal:
    (one,) = (one for one in read(lists) if isinstance(one, Refusal))
    return one


def test_every_row_of_the_published_workbook_is_accounted_for(shared: Path) -> None:
    path = shared / "samples" / "annex_a" / "Annex_A_2024_Jan.xlsx"

    found = check(Delivery("annex-a", NAME, path.read_bytes()))

    assert counted(found) == {"update": 99, "two-identities": 10, "not-about-a-child": 5, "unmapped-code": 1}
    rows = {(match[1], match[2]) for one in found if (match := re.match(r"List (\d+), row (\d+)", one.place))}
    assert Counter(number for number, _ in rows) == Counter(
        {"1": 5, "2": 5, "3": 6, "4": 5, "5": 5, "6": 5, "7": 7, "8": 5, "9": 6, "10": 5, "11": 5}
    )
    assert {defect.code for one in found if isinstance(one, Update) for defect in one.defects} == {"error-value"}


def test_the_published_workbook_does_not_say_whose_it_is_so_nothing_is_placed(shared: Path) -> None:
    path = shared / "samples" / "annex_a" / "Annex_A_2024_Jan.xlsx"

    (refused,) = check(Delivery("annex-a", path.name, path.read_bytes()))

    assert isinstance(refused, Refusal)
    assert (refused.reason, "301_annex_a" in refused.next_step) == ("no-publisher", True)


def test_most_ways_to_write_a_code_are_known_and_none_as_another(shared: Path) -> None:
    """Real exports' spellings: what is not known waits in quarantine; what is known must be right."""
    text = (shared / "samples" / "annex_a" / "Annex_A_schema.yml").read_text(encoding="utf-8")
    block = text[text.index("&cla-placement-types") : text.index("Placement Provider")]
    groups = [(one.split("\n", 1)[0], re.findall(r"^ +- +(\S.*)$", one, re.MULTILINE)) for one in block.split("code: ")]
    official = {
        code: name for name, group in groups[1:] for code in re.findall(r"[a-z]+\) ([A-Z]\d):", "\n".join(group))
    }

    told = [(name, value_of("placement-type", one.strip("'"))) for name, group in groups[1:] for one in group]
    known = [(name, value.code) for name, value in told if value]

    assert len(known) > len(told) * 0.6
    assert sum(official[code].casefold() != name.casefold() for name, code in known) < len(known) * 0.02


def test_a_row_is_of_the_councils_own_child() -> None:
    (one,) = updates({"List 1": [CONTACTS, (*ISLA, day("2024-01-05"), "q) 6: Police")]})

    assert one.person.local_id == "301|LC-1"
    assert one.person.identifiers == (Identifier("la-child-id", "301/LC-1"),)
    assert (one.person.birth_dates, one.person.sex) == (("2019-03-14",), "F")
    assert (one.record_id, one.code) == ("301|list-1|LC-1|contact|2024-01-05|0", "sw.contact.received")
    assert (one.detail, one.organisation, one.place) == ("From the police.", "la-301", "List 1, row 2, column D")


def test_a_plan_says_from_when_until_when_and_who_is_allocated() -> None:
    (one,) = updates({"List 7": [PLANS, PLAN]})

    assert StatusFact("registered", "2024-12-19", "") in one.facts
    assert InvolvementFact("allocated-social-worker", "la-301", "", "Ruth Bell", "2024-12-19", "") in one.facts
    assert (one.author.name, one.author.organisation) == ("Ruth Bell", "Team North")


def test_only_a_code_is_a_workers_own() -> None:
    (one,) = updates({"List 7": [PLANS, (*PLAN[:-1], "SW-0417")]})

    assert [fact.worker for fact in one.facts if isinstance(fact, InvolvementFact)] == ["SW-0417"]


def test_a_plan_that_has_ended_is_the_same_record_said_anew() -> None:
    (open_plan,) = updates({"List 7": [PLANS, PLAN]})
    ended = (*PLAN[:5], day("2025-06-26"), *PLAN[6:])

    (closed,) = updates({"List 7": [PLANS, (*ISLA, day("2020-01-01"), "NEG", day("2020-02-01"), "", ""), ended]})[1:]

    assert closed.record_id == open_plan.record_id
    assert StatusFact("registered", "2024-12-19", "2025-06-26") in closed.facts


@pytest.mark.parametrize(
    ("needless", "met", "until"),
    [("No", day("2024-12-19"), "2024-12-19"), ("Yes", None, "2024-12-03"), ("No", None, "")],
)
def test_an_inquiry_ends_with_its_conference_or_when_none_was_needed(needless: str, met: Value, until: str) -> None:
    header = (
        *WHO_AND_START,
        "Was an Initial Child Protection Conference deemed unnecessary?",
        "Date of Initial Child Protection Conference",
    )

    one = updates({"List 5": [header, (*ISLA, day("2024-12-03"), needless, met)]})[0]

    assert one.facts == (StatusFact("concern", "2024-12-03", until),)


WHO_AND_START = (
    "Child Unique ID",
    "Gender",
    "Date of Birth",
    "Strategy discussion initiating Section 47 Enquiry Start Date",
)
NEED = (
    "Child Unique ID",
    "Gender",
    "Date of Birth",
    "CIN Start Date",
    "CIN Closure Date",
    "Reason for Closure",
    "Case Status",
)


@pytest.mark.parametrize(("status", "planned"), [("c) Child in need plan", True), ("d) Open assessment", False)])
def test_a_child_in_need_has_a_plan_only_where_the_list_says_so(status: str, planned: bool) -> None:  # noqa: FBT001 - a case
    (one,) = updates({"List 6": [NEED, (*ISLA, day("2024-10-15"), None, None, status)]})

    assert [fact.kind for fact in one.facts if isinstance(fact, StatusFact)] == (["plan"] if planned else [])


def test_an_adoption_is_sealed_whichever_list_tells_of_it() -> None:
    closed = (*ISLA, day("2024-10-15"), day("2025-01-20"), "RC1 - Adopted", "e) Closed episode")
    header = ("Child Unique ID", "Family identifier", "Date the Child Entered Care", "Date of Adoption Order")

    found = updates({"List 6": [NEED, closed], "List 10": [header, ("LC-1", 77, day("2023-01-01"), day("2025-01-20"))]})

    assert [one.sensitivity for one in found] == ["concern", "adoption", "adoption", "adoption"]


def test_what_leads_to_a_childs_address_or_to_adopters_is_never_kept() -> None:
    header = (
        "Child Unique ID",
        "Family identifier",
        "Date Started to be Looked After",
        "Placement postcode",
        "URN of Placement",
    )
    row = ("LC-1", "FAM-77", day("2023-01-01"), "ZZ99 3CZ", "SC-4471")
    adopters = [("Individual adopter identifier", "Family identifier"), ("ADOPTER-5", "FAM-77")]

    found = read({"List 8": [header, row], "List 11": adopters})

    assert counted(found) == {"update": 1, "not-about-a-child": 1}
    for secret in (b"FAM-77", b"ZZ99", b"SC-4471", b"ADOPTER-5"):
        assert not any(secret in one.original for one in found)


def test_one_id_with_two_dates_of_birth_places_none_of_its_rows() -> None:
    other = ("LC-1", "a) Male", day("2015-01-02"))
    found = read(
        {
            "List 1": [CONTACTS, (*ISLA, day("2024-01-05"), "6"), ("LC-2", "", None, day("2024-01-05"), "6")],
            "List 7": [PLANS, (*other, *PLAN[3:])],
        }
    )

    assert counted(found) == {"two-identities": 2, "update": 1}
    assert [one.person.local_id for one in found if isinstance(one, Update)] == ["301|LC-2"]


def test_a_value_nobody_knows_keeps_its_record_waiting_and_the_rest_of_the_row_comes_in() -> None:
    header = (*NEED[:4], "Primary Need Code", "Date Child Was Last Seen")
    row = (*ISLA, day("2024-10-15"), "PSRMEM - Support with memory", day("2024-12-01"))

    found = read({"List 6": [header, row]})

    assert counted(found) == {"unmapped-code": 1, "update": 1}
    refused = next(one for one in found if isinstance(one, Refusal))
    assert (refused.place, "keepers" in refused.next_step) == ("List 6, row 2, column E", True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("q) 6: Police", "6"),
        ("6 - Police", "6"),
        ("Police", "6"),
        ("POLICE [6]", "6"),
        ("3b", "3B"),
        ("b) 1B: Individual", "1B"),
        ("7 - Police", None),
        ("Code 'POLICE' is not mapped", None),
        ("", None),
    ],
)
def test_a_value_is_known_by_its_code_or_its_words_and_never_by_half(text: str, code: str | None) -> None:
    value = value_of("referral-source", text)

    assert (value.code if value else None) == code


@pytest.mark.parametrize(
    ("number", "header", "field"),
    [
        (1, "Child\u00a0Unique ID", "child"),
        (1, "unique child identifier", "child"),
        (7, "CHILD PROTECTION PLAN START DATE ", "plan"),
        (7, "Did the child consider it", ""),
        (8, "Placement postcode", "postcode"),
        (3, "Date of the referral", "referral"),
    ],
)
def test_a_column_is_known_by_its_header_however_it_is_written(number: int, header: str, field: str) -> None:
    assert field_of(number, header) == field


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((None, "F", None, day("2024-01-05"), "6"), "no-subject"),
        ((*ISLA, None, "6"), "no-record-id"),
        ((*ISLA, "#N/A", "6"), "no-record-id"),
        (("x" * 300, "F", None, day("2024-01-05"), "6"), "no-subject"),
    ],
)
def test_a_row_that_cannot_be_placed_is_kept_with_its_reason(row: Sequence[Value], reason: str) -> None:
    assert refusal({"List 1": [CONTACTS, row]}).reason == reason


def test_odd_cells_are_defects_and_stop_nothing() -> None:
    row = ("LC-1", "Martian", "31st of May", "05/01/2024", "6")

    (one,) = updates({"List 1": [CONTACTS, row]})

    assert one.occurred.start == "2024-01-05"
    assert [(defect.code, defect.place) for defect in one.defects] == [
        ("bad-date", "List 1, row 2, column C"),
        ("bad-code", "List 1, row 2, column B"),
    ]


def test_two_contacts_of_one_day_are_two_records() -> None:
    rows = [(*ISLA, day("2024-01-05"), "6"), (*ISLA, day("2024-01-05"), "9")]

    assert [one.record_id[-2:] for one in updates({"List 1": [CONTACTS, *rows]})] == ["|0", "|1"]


def test_titles_above_the_header_and_other_sheets_lose_no_row() -> None:
    lists: Sheets = {
        "List 1 - Contacts": [("Contacts of the last six months",), (), CONTACTS, (*ISLA, day("2024-01-05"), "6")],
        "Notes": [("kept by hand",)],
        "List 2": [("no header here",)],
        "Empty": [],
    }

    found = read(lists)

    assert counted(found) == {"update": 1, "unknown-sheet": 2}
    assert b"kept by hand" in next(one for one in found if isinstance(one, Refusal)).original


def test_the_lists_are_compared_each_by_itself_and_a_last_visit_not_at_all() -> None:
    header = (*PLANS[:4], "Date of the Last Statutory Visit")

    plan, visit = updates({"List 7": [header, (*ISLA, day("2024-12-19"), day("2025-03-20"))]})

    assert plan.snapshot is not None
    assert plan.snapshot.scope == "301|annex-a|list-7"
    assert plan.snapshot.order == plan.order
    assert plan.order.startswith("2024-01-31|")
    assert visit.snapshot is None


@pytest.mark.parametrize(
    ("lists", "name", "reason"),
    [
        ({"List 1": [CONTACTS]}, NAME, "no-records"),
        ({"Sheet1": [CONTACTS]}, NAME, "not-this-format"),
        ({"List 1": [CONTACTS]}, "annex_a.xlsx", "no-publisher"),
        ({"List 1": [CONTACTS]}, "30123_annex_a.xlsx", "no-publisher"),
    ],
)
def test_a_workbook_that_cannot_be_placed_is_one_refusal(lists: Sheets, name: str, reason: str) -> None:
    (refused,) = check(delivered(lists, name))

    assert isinstance(refused, Refusal)
    assert refused.reason == reason


@pytest.mark.parametrize(
    "content", [b"{", b"{}", b'{"annex-a":2}', b'{"annex-a":1,"list":"7"}', b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"]
)
def test_what_is_neither_a_workbook_nor_a_row_is_one_refusal(content: bytes) -> None:
    assert [type(one) for one in check(Delivery("annex-a", NAME, content))] == [Refusal]


def test_a_workbook_with_macros_is_read_and_says_so() -> None:
    content = with_parts(SAMPLE.content, {"xl/vbaProject.bin": b"Sub AutoOpen"})

    found = check(Delivery("annex-a", SAMPLE.name, content))

    assert all("macros-ignored" in {defect.code for defect in one.defects} for one in found if isinstance(one, Update))
    assert len(found) == len(outcomes(SAMPLE))


def test_nothing_of_a_damaged_workbook_is_placed_in_part() -> None:
    sheet = "xl/worksheets/sheet7.xml"
    damaged = with_parts(SAMPLE.content, {sheet: part(SAMPLE.content, sheet).replace(b"<v>", b"<v>x", 3)})

    (refused,) = check(Delivery("annex-a", SAMPLE.name, damaged))

    assert isinstance(refused, Refusal)
    assert refused.reason == "workbook-malformed"


def test_its_work_grows_as_the_number_of_rows_does() -> None:
    def made(size: int) -> Delivery:
        rows = [(f"LC-{number}", "F", None, day("2024-01-05"), "6") for number in range(size)]
        return delivered({"List 1": [CONTACTS, *rows]})

    check_cost(outcomes, made, 500)


VALUES = st.one_of(st.none(), st.integers(-5, 10**9), st.text("ab1)#/N-: ", max_size=12), st.just(day("2024-01-05")))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=9), max_size=5), st.sampled_from([1, 5, 7, 9, 11]))
def test_whatever_the_cells_hold_every_row_is_accounted_for(rows: list[list[Value]], number: int) -> None:
    header = CONTACTS if number == 1 else PLANS
    delivery = delivered({f"List {number}": [header, *rows]})

    found = check(delivery)

    assert list(translate(delivery)) == list(found)
