"""What every door is handed: a hub that takes updates in, shows what may be shown, and accounts for it.

The doors (HTTP, pages, command line) hold no rules. They see these shapes and nothing behind them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from consent.attention import Attention
from consent.caseload import Caseload
from consent.decision import Disclosure, Entry, Explanation, FoundChild, Order, Reading
from consent.explaining import ReadingExplained
from consent.policy import Policy
from consent.replay import Replayed
from consent.what_if import WhatIf
from hub.clients import Client
from hub.doors.casework import Casework
from hub.doors.contributing import Contributions
from hub.doors.editions import Editions
from hub.doors.emergency import Emergencies
from hub.doors.inbox import Inbox
from hub.doors.knowing import Knowing
from hub.doors.policies import Policies
from hub.doors.quality import Quality
from hub.doors.sharing import SharingDecisions
from hub.doors.views import Views
from hub.doors.who_sees import WhoSees
from hub.errors import TooLarge, TooSlow
from hub.people import Practitioner
from hub.receipt import KeptReceipt, ListedReceipt, Position, Receipt, Submission
from hub.update import Delivery, Translated

BODY_SECONDS: Final = 60.0
"""How long a body may take to arrive: 64 MiB at 9 Mbit/s. Whoever sends a byte a minute holds no door open."""

Translate = Callable[[Delivery], Iterable[Translated]]
"""Turns one source's own bytes into updates and refusals; raises BadInput for a source it does not know."""


class Intake(Protocol):
    """The only way in."""

    def receive(
        self,
        updates: Iterable[Translated],
        *,
        submission: Submission | None = None,
        positions: Sequence[Position] = (),
        whole: bool = False,
    ) -> Receipt:
        """One outcome for each record, in their order; kept as a receipt where a submission says who sent it.

        whole: this is all of one file, so what a snapshot source left out of it is noticed.
        """
        ...

    def receipt(self, owner: str | None, identity: UUID) -> KeptReceipt:
        """Look up one receipt of this owner; raises NothingToShow for an unknown one and for another owner's."""
        ...

    def receipts(
        self, owner: str, *, source: str = "", since: datetime | None = None, limit: int = 50
    ) -> list[ListedReceipt]:
        """List an owner's receipts, newest first."""
        ...


class Gate(Protocol):
    """The only way out: it decides, records and hands over in one act.

    Every method raises NothingToShow where there is nothing that this reader may know of.
    """

    def chronology(  # noqa: PLR0913 - a question has this many parts, each named
        self,
        reader: Practitioner,
        child: UUID,
        *,
        purpose: str,
        basis: str,
        known_at: datetime | None = None,
        since: datetime | None = None,
        since_last: bool = False,
        limit: int = 500,
        cursor: str = "",
        order: Order = "oldest",
        around: UUID | None = None,
        keeps: Callable[[Entry], bool] | None = None,
    ) -> Disclosure:
        """Show a child's story as this reader may see it; `known_at` asks for it as it stood then.

        `since` leaves out what was known before it, `since_last` what was known when this reader last looked. `cursor`
        goes on in the order in which it was given. `around` opens the page on which an entry is, if the reader may know
        of it. `keeps` says which entries the door shows to the reader: they alone are recorded as told.
        """
        ...

    def explain(self, reader: Practitioner, child: UUID, entry: UUID, *, purpose: str, basis: str) -> Explanation:
        """Why one entry is open or closed to this reader."""
        ...

    def find(self, reader: Practitioner, *, system: str, value: str) -> tuple[FoundChild, ...]:
        """Find the children with this identifier that the reader may know of."""
        ...

    def children(self, reader: Practitioner) -> tuple[FoundChild, ...]:
        """List the reader's own caseload: the children they are involved with, as far as they are listed."""
        ...

    def caseload(self, reader: Practitioner) -> Caseload:
        """List the same, and say whether there are more than are listed."""
        ...


class Governance(Protocol):
    """The access log, for those who answer for it."""

    def readings(self, reader: Practitioner, *, limit: int = 50) -> tuple[Reading, ...]:
        """List the newest readings first; raises NotPermitted for anyone but a governance lead."""
        ...

    def attention(self, reader: Practitioner) -> tuple[Attention, ...]:
        """List what the rules oblige to tell governance, what waits first and newest first, then what was noted."""
        ...

    def take_note(self, reader: Practitioner, reading: UUID) -> None:
        """Take note of a line of it, once; BadInput where somebody has already."""
        ...

    def capacity_due(self, reader: Practitioner) -> int:
        """Count the children for whom it is to be looked at again who decides."""
        ...

    def decision(self, reader: Practitioner, reading: UUID, *, entry: UUID | None = None) -> ReadingExplained:
        """Explain a recorded reading, or one entry of it; NothingToShow for what this lead does not answer for."""
        ...

    def replay(self, reader: Practitioner, *, since: datetime | None = None, until: datetime | None = None) -> Replayed:
        """Work out every recorded decision of a period again, from its record alone."""
        ...

    def what_if(
        self, reader: Practitioner, draft: Policy | str, *, since: datetime | None = None, until: datetime | None = None
    ) -> WhatIf:
        """Say what a draft policy, or a proposed one by its fingerprint, would have changed in a period, in counts."""
        ...


class Clients(Protocol):
    """Agencies' systems: who is registered, whether a proof was used before, and the account of who was refused."""

    def registered(self, client_id: str) -> Client | None:
        """The system as today's directory has it, switched off or not; None for an unknown one."""
        ...

    def first_use(self, client: str, assertion: str, until: datetime) -> bool:
        """Whether this assertion of this system was never used before; afterwards it was. It expires at `until`."""
        ...

    def refused(self, door: str, cause: str, claimed: str) -> None:
        """Put a refused credential into the access log; never raises. Of whom it claimed only a known one is kept."""
        ...


class Hub(Protocol):
    """These things, and nothing that could go round them."""

    @property
    def intake(self) -> Intake:
        """Where updates go in."""
        ...

    @property
    def disclosure(self) -> Gate:
        """Where anything comes out."""
        ...

    @property
    def governance(self) -> Governance:
        """Who looked at what."""
        ...

    @property
    def clients(self) -> Clients:
        """Who may send."""
        ...

    @property
    def casework(self) -> Casework:
        """Where people who work with a child put something on record of it."""
        ...

    @property
    def sharing(self) -> SharingDecisions:
        """Where decisions to share and not to share are made."""
        ...

    @property
    def emergency(self) -> Emergencies:
        """Where emergency access is opened, reasoned and reviewed."""
        ...

    @property
    def policies(self) -> Policies:
        """Which version of the policy is in force, and how another comes to be."""
        ...

    @property
    def who_sees(self) -> WhoSees:
        """Who would be shown an entry, for those who answer for it."""
        ...

    @property
    def contributing(self) -> Contributions:
        """Where people add to a chronology by hand."""
        ...

    @property
    def knowing(self) -> Knowing:
        """Who knew what when, and who was shown what was corrected since."""
        ...

    @property
    def inbox(self) -> Inbox:
        """What is new to somebody, and what they said they do about it."""
        ...

    @property
    def editions(self) -> Editions:
        """Where a chronology is chosen, analysed and frozen for a meeting."""
        ...

    @property
    def views(self) -> Views:
        """What follows from the entries that a reader may know of."""
        ...

    @property
    def quality(self) -> Quality:
        """What could be better in a chronology."""
        ...


class SignIn(Protocol):
    """Somebody who vouches for the invented people of the demo. Absent everywhere else."""

    @property
    def people(self) -> tuple[Practitioner, ...]:
        """Everyone who may sign in."""
        ...

    def token_for(self, practitioner: Practitioner, now: datetime) -> str:
        """Sign an access token for this person."""
        ...


async def read_bounded(
    stream: AsyncIterable[bytes], limit: int, announced: str | None = None, seconds: float = BODY_SECONDS
) -> bytes:
    """Read a body of at most `limit` bytes. Raises TooLarge as soon as that is known, without reading the rest.

    Raises TooSlow when the body is not whole after so many seconds, however lively its sender is.
    `announced` is the sender's own Content-Length: believed when it is too large, never when it is small.
    """
    if announced is not None and announced.isascii() and announced.isdigit() and int(announced[:20]) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in stream:
                if len(body) + len(chunk) > limit:
                    raise _too_large(limit)
                body += chunk
    except TimeoutError:
        message = f"The body did not arrive within {seconds:.0f} seconds."
        raise TooSlow(message, "Send it again over a faster connection, or in smaller parts.") from None
    return bytes(body)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than the limit of {limit} bytes.", "Send it in smaller parts.")
