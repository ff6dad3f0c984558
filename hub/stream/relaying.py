"""Sending notices out: at least once, in order for each child, marked when the brokers have acknowledged them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import UTC
from threading import Event
from typing import Final

import orjson

from adapters.kafka import Writer
from hub.errors import BrokerUnavailable, HubError, StoreUnavailable
from hub.intake.outbox import Notice, Waiting
from hub.stream.topics import NOTICES

TYPE: Final = "hub.chronology.notice.v1"
SOURCE: Final = "chronology-hub"
MOST: Final = 500
WAIT_SECONDS: Final = 1.0
HEADERS: Final = (("content-type", b"application/cloudevents+json; charset=utf-8"),)

Turn = Callable[[Callable[[], bool]], AbstractContextManager[Waiting | None]]


def message(notice: Notice) -> bytes:
    """The notice as a CloudEvent: its id, the child's opaque id, the time, and nothing else."""
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": str(notice.id),
            "source": SOURCE,
            "type": TYPE,
            "subject": str(notice.child),
            "time": notice.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


@dataclass(slots=True)
class Relay:
    """Sends what waits. `turn` lets one relay work at a time; `writer` makes a connection to the brokers."""

    writer: Callable[[], Writer]
    turn: Turn
    tell: Callable[[str], None]
    sent: int = 0

    def run(self, stop: Event, *, drain: bool = False) -> int:
        """Send until told to stop; with `drain`, until nothing waits. Gives how many were sent."""
        while not stop.is_set():
            try:
                with self.turn(stop.is_set) as waiting, closing(self.writer()) as writer:
                    if waiting and self._follow(waiting, writer, stop, drain=drain):
                        break
            except (StoreUnavailable, BrokerUnavailable) as error:
                self._interrupted(error, stop)
        return self.sent

    def _follow(self, waiting: Waiting, writer: Writer, stop: Event, *, drain: bool) -> bool:
        while not stop.is_set():
            notices = waiting.next(MOST)
            if notices:
                writer.write(NOTICES, [(one.key.hex().encode(), HEADERS, message(one)) for one in notices])
                waiting.sent(notices)  # a crash before this line sends them once more, under the same ids
                self.sent += len(notices)
            elif drain:
                return True
            else:
                waiting.wait(WAIT_SECONDS)
        return False

    def _interrupted(self, error: HubError, stop: Event) -> None:
        self.tell(f"{error.message} Trying again.")
        stop.wait(WAIT_SECONDS)
