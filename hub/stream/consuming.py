"""Taking in what is in the topics: a place moves in the transaction of the events that were read from it, or not.

Whatever interrupts it, a crash of either side included, it goes on from the place that the database holds. A record
that cannot be taken in goes into quarantine and the next one is read; a database or a broker that does not answer is
tried again for ever.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain
from threading import Event
from typing import Final, Protocol

from adapters.cloudevents import Translate
from adapters.kafka import MOST, Partition, Reader, Record, Span
from hub.errors import BrokerUnavailable, HubError, Raced, StoreUnavailable, unforeseen
from hub.receipt import Outcome, Position, Receipt, Submission
from hub.stream.topics import Topic, lost, refused, updates
from hub.update import Translated

POLL_SECONDS: Final = 0.5
LOOK_SECONDS: Final = 10.0
SLOW_SECONDS: Final = 5.0
LONGEST_REST: Final = 30.0
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 2.0
PATIENCE: Final = 5
"""So often a batch may fail while the database answers; then its records are taken one by one, to find which it is."""

Found = Mapping[Partition, Sequence[Record]]
Turn = Callable[[Callable[[], bool]], AbstractContextManager[object]]


class Intake(Protocol):
    """What this door needs of the only way in."""

    def receive(
        self, updates: Iterable[Translated], *, submission: Submission | None, positions: Sequence[Position]
    ) -> Receipt:
        """Take in, and move the places in the same transaction."""
        ...

    def positions(self) -> dict[tuple[str, int], int]:
        """The next offset of every partition that was ever read."""
        ...


@dataclass(slots=True)
class Counts:
    """What a run has taken in so far."""

    records: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, records: int, receipt: Receipt) -> None:
        """Add what one receipt says."""
        self.records += records
        self.outcomes.update(receipt.counts())
        self.reasons.update(receipt.reasons())

    @property
    def waiting(self) -> int:
        """How many wait for a person."""
        return self.outcomes[Outcome.QUARANTINED] + self.outcomes[Outcome.CONFLICT]


@dataclass(slots=True)
class Consumer:
    """Reads topics into the intake. `turn` lets one consumer work at a time; `tell` is given lines without content.

    answers: whether the database answers at all, which tells a record that it cannot take from a database that is gone.
    """

    reader: Reader
    intake: Intake
    translate: Translate
    topics: Mapping[str, Topic]
    turn: Turn
    answers: Callable[[], bool]
    tell: Callable[[str], None]
    counts: Counts = field(default_factory=Counts)
    _at: dict[Partition, int] = field(default_factory=dict)
    _failures: int = 0
    _pause: float = 0.0
    _careful: int = 0

    def run(self, stop: Event, *, drain: bool = False) -> Counts:
        """Take in until told to stop; with `drain`, until nothing more waits in any topic."""
        while not stop.is_set():
            try:
                with self.turn(stop.is_set) as mine:
                    if mine and self._follow(stop, drain=drain):
                        break
            except (StoreUnavailable, BrokerUnavailable, Raced) as error:
                self._interrupted(error, stop)
        return self.counts

    def _follow(self, stop: Event, *, drain: bool) -> bool:
        """Follow the topics; True when everything was drained."""
        self._begin()
        looked = told = time.monotonic()
        while not stop.is_set():
            found = self.reader.poll(POLL_SECONDS, 1 if self._careful else MOST)
            self._take_all(found, stop)
            if not found and drain and self.lag() == 0:
                return True
            if time.monotonic() - looked > LOOK_SECONDS:
                looked = time.monotonic()
                if self._changed():
                    self._begin()
            if found and time.monotonic() - told > LOOK_SECONDS:
                told = time.monotonic()
                self.tell(f"{self.counts.records} records taken in, {self.counts.waiting} wait for a person")
        return False

    def lag(self) -> int:
        """How many offsets lie between where this consumer is and the ends of its partitions."""
        spans = self.reader.spans(self._at)
        return sum(max(0, spans[one].end - at) for one, at in self._at.items())

    # Where to read on

    def _begin(self) -> None:
        partitions = self.reader.look(self.topics)
        spans, kept = self.reader.spans(partitions), self.intake.positions()
        self._at = {one: self._start(one, spans[one], kept.get((one.place, one.number), 0)) for one in partitions}
        self.reader.begin(self._at)

    def _changed(self) -> bool:
        try:
            return self.reader.look(self.topics) != sorted(self._at)
        except BrokerUnavailable as error:  # the client goes on trying by itself
            self.tell(error.message)
            return False

    def _start(self, partition: Partition, span: Span, at: int) -> int:
        """Where to read on: the place, unless the broker has it no longer or has it not yet, and that is recorded."""
        if span.first <= at <= span.end:
            return at
        if at < span.first:
            reason, begin, end = "records-removed-unread", at, span.first
        else:  # the broker forgot what it had acknowledged: what comes next would get offsets already passed
            reason, begin, end = "offsets-went-back", span.end, at
        topic = self.topics[partition.topic]
        self.tell(
            f"{reason}: {partition.topic}, partition {partition.number}, offsets {begin} to {end - 1}. "
            "This waits in quarantine: have the sender send them again."
        )
        gone = lost(topic, partition, reason, begin, end)
        position = Position(partition.place, partition.number, at, span.first)
        self.counts.add(0, self.intake.receive([gone], submission=_submission(topic), positions=[position]))
        return span.first

    # Taking in

    def _take_all(self, found: Found, stop: Event) -> None:
        began = time.monotonic()
        for name in sorted({partition.topic for partition in found}):
            self._take(self.topics[name], {one: records for one, records in found.items() if one.topic == name})
        if not found:
            self._pass_over()
        took = time.monotonic() - began
        if took > SLOW_SECONDS:  # others wait for the same database
            self.tell(f"The database is slow ({took:.0f} s for a batch); resting as long")
            self.reader.rest(min(took, LONGEST_REST), stop.is_set)

    def _take(self, topic: Topic, found: Found) -> None:
        try:
            self._receive(topic, self._read(topic, found), found)
        except (StoreUnavailable, Raced):
            raise
        except Exception as error:  # noqa: BLE001 - one record must not stop the topic, and no batch may be lost
            if sum(map(len, found.values())) > 1:  # which of them it is, is found one by one
                self._careful = MOST
                raise StoreUnavailable(f"A batch could not be taken in: {unforeseen(error)}.") from None
            self._receive(topic, _set_aside(topic, found, unforeseen(error)), found)
        self._failures, self._pause = 0, 0.0
        self._careful = max(0, self._careful - 1)

    def _read(self, topic: Topic, found: Found) -> Iterable[Translated]:
        if self._careful and self._failures >= PATIENCE:
            self._failures = 0
            return _set_aside(topic, found, "the database refuses it")
        return chain.from_iterable(updates(topic, one, self.translate) for part in found.values() for one in part)

    def _receive(self, topic: Topic, read: Iterable[Translated], found: Found) -> None:
        ahead = {one: records[-1].offset + 1 for one, records in found.items()}
        positions = [Position(one.place, one.number, self._at[one], after) for one, after in ahead.items()]
        receipt = self.intake.receive(read, submission=_submission(topic), positions=positions)
        self._at.update(ahead)
        self.counts.add(sum(map(len, found.values())), receipt)

    def _pass_over(self) -> None:
        """Move past what is no record of anybody's, such as the marks of transactions, or the lag would never end."""
        for one, after in self.reader.places().items():
            if after > self._at[one]:
                position = Position(one.place, one.number, self._at[one], after)
                self.intake.receive([], submission=None, positions=[position])
                self._at[one] = after

    def _interrupted(self, error: HubError, stop: Event) -> None:
        """Rest, longer each time, connected and fetching nothing; then go on from what the database holds."""
        if isinstance(error, StoreUnavailable) and self.answers():
            self._failures += 1
            if self._failures >= PATIENCE and not self._careful:
                self._careful, self._failures = MOST, 0
        self._pause = min(LONGEST_PAUSE, 2 * self._pause or FIRST_PAUSE)
        self.tell(f"{error.message} Trying again.")
        self.reader.rest(self._pause, stop.is_set)


def _set_aside(topic: Topic, found: Found, why: str) -> list[Translated]:
    """What the hub cannot take in waits in quarantine, whole, and the next one is read."""
    message = f"The hub failed on this record ({why})."
    return [refused(topic, one, "could-not-be-taken-in", message) for part in found.values() for one in part]


def _submission(topic: Topic) -> Submission:
    # Whoever writes to a topic is the broker's to know, so its receipts are for those who run the hub.
    return Submission("kafka", "", topic.name)
