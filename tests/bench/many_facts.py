"""Many facts to decide among: consents and involvements, put on record as they would be in use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import Final
from uuid import UUID, uuid5

from hub.events.sharing import ConsentEvent, ConsentGiven, ConsentWithdrawn
from hub.receipt import Outcome
from hub.store.database import Cursor
from hub.update import InvolvementFact
from hub.wiring import House
from tests.bench import town

RECIPIENTS: Final = ("gp", "health-visiting", "social-work", "education", "police", "third-sector")
CATEGORIES: Final = ("health", "education", "social-work", "police", "involvement")
AT_ONCE: Final = 3_000
OWN_PART: Final = 10
"""Of so many facts, one is of the child who is decided about."""
OTHERS: Final = UUID("5f3a0a52-0a0e-4b0a-9d0c-6c1f0f6f2f10")
FIRST: Final = date(2024, 1, 1)


@dataclass(slots=True)
class Consents:
    """Consents on record: of the child who is decided about, and of children about whom nobody asks."""

    house: House
    child: UUID
    own: int = 0
    others: int = 0

    def grow(self, total: int) -> None:
        """Put so many on record in all, a tenth of them of the child; all that can stand at once, from the first."""
        kinds = len(RECIPIENTS) * len(CATEGORIES)
        own = max(min(total, kinds), total // OWN_PART)
        self._record([_consent(self.house, self.child, number) for number in range(self.own, own)])
        self._record([self._of_another(number) for number in range(self.others, total - own)])
        self.own, self.others = own, total - own

    def _of_another(self, number: int) -> ConsentEvent:
        kinds = len(RECIPIENTS) * len(CATEGORIES)
        return _consent(self.house, uuid5(OTHERS, str(number // kinds)), number % kinds)

    def _record(self, events: Sequence[ConsentEvent]) -> None:
        """Through the way in for what people decide: into the ledger, and into the facts in the same transaction."""
        for start in range(0, len(events), AT_ONCE):
            batch = events[start : start + AT_ONCE]
            streams = list(dict.fromkeys(one.originator_id for one in batch))
            self.house.hub.intake.act_on(streams, partial(_made, batch))


def _made(events: Sequence[ConsentEvent], _cursor: Cursor, _heads: Mapping[UUID, int]) -> Sequence[ConsentEvent]:
    return events


def _consent(house: House, child: UUID, number: int) -> ConsentEvent:
    """The number-th of a child: each recipient and category in turn, given, then withdrawn, then given again."""
    kinds = list(product(RECIPIENTS, CATEGORIES))
    turn, (recipient, category) = number // len(kinds), kinds[number % len(kinds)]
    made = ConsentWithdrawn if turn % 2 else ConsentGiven
    return made(
        originator_id=house.hub.intake.stream("consent", str(child), recipient, category),
        originator_version=turn + 1,
        child=child,
        recipient=recipient,
        category=category,
        recorded_by="fiona",
        given_by="parent",
        since=FIRST.isoformat(),
        how="written",
    )


def involve(house: House, total: int) -> None:
    """Have the child's records name so many involvements; a third are of the reader's own council, and over by now.

    Raises RuntimeError where they are not accepted.
    """
    first = next(iter(town.updates(town.Size(visible=1, sealed=0, others=0))))  # states the reader's own, which stands
    facts = tuple(_involvement(number) for number in range(1, total))
    told = replace(first, record_id="involvements", version=str(total), order=f"2026-01-01T09:{total:04}", facts=facts)
    receipt = house.hub.intake.receive([told])
    if receipt.results[0].outcome not in {Outcome.ACCEPTED, Outcome.REVISED}:
        raise RuntimeError("The involvements were not accepted, so nothing can be measured.")
    house.catch_up()


def _involvement(number: int) -> InvolvementFact:
    until = date(2019, 1, 1) + timedelta(days=number)
    organisation = "la-990" if number % 3 == 0 else f"la-{number % 90:03}"
    return InvolvementFact(
        "allocated-social-worker", organisation, f"SW-{number}", since="2018-01-01", until=until.isoformat()
    )
