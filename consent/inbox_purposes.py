"""On which grounds somebody may work with a child today, each with what it opens to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final
from uuid import UUID

from consent.deciding import Decided
from consent.decision import Asked
from consent.means import CASEWORK, STATUTORY, Means
from hub.people import Practitioner
from projections import partnership
from projections.session import Cursor

CONSENT: Final = "consent"


def covered(means: Means, session: Cursor, reader: Practitioner) -> tuple[str, ...]:
    """The purposes of work with children that an agreement of the reader's organisation covers today."""
    found = partnership.covered(session, reader.organisation, CASEWORK, means.today().isoformat())
    return tuple(purpose for purpose in CASEWORK if purpose in found)


def working(  # noqa: PLR0913 - whose grounds, each part named
    means: Means, session: Cursor, reader: Practitioner, child: UUID, purposes: Sequence[str], *, lasting: bool = False
) -> Iterator[Decided]:
    """What each ground opens of a child, where the reader works with the child.

    By duty, and where any consent is in force, by consent after that. The database lets out that and no more, until
    the next is asked for. lasting: as without emergency access.
    """
    given = False
    for purpose in purposes:
        decided = means.decide(session, Asked(reader, purpose, STATUTORY), child, lasting=lasting)
        given = given or "given" in decided.facts.consent.values()
        if decided.works_with:
            yield decided
    for purpose in purposes if given else ():
        decided = means.decide(session, Asked(reader, purpose, CONSENT), child, lasting=lasting)
        if decided.works_with:
            yield decided
