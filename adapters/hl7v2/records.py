"""What in an HL7 v2 message is a record of its own: each report of a result, each announced merge, else the message."""

from __future__ import annotations

from adapters.hl7v2.codes import meant
from adapters.hl7v2.message import LARGEST, Message
from adapters.hl7v2.said import unmapped
from adapters.reading.unreadable import Unreadable

_MOST_REPEATED = 8 * LARGEST
_ABOUT_PATIENT = frozenset({"PID", "PD1", "PV1", "PV2"})
_NEXT = "Send each message as the system made it, with its type and trigger in MSH-9."


def kind(message: Message) -> str:
    """What the message does, by its type and trigger. Raises Unreadable where that is not stated or not known."""
    event = "^".join((message.header.text(9, 1), message.header.text(9, 2) or _trigger(message)))
    if not event.strip("^"):
        raise Unreadable("no-message-type", message.place, "MSH-9 states no type of message.", _NEXT)
    found = meant("event", event)
    if not found:
        raise unmapped("event", "the type and trigger in MSH-9", message)
    return found


def records(message: Message) -> list[Message]:
    """The message, or one small message for each report or merge in it, with the header and the patient."""
    does = kind(message)
    if does == "report":
        return _split(message, frozenset({"ORC", "OBR"}), "OBR")
    if does == "merge" and sum(1 for _ in message.named("MRG")) > 1:
        return _split(message, frozenset({"PID"}), "PID")
    return [message]


def _trigger(message: Message) -> str:
    event = message.first("EVN")
    return event.text(1) if event else ""


def _split(message: Message, opening: frozenset[str], proper: str) -> list[Message]:
    """Groups that begin at a segment of `opening` and hold one `proper`, each with what goes before all of them."""
    common, patient, groups = [0], list[int](), list[list[int]]()
    own: list[int] = []
    for at, segment in enumerate(message.segments[1:], 1):
        if segment.name == "EVN":
            common.append(at)
        elif segment.name in _ABOUT_PATIENT and segment.name not in opening:
            patient = [at] if segment.name == "PID" else [*patient, at]
            own = []
        elif segment.name in opening and not _goes_on(message, own, proper):
            own = [*common, *patient, at]
            groups.append(own)
        else:
            if not own:
                own = [*common, *patient]
                groups.append(own)
            own.append(at)
    return _whole(message, groups)


def _goes_on(message: Message, own: list[int], proper: str) -> bool:
    """Whether a group has only its order so far, so that this is still its beginning."""
    names = [message.segments[at].name for at in own]
    return "ORC" in names and proper not in names


def _whole(message: Message, groups: list[list[int]]) -> list[Message]:
    if sum(len(message.lines[at]) for group in groups for at in group) > _MOST_REPEATED:
        words = "What its reports have in common is too large to be kept with each of them."
        raise Unreadable("message-too-large", message.place, words, "Send each report as a message of its own.")
    parts = [message.part(group) for group in groups]
    return [part.at(number) for number, part in enumerate(parts, 1)] if len(parts) > 1 else parts or [message]
