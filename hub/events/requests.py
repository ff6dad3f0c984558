"""What one agency asked another for, what was decided, what was shared or not, and why.

Everything about one matter is one stream: the request, the decision, the release or the answer that nothing is shared,
and the end of what was released. A decision that nobody asked for begins a stream of its own. Each is in the shape of
GIRFEC Practice Guidance 4 §12. Dates are `YYYY-MM-DD`; an empty `until` has no end. `by` is a directory id, and
`organisation` the code of theirs. What people wrote is sealed under the child's own key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub.events.base import Act, event, unchanged


@dataclass(frozen=True, kw_only=True)
class Sharing(Act):
    """One step of a matter."""

    HOLDER: ClassVar[str] = "child"

    child: UUID
    by: str
    organisation: str


@dataclass(frozen=True, slots=True)
class SharedEntry:
    """One entry that is shared: whose record it is of, and what it was when sharing it was decided.

    agency: that keeps it. Both it and category are empty where they were not noted.
    """

    entry: UUID
    person_record: UUID
    sensitivity: str
    category: str = ""
    agency: str = ""


@event("SharingRequested")
@dataclass(frozen=True, kw_only=True)
class SharingRequested(Sharing):
    """Information was asked for. asked: an organisation's code, or a kind of agency. due: when an answer is needed."""

    SEALED: ClassVar[tuple[str, ...]] = ("wanted", "why")

    asked: str
    purpose: str
    basis: str
    due: str
    wanted: str = ""
    why: str = ""


@event("SharingDecided", version=2)
@dataclass(frozen=True, kw_only=True)
class SharingDecided(Sharing):
    """It was decided to share or not to. outcome: share, share-part, not-share. informed: yes, no, or not stated.

    recipient: an organisation's code. withheld: what is not shared, and why. consulted: whom the decider asked, and
    whether they agreed.
    """

    SEALED: ClassVar[tuple[str, ...]] = (
        "what",
        "reasons",
        "child_views",
        "parent_views",
        "informed_why",
        "necessity",
        "withheld",
        "consulted",
    )

    outcome: str
    recipient: str
    purpose: str
    recipient_role: str = ""
    bases: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    entries: tuple[SharedEntry, ...] = ()
    informed: str = ""
    what: str = ""
    reasons: str = ""
    child_views: str = ""
    parent_views: str = ""
    informed_why: str = ""
    necessity: str = ""
    withheld: str = ""
    consulted: str = ""


@event("SharingReleased")
@dataclass(frozen=True, kw_only=True)
class SharingReleased(Sharing):
    """The entries decided on are open to the recipient for the purpose, from the first day to the last."""

    entries: tuple[UUID, ...]
    recipient: str
    purpose: str
    since: str
    until: str = ""


@event("SharingDeclined")
@dataclass(frozen=True, kw_only=True)
class SharingDeclined(Sharing):
    """Who asked is answered that nothing is shared. answer: in words meant for them."""

    SEALED: ClassVar[tuple[str, ...]] = ("answer",)

    answer: str = ""


@event("SharingReleaseEnded")
@dataclass(frozen=True, kw_only=True)
class SharingReleaseEnded(Sharing):
    """What was released is closed again, at once."""

    SEALED: ClassVar[tuple[str, ...]] = ("reason",)

    reason: str = ""


unchanged("SharingDecided", 1)
