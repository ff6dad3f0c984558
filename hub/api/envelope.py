"""A CloudEvents 1.0 message opened: each event's own payload, as the source's bytes, with nothing added.

An event that cannot be opened becomes a refusal in its place, so that good events around it still go in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from adapters.cloudevents import (
    BATCH,
    SINGLE,
    Fault,
    Handed,
    Headers,
    handed,
    of_agency,
    placed,
    refusal,
    source_of,
    structured,
)
from adapters.cloudevents.event import NEXT_STEP, CloudEvent
from adapters.cloudevents.headers import HTTP_PREFIX, has_attributes, read_http
from adapters.cloudevents.json_form import bare, read_structured
from adapters.cloudevents.split import elements
from hub.doors import Translate
from hub.errors import BadInput, TooLarge
from hub.update import Delivery, Refusal, Translated

MOST_EVENTS: Final = 100_000
MOST_RECORDS: Final = 200_000
BAD_IN_A_ROW: Final = 1_000
"""As for one file of a source: a message of many small events must not do what one file may not."""

_MOST_VALUES: Final = 4_000_000
_TOO_MANY_BAD: Final = Fault(
    "too-many-bad-records",
    f"{BAD_IN_A_ROW} records running were refused, so the events from here on were kept and not read.",
    "Mend what the refusals before this one name, and send these events again.",
)
_TOO_MANY: Final = Fault(
    "too-many-records",
    f"The message holds over {MOST_RECORDS} records, so the events from here on were kept and not read.",
    "Send fewer events in a message; what was taken already is then a duplicate.",
)


def _anybody(_source: str) -> None:
    """Let every source through."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message of one source: beside each event as sent, what its adapter is handed, or why there is nothing."""

    source: str
    events: tuple[tuple[bytes, Handed | Fault], ...]
    batch: bool

    def translated(self, translate: Translate, agency: str = "") -> Iterator[Translated]:
        """Every event's records, in order; places say which event of a batch they are in.

        After a thousand refusals running, or at the most records that a message may hold, the events from there on
        are one refusal. agency: the sender's, where the source serves all of them; a record of another is refused.
        """
        bad = 0
        for number, (index, item) in enumerate(self._items(translate, agency)):
            if bad >= BAD_IN_A_ROW or number >= MOST_RECORDS:
                yield self._rest(index, _TOO_MANY_BAD if bad >= BAD_IN_A_ROW else _TOO_MANY)
                return
            yield item
            bad = bad + 1 if isinstance(item, Refusal) else 0

    def _items(self, translate: Translate, agency: str) -> Iterator[tuple[int, Translated]]:
        for index, (original, event) in enumerate(self.events):
            prefix = self._place(index)
            if isinstance(event, Fault):
                yield index, refusal(self.source, event, original, SINGLE, prefix)
                continue
            records = placed(translate(Delivery(self.source, "", event.content)), event, prefix)
            for item in of_agency(records, agency) if agency else records:
                yield index, item

    def _rest(self, index: int, fault: Fault) -> Refusal:
        rest = b"[" + b",".join(original for original, _ in self.events[index:]) + b"]"
        return refusal(self.source, fault, rest, BATCH, self._place(index))

    def _place(self, index: int) -> str:
        return f"/{index}" if self.batch else ""


def opened(body: bytes, content_type: str, headers: Headers = (), may: Callable[[str], None] = _anybody) -> Envelope:
    """Open a message, in JSON or with its attributes in headers. A message of many events is seconds of work.

    may: raises for a source that the sender may not send; it is asked about the first event's, before the others are
    read. Raises BadInput where it is no CloudEvents message, or none of its events is of a source that the hub knows.
    Raises TooLarge for a message of more than 100,000 events.
    """
    kind = bare(content_type)
    read: list[tuple[bytes, CloudEvent | Fault, str | Fault]] = []
    source = ""
    for original, event in _read(body, kind, headers):
        of = event if isinstance(event, Fault) else source_of(event)
        if not source and isinstance(of, str):
            source = of
            may(source)
        read.append((original, event, of))
    if not source:
        raise _nothing_readable([of for _, _, of in read if isinstance(of, Fault)])
    return Envelope(source, tuple((original, _of(event, of, source)) for original, event, of in read), kind == BATCH)


def _read(body: bytes, kind: str, headers: Headers) -> Iterator[tuple[bytes, CloudEvent | Fault]]:
    """Each event as sent and as read, read when it is asked for."""
    if kind in (SINGLE, BATCH):
        originals = _split(body) if kind == BATCH else [body.strip()]
        return ((original, read_structured(original)) for original in originals)
    if kind.startswith("application/cloudevents") or not has_attributes(headers, HTTP_PREFIX):
        step = f"Send {SINGLE} or {BATCH}, or the attributes of one event in ce- headers."
        raise BadInput("The content type is not one of CloudEvents.", step)
    event = read_http(headers, body)
    return iter([(b"" if isinstance(event, Fault) else structured(event), event)])


def _of(event: CloudEvent | Fault, of: str | Fault, source: str) -> Handed | Fault:
    if isinstance(event, Fault):
        return event
    if isinstance(of, Fault):
        return of
    if of != source:
        step = "Send one source in a message."
        return Fault("cloudevent-other-source", "The event is of another source.", step, "/source")
    return handed(event, source)


def _nothing_readable(faults: list[Fault]) -> BadInput:
    """Of one event alone exactly what is wrong with it; of several, what they have in common."""
    if len(faults) == 1:
        return BadInput(faults[0].message, faults[0].next_step)
    return BadInput("No event in the message is a complete CloudEvent of a source that the hub knows.", NEXT_STEP)


def _split(body: bytes) -> list[bytes]:
    try:
        # Commas and brackets count the values from above, before any of them takes memory.
        if sum(map(body.count, (b",", b"{", b"["))) > _MOST_VALUES:
            raise _too_many_events()
        events = elements(body)
    except (ValueError, RecursionError) as error:
        raise BadInput("The body is not the JSON that its content type promises.", NEXT_STEP) from error
    if len(events) > MOST_EVENTS:
        raise _too_many_events()
    return events


def _too_many_events() -> TooLarge:
    return TooLarge("The message holds too many events.", f"Send at most {MOST_EVENTS} events in a message.")
