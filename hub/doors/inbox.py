"""What the doors see of it: what is new since somebody last looked, and what they said they do about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from consent.inbox_shapes import MyNews, Overseen, Unanswered
from consent.inbox_terms import Word
from hub.directory import Organisation
from hub.people import Practitioner


class Inbox(Protocol):
    """What is new since somebody last looked, and what they said they do about it."""

    def organisations(self) -> Sequence[Organisation]:
        """List to which something can be passed on."""
        ...

    def mine(self, reader: Practitioner) -> MyNews:
        """List what is new of the children this person works with: of which agency and since when, nothing more."""
        ...

    def acknowledge(  # noqa: PLR0913 - whose word on what, each named
        self,
        reader: Practitioner,
        child: UUID,
        entry: UUID,
        said: Word,
        *,
        purpose: str = "",
        basis: str = "public-task",
    ) -> None:
        """Record what this person does about an entry; NothingToShow for one that is not open to them in summary."""
        ...

    def unanswered(self, reader: Practitioner, child: UUID, *, at: date | None = None) -> Unanswered:
        """List the concerns of a child that nobody answered by the end of a day, None for today."""
        ...

    def all_unanswered(self, reader: Practitioner, *, at: date | None = None) -> Overseen:
        """Count those of every child, for governance leads."""
        ...
