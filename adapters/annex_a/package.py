"""The hardened edge for workbooks: an XLSX is looked at as an archive of XML, and refused before it can do harm.

A workbook is a ZIP archive whose parts declare how large they become, and no part is inflated before the whole
declaration is within bounds. Every XML part is then read once as a stream: a document type is refused, and of each
sheet it is noted what its reader does not tell: merged cells, formulas that were never calculated, how far it reaches.
Macros and links to other files are never run or followed; that they are there is said.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from struct import unpack_from
from typing import IO, NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lxml import etree

from adapters.reading.unreadable import Unreadable

XLSX_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 200_000
MOST_COLUMNS = 100
_MIB = 1024 * 1024
_MOST_PARTS = 400
_MOST_DIRECTORY = 128 * 1024
_MOST_INFLATED = 128 * _MIB
_MOST_RATIO = 200
_RATIO_FROM = 4 * _MIB
_MOST_MERGED_ROWS = MOST_ROWS
_MOST_CELLS = 16_384
_MOST_IN_A_ROW = 10 * _MOST_CELLS
_MOST_OUTSIDE = 250_000
_MOST_STRINGS = 1_000_000
_MOST_ELEMENTS = 6_000_000
"""Of all parts together. A council's lists have well under a million, and each takes time to be read twice."""
_LONGEST_FORMAT = 255
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
_LARGE_END, _LARGE_END_SIZE = b"PK\x06\x07", 20
_ENCRYPTED = 0x1
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW, _CELL, _FORMULA, _VALUE = f"{_MAIN}row", f"{_MAIN}c", f"{_MAIN}f", f"{_MAIN}v"
_STRINGS = frozenset(f"{_MAIN}{name}" for name in ("si", "t", "r"))
_MERGE, _FORMAT = f"{_MAIN}mergeCell", f"{_MAIN}numFmt"
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_COORDINATE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NEXT_STEP = "Save it as an Excel workbook (.xlsx), without a password, macros or links, and send it again."


@dataclass(slots=True)
class Extras:
    """What the reader of one sheet does not tell: cells under a merge, and formulas without a value, by their row."""

    merged: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    formulas: dict[int, set[int]] = field(default_factory=dict)
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Package:
    """An archive that is within bounds. `extras`: by the name of a sheet's part."""

    content: bytes
    extras: dict[str, Extras]
    macros: bool
    links: bool


def refuse(reason: str, message: str, place: str = "", step: str = _NEXT_STEP) -> NoReturn:
    """Refuse the workbook as a whole."""
    raise Unreadable(reason, place, message, step, XLSX_MEDIA)


def open_package(content: bytes) -> Package:
    """The archive, looked through; raises Unreadable for what is no workbook, or a dangerous or a damaged one."""
    _check_kind(content)
    _check_directory(content)
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = _checked(archive.infolist())
            left, extras = iter(range(_MOST_ELEMENTS)), dict[str, Extras]()
            for part in parts:
                if (extra := _looked_through(archive, part, left)) is not None:
                    extras[part.filename] = extra
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, UnicodeDecodeError, ValueError):
        refuse("workbook-malformed", "The workbook is damaged: its archive cannot be read.")
    names = {part.filename.casefold() for part in parts}
    macros = any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in names)
    return Package(content, extras, macros, any(name.startswith("xl/externallinks/") for name in names))


def _check_kind(content: bytes) -> None:
    if not content.strip():
        refuse("empty", "The file is empty.", step="Send the file again, complete.")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            refuse("workbook-encrypted", "The workbook is encrypted with a password.")
        refuse("workbook-old-format", "The file is of an old format of Excel (.xls), which is not read.")
    if not content.startswith(b"PK"):
        refuse("not-this-format", "The file is no Excel workbook (.xlsx).")


def _check_directory(content: bytes) -> None:
    """The archive's own list of its parts, measured before it is read: a long one alone can fill the memory."""
    end = content.rfind(_END, max(0, len(content) - _END_SIZE - _LONGEST_COMMENT))
    if end < 0 or len(content) < end + _END_SIZE:
        refuse("workbook-malformed", "The workbook is cut short: the end of its archive is missing.")
    if content.startswith(_LARGE_END, max(0, end - _LARGE_END_SIZE)):
        # A second list of the ZIP64 format, which no workbook of this size needs, would be read instead of this one.
        refuse("workbook-too-large", "The workbook is packed as only a file of more than 4 GiB is.")
    parts, size = unpack_from("<HI", content, end + 10)
    if parts > _MOST_PARTS or size > _MOST_DIRECTORY:
        refuse("workbook-too-large", f"The workbook has more than {_MOST_PARTS} parts.")


def _checked(parts: list[ZipInfo]) -> list[ZipInfo]:
    names = {part.filename for part in parts}
    if len(names) != len(parts):
        refuse("workbook-malformed", "A part of the workbook is there twice.")
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        refuse("workbook-encrypted", "Parts of the workbook are encrypted with a password.")
    if any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts):
        refuse("workbook-malformed", "The workbook is packed in a way that Excel does not use.")
    inflated, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if inflated > _MOST_INFLATED or (inflated > _RATIO_FROM and inflated > packed * _MOST_RATIO):
        refuse("workbook-too-large", "The workbook becomes far larger when it is unpacked than any real one.")
    if "xl/workbook.bin" in names:
        refuse("workbook-old-format", "The file is a binary workbook (.xlsb), which is not read.")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        refuse("not-this-format", "The file is no Excel workbook (.xlsx).")
    return parts


def _looked_through(archive: ZipFile, part: ZipInfo, left: Iterator[int]) -> Extras | None:
    """Read one XML part as a stream, whatever it is called; of a sheet, what is to be known beside its cells."""
    named_xml = part.filename.casefold().endswith((".xml", ".rels"))
    if not named_xml and not _begins_as_xml(archive, part):
        return None
    with archive.open(part) as stream:
        try:
            if part.filename.startswith("xl/worksheets/") and named_xml and not part.filename.endswith(".rels"):
                return _sheet(_events(stream, left))
            _other(_events(stream, left))
        except etree.XMLSyntaxError:
            if named_xml:
                refuse("workbook-malformed", "A part of the workbook is not well-formed.")
    return None


def _begins_as_xml(archive: ZipFile, part: ZipInfo) -> bool:
    """A part can be called anything, and the library reads what the archive's own list of contents points to."""
    with archive.open(part) as stream:
        head = stream.read(64)
    return head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"


def _events(stream: IO[bytes], left: Iterator[int]) -> Iterator[tuple[str, etree._Element]]:
    """The elements of one part as they start and end, nothing kept; raises Unreadable for a document type."""
    first = True
    for event, element in etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    ):
        if first and (element.getroottree().docinfo.internalDTD is not None or element.getroottree().docinfo.doctype):
            refuse("xml-doctype", "A part of the workbook declares a document type, which is never read.")
        first = False
        if event == "start" and next(left, None) is None:
            refuse("workbook-too-large", "The workbook holds more elements than any real one.")
        yield event, element


def _other(events: Iterator[tuple[str, etree._Element]]) -> None:
    strings = others = 0
    for event, element in events:
        if event == "end":
            _forget(element)
            continue
        # The library holds these parts whole, so they are counted; of most kinds a large workbook has a few thousand.
        strings, others = strings + (element.tag in _STRINGS), others + (element.tag not in _STRINGS)
        if strings > _MOST_STRINGS or others > _MOST_OUTSIDE:
            refuse("workbook-too-large", "A part of the workbook holds more elements than any real one.")
        if element.tag == _FORMAT and len(element.get("formatCode", "")) > _LONGEST_FORMAT:
            refuse("workbook-malformed", "A number format of the workbook is longer than Excel allows.")


def _forget(element: etree._Element) -> None:
    """Let go of an element that was read, and of those before it, so that a large sheet is never held whole."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _sheet(events: Iterator[tuple[str, etree._Element]]) -> Extras:
    extras, at, spans = Extras(), _Cursor(), 0
    for event, element in events:
        if event == "start":
            at.starts(element)
            continue
        if element.tag == _CELL:
            at.cell_ends(element, extras)
        elif element.tag == _MERGE:
            spans += _merge(element.get("ref", ""), extras, _MOST_MERGED_ROWS - spans)
        at.ends(element)
        if not at.in_cell:
            _forget(element)
    return extras


class _Cursor:
    """Where in a sheet the stream stands. Rows and cells may leave their number out."""

    def __init__(self) -> None:
        self.row = self.column = self.cells = self.inside = self.outside = 0
        self.in_row = self.in_cell = False

    def starts(self, element: etree._Element) -> None:
        """Count an element, because the library holds a row whole; raises Unreadable for more than any sheet has."""
        if element.tag == _ROW:
            if self.in_row:
                refuse("workbook-malformed", "A row of the workbook stands inside another.")
            self.in_row, self.cells, self.inside = True, 0, 0
            self.row_starts(element.get("r"))
        elif element.tag == _CELL:
            if self.in_cell:
                refuse("workbook-malformed", "A cell of the workbook stands inside another.")
            self.in_cell, self.cells = True, self.cells + 1
        self.inside, self.outside = self.inside + self.in_row, self.outside + (not self.in_row)
        if self.cells > _MOST_CELLS or self.inside > _MOST_IN_A_ROW or self.outside > _MOST_OUTSIDE:
            refuse("workbook-too-large", "A sheet or a row of it holds more than Excel has room for.")

    def ends(self, element: etree._Element) -> None:
        """Leave an element that is over."""
        self.in_row = self.in_row and element.tag != _ROW
        self.in_cell = self.in_cell and element.tag != _CELL

    def row_starts(self, stated: str | None) -> None:
        """Take the next row; raises Unreadable for a number beyond bounds, or one that goes back."""
        if stated is not None and not re.fullmatch(r"[0-9]{1,7}", stated):
            refuse("workbook-malformed", "A row of the workbook has no proper number.")
        number = self.row + 1 if stated is None else int(stated)
        if number <= self.row:
            refuse("workbook-malformed", "The rows of a sheet are not in order.")
        if number > MOST_ROWS:
            refuse("workbook-too-large", f"A sheet reaches beyond row {MOST_ROWS}.")
        self.row, self.column = number, 0

    def cell_ends(self, cell: etree._Element, extras: Extras) -> None:
        """Take one cell; note a formula without a value, and content beyond the columns that are read."""
        stated = cell.get("r")
        found = _COORDINATE.fullmatch(stated) if stated is not None else None
        if stated is not None and (found is None or int(found[2]) != self.row):
            refuse("workbook-malformed", "A cell of the workbook has no proper place.")
        self.column = column_number(found[1]) if found else self.column + 1
        if cell.find(_FORMULA) is not None and not (cell.findtext(_VALUE) or ""):
            extras.formulas.setdefault(self.row, set()).add(self.column)
        extras.wide = extras.wide or (self.column > MOST_COLUMNS and len(cell) > 0)


def _merge(reference: str, extras: Extras, left: int) -> int:
    """Note a merged range under each of its rows; returns how many rows those are."""
    found = _RANGE.fullmatch(reference)
    if found is None:
        return 0
    first, last = int(found[2]), int(found[4])
    if last - first >= left:
        refuse("workbook-too-large", "A sheet has merged cells over more rows than any list has.")
    columns = column_number(found[1]), column_number(found[3])
    for row in range(first, last + 1):
        extras.merged.setdefault(row, []).append((first, *columns))
    return last - first + 1


def column_number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
