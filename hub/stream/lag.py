"""How far the hub is behind each topic, and where the broker has lost what was not read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.kafka import Partition, Reader, Span
from hub.stream.topics import Topic


@dataclass(frozen=True, slots=True)
class Lag:
    """One partition: the next offset to take in, the next one that the broker will give, and what is between.

    state: `read`, `behind`, `unread` (never read yet), `records-removed-unread` or `offsets-went-back`.
    """

    topic: str
    partition: int
    position: int
    end: int
    lag: int
    state: str


def lags(reader: Reader, topics: Mapping[str, Topic], positions: Mapping[tuple[str, int], int]) -> list[Lag]:
    """Every partition there is of the hub's topics. Raises BrokerUnavailable."""
    spans = reader.spans(reader.look(topics))
    return [_lag(one, span, positions.get((one.place, one.number))) for one, span in sorted(spans.items())]


def _lag(one: Partition, span: Span, position: int | None) -> Lag:
    at = position or 0
    state = "read" if at == span.end else "behind" if position is not None else "unread"
    if at < span.first:
        state = "records-removed-unread"
    elif at > span.end:
        state = "offsets-went-back"
    return Lag(one.topic, one.number, at, span.end, max(0, span.end - max(at, span.first)), state)
