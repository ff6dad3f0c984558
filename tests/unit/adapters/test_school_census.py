"""The school census: every row is accounted for, and one bad row never takes its neighbours with it."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.school_census import translate
from adapters.school_census.codes import words_for
from hub.update import Delivery, InvolvementFact, Occurred, Precision, Refusal, Snapshot, Update

SAMPLES = Path(__file__).resolve().parents[3] / ".." / "shared" / "samples" / "school_census"

SESSIONS = b"pupilonrolltableid,NativeId,termlysessiondetailsonrolltableid,sessions,attendancereason\n"
EXCLUSIONS = (
    b"pupilonrolltableid,NativeId,termlyexclusionsonrolltableid,startdate,sessions,reason1,reason2,reason3,category\n"
)
PUPILS = b"pupilonrolltableid,NativeId,dob,surname,forename,upn,formerupn,sex,entrydate\n"
LEAVERS = b"pupilnolongeronrolltableid,NativeId,dob,surname,forename,upn,sex,entrydate,leavingdate\n"


def read(content: bytes, name: str = "2024_autumn_table.csv") -> list[Update | Refusal]:
    return list(translate(Delivery("school-census", name, content)))


def updates(content: bytes, name: str = "2024_autumn_table.csv") -> list[Update]:
    found = read(content, name)
    assert all(isinstance(one, Update) for one in found), found
    return [one for one in found if isinstance(one, Update)]


def refusal(content: bytes) -> Refusal:
    (one,) = read(content)
    assert isinstance(one, Refusal)
    return one


def samples() -> Iterator[Path]:
    if not SAMPLES.is_dir():
        pytest.skip("The published school census files are not beside the project (../shared/samples/school_census).")
    yield from sorted(SAMPLES.glob("*.csv"))


def test_every_row_of_the_published_files_becomes_one_update() -> None:
    for path in samples():
        with path.open(encoding="utf-8", newline="") as file:
            rows = sum(1 for _ in csv.DictReader(file))

        found = updates(path.read_bytes(), path.name)

        assert len(found) == rows
        assert len({one.record_id for one in found}) == rows
        assert not any(one.defects for one in found)


def test_every_code_of_the_published_files_has_plain_words() -> None:
    columns = {
        "category": "category",
        "reason1": "reason",
        "reason2": "reason",
        "reason3": "reason",
        "attendancereason": "attendance",
    }
    seen: set[tuple[str, str]] = set()
    for path in samples():
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        seen |= {(columns[name], row[name]) for row in rows for name in row if name in columns and row[name]}

    assert len(seen) > 30
    assert [one for one in seen if words_for(*one) is None] == []


def test_forty_thousand_rows_are_read_in_seconds() -> None:
    content = SESSIONS + b"".join(b"p%d,SCH1,s%d,12.0,I\n" % (n, n) for n in range(40_000))
    began = time.process_time()

    count = sum(1 for _ in translate(Delivery("school-census", "2024_autumn_x.csv", content)))

    assert count == 40_000
    assert time.process_time() - began < 4


def test_an_enrolment_says_who_which_school_and_since_when() -> None:
    row = b"t1,SCH9,2019-Mar-14 00:00:00,Lennox,Isla,B928999922014,A1,F,2023-Sep-04 00:00:00\n"

    (one,) = updates(PUPILS + row)

    assert (one.code, one.occurred) == ("ed.enrolled", Occurred("2023-09-04", Precision.DAY))
    assert (one.person.local_id, one.person.family, one.person.given) == ("SCH9|t1", "Lennox", ("Isla",))
    assert one.person.birth_dates == ("2019-03-14",)
    assert [(part.system, part.value, part.verified) for part in one.person.identifiers] == [
        ("upn", "B928999922014", True),
        ("upn", "A1", False),
    ]
    assert one.facts == (InvolvementFact("school", "SCH9", since="2023-09-04"),)
    assert (one.version, one.order) == ("", "2024-3-autumn")
    assert one.snapshot == Snapshot("SCH9|pupilonroll", "2024-3-autumn")
    assert one.original == PUPILS + row


def test_leaving_ends_the_schools_part_on_the_day() -> None:
    (one,) = updates(LEAVERS + b"t1,SCH9,14/03/2019,Lennox,Isla,,F,2022-09-05,2023-07-21\n")

    assert one.code == "ed.left"
    assert one.occurred.start == "2023-07-21"
    assert one.person.birth_dates == ("2019-03-14",)
    assert one.facts == (InvolvementFact("school", "SCH9", since="2022-09-05", until="2023-07-21"),)


def test_attendance_covers_the_whole_term() -> None:
    row = b"t1,SCH9,s1,8.0,I\n"

    (autumn,) = updates(SESSIONS + row, "2024_autumn_sessions.csv")
    (summer,) = updates(SESSIONS + row, "2025_Summer_sessions.csv")

    assert autumn.occurred == Occurred("2024-09-01", Precision.DAY, "2024-12-31")
    assert summer.occurred == Occurred("2025-04-01", Precision.DAY, "2025-07-31")
    assert autumn.headline == "8 sessions: absent through illness"
    assert autumn.order < summer.order


def test_terms_order_as_their_calendar_does() -> None:
    names = ["2024_spring_x.csv", "2024_summer_x.csv", "2024_autumn_x.csv", "2025_spring_x.csv"]

    orders = [updates(SESSIONS + b"t1,SCH9,s1,8.0,I\n", name)[0].order for name in names]

    assert orders == sorted(orders)
    assert len(set(orders)) == 4


def test_what_happened_in_a_term_is_whole_for_that_term_alone() -> None:
    """Pupils on roll are sent anew each term; last term's exclusions are not missing from this term's."""
    tables = [
        (PUPILS, b"t1,SCH9,2019-03-14,Lennox,Isla,,,F,2023-09-04\n", "SCH9|pupilonroll"),
        (LEAVERS, b"t1,SCH9,2019-03-14,Lennox,Isla,,F,,2024-06-28\n", "SCH9|pupilnolongeronroll|2024_autumn"),
        (EXCLUSIONS, b"t1,SCH9,x1,2024-11-12,2.0,PP,,,FIXD\n", "SCH9|termlyexclusionsonroll|2024_autumn"),
        (SESSIONS, b"t1,SCH9,s1,8.0,I\n", "SCH9|termlysessiondetailsonroll|2024_autumn"),
    ]

    found = [updates(header + row)[0].snapshot for header, row, _ in tables]

    assert found == [Snapshot(scope, "2024-3-autumn") for _, _, scope in tables]


def test_attendance_without_a_term_is_kept_with_a_defect() -> None:
    (one,) = updates(SESSIONS + b"t1,SCH9,s1,8.0,I\n", "export.csv")

    assert one.occurred.precision is Precision.UNKNOWN
    assert [defect.code for defect in one.defects] == ["term-unknown"]
    assert (one.version, one.order) == ("", "")


@pytest.mark.parametrize(
    ("category", "code"),
    [
        ("FIXD", "ed.exclusion.fixed"),
        ("PERM", "ed.exclusion.permanent"),
        ("LNCH", "ed.exclusion.lunchtime"),
        ("SUSP", "ed.exclusion.fixed"),
    ],
)
def test_an_exclusion_is_told_by_its_category_and_reasons(category: str, code: str) -> None:
    (one,) = updates(EXCLUSIONS + f"t1,SCH9,x1,2024-Nov-12 00:00:00,2.0,PP,DB,,{category}\n".encode())

    assert one.code == code
    assert one.sensitivity == "concern"
    assert one.headline.endswith(": 2 sessions")
    assert one.detail == ("Reason given: physical assault against a pupil; persistent or general disruptive behaviour.")


def test_an_unknown_kind_of_exclusion_waits_in_quarantine_with_its_bytes() -> None:
    row = b"t1,SCH9,x1,2024-11-12,2.0,PP,,,NEWK\n"

    one = refusal(EXCLUSIONS + row)

    assert (one.reason, one.place) == ("unmapped-code", "row 2, column category")
    assert one.original == EXCLUSIONS + row
    assert "NEWK" not in one.message + one.next_step


def test_an_unknown_attendance_code_waits_in_quarantine() -> None:
    one = refusal(SESSIONS + b"t1,SCH9,s1,8.0,??\n")

    assert (one.reason, one.place) == ("unmapped-code", "row 2, column attendancereason")


def test_an_unknown_reason_is_kept_as_sent() -> None:
    (one,) = updates(EXCLUSIONS + b"t1,SCH9,x1,2024-11-12,2.0,QX,,,FIXD\n")

    assert one.detail == "Reason given: code QX as sent by the school."
    assert [(defect.code, defect.place) for defect in one.defects] == [("unmapped-reason", "row 2, column reason1")]


def test_what_is_wrong_with_a_cell_is_a_defect_and_not_the_end_of_the_row() -> None:
    (one,) = updates(EXCLUSIONS + b"t1,SCH9,x1,2024-Nov-31 00:00:00,two,PP,,,FIXD\n")

    assert one.occurred.precision is Precision.UNKNOWN
    assert {defect.code for defect in one.defects} == {"bad-date", "bad-number"}
    assert "number of sessions not stated" in one.headline


@pytest.mark.parametrize(
    ("row", "reason", "column"),
    [
        (b",SCH9,s2,8.0,I\n", "no-subject", "pupilonrolltableid"),
        (b"t2,,s2,8.0,I\n", "no-organisation", "nativeid"),
        (b"t2,SCH9,,8.0,I\n", "no-record-id", "termlysessiondetailsonrolltableid"),
        (b"t2,SCH9,s2,8.0\n", "ragged-row", "sessions"),
        (b"t2,SCH9,s2,8.0,I,extra\n", "ragged-row", "6"),
        (b't2,SCH9,"s2,8.0,I\n', "csv-malformed", "termlysessiondetailsonrolltableid"),
        (b't2,SCH9,"s2"x,8.0,I\n', "csv-malformed", "termlysessiondetailsonrolltableid"),
        (b"t2,SC\x00H9,s2,8.0,I\n", "nul-character", "nativeid"),
        (b"t2,SCH\x819,s2,8.0,I\n", "wrong-encoding", "nativeid"),
        (b"t2,SCH9," + b"s" * 140_000 + b",8.0,I\n", "field-too-large", "termlysessiondetailsonrolltableid"),
    ],
)
def test_a_bad_row_is_refused_in_its_place_and_its_neighbours_go_in(row: bytes, reason: str, column: str) -> None:
    first, last = b"t1,SCH9,s1,8.0,I\n", b"t3,SCH9,s3,8.0,I\n"

    before, bad, after = read(SESSIONS + first + row + last)

    assert isinstance(before, Update)
    assert isinstance(after, Update)
    assert after.place == "row 4"
    assert isinstance(bad, Refusal)
    assert (bad.reason, bad.place) == (reason, f"row 3, column {column}")
    assert bad.original == SESSIONS + row


def test_quoted_values_may_hold_commas_quotes_and_line_breaks() -> None:
    row = b't1,SCH9,2019-03-14,"Lennox, or ""Len""","Isla\nRose",U1,,F,2023-09-04\r\n'

    one, two = updates(PUPILS + row + b"t2,SCH9,,Reid,Ann,,,F,2023-09-04\n")

    assert (one.person.family, one.person.given) == ('Lennox, or "Len"', ("Isla\nRose",))
    assert one.original == PUPILS + row
    assert two.place == "row 4"


def test_a_byte_order_mark_and_old_line_endings_do_not_matter() -> None:
    with_mark = b"\xef\xbb\xbf" + (SESSIONS + b"t1,SCH9,s1,8.0,I").replace(b"\n", b"\r\n")
    carriage_returns = (SESSIONS + b"t1,SCH9,s1,8.0,I\n").replace(b"\n", b"\r")

    assert len(updates(with_mark)) == len(updates(carriage_returns)) == 1


def test_windows_text_is_read_and_said_so() -> None:
    (one,) = updates(PUPILS + "t1,SCH9,2019-03-14,Brontë,Zoë,,,F,2023-09-04\n".encode("cp1252"))

    assert one.person.family == "Brontë"
    assert [defect.code for defect in one.defects] == ["wrong-encoding"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"%PDF-1.7 something else",
        b"a;b;c\n1;2;3\n",
        b"email,password\na,b\n",
        b'{"la_code": 1}',
        b"\xff\xfep\x00u\x00",
        b"pupilonrolltableid,NativeId\nt1,SCH9\n",
    ],
)
def test_a_file_of_another_kind_is_one_refusal(content: bytes) -> None:
    one = refusal(content)

    assert one.reason == "not-this-format"
    assert one.original == content
    assert one.next_step


def test_a_missing_column_is_named() -> None:
    assert "entrydate" in refusal(b"pupilonrolltableid,NativeId\nt1,SCH9\n").message


def test_a_table_of_nothing_but_bad_rows_ends_in_one_refusal_that_keeps_the_rest() -> None:
    content = SESSIONS + b"x\n" * 50_000

    found = read(content)

    assert len(found) == 1_001
    last = found[-1]
    assert isinstance(last, Refusal)
    assert last.reason == "too-many-bad-rows"
    assert last.original == SESSIONS + b"x\n" * 49_000


def test_a_refused_row_can_be_read_again_alone() -> None:
    one = refusal(EXCLUSIONS + b"t1,SCH9,x1,2024-11-12,2.0,PP,,,NEWK\n")

    (again,) = updates(one.original.replace(b"NEWK", b"FIXD"))

    assert again.record_id == "exclusion|SCH9|x1"


def test_the_rows_agree_with_the_standard_librarys_reading() -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(PUPILS.decode().strip().split(","))
    names = ['O"Neil', "a,b", " padded ", "two\r\nlines", "", "Zoë"]
    writer.writerows(
        [f"t{n}", "SCH9", "2019-03-14", name, name, "", "", "F", "2023-09-04"] for n, name in enumerate(names)
    )

    found = updates(text.getvalue().encode())

    assert [one.person.family for one in found] == [name.strip() for name in names]


def test_a_pupil_is_known_by_school_and_pupil_number_in_every_table_alike() -> None:
    rows = [
        (PUPILS, b"t1,SCH9,2019-Mar-14 00:00:00,Lennox,Isla,,,F,2023-Sep-04 00:00:00\n"),
        (LEAVERS, b"t1,SCH9,2019-Mar-14 00:00:00,Lennox,Isla,,F,2023-Sep-04 00:00:00,2024-Jun-28 00:00:00\n"),
        (SESSIONS, b"t1,SCH9,s2,8.0,I\n"),
        (SESSIONS, b"t1,SCH8,s2,8.0,I\n"),
        (SESSIONS, b"1|t1,SCH,s2,8.0,I\n"),
        (SESSIONS, b"t1,SCH|1,s2,8.0,I\n"),
    ]

    ids = [one.person.local_id for header, row in rows for one in updates(header + row)]

    assert ids[:3] == ["SCH9|t1"] * 3
    assert len(set(ids[2:])) == 4
