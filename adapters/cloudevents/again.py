"""Reading again what a refusal kept of a CloudEvent, once the map, the envelope or the adapter was mended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters import sources
from adapters.cloudevents import Translate, handed, of_agency, placed, refusal, translated
from adapters.cloudevents.event import BATCH, SINGLE, Fault
from adapters.cloudevents.json_form import read_structured
from adapters.cloudevents.kept import KEPT, Kept, kept
from adapters.cloudevents.split import elements
from hub.update import Delivery, Translated


def again(delivery: Delivery, media_type: str, translate: Translate) -> Iterator[Translated]:
    """The records of what a refusal kept. media_type: the refusal's, which says what the bytes are.

    A refusal for the sender's agency is given again as long as the agency is another. Raises BadInput for an unknown
    source, and nothing else.
    """
    if media_type == KEPT and (found := kept(delivery.content)):
        return _kept(delivery, found, translate)
    if media_type == BATCH and (events := _split(delivery.content)) is not None:
        return _batch(delivery, events, translate)
    if media_type == SINGLE and sources.source(delivery.source).reads == "payload":
        return _event(delivery, translate)
    return iter(translate(delivery))


def _kept(delivery: Delivery, found: Kept, translate: Translate) -> Iterator[Translated]:
    if found.headers is None:
        records = translate(replace(delivery, content=found.value or b""))
        return of_agency(records, found.agency) if found.agency else iter(records)
    return translated(delivery.source, found.headers, found.value, agency=found.agency, translate=translate)


def _batch(delivery: Delivery, events: list[bytes], translate: Translate) -> Iterator[Translated]:
    for number, event in enumerate(events):
        for one in again(replace(delivery, content=event), SINGLE, translate):
            yield replace(one, place=f"/{number}{one.place}")


def _event(delivery: Delivery, translate: Translate) -> Iterator[Translated]:
    found = handed(read_structured(delivery.content), delivery.source)
    if isinstance(found, Fault):
        yield refusal(delivery.source, found, delivery.content, SINGLE)
        return
    yield from placed(translate(replace(delivery, content=found.content)), found, "")


def _split(content: bytes) -> list[bytes] | None:
    try:
        return elements(content)
    except (ValueError, RecursionError):
        return None
