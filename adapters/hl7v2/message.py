"""One HL7 v2 message opened: its segments, what is escaped in them written out, and no trust in their shape.

The library splits; unescaping is done here, because the library's own writes what it cannot decode, which is the
patient's record, into the log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

import hl7

from adapters.fhir import times
from adapters.hl7v2.framing import MEDIA, Piece
from adapters.reading import Unreadable, read_text
from hub.update import Defect

LARGEST = 1024 * 1024
_MOST_PARTS = 100_000
"""Fields, repetitions, components and subcomponents of one message; real ones have a few hundred."""
_HEADER = re.compile(r"MSH([^\w\s])([^\w\s])([^\w\s])([^\w\s]?)([^\w\s]?)[^\w\s]?\1")
_USUAL_MARKS = "|^~\\&"
_STAMP = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?")
_NULL = '""'
_LONGEST_HEX = 64
_NEXT = "Send each message whole, from its MSH segment on, as the system made it."


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. Fields and components are counted from 1, as HL7 counts them; repetitions from 0."""

    name: str
    fields: hl7.Segment
    marks: str

    def text(self, field: int, component: int = 1, repetition: int = 0, subcomponent: int = 1) -> str:
        """One value, unescaped and trimmed; empty where there is none, or where it is stated to be none."""
        value = _raw(self.fields, field, repetition, component - 1, subcomponent - 1).strip()
        return "" if value == _NULL else unescaped(value, self.marks).strip()

    def repetitions(self, field: int) -> int:
        """How often a field is stated."""
        return len(self.fields[field]) if field < len(self.fields) else 0

    def every(self, field: int, component: int = 1) -> list[str]:
        """A component of each repetition of a field, empty ones left out."""
        found = (self.text(field, component, at) for at in range(self.repetitions(field)))
        return [value for value in found if value]

    def erased(self, field: int) -> bool:
        """Whether the field says that what it held before is to be taken away."""
        return _raw(self.fields, field, 0, 0, 0).strip() == _NULL


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its header, all its segments, the bytes of each, and where in the file it stands."""

    place: str
    segments: tuple[Segment, ...]
    lines: tuple[bytes, ...]
    defects: tuple[Defect, ...]

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    def first(self, name: str) -> Segment | None:
        """The first segment of a name."""
        return next(iter(self.named(name)), None)

    def named(self, *names: str) -> Iterator[Segment]:
        """The segments of these names, in order."""
        return (segment for segment in self.segments if segment.name in names)

    def part(self, chosen: Iterable[int]) -> Message:
        """The same message with only some of its segments."""
        at = list(chosen)
        lines = tuple(self.lines[index] for index in at)
        return Message(self.place, tuple(self.segments[index] for index in at), lines, self.defects)

    def at(self, number: int) -> Message:
        """The same, placed as one of several records of a message."""
        return replace(self, place=f"{self.place}, record {number}")

    @property
    def original(self) -> bytes:
        """The bytes that are kept of it, from which it can be read again."""
        return b"\r".join(self.lines)


def opened(piece: Piece) -> Message:
    """The message in a piece of a file. Raises Unreadable where there is none that can be split with certainty."""
    text, defects = read_text(piece.original)
    _check_header(text, piece)
    message = hl7.parse(text)
    marks = "".join(message.separators[1:]) + str(message.esc)
    segments = tuple(Segment(str(segment[0]), segment, marks) for segment in message)
    return Message(piece.place, segments, piece.lines, defects)


def stamp(stated: str) -> times.Moment | None:
    """The moment of an HL7 time stamp, as exact as it is; local time where it states no zone. None if it is none."""
    shape = _STAMP.fullmatch(stated)
    if shape is None or not stated.isascii():
        return None
    year, month, day, hour, minute, second, fraction, zone = shape.groups()
    date = "-".join(part for part in (year, month, day) if part)
    if hour is None:
        return times.moment(date)
    zone = f"{zone[:3]}:{zone[3:]}" if zone else ""
    return times.moment(f"{date}T{hour}:{minute or '00'}:{second or '00'}{fraction or ''}{zone}")


def unescaped(value: str, marks: str) -> str:
    """Escapes written out: separators, line ends and hexadecimal text; highlighting and what is unknown is left out."""
    escape = marks[-1]
    if escape not in value:
        return value
    parts = value.split(escape)
    if len(parts) % 2 == 0:
        # An escape that is never closed: the text is left as it came.
        return value
    return "".join(part if at % 2 == 0 else _meant(part, marks) for at, part in enumerate(parts))


def _meant(sequence: str, marks: str) -> str:
    """What one escape sequence stands for. `marks`: field, repetition, component, subcomponent, escape."""
    plain = dict(zip("FRSTE", (marks[0], marks[1], marks[2], marks[3], marks[-1]), strict=True))
    if sequence in plain:
        return plain[sequence]
    if sequence.startswith(".") and sequence[:3] in {".br", ".sp", ".ce"}:
        return "\n"
    return _hexadecimal(sequence[1:]) if sequence.startswith("X") else ""


def _hexadecimal(digits: str) -> str:
    if len(digits) > _LONGEST_HEX or len(digits) % 2 or not re.fullmatch(r"[0-9A-Fa-f]+", digits):
        return ""
    raw = bytes.fromhex(digits)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "ignore")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _raw(fields: hl7.Segment, field: int, *below: int) -> str:
    """The text at a place, whatever is missing on the way; a part that is not divided further is its own first part."""
    found = fields[field] if field < len(fields) else ""
    for done, at in enumerate(below):
        if isinstance(found, str):
            return "" if any(below[done:]) else found
        if at >= len(found):
            return ""
        found = found[at]
    return str(found)


def _check_header(text: str, piece: Piece) -> None:
    if not piece.headed:
        _refuse("no-message-header", piece.place, "This part of the file stands in no message: no MSH comes before it.")
    header = _HEADER.match(text)
    stated = header.groups() if header else ()
    # What a short header leaves out has a usual mark, which must not be one that it gave another meaning.
    marks = "".join(mark or usual for mark, usual in zip(stated, _USUAL_MARKS, strict=False))
    if not marks.isascii() or len(set(marks)) != len(marks) or not marks:
        _refuse("message-header-broken", piece.place, "The message's header does not say how its parts are separated.")
    if len(text) > LARGEST or sum(map(text.count, marks)) > _MOST_PARTS:
        _refuse("message-too-large", piece.place, f"The message has over {LARGEST} bytes or {_MOST_PARTS} parts.")


def _refuse(reason: str, place: str, message: str) -> NoReturn:
    raise Unreadable(reason, place, message, _NEXT, MEDIA)
