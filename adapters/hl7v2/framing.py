"""A file of HL7 v2 messages taken apart: each message by itself, without what is said of parents and carers.

Next of kin, guarantors and insurers (NK1, GT1, IN1 and the like), segments of a site's own (Z…), home addresses but for
the postcode, telephone numbers and the mother's names and numbers are left out here, before anything is kept of a
message: only the segments named below, and of PID and PD1 only the fields named below, go any further. A damaged line
that could have been one of the others goes with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MEDIA = "x-application/hl7-v2+er7"

_KEPT = frozenset({b"MSH", b"EVN", b"PID", b"PD1", b"PV1", b"PV2", b"MRG", b"AL1", b"DG1", b"ORC", b"OBR", b"OBX"})
_SEGMENTS = _KEPT | {b"NTE", b"TXA"}
_FIELDS = {b"PID": frozenset({3, 5, 7, 8, 11, 29, 30}), b"PD1": frozenset({12})}
_MOST_FIELDS = {b"MSH": 25, b"EVN": 7, b"PV1": 54, b"PV2": 50, b"MRG": 1, b"AL1": 6, b"DG1": 26, b"ORC": 34, b"NTE": 8}
_POSTCODE_FIELD, _POSTCODE_PART = 11, 4
_POSTCODE = re.compile(rb"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}", re.IGNORECASE)
_TEXT = (b"OBX", b"NTE")
_LINE = re.compile(rb"[^\r\n\x0b\x1c]+")
_MARK = b"\xef\xbb\xbf"
_HEADER = b"MSH"
_ENVELOPE = (b"FHS", b"BHS", b"BTS", b"FTS")
_NEAR_THE_START = 6


@dataclass(frozen=True, slots=True)
class Piece:
    """One message, or what stands in a file without belonging to one. `place` says which it is in the file.

    `lines` are its segments, contacts left out; `headed` whether it begins with a message header.
    """

    place: str
    lines: tuple[bytes, ...]
    headed: bool

    @property
    def original(self) -> bytes:
        """The bytes that are kept of it, from which it can be read again."""
        return b"\r".join(self.lines)


def pieces(content: bytes) -> Iterator[Piece]:
    """The messages of a file in its order, whatever ends their segments; batch headers and block marks are no part.

    What stands outside every message is a piece without a header.
    """
    number, held, headed = 0, list[bytes](), False
    for line in _lines(content):
        if not _opens(line, _HEADER, *_ENVELOPE):
            held.append(line)
            continue
        if held:
            number += 1
            yield _piece(number, held, headed=headed)
        headed = _opens(line, _HEADER)
        held = [line] if headed else []
    if held:
        yield _piece(number + 1, held, headed=headed)


def kept(content: bytes) -> bytes:
    """A whole file without what is said of parents and carers."""
    return b"\r".join(piece.original for piece in pieces(content))


def _lines(content: bytes) -> Iterator[bytes]:
    """Every line that says something; found one after another, so that a large file is not held twice."""
    for found in _LINE.finditer(content.removeprefix(_MARK)):
        if line := found.group().strip(b" \t"):
            yield line


def _opens(line: bytes, *names: bytes) -> bool:
    """Whether a line is one of these header segments: its name, then a separator."""
    return line[:3] in names and not line[3:4].isalnum()


def _piece(number: int, lines: list[bytes], *, headed: bool) -> Piece:
    separator = (lines[0][3:4] if headed else b"|") or b"|"
    segments: list[list[bytes]] = []
    for line in lines:
        if line[:3] in _SEGMENTS and (line[3:4] == separator or line[:3] == _HEADER):
            segments.append([_without_contacts(line, separator)])
        elif segments and segments[-1][0][:3] in _TEXT and separator not in line[:_NEAR_THE_START]:
            # A text that holds a line end of its own: the rest of it belongs to the segment before.
            segments[-1].append(line)
    return Piece(f"message {number}", tuple(b" ".join(segment) for segment in segments) or tuple(lines), headed)


def _without_contacts(line: bytes, separator: bytes) -> bytes:
    name = line[:3]
    fields = line.split(separator)
    if name in _FIELDS:
        fields = [_field(name, at, field) for at, field in enumerate(fields[: max(_FIELDS[name]) + 1])]
        return name + separator + separator.join(fields[1:]).rstrip(separator)
    return separator.join(fields[: _MOST_FIELDS[name] + 1]) if name in _MOST_FIELDS else line


def _field(name: bytes, at: int, field: bytes) -> bytes:
    if at not in _FIELDS[name]:
        return b""
    if (name, at) == (b"PID", _POSTCODE_FIELD):
        return _postcode(field)
    return field


def _postcode(address: bytes) -> bytes:
    """An address with nothing in it but its postcode, in its own place."""
    parts = address.partition(b"~")[0].split(b"^")
    postcode = parts[_POSTCODE_PART] if len(parts) > _POSTCODE_PART else b""
    return b"^" * _POSTCODE_PART + postcode if _POSTCODE.fullmatch(postcode.strip()) else b""
