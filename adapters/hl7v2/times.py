"""When an HL7 v2 message's happening was, when it was recorded, and which of two messages about it is the newer."""

from __future__ import annotations

from adapters.fhir import times
from adapters.hl7v2.message import Message, stamp
from adapters.hl7v2.said import Place
from hub.update import Defect, Occurred

_LONGEST_CONTROL = 40


def timed(message: Message, begins: tuple[Place, ...], ends: Place | None) -> tuple[Occurred, tuple[Defect, ...]]:
    """The first of several fields that states a time, and the end where one is stated as exactly."""
    begun, defects = times.NEVER, tuple[Defect, ...]()
    for place in begins:
        begun, wrong = _stated(message, place)
        defects += wrong
        if begun.value:
            break
    ended, wrong = _stated(message, ends) if ends and begun.value else (times.NEVER, ())
    defects += wrong
    if begun.utc and ended.utc and ended.utc < begun.utc:
        defects += (Defect("period-reversed", message.place, "It ends before it begins; the end is left out."),)
        ended = times.NEVER
    end = ended.value if ended.precision is begun.precision and ended.value != begun.value else ""
    return Occurred(begun.value, begun.precision, end, zone_assumed=begun.zone_assumed), defects


def recorded_of(message: Message) -> str:
    """When the sending system recorded it: of results their last change of status, else the event, else the message."""
    fields = (("OBR", 22), ("EVN", 2), ("MSH", 7))
    return next((found.value for place in fields if (found := _stated(message, place)[0]).value), "")


def order_of(message: Message) -> tuple[str, tuple[Defect, ...]]:
    """The event's time, then the message's, then the message's number, which tells two of one second apart."""
    event, sent = _stated(message, ("EVN", 2))[0], _stated(message, ("MSH", 7))[0]
    first = event.order or sent.order
    if not first:
        return "", (
            Defect("no-order", message.place, "Neither EVN-2 nor MSH-7 says when; the order of arrival decides."),
        )
    control = message.header.text(10)[:_LONGEST_CONTROL]
    return f"{first}|{sent.order}|{control.rjust(_LONGEST_CONTROL, '0')}", ()


def _stated(message: Message, place: Place) -> tuple[times.Moment, tuple[Defect, ...]]:
    name, field = place
    segment = message.first(name)
    text = segment.text(field) if segment else ""
    if not text:
        return times.NEVER, ()
    found = stamp(text)
    if found is None:
        wrong = Defect("date-invalid", f"{message.place}/{name}-{field}", "Not a time that exists; it is left out.")
        return times.NEVER, (wrong,)
    return found, ()
