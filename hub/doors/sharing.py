"""What the doors see of it: decisions to share and not to share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from consent.sharing_decisions import Recorded
from consent.sharing_terms import Ask, Choice
from consent.sharing_view import LedgerLine, MatterView
from hub.directory import Organisation
from hub.people import Practitioner


class SharingDecisions(Protocol):
    """Decisions to share and not to share.

    Whoever has nothing to do with the child gets NothingToShow, as for a child who does not exist. What is missing
    raises Incomplete, which names all of it at once.
    """

    def organisations(self) -> Sequence[Organisation]:
        """List with whom something can be shared, and who can be asked."""
        ...

    def leads(self, reader: Practitioner, child: UUID) -> bool:
        """Whether this person is the child's Lead Professional, alone or with others."""
        ...

    def request(self, reader: Practitioner, child: UUID, ask: Ask, *, once: UUID | None = None) -> Recorded:
        """Ask for information. The same `once` again records nothing more."""
        ...

    def decide(
        self, reader: Practitioner, child: UUID, choice: Choice, *, asked: UUID | None = None, once: UUID | None = None
    ) -> Recorded:
        """Decide to share all, part or nothing; `asked` is the request that this answers."""
        ...

    def decline(self, reader: Practitioner, child: UUID, asked: UUID, *, reasons: str, answer: str = "") -> Recorded:
        """Answer a request with a decision to share nothing."""
        ...

    def release(self, reader: Practitioner, child: UUID, matter: UUID) -> Recorded:
        """Release to a third-sector service what was decided to be shared with it, as the Lead Professional."""
        ...

    def end_release(self, reader: Practitioner, child: UUID, matter: UUID, *, reason: str) -> Recorded:
        """Close again what was released."""
        ...

    def of_child(self, reader: Practitioner, child: UUID) -> tuple[MatterView, ...]:
        """List what was asked, shared and not shared about a child, as far as it concerns the reader's organisation."""
        ...

    def waiting_for(self, reader: Practitioner) -> tuple[MatterView, ...]:
        """List the requests that wait for an answer of the reader's organisation."""
        ...

    def unanswered(self, reader: Practitioner) -> tuple[LedgerLine, ...]:
        """List every request without an answer, with its age. For governance leads."""
        ...

    def not_shared(self, reader: Practitioner) -> tuple[LedgerLine, ...]:
        """List every decision not to share some or all. For governance leads."""
        ...
