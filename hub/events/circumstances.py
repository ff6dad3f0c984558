"""What is true of a child's circumstances and of the people round the child, as somebody of the partnership stated it.

Each is a statement with its own first and last day; another version of the same stream takes its place. A last day in
the past ends it. Dates are `YYYY-MM-DD`; an empty one leaves that side open. recorded_by is a directory id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub.events.base import Act, event, unchanged


@dataclass(frozen=True, kw_only=True)
class Circumstance(Act):
    """A statement about a child; the reason for it is sealed under the child's own key."""

    SEALED: ClassVar[tuple[str, ...]] = ("reason",)
    HOLDER: ClassVar[str] = "child"

    child: UUID
    since: str
    until: str = ""
    recorded_by: str = ""
    reason: str = ""


@event("CapacityStated")
@dataclass(frozen=True, kw_only=True)
class CapacityStated(Circumstance):
    """Whether the child can decide about their own information. The stream is `capacity` of the child.

    state: assessed-capable, assessed-not-yet. Without one, a child of 12 or more is presumed capable, a younger not.
    """

    state: str


@event("DutyStated", version=2)
@dataclass(frozen=True, kw_only=True)
class DutyStated(Circumstance):
    """Somebody has a duty for the child. The stream is `duty` of child, duty, organisation and worker.

    duty: lead-professional, named-person, or works-with for services whose own systems send no such record. worker
    empty: the organisation's team as a whole. contact, cover and name are for the involvement card. sensitivity: what
    the involvement itself would give away, where a service is one whose name says why (a refuge, a clinic).
    """

    SEALED: ClassVar[tuple[str, ...]] = ("reason", "name", "contact", "cover")

    duty: str
    agency: str
    organisation: str
    worker: str = ""
    name: str = ""
    contact: str = ""
    cover: str = ""
    sensitivity: str = "ordinary"


unchanged("DutyStated", 1)  # version 2 says besides how telling the involvement itself is


@event("TieStated")
@dataclass(frozen=True, kw_only=True)
class TieStated(Circumstance):
    """A person of the directory has a tie of their own to the child. The stream is `tie` of child and person.

    tie: self (the child), parental, family (the person's own family or household, or linked to an adult who is said
    to have harmed the child).
    """

    person: str
    tie: str


@event("SafeAddressStated")
@dataclass(frozen=True, kw_only=True)
class SafeAddressStated(Circumstance):
    """An address of the child, and whatever would give it away, has to be kept secret. The stream is `safe-address`."""
