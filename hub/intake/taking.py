"""One submission on its way in: its results, its receipt, and what it leaves out of what should be whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID, uuid4

from hub.events.base import Event
from hub.intake import receipts, snapshots
from hub.intake.naming import Naming
from hub.intake.snapshots import Delivered, Sighting
from hub.receipt import Outcome, Receipt, Result, Submission
from hub.store.database import Cursor
from hub.update import Refusal, Translated, Update

CUT_SHORT = frozenset(
    {
        "file-too-large",
        "too-many-records",
        "too-many-bad-records",
        "adapter-failed",
        "too-many-bad-rows",
        "too-much-beside",
    }
)
"""Refusals after which nobody can say what the rest of the delivery held."""
NOT_KEPT = (Outcome.QUARANTINED, Outcome.CONFLICT)


class Taking:
    """Gathers the batches of one submission."""

    def __init__(self, submission: Submission | None, *, whole: bool) -> None:
        self._submission, self._whole = submission, whole
        self._results: list[Result] = []
        self._source = ""
        self._id: UUID | None = None
        self._parts = 0
        self._absent = 0
        self._delivered = Delivered()

    def took(self, cursor: Cursor, batch: Sequence[Translated], results: Sequence[Result], naming: Naming) -> None:
        """Note one batch, in the transaction of its events."""
        if not batch:
            return
        self._source = self._source or batch[0].source
        self._results += results
        self._whole = self._whole and not any(isinstance(one, Refusal) and one.reason in CUT_SHORT for one in batch)
        self._delivered.refused |= any(result.outcome in NOT_KEPT for result in results)
        seen = [
            Sighting(
                naming.record_stream(one),
                naming.scope(one.source, one.snapshot.scope) if one.snapshot else snapshots.NO_SCOPE,
                naming.person_record(one),
                one.snapshot.order if one.snapshot else one.order,
            )
            for one, result in zip(batch, results, strict=True)
            if isinstance(one, Update)
            and (one.snapshot or snapshots.by_delivery(one))
            and result.outcome not in NOT_KEPT
        ]
        self._delivered.sees(seen)
        snapshots.see(cursor, seen)
        self._keep(cursor, results)

    def finish(self, cursor: Cursor, append: Callable[[Sequence[Event]], None]) -> None:
        """Everything has been taken in: ask about what is missing, and close the receipt."""
        if self._whole and self._delivered.newest:
            self._absent = snapshots.compare(cursor, self._delivered, append)
        if self._id is not None:
            receipts.finish(cursor, self._id, self._absent)

    def receipt(self) -> Receipt:
        """What is answered."""
        return Receipt(self._source, tuple(self._results), self._id, self._absent)

    def _keep(self, cursor: Cursor, results: Sequence[Result]) -> None:
        if self._submission is None:
            return
        if self._id is None:
            self._id = uuid4()
            receipts.open_one(cursor, self._id, self._source, self._submission)
        receipts.add(cursor, self._id, self._parts, results)
        self._parts += 1
