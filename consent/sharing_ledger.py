"""The ledger of requests without an answer and of decisions not to share, for those who oversee: ids and ages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from consent.governing import mandate
from consent.means import Means
from consent.sharing_view import LedgerLine, is_overdue
from hub.people import Practitioner
from projections import matters
from projections.session import Cursor

MOST = 500


@dataclass(frozen=True, slots=True)
class SharingLedger:
    """Read with the rights of an auditor, which reach no word that anybody wrote. Each look is recorded.

    A lead of one organisation answers for what it asked, was asked and decided; the partnership's own for everybody's.
    """

    means: Means
    auditing: Callable[[], AbstractContextManager[Cursor]]

    def unanswered(self, reader: Practitioner) -> tuple[LedgerLine, ...]:
        """Every request without an answer, the oldest first."""
        return self._read(reader, "sharing-unanswered", matters.unanswered)

    def not_shared(self, reader: Practitioner) -> tuple[LedgerLine, ...]:
        """Every decision not to share some or all, the newest first."""
        return self._read(reader, "sharing-not-shared", matters.not_shared)

    def _read(
        self, reader: Practitioner, action: str, read: Callable[[Cursor, str | None, int], list[matters.Line]]
    ) -> tuple[LedgerLine, ...]:
        self.means.must_govern(reader, action)
        with self.auditing() as session:
            rows = read(session, mandate(reader), MOST)
            self.means.trail.record(session, replace(self.means.line(reader, action, found=True), purpose="audit"))
        return tuple(self._line(row) for row in rows)

    def _line(self, row: matters.Line) -> LedgerLine:
        line = LedgerLine(*row)  # type: ignore[arg-type]  # the columns, in their order
        now, since = self.means.now(), line.requested_at or line.decided_at
        overdue = is_overdue(line.due, line.decided_at, self.means.today())
        return replace(line, age=max(0, (now - since).days) if since else 0, overdue=overdue)
