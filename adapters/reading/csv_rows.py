"""Reading CSV row by row, so that one damaged row never takes its neighbours with it.

Every row keeps its own bytes behind a header, which is enough to read it again alone. The header is the
file's own up to 2 KiB; of a longer one only the names that the hub reads stay, with a digest of the whole.
Time, memory and what is kept are in proportion to the length of the file, whatever is in it.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from adapters.reading import Unreadable
from adapters.reading.limits import BAD_IN_A_ROW
from hub.update import Defect

CSV_MEDIA = "text/csv"

_HEADER_LIMIT = 8 * 1024
HEADER_KEPT = 2 * 1024
NOT_NAMED = "sha256="
"""What stands, with a digest of the whole header, in the place of a name that a shortened header does not hold."""
_ROW_LIMIT = 4 * 1024 * 1024
_FIELD_LIMIT = 128 * 1024
_LINES_IN_A_ROW = 20
_FIRST_BEYOND_ASCII = 0x80
_MARK = b"\xef\xbb\xbf"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_AGAIN = "Export the table again as comma-separated UTF-8 with its header row, and send the rows that were refused."


@dataclass(frozen=True, slots=True)
class Row:
    """One row that has as many values as the header has names. `number` is its line in the file, from 1."""

    number: int
    values: list[str]
    original: bytes
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that cannot be read. `place`, `message` and `next_step` never quote it."""

    reason: str
    place: str
    message: str
    next_step: str
    original: bytes


@dataclass(frozen=True, slots=True)
class Table:
    """The header's names, lower-cased and trimmed, and the rows below it, read as they are asked for."""

    names: tuple[str, ...]
    rows: Iterator[Row | BadRow]


def read_table(content: bytes, read: frozenset[str]) -> Table:
    """Read the header now and the rows lazily; raises Unreadable when the first line cannot be a header.

    `read` holds the names of the columns that are read; of a long header nothing else is kept with a row.
    """
    if content.startswith(_WIDE_MARKS):
        raise _not_a_table("The file is UTF-16 text.")
    lines = _Lines(content)
    header = lines.take() or b""
    names = _header_names(header.removeprefix(_MARK))
    sayable = tuple(name if name in read else "" for name in names)
    return Table(names, _rows(lines, _kept_header(header, names, read), sayable))


class _Lines:
    """The file's lines with their endings, one at a time, with room to put some back."""

    def __init__(self, content: bytes) -> None:
        ended = content if b"\n" in content else content.replace(b"\r", b"\n")
        self._lines = BytesIO(ended)
        self._back: list[bytes] = []
        self.number = 0

    def take(self) -> bytes | None:
        """The next line, or None at the end."""
        line = self._back.pop() if self._back else self._lines.readline()
        self.number += bool(line)
        return line or None

    def put_back(self, lines: list[bytes]) -> None:
        """Undo as many `take`s."""
        self._back.extend(reversed(lines))
        self.number -= len(lines)

    def rest(self) -> bytes:
        """Everything that was not taken."""
        back = b"".join(reversed(self._back))
        self._back.clear()
        return back + self._lines.read()


def _kept_header(line: bytes, names: tuple[str, ...], read: frozenset[str]) -> bytes:
    """What goes before each row: a long header before a short row would be a thousand times the row."""
    if len(line) <= HEADER_KEPT:
        return line if line.endswith(b"\n") else line + b"\n"
    kept = [name if name in read else "" for name in names]
    if "" in kept:
        kept[kept.index("")] = f"{NOT_NAMED}{hashlib.sha256(line).hexdigest()}"
    return ",".join(kept).encode("ascii") + b"\n"


def _header_names(line: bytes) -> tuple[str, ...]:
    if len(line) > _HEADER_LIMIT:
        message = f"The first line is longer than {_HEADER_LIMIT} bytes, which no header of a table is."
        raise Unreadable("header-too-long", "row 1", message, _AGAIN, CSV_MEDIA)
    if b"\x00" in line:
        raise _not_a_table("The first line is no header of a table.")
    try:
        cells = next(csv.reader([line.decode("utf-8")], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        raise _not_a_table("The first line is no header of a table.") from None
    return tuple(cell.strip().casefold() for cell in cells)


def _not_a_table(message: str) -> Unreadable:
    return Unreadable("not-this-format", "row 1", message, _AGAIN, CSV_MEDIA)


def _rows(lines: _Lines, header: bytes, names: tuple[str, ...]) -> Iterator[Row | BadRow]:
    bad = 0
    while (line := lines.take()) is not None:
        if not line.strip():
            continue
        number = lines.number
        row = _plain(line, number, header, len(names)) or _careful(line, number, lines, header, names)
        yield row
        bad = bad + 1 if isinstance(row, BadRow) else 0
        if bad >= BAD_IN_A_ROW:
            yield from _give_up(lines, header)
            return


def _give_up(lines: _Lines, header: bytes) -> Iterator[BadRow]:
    """A thousand bad rows running is another kind of file: the rest is kept whole, as one."""
    number = lines.number + 1
    rest = lines.rest()
    if rest.strip():
        message = f"{BAD_IN_A_ROW} rows running could not be read, so the rows from here on were kept and not read."
        yield BadRow("too-many-bad-rows", f"row {number}", message, _AGAIN, header + rest)


def _plain(line: bytes, number: int, header: bytes, width: int) -> Row | None:
    """The fast way, for the nearly all rows that hold no quotation marks and nothing odd."""
    if b'"' in line or b"\x00" in line or len(line) > _FIELD_LIMIT:
        return None
    try:
        values = line.decode("utf-8").rstrip("\r\n").split(",")
    except UnicodeDecodeError:
        return None
    return Row(number, values, header + line) if len(values) == width and "\r" not in values[-1] else None


def _careful(line: bytes, number: int, lines: _Lines, header: bytes, names: tuple[str, ...]) -> Row | BadRow:
    """Quotation marks, other encodings, and everything that is wrong."""
    taken: list[bytes] = []
    found = _parse(line, number, names)
    while found == "open" and len(taken) < _LINES_IN_A_ROW and (more := lines.take()) is not None:
        taken.append(more)
        found = _parse(line + b"".join(taken), number, names)
    if isinstance(found, tuple):
        values, defects = found
        return Row(number, values, header + line + b"".join(taken), defects)
    # A quotation mark that is never closed would swallow the good rows below it: only its own line is refused.
    lines.put_back(taken)
    first = _parse(line, number, names) if taken and found != "open" else found
    return _bad(first if isinstance(first, str) else "ragged-row", line, number, header, names)


def _parse(text: bytes, number: int, names: tuple[str, ...]) -> tuple[list[str], tuple[Defect, ...]] | str:
    """The row's values, or why there are none: a reason, or `open` when a quotation mark is not yet closed."""
    if len(text) > _ROW_LIMIT:
        return "row-too-large"
    if b"\x00" in text:
        return "nul-character"
    decoded = _decode(text, number)
    if decoded is None:
        return "wrong-encoding"
    try:
        values = next(csv.reader([decoded[0]], strict=True), [])
    except csv.Error as error:
        return _csv_reason(str(error))
    return (values, decoded[1]) if len(values) == len(names) else "ragged-row"


def _csv_reason(error: str) -> str:
    if "field larger" in error:
        return "field-too-large"
    return "open" if "unexpected end" in error else "csv-malformed"


def _decode(text: bytes, number: int) -> tuple[str, tuple[Defect, ...]] | None:
    try:
        return text.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    try:
        defect = Defect("wrong-encoding", f"row {number}", "Not UTF-8; read as Windows-1252.")
        return text.decode("cp1252"), (defect,)
    except UnicodeDecodeError:
        return None


_SAYING = {
    "row-too-large": "The row is larger than 4 MiB.",
    "nul-character": "The row holds a NUL character.",
    "wrong-encoding": "The row is neither UTF-8 nor Windows-1252 text.",
    "field-too-large": "A field of the row is larger than 128 KiB.",
    "open": "A quotation mark in the row is never closed.",
    "csv-malformed": "The quotation marks in the row do not match.",
    "ragged-row": "The row has another number of fields than the header.",
}


def _bad(reason: str, line: bytes, number: int, header: bytes, names: tuple[str, ...]) -> BadRow:
    code = "csv-malformed" if reason == "open" else reason
    place = f"row {number}, column {_column(reason, line, names)}"
    return BadRow(code, place, _SAYING[reason], _AGAIN, header + line)


def _column(reason: str, line: bytes, names: tuple[str, ...]) -> str:
    """The column in which the trouble begins, as nearly as it can be told: by a name that the hub reads, or its number.

    Any other name is the sender's own, and a file without a header has a child's first row there.
    """
    commas = line.count(b",") if reason == "ragged-row" else line.count(b",", 0, _trouble(reason, line))
    return (names[commas] if commas < len(names) else "") or str(commas + 1)


def _trouble(reason: str, line: bytes) -> int:
    if reason == "row-too-large":
        return 0
    if reason == "nul-character":
        return line.find(b"\x00")
    if reason == "wrong-encoding":
        return next((at for at, byte in enumerate(line) if byte >= _FIRST_BEYOND_ASCII), 0)
    if reason == "field-too-large":
        return line.find(max(line.split(b","), key=len))
    return line.rfind(b'"')
