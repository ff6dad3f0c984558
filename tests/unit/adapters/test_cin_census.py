"""The children in need census: every element is accounted for, in the right child's name."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from adapters.cin_census import child as cin_census_child
from adapters.cin_census.codes import Words, words_for
from adapters.cin_census.part import MOST_INSIDE
from hub.update import Delivery, Identifier, Refusal, StatusFact, Update
from tests.contract.adapter import check, check_outcome, counted, outcomes, samples
from tests.contract.hostile import check_cost

SAMPLE, LATER = samples("cin-census")
HEAD = (
    "<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2025</Year></CollectionDetails>"
    "<Source><LEA>990</LEA><SerialNo>002</SerialNo><DateTime>2025-05-19T09:30:00</DateTime></Source></Header>"
)


STARTED = "<AssessmentActualStartDate>2024-10-18</AssessmentActualStartDate>"
REGISTERED = "<CPPstartDate>2024-12-19</CPPstartDate>"


def identifiers(own_id: str = "LC-1", more: str = "") -> str:
    return f"<ChildIdentifiers><LAchildID>{own_id}</LAchildID>{more}</ChildIdentifiers>"


def child(inside: str, who: str | None = None) -> str:
    return f"<Child>{identifiers() if who is None else who}{inside}</Child>"


def episode(inside: str = "", since: str = "2024-10-15") -> str:
    return f"<CINdetails><CINreferralDate>{since}</CINreferralDate>{inside}</CINdetails>"


def census(*children: str, head: str = HEAD) -> bytes:
    return f"{head}<Children>{''.join(children)}</Children></Message>".encode()


def read(content: bytes) -> tuple[Update | Refusal, ...]:
    return check(Delivery("cin-census", "990_cin.xml", content))


def updates(content: bytes) -> dict[str, Update]:
    return {one.record_id: one for one in read(content) if isinstance(one, Update)}


def refusals(content: bytes) -> list[Refusal]:
    return [one for one in read(content) if isinstance(one, Refusal)]


def defects(content: bytes) -> set[str]:
    return {defect.code for one in updates(content).values() for defect in one.defects}


def section(day: str = "2024-12-03", inside: str = "") -> str:
    return f"<Section47><S47ActualStartDate>{day}</S47ActualStartDate>{inside}</Section47>"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("CIN_Census_2021.xml", 11), ("CIN_header_issues_100.xml", 11), ("fake_CIN_data.xml", 1357)],
)
def test_every_record_of_the_published_files_becomes_one_update(shared: Path, name: str, expected: int) -> None:
    path = shared / "samples" / "cin_census" / name

    found = read(path.read_bytes())

    assert counted(found) == {"update": expected}
    assert len({one.record_id for one in found if isinstance(one, Update)}) == expected


def test_the_large_published_file_is_counted_element_by_element(shared: Path) -> None:
    content = (shared / "samples" / "cin_census" / "fake_CIN_data.xml").read_bytes()
    root = etree.fromstring(content)

    codes = Counter(one.code for one in updates(content).values())

    for name, code in {
        "Child": "sw.child.details",
        "PersonDeathDate": "sw.child.died",
        "CINreferralDate": "sw.assistance.requested",
        "CINclosureDate": "sw.case.closed",
        "DateOfInitialCPC": "sw.cppm.held",
    }.items():
        assert codes[code] == len(root.findall(f".//{name}"))


def test_what_breaks_the_schemas_of_the_published_files_is_a_defect(shared: Path) -> None:
    folder = shared / "samples" / "cin_census"

    one, many = ((folder / name).read_bytes() for name in ("CIN_Census_2021.xml", "fake_CIN_data.xml"))

    assert defects(one) == {"stray-text", "flag-spelling", "born-and-expected", "upn-and-unknown"}
    assert defects(many) == {"flag-spelling"}


def test_every_code_of_the_schemas_has_plain_words(shared: Path) -> None:
    kinds = {
        "referralsourcetype": "referral-source",
        "primaryneedcodetype": "primary-need",
        "reasonforclosuretype": "closure-reason",
        "categoryofabusetype": "category-of-abuse",
        "assessmentfactorstype": "factor",
        "disabilitytype": "disability",
        "gendertype": "sex",
        "sextype": "sex",
    }
    seen = 0
    for path in (shared / "samples" / "cin_census").glob("*.xsd"):
        for listed in etree.parse(path).iterfind("{*}simpleType"):
            for value in listed.iterfind(".//{*}enumeration") if listed.get("name") in kinds else ():
                assert words_for(kinds[str(listed.get("name"))], str(value.get("value"))), value.get("value")
                seen += 1

    assert seen > 200


def test_the_plan_the_inquiry_and_the_registration_say_from_when_until_when() -> None:
    facts = [fact for one in check(LATER) if isinstance(one, Update) for fact in one.facts]

    assert StatusFact("registered", "2024-12-19", "2025-06-26") in facts
    assert StatusFact("concern", "2024-12-03", "2024-12-19") in facts
    assert StatusFact("plan", "2025-06-26", "") in facts


@pytest.mark.parametrize(
    ("inside", "closed", "until"),
    [
        ("<ICPCnotRequired>1</ICPCnotRequired><InitialCPCtarget>2024-12-24</InitialCPCtarget>", "", "2024-12-24"),
        ("<ICPCnotRequired>0</ICPCnotRequired><InitialCPCtarget>2024-12-24</InitialCPCtarget>", "", ""),
        ("", "<CINclosureDate>2025-01-20</CINclosureDate>", "2025-01-20"),
        ("<DateOfInitialCPC>2024-11-01</DateOfInitialCPC>", "", ""),
    ],
)
def test_an_inquiry_ends_when_the_census_says_so_in_any_of_its_ways(inside: str, closed: str, until: str) -> None:
    found = updates(census(child(episode(section(inside=inside) + closed))))

    assert found["990|LC-1|Section47|2024-12-03|0"].facts == (StatusFact("concern", "2024-12-03", until),)


def test_a_record_is_known_by_council_child_element_day_and_number() -> None:
    found = updates(census(child(episode(section() + section() + section("2025-01-07")))))

    assert [key for key in found if "Section47" in key] == [
        "990|LC-1|Section47|2024-12-03|0",
        "990|LC-1|Section47|2024-12-03|1",
        "990|LC-1|Section47|2025-01-07|0",
    ]


def test_an_unrelated_element_changes_no_other_records_id_nor_content() -> None:
    before = updates(census(child(episode(section()))))
    plan = "<CINPlanDates><CINPlanStartDate>2024-11-01</CINPlanStartDate></CINPlanDates>"

    after = updates(census(child("<ChildCharacteristics/>" + episode(plan, "2023-01-09") + episode(section()))))

    assert {key: after[key].headline for key in before} == {key: one.headline for key, one in before.items()}
    assert before["990|LC-1|Section47|2024-12-03|0"].facts == after["990|LC-1|Section47|2024-12-03|0"].facts


def test_a_plan_that_has_ended_is_the_same_record_said_anew() -> None:
    first, later = (
        {one.record_id: one for one in check(sample) if isinstance(one, Update)} for sample in (SAMPLE, LATER)
    )
    key = "990|LC-20417|ChildProtectionPlans|2024-12-19|0"

    assert (first[key].occurred.end, later[key].occurred.end) == ("", "2025-06-26")
    assert first[key].order < later[key].order
    assert (first[key].snapshot, later[key].snapshot) != (None, None)


def test_a_census_is_whole_for_its_council_and_year_and_placed_by_its_moment_in_utc() -> None:
    (one, *_) = updates(census(child(""))).values()

    assert one.snapshot is not None
    assert (one.snapshot.scope, one.snapshot.order) == ("990|cin|2025", "2025-05-19T08:30:00Z|00000002")
    assert (one.order, one.version) == (one.snapshot.order, "")


def test_the_child_is_the_councils_own_with_its_numbers() -> None:
    more = "<UPN>B928999922014</UPN><FormerUPN>B928999922099</FormerUPN><PersonBirthDate>2019-03-14</PersonBirthDate>"

    (one,) = updates(census(child("", identifiers("LC-7", f"{more}<GenderCurrent>2</GenderCurrent>")))).values()

    assert one.person.local_id == "990|LC-7"
    assert one.person.identifiers == (
        Identifier("la-child-id", "990/LC-7"),
        Identifier("upn", "B928999922014"),
        Identifier("upn", "B928999922099", verified=False),
    )
    assert (one.person.birth_dates, one.person.sex) == (("2019-03-14",), "F")
    assert one.organisation == "la-990"


def test_an_unborn_child_has_an_expected_day_and_no_date_of_birth() -> None:
    who = identifiers(more="<UPNunknown>UN1</UPNunknown><ExpectedPersonBirthDate>2026-02-01</ExpectedPersonBirthDate>")

    (one,) = updates(census(child("", who))).values()

    assert one.person.birth_dates == ()
    assert one.detail == "Not yet born; expected on 2026-02-01."
    assert [identifier.system for identifier in one.person.identifiers] == ["la-child-id"]


def test_an_adoption_is_sealed_as_one() -> None:
    closed = "<CINclosureDate>2025-01-20</CINclosureDate><ReasonForClosure>RC1</ReasonForClosure>"

    one = updates(census(child(episode(closed))))["990|LC-1|CINclosureDate|2024-10-15|0"]

    assert one.sensitivity == "adoption"


def test_factors_are_counted_and_not_spelled_out() -> None:
    factors = "<AssessmentFactors>4B</AssessmentFactors><AssessmentFactors>15A</AssessmentFactors>"
    held = f"<FactorsIdentifiedAtAssessment>{factors}</FactorsIdentifiedAtAssessment>"
    start = "<AssessmentActualStartDate>2024-10-18</AssessmentActualStartDate>"

    one = updates(census(child(episode(f"<Assessments>{start}{held}</Assessments>"))))[
        "990|LC-1|Assessments|2024-10-18|0"
    ]

    assert one.detail == "Factors recorded: 2."
    assert [(coding.code, coding.display) for coding in one.codings] == [("4B", ""), ("15A", "")]


@pytest.mark.parametrize(
    "wrong",
    [
        "<ReferralSource>11X</ReferralSource>",
        "<ReferralSource>1A</ReferralSource><PrimaryNeedCode>N17</PrimaryNeedCode>",
        "<CINclosureDate>2025-01-20</CINclosureDate><ReasonForClosure>RC99</ReasonForClosure>",
        f"<Assessments>{STARTED}<AssessmentFactors>99Z</AssessmentFactors></Assessments>",
        f"<ChildProtectionPlans>{REGISTERED}<InitialCategoryOfAbuse>XYZ</InitialCategoryOfAbuse></ChildProtectionPlans>",
    ],
)
def test_an_unknown_code_keeps_its_record_waiting_and_its_neighbours_come_in(wrong: str) -> None:
    content = census(child(episode(wrong) + episode("<ReferralNFA>1</ReferralNFA>", "2024-11-01")))

    (refused,) = refusals(content)

    assert (refused.reason, "keepers" in refused.next_step) == ("unmapped-code", True)
    assert "990|LC-1|CINdetails|2024-11-01|0" in updates(content)


def test_once_the_code_is_in_the_list_what_waited_is_the_record_that_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = episode("<ReferralSource>2A</ReferralSource>") + episode("<ReferralSource>11X</ReferralSource>")
    (waiting,) = refusals(census(child(twice)))
    monkeypatch.setattr(cin_census_child, "words_for", lambda *_: Words("a source of next year"))

    (one,) = outcomes(Delivery("cin-census", "990_cin.xml", waiting.original))

    assert isinstance(one, Update)
    assert (one.record_id, one.detail) == (
        "990|LC-1|CINdetails|2024-10-15|1",
        "Asked for by a source of next year.",
    )


def test_an_element_without_its_day_cannot_be_known_again() -> None:
    (refused,) = refusals(census(child(episode("<Section47><ICPCnotRequired>1</ICPCnotRequired></Section47>"))))

    assert (refused.reason, refused.place) == (
        "no-record-id",
        "/Message/Children[1]/Child[1]/CINdetails[1]/Section47[1]",
    )


def test_a_day_that_is_none_is_a_defect_and_still_tells_the_record_apart() -> None:
    one = updates(census(child(episode(section("2024-02-31")))))["990|LC-1|Section47|2024-02-31|0"]

    assert one.occurred.start == ""
    assert one.facts == ()
    assert {defect.code for defect in one.defects} == {"bad-date", "no-date"}


def test_what_the_hub_does_not_know_is_kept_and_what_stands_elsewhere_is_read() -> None:
    content = census(child(episode("<Section48><Day>2024-12-03</Day></Section48>") + section() + "<Odd/>"), "<Adult/>")

    assert Counter(one.reason for one in refusals(content)) == {"unknown-element": 3}
    assert "misplaced" in defects(content)
    assert "990|LC-1|Section47|2024-12-03|0" in updates(content)


def test_steps_before_court_are_one_record_by_their_first_day() -> None:
    steps = "<PreProceedingsandFGDM><FirstStepDate>2025-09-01</FirstStepDate></PreProceedingsandFGDM>"

    one = updates(census(child(episode(steps))))["990|LC-1|PreProceedingsandFGDM|2025-09-01|0"]

    assert (one.code, one.occurred.start) == ("sw.court_work.recorded", "2025-09-01")


def test_order_namespace_and_stray_text_stop_nothing() -> None:
    odd = (
        "<CINdetails>noted<ReferralSource>2A</ReferralSource><CINreferralDate>2024-10-15</CINreferralDate></CINdetails>"
    )
    content = census(child(odd)).replace(b"<Message>", b'<Message xmlns="urn:example:census">')

    assert defects(content) == {"stray-text", "out-of-order"}
    assert "990|LC-1|CINdetails|2024-10-15|0" in updates(content)


@pytest.mark.parametrize(
    "second",
    [
        "<PersonBirthDate>2015-01-02</PersonBirthDate>",
        "<PersonBirthDate>2010-05-05</PersonBirthDate><UPN>B801200005001</UPN>",
    ],
)
def test_one_id_for_two_children_places_neither(second: str) -> None:
    first = "<PersonBirthDate>2010-05-05</PersonBirthDate><UPN>B928999922014</UPN>"
    both = child(episode(), identifiers("LC-5", first)), child(episode(section()), identifiers("LC-5", second))

    found = read(census(*both, child(episode(), identifiers("LC-6"))))

    assert counted(found) == {"two-identities": 1, "update": 2}
    assert {one.person.local_id for one in found if isinstance(one, Update)} == {"990|LC-6"}
    assert all(day in next(one for one in found if isinstance(one, Refusal)).original for day in (b"2010-05-05",))


def test_a_child_told_of_twice_alike_is_one_child() -> None:
    who = identifiers("LC-5", "<PersonBirthDate>2010-05-05</PersonBirthDate>")

    found = updates(census(child(episode(), who), child(episode(), who)))

    assert {one.person.local_id for one in found.values()} == {"990|LC-5"}
    assert "990|LC-5|CINdetails|2024-10-15|1" in found


@pytest.mark.parametrize(
    "who",
    [
        "",
        "<ChildIdentifiers/>",
        "<ChildIdentifiers><LAchildID>A</LAchildID><LAchildID>B</LAchildID></ChildIdentifiers>",
    ],
)
def test_a_child_without_one_id_is_kept_whole(who: str) -> None:
    (refused,) = read(census(child(episode(section()), who)))

    assert isinstance(refused, Refusal)
    assert (refused.reason, b"Section47" in refused.original) == ("no-subject", True)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (HEAD.replace("<LEA>990</LEA>", ""), "no-publisher"),
        (HEAD.replace("<LEA>990</LEA>", "<LEA>9 9</LEA>"), "no-publisher"),
        (HEAD.replace("</Header>", "<Source><LEA>991</LEA></Source></Header>"), "several-publishers"),
        (HEAD.replace(">CIN<", ">CLA<"), "not-this-format"),
    ],
)
def test_a_census_of_nobody_knows_whom_is_not_placed(head: str, reason: str) -> None:
    (refused,) = read(census(child(episode()), head=head))

    assert isinstance(refused, Refusal)
    assert refused.reason == reason


def test_a_full_file_that_calls_itself_one_record_loses_nothing() -> None:
    mark = b'<Message xmlns:h="urn:chronology-hub:one-record" h:record="Section47" h:ordinal="0">'
    content = census(child(episode()), child(episode(), identifiers("LC-2"))).replace(b"<Message>", mark)

    assert counted(read(content)) == {"update": 4}


@pytest.mark.parametrize("content", [b"<Message/>", b"<a/>", census(), b"", b"{}", b"<Message><Children>"])
def test_what_is_no_census_is_one_refusal(content: bytes) -> None:
    assert [type(one) for one in read(content)] == [Refusal]


def test_one_long_value_is_not_written_into_every_record() -> None:
    who = identifiers("LC-1", f"<UPN>{'9' * 100_000}</UPN>")

    found = updates(census(child(episode(section() * 50), who)))

    assert sum(len(one.original) for one in found.values()) < 100_000


def test_its_work_grows_as_the_number_of_children_does() -> None:
    def made(size: int) -> Delivery:
        children = (child(episode(section()), identifiers(f"LC-{number}")) for number in range(size))
        return Delivery("cin-census", "x.xml", census(*children))

    check_cost(outcomes, made, 1_000)


@pytest.mark.parametrize(
    "one",
    [
        section(),
        f"<Assessments>{STARTED}</Assessments>",
        "<CINPlanDates><CINPlanStartDate>2024-12-03</CINPlanStartDate></CINPlanDates>",
        f"<ChildProtectionPlans>{REGISTERED}</ChildProtectionPlans>",
    ],
)
def test_its_work_grows_as_the_number_of_records_of_one_episode_does(one: str) -> None:
    check_cost(outcomes, lambda size: Delivery("cin-census", "x.xml", census(child(episode(one * size)))), 500)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(["Section47", "Assessments", "CINPlanDates", "Reviews", "UPN", "Odd"]), max_size=6))
def test_whatever_is_nested_in_whatever_is_accounted_for(names: list[str]) -> None:
    inside = "2024-12-03"
    for name in names:
        inside = f"<{name}>{inside}</{name}>"
    delivery = Delivery("cin-census", "x.xml", census(child(episode(inside) + inside)))

    for one in check(delivery):
        check_outcome(delivery, one)


def test_its_work_grows_as_the_number_of_children_of_one_id_does() -> None:
    def made(size: int) -> Delivery:
        return Delivery("cin-census", "x.xml", census(*[child(episode(), identifiers("LC-1"))] * size))

    check_cost(outcomes, made, 1_000)


def test_its_work_grows_as_the_number_of_strangers_between_children_does() -> None:
    def made(size: int) -> Delivery:
        return Delivery("cin-census", "x.xml", census(*[child(episode()), "<Odd/>"] * size))

    check_cost(outcomes, made, 1_000)


def test_one_id_that_contradicts_itself_only_at_its_end_refuses_all_its_children_once() -> None:
    born = [identifiers("LC-1", f"<PersonBirthDate>{day}</PersonBirthDate>") for day in ("2012-01-02", "2013-01-02")]
    content = census(*[child(episode(), born[0])] * 50, child(episode(), identifiers("LC-2")), child("", born[1]))

    assert counted(read(content)) == {"two-identities": 1, "update": 2}
    assert refusals(content)[0].original.count(b"<Child>") == 51


def test_a_child_of_more_elements_than_any_has_is_kept_whole_and_the_others_are_read() -> None:
    content = census(child(episode("<a/>" * MOST_INSIDE)), child(episode(), identifiers("LC-2")))

    assert counted(read(content)) == {"child-too-large": 1, "update": 2}
    assert refusals(content)[0].original.count(b"<a/>") == MOST_INSIDE


def test_a_head_of_more_elements_than_any_has_is_refused() -> None:
    head = HEAD.replace("</Header>", "<a/>" * MOST_INSIDE + "</Header>")

    assert [one.reason for one in refusals(census(child(episode()), head=head))] == ["xml-too-many-elements"]


def test_a_bomb_of_elements_is_refused_before_any_is_built() -> None:
    content = census("<a/>" * 4_000_000)
    tracemalloc.start()

    (refused,) = outcomes(Delivery("cin-census", "x.xml", content))

    assert tracemalloc.get_traced_memory()[1] < len(content)
    tracemalloc.stop()
    assert isinstance(refused, Refusal)
    assert (refused.reason, refused.original) == ("xml-too-many-elements", content)
