"""A CloudEvents 1.0 message opened: each event's own payload, as the source's bytes, with nothing added.

An event that cannot be opened becomes a refusal in its place, so that good events around it still go in.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from hub.doors import Translate
from hub.errors import BadInput, TooLarge
from hub.update import Delivery, Refusal, Translated

SINGLE: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"

MOST_EVENTS: Final = 100_000
MOST_RECORDS: Final = 200_000
BAD_IN_A_ROW: Final = 1_000
"""As for one file of a source: a message of many small events must not do what one file may not."""

_MOST_VALUES: Final = 4_000_000
_NEXT: Final = "Send CloudEvents 1.0 in JSON, as the specification's JSON format says."


class _Event(msgspec.Struct):
    """The attributes that matter here. `data` stays exactly the bytes that were sent."""

    id: str
    source: str
    specversion: str
    type: str
    datacontenttype: str = ""
    data: msgspec.Raw = msgspec.Raw()
    data_base64: str | None = None


@dataclass(frozen=True, slots=True)
class _Fault:
    reason: str
    message: str
    next_step: str = _NEXT


_TOO_MANY_BAD: Final = _Fault(
    "too-many-bad-records",
    f"{BAD_IN_A_ROW} records running were refused, so the events from here on were kept and not read.",
    "Mend what the refusals before this one name, and send these events again.",
)
_TOO_MANY: Final = _Fault(
    "too-many-records",
    f"The message holds over {MOST_RECORDS} records, so the events from here on were kept and not read.",
    "Send fewer events in a message; what was taken already is then a duplicate.",
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message of one source: for each event its payload, or why it has none, beside the event as sent."""

    source: str
    events: tuple[tuple[bytes, bytes | _Fault], ...]
    batch: bool

    def translated(self, translate: Translate) -> Iterator[Translated]:
        """Every event's records, in order; places say which event of a batch they are in.

        After a thousand refusals running, or at the most records that a message may hold, the events from there on
        are one refusal.
        """
        bad = 0
        for number, (index, item) in enumerate(self._items(translate)):
            if bad >= BAD_IN_A_ROW or number >= MOST_RECORDS:
                yield self._rest(index, _TOO_MANY_BAD if bad >= BAD_IN_A_ROW else _TOO_MANY)
                return
            yield item
            bad = bad + 1 if isinstance(item, Refusal) else 0

    def _items(self, translate: Translate) -> Iterator[tuple[int, Translated]]:
        for index, (original, payload) in enumerate(self.events):
            prefix = f"/{index}" if self.batch else ""
            if isinstance(payload, _Fault):
                yield index, _refusal(self.source, prefix, original, payload)
                continue
            for item in translate(Delivery(self.source, "", payload)):
                yield index, replace(item, place=f"{prefix}/data: {item.place}" if item.place else f"{prefix}/data")

    def _rest(self, index: int, fault: _Fault) -> Refusal:
        rest = b"[" + b",".join(original for original, _ in self.events[index:]) + b"]"
        return _refusal(self.source, f"/{index}" if self.batch else "", rest, fault, BATCH)


def opened(body: bytes, content_type: str) -> Envelope:
    """Open a message. Raises BadInput where it is no CloudEvents message, or none of its events names a source.

    Raises TooLarge for a message of more than 100,000 events.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (SINGLE, BATCH):
        raise BadInput("The content type is not one of CloudEvents.", f"Send {SINGLE} or {BATCH}.")
    originals = _split(body, batch=kind == BATCH)
    events = [_parse(original) for original in originals]
    source = next((event.source for event in events if isinstance(event, _Event)), "")
    if not source:
        raise BadInput("No event in the message is a complete CloudEvent.", _NEXT)
    payloads = tuple(_payload(event, source) for event in events)
    return Envelope(source, tuple(zip(originals, payloads, strict=True)), kind == BATCH)


def _split(body: bytes, *, batch: bool) -> list[bytes]:
    try:
        if not batch:
            return [bytes(msgspec.json.decode(body, type=msgspec.Raw))]
        # Commas and brackets count the values from above, before any of them takes memory.
        if sum(map(body.count, (b",", b"{", b"["))) > _MOST_VALUES:
            raise _too_many_events()
        events = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("The body is not the JSON that its content type promises.", _NEXT) from error
    if len(events) > MOST_EVENTS:
        raise _too_many_events()
    return [bytes(event) for event in events]


def _too_many_events() -> TooLarge:
    return TooLarge("The message holds too many events.", f"Send at most {MOST_EVENTS} events in a message.")


def _parse(original: bytes) -> _Event | _Fault:
    try:
        event = msgspec.json.decode(original, type=_Event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Fault("cloudevent-incomplete", "The event lacks id, source, specversion or type, or one is no text.")
    if event.specversion != "1.0":
        return _Fault("cloudevent-version", "The event is not of CloudEvents 1.0.")
    if not (event.id and event.source and event.type):
        return _Fault("cloudevent-incomplete", "The event's id, source or type is empty.")
    return event


def _payload(event: _Event | _Fault, source: str) -> bytes | _Fault:
    if isinstance(event, _Fault):
        return event
    if event.source != source:
        return _Fault("cloudevent-other-source", "The event is of another source.", "Send one source in a message.")
    data = bytes(event.data)
    if bool(data) == (event.data_base64 is not None):
        return _Fault("cloudevent-data", "The event has no payload, or two.", "Send data or data_base64.")
    if event.data_base64 is not None:
        return _decoded(event.data_base64)
    return data if _is_json(event.datacontenttype) else _text(data)


def _is_json(media_type: str) -> bool:
    """Tell whether the payload is JSON itself; an absent type means that, by the specification."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind in ("", "application/json") or kind.endswith("+json")


def _decoded(text: str) -> bytes | _Fault:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return _Fault("cloudevent-data", "The event's data_base64 is not Base64.", "Encode the payload again.")


def _text(data: bytes) -> bytes | _Fault:
    try:
        return msgspec.json.decode(data, type=str).encode()
    except (msgspec.DecodeError, UnicodeError):
        return _Fault("cloudevent-data", "The payload is not text, though its type says so.", "Send it as a string.")


def _refusal(source: str, place: str, original: bytes, fault: _Fault, media_type: str = SINGLE) -> Refusal:
    return Refusal(source, fault.reason, place or "/", fault.message, fault.next_step, original, media_type)
