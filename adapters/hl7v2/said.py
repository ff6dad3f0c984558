"""What an HL7 v2 message says of one happening, before it is known whose record it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.hl7v2.codes import meant
from adapters.hl7v2.message import Message, Segment
from adapters.reading.unreadable import Unreadable
from hub.update import Action, Author, Coding, Defect, Polarity

Place = tuple[str, int]
"""A field: the name of its segment and its number."""


@dataclass(frozen=True, slots=True)
class Said:
    """One happening. `key` is the record's own id within its sender, empty where it has none; `when` names the fields
    that may state its time, the best first; `until` the one that states its end.
    """

    key: str
    code: str
    when: tuple[Place, ...]
    until: Place | None = None
    action: Action = "assert"
    headline: str = ""
    detail: tuple[str, ...] = ()
    author: Author = field(default_factory=Author)
    codings: tuple[Coding, ...] = ()
    polarity: Polarity = "happened"
    question: str = ""
    defects: tuple[Defect, ...] = ()


def unknown(name: str, segment: Segment, at: int, place: str) -> tuple[Defect, ...]:
    """A defect where a code is stated that its list does not hold."""
    if not segment.text(at) or meant(name, segment.text(at)):
        return ()
    return (Defect("unmapped-code", f"{place}/{segment.name}-{at}", f"Not in the list `{name}` of the hl7v2 map."),)


def unmapped(name: str, what: str, message: Message) -> Unreadable:
    """The refusal of a record that a code stops: it waits for its row."""
    return Unreadable(
        "unmapped-code",
        message.place,
        f"The list `{name}` of the hl7v2 map has no row for {what}.",
        "Ask for the code to be added to the map, then retry; nothing has to be sent again.",
    )
