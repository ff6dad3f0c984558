"""Mutants of tables and of HL7 messages: cells, columns, rows and segments change places, go, come twice or grow."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from random import Random

from tests.fuzz import odd

Rows = list[list[str]]


def read(content: bytes) -> tuple[Rows, str]:
    """The rows of a table and what separates its cells; raises ValueError where it is none."""
    text = content.decode("utf-8-sig", "replace").replace("\x00", "")
    first = text.partition("\n")[0]
    separator = max(",|\t;", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)), separator
    except csv.Error as error:
        raise ValueError from error


def mutate(chance: Random, content: bytes, other: bytes) -> bytes:
    """One to four changes; raises ValueError where the content is no table to begin with."""
    rows, separator = read(content)
    if not any(rows):
        raise ValueError
    try:
        donor = read(other)[0]
    except ValueError:
        donor = []
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice(WAYS)(chance, rows, donor)
    if chance.random() < 0.1:
        separator = chance.choice(",|\t;")
    return _written(chance, rows, separator)


def _written(chance: Random, rows: Rows, separator: str) -> bytes:
    out = io.StringIO(newline="")
    ends = chance.choice(("\n", "\r\n"))
    if chance.random() < 0.3:
        csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator=ends).writerows(rows)
    else:
        csv.writer(out, delimiter=separator, lineterminator=ends).writerows(rows)
    text = out.getvalue()
    if chance.random() < 0.1:
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(('"', '""', '"\n', "\r", "\n" * 30)) + text[at:]
    return text.encode("utf-8", "surrogatepass")


def swap_cells(chance: Random, rows: Rows, _: Rows) -> None:
    """One column's cells of two rows change places: two children's."""
    first, second, column = chance.choice(rows), chance.choice(rows), chance.randrange(_width(rows))
    if column < min(len(first), len(second)):
        first[column], second[column] = second[column], first[column]


def swap_columns(chance: Random, rows: Rows, _: Rows) -> None:
    """Two columns change places, with or without their names."""
    one, two = chance.randrange(_width(rows)), chance.randrange(_width(rows))
    for row in rows[chance.choice((0, 1)) :]:
        if max(one, two) < len(row):
            row[one], row[two] = row[two], row[one]


def borrow(chance: Random, rows: Rows, donor: Rows) -> None:
    """A cell of another file's, by the column's name; or that whole row."""
    if len(donor) < 2 or len(rows) < 2:
        return
    row, theirs = chance.choice(rows[1:]), chance.choice(donor[1:])
    if chance.random() < 0.3:
        rows.insert(chance.randrange(1, len(rows) + 1), list(theirs))
        return
    name = chance.choice(rows[0] or [""])
    if name in donor[0]:
        mine, other = rows[0].index(name), donor[0].index(name)
        if mine < len(row) and other < len(theirs):
            row[mine] = theirs[other]


def ragged(chance: Random, rows: Rows, _: Rows) -> None:
    """A cell too many or too few, which shifts what follows."""
    row = chance.choice(rows)
    at = chance.randrange(len(row) + 1)
    if chance.random() < 0.5:
        row.insert(at, chance.choice(odd.TEXTS))
    else:
        del row[at : at + chance.choice((1, 1, 40))]


def revalue(chance: Random, rows: Rows, donor: Rows) -> None:
    """Another value in a cell."""
    row = chance.choice(rows)
    if row:
        column = chance.randrange(len(row))
        others = [one[column] for one in (*rows[1:], *donor[1:]) if column < len(one)]
        row[column] = odd.text(chance, row[column], others)


def columns(chance: Random, rows: Rows, _: Rows) -> None:
    """A column goes, comes twice, or has another's name."""
    at = chance.randrange(_width(rows))
    match chance.randrange(3):
        case 0:
            for row in rows:
                del row[at : at + 1]
        case 1:
            for row in rows:
                row.insert(at, row[at] if at < len(row) else "")
        case _:
            names = rows[0]
            if at < len(names):
                names[at] = odd.text(chance, names[at], names)


def lines(chance: Random, rows: Rows, _: Rows) -> None:
    """A row goes, comes twice, comes very often, or stands elsewhere; the header too."""
    at = chance.randrange(len(rows))
    match chance.randrange(5):
        case 0 if len(rows) > 1:
            del rows[at]
        case 1:
            rows.insert(at, list(rows[at]))
        case 2:
            rows.extend([list(rows[at]) for _ in range(chance.choice((3, 300)))])
        case 3:
            rows.insert(chance.randrange(len(rows) + 1), [])
        case _:
            chance.shuffle(rows)


WAYS: tuple[Callable[[Random, Rows, Rows], None], ...] = (
    swap_cells,
    swap_cells,
    swap_columns,
    borrow,
    borrow,
    ragged,
    revalue,
    revalue,
    columns,
    lines,
)


def _width(rows: Rows) -> int:
    return max(1, *map(len, rows))


# HL7 v2: segments are rows, fields are cells

MARKS = ("^", "~", "&", "\\", "|", "\r", "\\F\\", "\\X0D\\", "\\XZZ\\", "\\H\\", "\\.sp9999\\", "\\C2842\\", '""')
SEGMENTS = (
    "PID|1||1^^^A^MR||A^B||20200101|F",
    "MSH|^~\\&",
    "MSH",
    "PID",
    "BHS|^~\\&",
    "FTS|1",
    "ZZZ|1",
    "EVN|A40",
    "MRG|1",
)


def mutate_hl7(chance: Random, content: bytes, other: bytes) -> bytes:
    """One to four changes of segments and fields; raises ValueError where there is no segment."""
    segments = _segments(content)
    if not segments:
        raise ValueError
    donor = _segments(other)
    for _ in range(chance.choice((1, 1, 2, 4))):
        chance.choice(HL7_WAYS)(chance, segments, donor)
        segments[:] = [fields or [""] for fields in segments]
    ends = chance.choice(("\r", "\r", "\r", "\n", "\r\n"))
    return ends.join("|".join(fields) for fields in segments).encode("utf-8", "surrogatepass")


def _segments(content: bytes) -> Rows:
    lines = re.split(r"[\r\n]+", content.decode("utf-8", "replace"))
    return [line.split("|") for line in lines if line]


def swap_segments(chance: Random, segments: Rows, _: Rows) -> None:
    """Two segments change places: most often two of one name, of two messages."""
    one = chance.randrange(len(segments))
    like = [number for number, two in enumerate(segments) if two[0] == segments[one][0]]
    two = chance.choice(like if chance.random() < 0.7 else range(len(segments)))
    segments[one], segments[two] = segments[two], segments[one]


def borrow_segment(chance: Random, segments: Rows, donor: Rows) -> None:
    """Another file's segment beside, or in the place of, this file's of that name."""
    at = chance.randrange(len(segments))
    theirs = [one for one in donor if one[0] == segments[at][0]]
    if theirs:
        segments[at : at + chance.choice((0, 1))] = [list(chance.choice(theirs))]


def segment(chance: Random, segments: Rows, _: Rows) -> None:
    """A segment goes, comes twice, or an odd one comes."""
    at = chance.randrange(len(segments))
    match chance.randrange(3):
        case 0 if len(segments) > 1:
            del segments[at]
        case 1:
            segments.insert(chance.randrange(len(segments) + 1), list(segments[at]))
        case _:
            segments.insert(at, chance.choice(SEGMENTS).split("|"))


def field(chance: Random, segments: Rows, donor: Rows) -> None:
    """A field is another segment's of that name, odd, or has a mark in it that means something."""
    fields = chance.choice(segments)
    at = chance.randrange(len(fields))
    others = [one[at] for one in (*segments, *donor) if one[0] == fields[0] and at < len(one)]
    if chance.random() < 0.6:
        fields[at] = odd.text(chance, fields[at], others)
    else:
        cut = chance.randrange(len(fields[at]) + 1)
        put = chance.choice((*MARKS, chance.choice(MARKS) * 50, f"~{chance.choice(others)}"))
        fields[at] = fields[at][:cut] + put + fields[at][cut:]


HL7_WAYS: tuple[Callable[[Random, Rows, Rows], None], ...] = (
    swap_segments,
    borrow_segment,
    segment,
    field,
    field,
    field,
    ragged,
)
