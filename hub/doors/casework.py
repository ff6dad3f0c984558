"""What the doors see of it: what people who work with a child put on record of it, and who works with it."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from consent.card import WhoWorks
from consent.on_record import Page
from consent.statements import CapacitySaid, ConsentSaid, DutySaid, SafeAddressSaid, TieSaid
from hub.people import Practitioner


class Casework(Protocol):
    """What people who work with a child put on record of it.

    Every method raises BadInput for what the hub cannot keep, NothingToShow for whoever may not know of the child, as
    for a child who does not exist, and NotPermitted for whoever works with it and may not state this.
    """

    def working_with(self, reader: Practitioner, child: UUID, *, purpose: str, basis: str) -> WhoWorks:
        """Show who works with a child, and how to reach them, as far as this reader may know."""
        ...

    def on_record(self, reader: Practitioner, child: UUID) -> Page:
        """Show what is on record of consent, capacity, duties and a secret address."""
        ...

    def record_consent(self, reader: Practitioner, child: UUID, said: ConsentSaid) -> tuple[str, ...]:
        """Record a decision about consent; what the recorder should know of it, in sentences."""
        ...

    def record_capacity(self, reader: Practitioner, child: UUID, said: CapacitySaid) -> None:
        """Record whether the child can decide about their own information."""
        ...

    def record_duty(self, reader: Practitioner, child: UUID, said: DutySaid) -> None:
        """Record that somebody has a duty for the child, or that it ended."""
        ...

    def record_tie(self, reader: Practitioner, child: UUID, said: TieSaid) -> None:
        """Record that a person has a tie of their own to the child. One's own gets the same answer of any child."""
        ...

    def record_safe_address(self, reader: Practitioner, child: UUID, said: SafeAddressSaid) -> None:
        """Record that an address of the child has to be kept secret, or no longer has to."""
        ...
