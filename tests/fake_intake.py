"""The way in of the fake hub: it takes everything, keeps receipts, and knows the systems that a test registers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

from hub.clients import Client
from hub.errors import NothingToShow
from hub.receipt import KeptReceipt, ListedReceipt, Outcome, Position, Receipt, Result, Submission
from hub.update import Refusal, Translated

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@dataclass
class FakeIntake:
    """Accepts every update and quarantines every refusal."""

    received: list[Translated] = field(default_factory=list)
    kept: dict[UUID, tuple[str, KeptReceipt]] = field(default_factory=dict)

    def receive(
        self,
        updates: Iterable[Translated],
        *,
        submission: Submission | None = None,
        positions: Sequence[Position] = (),  # noqa: ARG002 - as the real intake
        whole: bool = False,  # noqa: ARG002 - as the real intake
    ) -> Receipt:
        took = list(updates)
        self.received += took
        receipt = Receipt(took[0].source if took else "", tuple(_result(item) for item in took))
        if submission is None or not took:
            return receipt
        identity = uuid4()
        receipt = replace(receipt, id=identity)
        self.kept[identity] = (submission.owner, KeptReceipt(receipt, submission.door, NOW, NOW))
        return receipt

    def receipt(self, owner: str | None, identity: UUID) -> KeptReceipt:
        whose, found = self.kept.get(identity, (None, None))
        if found is None or owner not in {None, whose}:
            raise NothingToShow("There is no receipt of that id for you.")
        return found

    def receipts(
        self, owner: str, *, source: str = "", since: datetime | None = None, limit: int = 50
    ) -> list[ListedReceipt]:
        mine = [
            (identity, one)
            for identity, (whose, one) in self.kept.items()
            if whose == owner and source in {"", one.receipt.source} and (since is None or one.received_at >= since)
        ]
        return [
            ListedReceipt(
                identity,
                one.receipt.source,
                one.door,
                one.received_at,
                one.finished_at,
                len(one.receipt.results),
            )
            for identity, one in mine[:limit]
        ]


def _result(item: Translated) -> Result:
    if isinstance(item, Refusal):
        return Result(Outcome.QUARANTINED, item.place, item.reason, item.message, item.next_step)
    return Result(Outcome.ACCEPTED, item.place)


@dataclass
class FakeClients:
    """Systems that a test registers; remembers what was used and who was refused."""

    known: dict[str, Client] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)
    log: list[tuple[str, str, str]] = field(default_factory=list)

    def registered(self, client_id: str) -> Client | None:
        return self.known.get(client_id)

    def first_use(self, client: str, assertion: str, until: datetime) -> bool:  # noqa: ARG002 - as the real one
        new = (client, assertion) not in self.used
        self.used.add((client, assertion))
        return new

    def refused(self, door: str, cause: str, claimed: str) -> None:
        self.log.append((door, cause, claimed if claimed in self.known else ""))
