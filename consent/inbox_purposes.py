"""For which purposes somebody may work with a child today, each with what it opens to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from consent.deciding import Decided
from consent.decision import Asked
from consent.means import CASEWORK, STATUTORY, Means
from hub.people import Practitioner
from projections import partnership
from projections.session import Cursor


def covered(means: Means, session: Cursor, reader: Practitioner) -> tuple[str, ...]:
    """The purposes of work with children that an agreement of the reader's organisation covers today."""
    found = partnership.covered(session, reader.organisation, CASEWORK, means.today().isoformat())
    return tuple(purpose for purpose in CASEWORK if purpose in found)


def working(
    means: Means, session: Cursor, reader: Practitioner, child: UUID, purposes: Sequence[str]
) -> Iterator[Decided]:
    """What each purpose opens of a child, where the reader works with the child.

    The database lets out that and no more, until the next is asked for. On a statutory basis, as the caseload is.
    """
    for purpose in purposes:
        decided = means.decide(session, Asked(reader, purpose, STATUTORY), child)
        if decided.works_with:
            yield decided
