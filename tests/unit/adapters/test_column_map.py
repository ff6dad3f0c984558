"""Tables told by data alone: what a map may say, what is kept of a row, and what is never guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import sources
from adapters.column_map import translate
from adapters.column_map.rules import COLUMN_PARTS, NAME_PARTS, OTHER_PARTS, column_map, map_of
from adapters.maps import table
from hub.update import Delivery, Occurred, Precision, Refusal, StatusFact, Translated, Update
from hub.vocabulary import terms
from tests.contract.adapter import check

MAPPED = tuple(name for name in sources.names() if sources.source(name).module == "column_map")
CONCERN = (
    "report_number,revision,subject_number,surname,forename,date_of_birth,"
    "incident_date,category,handling,account,status"
)
GOOD = "CR-1,1,P-1,Lennox,Isla,14/03/2019,30/11/2024,CHILD,OPEN,Alone at dusk,SENT"
REGISTRATION = (
    "LaCode,ChildId,ConferenceDate,ConferenceType,Registered,RegistrationDate,DeRegistered,DeRegistrationDate"
)


def read(source: str, header: str, *rows: str, name: str = "x.csv") -> list[Translated]:
    return list(translate(Delivery(source, name, "\n".join((header, *rows, "")).encode())))


def update(source: str, header: str, row: str, name: str = "x.csv") -> Update:
    (one,) = read(source, header, row, name=name)
    assert isinstance(one, Update), one
    return one


def refused(source: str, header: str, row: str) -> Refusal:
    (one,) = read(source, header, row)
    assert isinstance(one, Refusal), one
    return one


def rules(*rows: Sequence[str]) -> list[dict[str, str]]:
    names = ("table", "part", "column", "value", "gives", "words")
    return [dict(zip(names, (*row, "", "", "", "")[:6], strict=True)) for row in rows]


GUIDE = Path(__file__).resolve().parents[3] / "docs" / "writing-an-adapter.md"
ONE = (("a", "table", "A"), ("a", "person", "A"), ("a", "record", "A"), ("a", "code", "", "", "gp.document"))
TWO = (("b", "table", "B"), ("b", "person", "B"), ("b", "record", "B"), ("b", "code", "", "", "gp.document"))


@pytest.mark.parametrize("source", MAPPED)
def test_every_map_is_sound_and_its_codes_are_in_the_vocabulary(source: str) -> None:
    known = map_of(source)

    codes = {rule.gives for one in known.tables for rule in one.all("code")}

    assert known.tables
    assert codes <= set(terms())


def test_the_guide_explains_every_part_of_a_map_and_no_other() -> None:
    text = GUIDE.read_text(encoding="utf-8").partition("| part |")[2].partition("\n\n")[0]

    explained = {part for row in text.splitlines()[2:] for part in re.findall(r"`([a-z-]+)`", row.split("|")[1])}

    assert explained == COLUMN_PARTS | NAME_PARTS | OTHER_PARTS


def test_a_map_that_would_read_one_record_as_two_is_refused() -> None:
    with pytest.raises(ValueError, match="table a would be read as one of b"):
        column_map("x", rules(*ONE, ("a", "kept", "B"), *TWO))


@pytest.mark.parametrize("missing", ["table", "person", "record", "code"])
def test_a_map_that_cannot_place_a_record_is_refused(missing: str) -> None:
    with pytest.raises(ValueError, match="has no rule"):
        column_map("x", rules(*(row for row in ONE if row[1] != missing)))


def test_a_part_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="colour is no part"):
        column_map("x", rules(*ONE, ("a", "colour", "A")))


def test_a_pattern_for_the_files_name_has_one_group() -> None:
    with pytest.raises(ValueError, match="not one group"):
        column_map("x", rules(*ONE, ("", "period", "", r"20\d\d", "04-01")))


def test_a_column_that_the_map_does_not_name_is_neither_read_nor_kept() -> None:
    one = update("police-concern", f"mother_telephone,{CONCERN}", f"07700900123,{GOOD}")

    assert b"07700900123" not in one.original
    assert "07700900123" not in repr(one)
    assert one.original.startswith(b"report_number,subject_number,handling")


def test_what_is_kept_gives_the_same_record_whatever_stands_in_the_cells() -> None:
    row = 'CR-1,1,P-1,"Le""nnox","Is,la",14/03/2019,30/11/2024,CHILD,OPEN,"two\r\nlines, é",SENT'

    (one,) = check(Delivery("police-concern", "x.csv", f"{CONCERN}\n{row}\n".encode()), canaries=("lines", "nnox"))

    assert isinstance(one, Update)
    assert (one.person.family, one.person.given) == ('Le"nnox', ("Is,la",))
    assert "two\r\nlines, é" in one.detail


def test_a_row_in_another_encoding_is_read_and_reads_the_same_alone() -> None:
    content = CONCERN.encode() + b"\n" + GOOD.replace("Isla", "Zo\u00e9").encode("cp1252") + b"\n"

    (one,) = check(Delivery("police-concern", "x.csv", content))

    assert isinstance(one, Update)
    assert one.person.given == ("Zo\u00e9",)
    assert [defect.code for defect in one.defects] == ["wrong-encoding"]


@pytest.mark.parametrize(
    ("old", "new", "reason", "place"),
    [
        ("CHILD", "UNHEARD-OF", "unmapped-code", "row 2, column category"),
        ("CHILD", "", "no-code", "row 2, column category"),
        ("OPEN", "SECRET", "unmapped-code", "row 2, column handling"),
        ("OPEN", "", "no-code", "row 2, column handling"),
        ("P-1", "", "no-subject", "row 2, column subject_number"),
        ("CR-1", "", "no-record-id", "row 2, column report_number"),
    ],
)
def test_what_cannot_be_placed_is_refused_and_the_value_is_not_repeated(
    old: str, new: str, reason: str, place: str
) -> None:
    one = refused("police-concern", CONCERN, GOOD.replace(old, new, 1))

    assert (one.reason, one.place) == (reason, place)
    assert not new or new not in one.message + one.next_step


def test_a_value_that_was_refused_is_taken_once_the_map_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = refused("police-concern", CONCERN, GOOD.replace("CHILD", "TRAFFICKING"))
    new = ("concern", "code", "category", "TRAFFICKING", "police.concern.raised", "Concern about trafficking")
    with_it = column_map("police-concern", [*table.rows("police-concern"), *rules(new)])
    monkeypatch.setattr("adapters.column_map.map_of", lambda _: with_it)

    (after,) = translate(Delivery("police-concern", "x.csv", before.original))

    assert isinstance(after, Update)
    assert after.headline == "Concern about trafficking"


def test_a_bad_date_is_a_defect_and_the_record_is_taken() -> None:
    one = update("police-concern", CONCERN, GOOD.replace("30/11/2024", "31/11/2024"))

    assert one.occurred == Occurred("", Precision.UNKNOWN)
    assert [(defect.code, defect.place) for defect in one.defects] == [("bad-date", "row 2, column incident_date")]


def test_a_stand_in_for_a_date_is_no_date_and_ends_nothing() -> None:
    found = read(
        "scottish-child-protection",
        REGISTRATION,
        "990,L-1,2024-12-19,02,1,2024-12-19,0,1900-01-02",
        name="2025_CONFERENCE.csv",
    )

    (registered,) = [one for one in found if isinstance(one, Update) and one.code == "sw.register.added"]
    assert registered.facts == (StatusFact("registered", "2024-12-19"),)
    assert [defect.code for defect in registered.defects] == ["date-not-known"]


def test_an_end_that_cannot_be_read_is_not_taken_for_still_going_on() -> None:
    found = read("scottish-child-protection", REGISTRATION, "990,L-1,2024-12-19,02,1,2024-12-19,1,soon")

    (registered,) = [one for one in found if isinstance(one, Update) and one.code == "sw.register.added"]
    assert registered.facts == ()
    assert "bad-date" in {defect.code for defect in registered.defects}


def test_one_row_may_tell_of_two_happenings_and_each_can_be_read_alone() -> None:
    row = "990,L-1,2025-06-26,03,1,2024-12-19,1,2025-06-26"
    header = f"{REGISTRATION},DeRegistrationReason"

    found = check(Delivery("scottish-child-protection", "2025_CONFERENCE.csv", f"{header}\n{row},01\n".encode()))

    codes = [one.code for one in found if isinstance(one, Update)]
    assert codes == ["sw.cppm.held", "sw.register.added", "sw.register.ended"]
    assert len({one.original for one in found}) == 3


def test_a_row_that_does_not_say_which_council_it_is_from_is_refused() -> None:
    one = refused("scottish-child-protection", "LaCode,ChildId,InvestigationDate", ",L-1,2024-12-03")

    assert (one.reason, one.place) == ("no-publisher", "row 2, column LaCode")


def test_the_same_number_at_two_councils_is_two_people() -> None:
    found = read(
        "scottish-child-protection", "LaCode,ChildId,InvestigationDate", *("990,7,2024-12-03", "991,7,2024-12-03")
    )

    assert len({one.person.local_id for one in found if isinstance(one, Update)}) == 2
    assert len({one.record_id for one in found if isinstance(one, Update)}) == 2


@pytest.mark.parametrize("source", MAPPED)
def test_the_xml_of_a_return_is_refused_politely_and_kept(source: str) -> None:
    content = b'\xef\xbb\xbf<?xml version="1.0"?><SSDA903><CHILD><ID>Isla</ID></CHILD></SSDA903>'

    (one,) = check(Delivery(source, "x.xml", content), canaries=("Isla",))

    assert isinstance(one, Refusal)
    assert one.reason == "not-this-format"
    assert "XML" in one.message
    assert one.original == content


def test_a_bad_row_never_takes_its_neighbours_with_it() -> None:
    found = read("police-concern", CONCERN, GOOD, "CR-2,ragged", GOOD.replace("CR-1", "CR-3"))

    assert [one.reason if isinstance(one, Refusal) else one.code for one in found] == [
        "police.concern.raised",
        "ragged-row",
        "police.concern.raised",
    ]


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS, min_size=11, max_size=11))
def test_whatever_stands_in_the_cells_is_kept_so_that_it_can_be_read_again(cells: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([CONCERN.split(","), cells])

    check(Delivery("police-concern", "x.csv", text.getvalue().encode()))
