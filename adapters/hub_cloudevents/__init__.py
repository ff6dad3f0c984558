"""Our own envelope, for any agency: each event is one record about one child, read strictly, in the hub's own words.

A sender that writes for the hub can mend what it writes, so nothing is guessed: a field too many, a day that is none or
a fact that is not its agency's to state is refused, with its place and what belongs there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import msgspec

from adapters.cloudevents import OWN_SOURCE, SINGLE, refusal
from adapters.cloudevents.event import CloudEvent, Fault
from adapters.cloudevents.json_form import read_structured
from adapters.cloudevents.split import elements
from adapters.hub_cloudevents.checks import wrong_in_data, wrong_in_event
from adapters.hub_cloudevents.faults import fault_of
from adapters.hub_cloudevents.records import update_of
from adapters.hub_cloudevents.shape import Chronology
from adapters.reading import Unreadable, read_json
from adapters.reading.limits import until_hopeless
from adapters.reading.strict_json import MOST_VALUES
from hub.update import Delivery, Translated

_NO_LIST: Final = Fault("json-malformed", "The file is no whole list of events.", "Send the file again, complete.")
_NO_EVENTS: Final = Fault("empty", "The list holds no event.", "Send the events, or nothing.")
_TOO_MANY: Final = Fault("json-too-many-values", f"The file holds more than {MOST_VALUES} values.", "Split the file.")

# msgspec learns a class at its first use, and two threads at that crash the process: so it is learnt here, by one.
_LEARNT: Final = msgspec.json.Decoder(Chronology)


def translate(delivery: Delivery) -> Iterator[Translated]:
    """One event of our own type, or a list of them, in its order: an Update for each, or why there is none.

    Places are JSON pointers into the event, with its number before them in a list.
    """
    return until_hopeless(_translated(delivery), delivery, SINGLE)


def _translated(delivery: Delivery) -> Iterator[Translated]:
    if not delivery.content.lstrip().startswith(b"["):
        yield _record(delivery.content, "")
        return
    events = _split(delivery.content)
    if isinstance(events, Fault):
        yield refusal(OWN_SOURCE, events, delivery.content, SINGLE)
        return
    for number, event in enumerate(events):
        # A list in the list is kept as it would be read again: as something that is no event.
        original = event if event[:1] != b"[" else b"[%b]" % event
        yield _record(original, f"/{number}")


def _split(content: bytes) -> list[bytes] | Fault:
    if content.count(b",") + content.count(b"{") + content.count(b"[") > MOST_VALUES:
        return _TOO_MANY
    try:
        return elements(content) or _NO_EVENTS
    except (ValueError, RecursionError):
        return _NO_LIST


def _record(original: bytes, prefix: str) -> Translated:
    event = read_structured(original)
    if isinstance(event, Fault):
        return refusal(OWN_SOURCE, event, original, SINGLE, prefix)
    data = _data(event)
    if isinstance(data, Fault):
        return refusal(OWN_SOURCE, data, original, SINGLE, prefix)
    return replace(update_of(event, data, original), place=f"{prefix}/data")


def _data(event: CloudEvent) -> Chronology | Fault:
    if fault := wrong_in_event(event):
        return fault
    try:
        data = msgspec.convert(read_json(event.data or b""), type=Chronology)
    except Unreadable as error:
        place = f"/data{error.place}" if error.place.startswith("/") else f"/data: {error.place}"
        return Fault(error.reason, error.message, error.next_step, place)
    except msgspec.ValidationError as error:
        return fault_of(str(error))
    return wrong_in_data(data) or data
