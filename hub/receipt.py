"""What intake answers: for each record that came in, exactly one of six outcomes, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Outcome(StrEnum):
    """The six ways a record can end. Every record ends as exactly one of them."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REVISED = "revised"
    RETRACTED = "retracted"
    CONFLICT = "conflict"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Result:
    """One record's outcome. reason is a stable code; place points into the input; neither quotes it."""

    outcome: Outcome
    place: str
    reason: str = ""
    message: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """Who sent a delivery, and through which door. `owner` is who may look its receipt up, and nobody else may.

    owner: the organisation whose system it is, as the directory or its client's registration names it. client: the
    system's own id.
    """

    door: Literal["file", "http", "kafka"]
    owner: str
    client: str


@dataclass(frozen=True, slots=True)
class Position:
    """How far a partition of a topic has been taken in: `expected` is the next offset until now, `next` from now on."""

    topic: str
    partition: int
    expected: int
    next: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcomes of one delivery, in the order of its records.

    id: by which it can be looked up, None where it was not kept. absent: records of the last delivery of a snapshot
    source that are not in this one; nothing happens to them but that a person is asked.
    """

    source: str
    results: tuple[Result, ...]
    id: UUID | None = None
    absent: int = 0

    def counts(self) -> dict[str, int]:
        """How many records ended as what; the six always add up to the records read."""
        found = Counter(result.outcome for result in self.results)
        return {outcome.value: found[outcome] for outcome in Outcome}

    def foremost(self, most: int) -> tuple[Result, ...]:
        """At most so many results: all in the order of the records, or, where they are more, what waits first."""
        if len(self.results) <= most:
            return self.results
        waits = (Outcome.CONFLICT, Outcome.QUARANTINED)
        return tuple(sorted(self.results, key=lambda result: result.outcome not in waits)[:most])

    def reasons(self) -> dict[str, int]:
        """How often each reason was given."""
        return dict(sorted(Counter(r.reason for r in self.results if r.reason).items()))


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """A receipt as it is looked up. Without `finished_at` the delivery was cut short: what is listed is durable."""

    receipt: Receipt
    door: str
    received_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class ListedReceipt:
    """One line of a list of receipts."""

    id: UUID
    source: str
    door: str
    received_at: datetime
    finished_at: datetime | None
    records: int


def merge(source: str, receipts: Iterable[Receipt]) -> Receipt:
    """One receipt for several deliveries of a source."""
    every = tuple(receipts)
    results = tuple(result for receipt in every for result in receipt.results)
    return Receipt(source, results, absent=sum(receipt.absent for receipt in every))
