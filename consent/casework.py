"""What people who work with a child put on record of it: consent, and who may give it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from consent.means import Means
from hub.directory import Directory
from hub.errors import NOTHING, NOTHING_NEXT, BadInput
from hub.events.base import Event
from hub.events.sharing import ConsentEvent
from hub.identity import register
from hub.people import Practitioner
from projections.session import Cursor

MakeConsent = Callable[[UUID, int], ConsentEvent]
"""Given the stream and the next version, the event."""


class Casework:
    """Recording by those who work with a child; in force for the next decision."""

    def __init__(self, means: Means, known: Directory) -> None:
        self._means, self._known = means, known

    def record_consent(
        self, reader: Practitioner, child: UUID, make: MakeConsent, *, recipient: str, category: str
    ) -> None:
        """Record a decision about consent, by somebody who works with the child.

        Raises NothingToShow for anybody else as for a child who does not exist, and that is recorded; BadInput for
        days that are none.
        """
        self._means.must_work_with(reader, child, "consent")
        stream = self._means.stream("consent", str(child), recipient, category)

        def decided(session: Cursor, version: int) -> Sequence[Event]:
            if not register.is_child(session, child):
                raise BadInput(NOTHING, NOTHING_NEXT)
            return [_dated(make(stream, version))]

        self._means.act(stream, decided)


def _dated(event: ConsentEvent) -> ConsentEvent:
    """Its days as YYYY-MM-DD, because they are compared as text."""
    try:
        since = date.fromisoformat(event.since).isoformat()
        until = date.fromisoformat(event.until).isoformat() if event.until else ""
    except ValueError:
        raise BadInput("The first or the last day is not a day.", "Write it as 2026-01-31.") from None
    if until and until < since:
        raise BadInput("The last day is before the first.", "Give a last day that is not before the first, or none.")
    return replace(event, since=since, until=until)
