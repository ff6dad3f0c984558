"""What an HL7 v2 report or document says, a line for each finding, in the laboratory's or the writer's words."""

from __future__ import annotations

from adapters.hl7v2.codes import meant, words
from adapters.hl7v2.message import Message, Segment
from adapters.hl7v2.people import professional
from adapters.hl7v2.said import Said, unknown
from adapters.reading.unreadable import Unreadable
from hub.update import Author, Coding, Person

_CODED = frozenset({"CE", "CWE", "CNE", "CF"})
_PROSE = frozenset({"TX", "FT"})
_DATA = frozenset({"ED", "RP"})
_FLAG, _STATUS = 8, 11


def absent(value: Segment) -> str:
    """Why a value is not to be read: `retracted` or `no-result`; empty where it is."""
    return meant("absent", value.text(_STATUS))


def findings(message: Message) -> tuple[str, ...]:
    """Each value that stands, labelled unless it is prose, and the notes under it. What was taken back is left out."""
    found: list[str] = []
    taken_back = False
    for segment in message.named("OBX", "NTE", "OBR"):
        if segment.name == "OBX":
            taken_back = absent(segment) == "retracted"
            found.append("" if taken_back else _finding(segment))
        elif segment.name == "OBR":
            taken_back = False
        elif not taken_back:
            found.extend(segment.every(3))
    return tuple(found)


def notes(message: Message) -> list[str]:
    """The notes of a message that has no findings."""
    return [line for segment in message.named("NTE") for line in segment.every(3)]


def coded(segment: Segment, field: int) -> tuple[Coding, ...]:
    """The code and its alternative, as sent."""
    found = (
        Coding(segment.text(field, first + 2), segment.text(field, first), segment.text(field, first + 1))
        for first in (1, 4)
    )
    return tuple(one for one in found if one.code or one.display)


def report(_: str, message: Message, person: Person) -> Said:
    """One report and its findings; taken back when each of its values is."""
    del person
    order, values = message.first("OBR"), list(message.named("OBX"))
    if order is None:
        step = "Send each result with the OBR segment of its report."
        raise Unreadable("no-report", message.place, "Results stand here without the report they belong to.", step)
    taken_back = bool(values) and all(absent(value) == "retracted" for value in values)
    number = order.text(3) or order.text(2)
    return Said(
        f"report|{number}" if number else "",
        "hospital.result.reported",
        (("OBR", 7), ("OBR", 14), ("OBR", 22), ("MSH", 7)),
        ("OBR", 8),
        action="retract" if taken_back else "assert",
        headline=order.text(4, 2) or order.text(4, 5),
        detail=findings(message),
        author=professional(order, 16),
        codings=coded(order, 4),
        polarity="did-not-happen" if meant("result", order.text(25)) == "cancelled" else "happened",
        defects=unknown("result", order, 25, message.place),
    )


def document(_: str, message: Message, person: Person) -> Said:
    """A letter or note, with its text where the message carries it."""
    del person
    about = message.first("TXA")
    if about is None:
        step = "Send it with its TXA segment."
        raise Unreadable("no-record-id", message.place, "The message does not say which document it is.", step)
    number, sort = about.text(12) or about.text(16), about.text(2)
    wrote = professional(about, 9)
    return Said(
        f"document|{number}" if number else "",
        meant("document", sort) or "hospital.document",
        (("TXA", 4), ("TXA", 6), ("EVN", 6), ("EVN", 2)),
        headline=about.text(2, 2) or words("document", sort),
        detail=findings(message),
        author=wrote if wrote != Author() else professional(about, 5),
        defects=unknown("document", about, 2, message.place),
    )


def _finding(segment: Segment) -> str:
    if absent(segment) == "no-result":
        return f"{_label(segment)}: no result"
    said = _value(segment)
    if segment.text(2) in _PROSE or not said:
        return said
    unit, usual, flag = segment.text(6, 1), segment.text(7), segment.text(_FLAG)
    beside = "; ".join(part for part in (f"usual {usual}" if usual else "", flag) if part)
    value = " ".join(filter(None, (said, unit, f"({beside})" if beside else "")))
    return f"{_label(segment)}: {value}" if _label(segment) else value


def _label(segment: Segment) -> str:
    return segment.text(3, 2) or segment.text(3, 5) or segment.text(3, 1)


def _value(segment: Segment) -> str:
    """The value in words. An attached file is named as one and not carried over."""
    kind = segment.text(2)
    if kind in _DATA:
        return "A file is attached."
    if kind in _CODED:
        return "; ".join(segment.every(5, 2) or segment.every(5, 1))
    if kind == "SN":
        return "".join(segment.text(5, part) for part in (1, 2, 3, 4))
    return "\n".join(segment.every(5))
