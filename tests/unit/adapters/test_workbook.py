"""Workbooks are read for what their cells show; bombs, macros, links and damage cost little and are said."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from zipfile import ZIP_LZMA, ZipFile

import openpyxl
import pytest
from openpyxl import Workbook

from adapters.annex_a.package import MOST_ROWS
from adapters.annex_a.workbook import Row, open_workbook
from adapters.reading.unreadable import Unreadable
from tests.unit.adapters.workbooks import day, part, saved, with_parts, workbook

ROOT = Path(__file__).parents[3]
SHEET = "xl/worksheets/sheet1.xml"
PLAIN = workbook({"List 1": [("Child Unique ID", "Date"), ("A1", day("2024-01-31"))]})
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def texts(content: bytes) -> list[tuple[str, ...]]:
    (sheet, *_) = open_workbook(content).sheets
    return [tuple(cell.text for cell in row.cells) for row in sheet.rows()]


def flaws(content: bytes) -> list[tuple[str, str]]:
    (sheet, *_) = open_workbook(content).sheets
    return [(f"{cell.column}{row.number}", cell.flaw) for row in sheet.rows() for cell in row.cells if cell.flaw]


def read_all(content: bytes) -> list[Row]:
    return [row for sheet in open_workbook(content).sheets for row in sheet.rows()]


def reason(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_all(content)
    assert refused.value.next_step
    return refused.value.reason


def rows_of(inside: bytes) -> bytes:
    return with_parts(PLAIN, {SHEET: HEAD + inside + TAIL})


def test_cells_are_the_text_that_they_show() -> None:
    row = (12598894, 6.25, "Ruth\u00a0Bell ", day("2024-01-31"), True, "#N/A", None)

    assert texts(workbook({"a": [row]})) == [("12598894", "6.25", "Ruth Bell", "2024-01-31", "yes", "")]
    assert flaws(workbook({"a": [row]})) == [("F1", "error-value")]


def test_a_formula_shows_what_was_last_calculated_and_says_where_nothing_was() -> None:
    assert flaws(workbook({"a": [("x", "=A1+5")]})) == [("B1", "formula-without-value")]
    held = rows_of(b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>')
    assert (texts(held), flaws(held)) == ([("2",)], [])


def test_cells_under_a_merged_one_are_not_guessed() -> None:
    book = Workbook()
    (sheet,) = book.worksheets
    for row in (("id", "day"), ("A1", "x"), (None, "y")):
        sheet.append(row)
    sheet.merge_cells("A2:A3")

    assert flaws(saved(book)) == [("A3", "merged-cell")]


def test_a_hidden_sheet_is_read_and_said() -> None:
    book = Workbook()
    (sheet,) = book.worksheets
    sheet.append(["x"])
    book.create_sheet("b")
    sheet.sheet_state = "veryHidden"

    (first, _) = open_workbook(saved(book)).sheets

    assert [defect.code for defect in first.defects] == ["hidden-sheet"]
    assert len(list(first.rows())) == 1


def test_macros_and_links_are_left_alone_and_said() -> None:
    content = with_parts(PLAIN, {"xl/vbaProject.bin": b"Sub AutoOpen", "xl/externalLinks/externalLink1.xml": b"<a/>"})

    book = open_workbook(content)

    assert [defect.code for defect in book.defects] == ["macros-ignored", "external-links-ignored"]
    assert texts(content) == texts(PLAIN)


def test_a_file_that_is_no_workbook_says_what_to_do() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert reason(ole) == "workbook-old-format"
    assert reason(ole + "EncryptedPackage".encode("utf-16-le")) == "workbook-encrypted"
    assert reason(with_parts(PLAIN, {"xl/workbook.bin": b"x"})) == "workbook-old-format"
    assert reason(b"") == "empty"
    assert reason(b"a,b\n1,2\n") == "not-this-format"
    assert reason(with_parts(b"PK\x05\x06" + bytes(18), {"a.txt": b"x"})) == "not-this-format"
    assert reason(PLAIN[:-30]) == "workbook-malformed"


def test_an_archive_with_a_password_is_told_from_a_damaged_one() -> None:
    locked = bytearray(PLAIN)
    at = locked.find(b"PK\x01\x02")
    locked[at + 8] |= 1

    assert reason(bytes(locked)) == "workbook-encrypted"


def packed_with(method: int) -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w", method) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, b"<a/>")
    return made.getvalue()


def twice() -> bytes:
    made = io.BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", b"<a/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("[Content_Types].xml", b"<a/>")
    return made.getvalue()


def bomb() -> bytes:
    return with_parts(PLAIN, {"xl/media/zeros.xml": b" " * 150_000_000})


def dense() -> bytes:
    return with_parts(PLAIN, {"xl/media/zeros.bin": bytes(30_000_000)})


def many() -> bytes:
    return with_parts(PLAIN, {f"xl/media/{number}.bin": b"" for number in range(500)})


def lying_about_its_parts() -> bytes:
    content = bytearray(PLAIN)
    struct.pack_into("<I", content, content.rfind(b"PK\x05\x06") + 12, 0x7FFFFFFF)
    return bytes(content)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (bomb, "workbook-too-large"),
        (dense, "workbook-too-large"),
        (many, "workbook-too-large"),
        (lying_about_its_parts, "workbook-too-large"),
        (lambda: packed_with(ZIP_LZMA), "workbook-malformed"),
        (twice, "workbook-malformed"),
    ],
)
def test_a_bomb_is_refused_before_it_is_unpacked(made: Callable[[], bytes], expected: str) -> None:
    content = made()
    began = process_time()

    assert reason(content) == expected
    assert process_time() - began < 1


ENTITY = b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]>'


@pytest.mark.parametrize(
    "name", [SHEET, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "docProps/core.xml"]
)
def test_no_part_may_declare_a_document_type(name: str) -> None:
    inside = part(PLAIN, name)
    declared = inside.partition(b"?>")
    content = declared[0] + declared[1] + ENTITY + declared[2] if declared[1] else ENTITY + inside

    assert reason(with_parts(PLAIN, {name: content})) == "xml-doctype"


def test_a_part_is_looked_at_whatever_it_is_called() -> None:
    strings = b"<?xml version='1.0'?>" + ENTITY + b"<sst>&d;</sst>"

    assert reason(with_parts(PLAIN, {"xl/media/picture.png": strings})) == "xml-doctype"


def test_the_library_streams_sheets_through_its_hardened_parser() -> None:
    assert openpyxl.DEFUSEDXML


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (MOST_ROWS + 1, MOST_ROWS + 1), "workbook-too-large"),
        (b'<row r="9999999999999"/>', "workbook-malformed"),
        (b'<row r="1e9"/>', "workbook-malformed"),
        (b'<row r="3"/><row r="2"/>', "workbook-malformed"),
        (b'<row r="1"><c r="B7"><v>1</v></c></row>', "workbook-malformed"),
        (b'<row r="1"><c r="A1"><v>one</v></c></row>', "workbook-malformed"),
        (b'<row r="1"><c r="A1" t="s"><v>999</v></c></row>', "workbook-malformed"),
        (b'<row r="1"><c r="A1"><v>%s</v></c></row>' % (b"9" * 5000), "workbook-malformed"),
        (b"<row>" * 300 + b"</row>" * 300, "workbook-malformed"),
        (b'</sheetData><mergeCells><mergeCell ref="A1:B1048576"/></mergeCells><sheetData>', "workbook-too-large"),
    ],
)
def test_a_damaged_sheet_refuses_the_workbook(inside: bytes, expected: str) -> None:
    assert reason(rows_of(inside)) == expected


def test_a_date_beyond_any_calendar_is_an_error_value_and_nobody_is_told_what_it_was() -> None:
    book = Workbook()
    (sheet,) = book.worksheets
    sheet.append([987654321, "x"])
    sheet["A1"].number_format = "yyyy-mm-dd"
    program = "import sys; from adapters.annex_a.workbook import open_workbook as o; "
    program += "print([r for s in o(sys.stdin.buffer.read()).sheets for r in s.rows()])"

    # In a process of its own: here the test runner shows warnings that the adapter silences.
    said = subprocess.run([sys.executable, "-c", program], input=saved(book), capture_output=True, check=True, cwd=ROOT)

    assert b"error-value" in said.stdout
    assert b"987654321" not in said.stdout + said.stderr


def test_an_endless_number_format_is_refused() -> None:
    endless = b'<numFmts count="1"><numFmt numFmtId="170" formatCode="%s"/></numFmts><fonts' % (b"[" * 100_000)
    styles = part(workbook({"a": [("x",)]}), "xl/styles.xml").replace(b"<fonts", endless, 1)

    assert reason(with_parts(PLAIN, {"xl/styles.xml": styles})) == "workbook-malformed"


def test_a_cell_far_to_the_right_is_said_and_costs_nothing() -> None:
    cells = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 5_000))
    began = process_time()

    (sheet, *_) = open_workbook(rows_of(cells)).sheets

    assert [defect.code for defect in sheet.defects] == ["columns-not-read"]
    assert list(sheet.rows()) == []
    assert process_time() - began < 10


def with_zip64(content: bytes) -> bytes:
    """The archive with a second, larger list of its parts, which is read in place of its own."""
    end = content.rfind(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", content, end + 12)
    large = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 9, 9, size, start)
    return content[:end] + large + struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1) + content[end:]


def test_a_second_list_of_parts_that_would_be_read_instead_is_refused() -> None:
    assert reason(with_zip64(PLAIN)) == "workbook-too-large"


SPREADSHEET = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def in_part(name: str, content: bytes) -> bytes:
    # Bytes that cannot be packed beside it, because what is packed very small is refused without being looked at.
    return with_parts(PLAIN, {name: content, "xl/media/picture.bin": random.Random(1).randbytes(200_000)})  # noqa: S311 - no secret


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (SHEET, HEAD + b'<row r="1">' + b"<c/>" * 8_000_000 + b"</row>" + TAIL),
        (SHEET, HEAD + b'<row r="1">' + b"<x/>" * 8_000_000 + b"</row>" + TAIL),
        (SHEET, HEAD + b'<row r="1"><c>' + b"<v/>" * 8_000_000 + b"</c></row>" + TAIL),
        (SHEET, HEAD + b"<x/>" * 8_000_000 + TAIL),
        (SHEET, HEAD + (b"<row>" + b"<c/>" * 16_000 + b"</row>") * 500 + TAIL),
        ("xl/sharedStrings.xml", b"<sst " + SPREADSHEET + b">" + b"<si/>" * 2_000_000 + b"</sst>"),
        ("xl/styles.xml", b"<styleSheet " + SPREADSHEET + b">" + b"<xf/>" * 2_000_000 + b"</styleSheet>"),
    ],
    ids=["cells", "elements of a row", "elements of a cell", "elements", "rows", "strings", "styles"],
)
def test_more_elements_than_any_workbook_has_are_refused_before_they_fill_the_memory(name: str, content: bytes) -> None:
    packed = in_part(name, content)
    program = "import resource, sys; from adapters.annex_a.workbook import open_workbook as o, Unreadable\n"
    program += "content = sys.stdin.buffer.read(); before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
    program += "try: o(content)\nexcept Unreadable as error: print(error.reason)\n"
    program += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"

    said = subprocess.run([sys.executable, "-c", program], input=packed, capture_output=True, check=True, cwd=ROOT)

    refused, grown = said.stdout.split()
    assert refused == b"workbook-too-large"
    assert int(grown) < 100_000, "kilobytes of memory that reading it took"


@pytest.mark.parametrize("inside", [b'<row r="1"><row r="2"/></row>', b'<row r="1"><c><c/></c></row>'])
def test_rows_in_rows_and_cells_in_cells_are_refused(inside: bytes) -> None:
    assert reason(rows_of(inside)) == "workbook-malformed"
