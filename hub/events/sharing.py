"""What was decided about sharing: consent given, refused or withdrawn, for one recipient and one subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub.events.base import Act, event, unchanged


@dataclass(frozen=True, kw_only=True)
class ConsentEvent(Act):
    """The stream is child, recipient agency and category. Dates are `YYYY-MM-DD`; until empty: no end.

    recorded_by is a directory id; given_by is child, parent or carer, never a name. how: spoken, written or form.
    evidence says where the record of it is, sealed under the child's own key.
    """

    SEALED: ClassVar[tuple[str, ...]] = ("evidence",)
    HOLDER: ClassVar[str] = "child"

    child: UUID
    recipient: str
    category: str
    recorded_by: str
    given_by: str
    since: str
    until: str = ""
    how: str = ""
    evidence: str = ""


@event("ConsentGiven", version=2)
@dataclass(frozen=True, kw_only=True)
class ConsentGiven(ConsentEvent):
    """Consent was given."""


@event("ConsentRefused", version=2)
@dataclass(frozen=True, kw_only=True)
class ConsentRefused(ConsentEvent):
    """Consent was asked for and refused."""


@event("ConsentWithdrawn", version=2)
@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(ConsentEvent):
    """Consent given before was withdrawn."""


for _name in (ConsentGiven.NAME, ConsentRefused.NAME, ConsentWithdrawn.NAME):
    unchanged(_name, 1)  # version 2 says besides how it was given and where the evidence is
