"""Which version of the policy is in force, read with each decision, and how another comes into force.

A version is proposed by one governance lead and put in force by another, after it has been proven anew. It decides
from the next transaction on, everywhere, because every decision reads in its own transaction which version that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from consent import approval, difference, policy
from consent.approval import NO_VERSION, VERSIONS_NEXT, Activated, Room
from consent.difference import Difference
from consent.in_force import InForce
from consent.policy import Policy
from consent.table import Point
from hub.errors import BadInput, PolicyRefused
from hub.people import Practitioner
from projections import policies
from projections.policies import Proposal, Term
from projections.session import Cursor

SHORT = 12
"""So many characters of a fingerprint are enough for people to tell versions apart."""


class Policies:
    """The versions there are, and the one in force. Safe to call from several threads and processes."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._versions = InForce(room.proven)

    def begin(self, first: Callable[[], Policy]) -> None:
        """Put `first`, which is proven, in force where no version is; else make the one in force ready to decide.

        A version that this program cannot prove is refused to every decision, and another may still be approved.
        """
        with self._room.reading() as session:
            fingerprint = policies.in_force(session)
        if not fingerprint:
            found = first()
            approval.install(self._room, found, {}, 0)
            self._versions.keep(found)
        with suppress(PolicyRefused), self._room.reading() as session:
            self.in_force(session)

    def in_force(self, session: Cursor) -> Policy:
        """The version that decides in this transaction. Raises PolicyRefused where there is none that may."""
        return self._versions.policy(session)

    def compiled(self, session: Cursor, fingerprint: str) -> Policy | None:
        """A version, in force or not, to look at past decisions with; None where it is not kept or not understood."""
        return self._versions.compiled(session, fingerprint)

    def draft(self, folder: Path) -> str:
        """Say in one line that a folder is not what decides; empty where it is."""
        with self._room.reading() as session:
            fingerprint = policies.in_force(session)
        with suppress(PolicyRefused):
            if policy.load(folder).fingerprint == fingerprint:
                return ""
        return (
            f"The policy in force is version {fingerprint[:SHORT]}. The policy's folder differs from it: it is a draft "
            "and decides nothing until it is proposed and put in force."
        )

    def listed(self) -> tuple[list[Proposal], list[Term]]:
        """The proposals that wait, and which version was in force when; newest first."""
        with self._room.reading() as session:
            return policies.waiting(session), policies.terms(session)

    def difference(self, other: Path | str, used: Iterable[tuple[Point, int]] = ()) -> Difference:
        """What another version would change: a folder's, or one that was proposed, by its fingerprint.

        used: points as they were decided, and how often, to weigh the changes by. Raises BadInput for a fingerprint
        that is not known, PolicyRefused for a folder that is not understood.
        """
        with self._room.reading() as session:
            before = self.in_force(session)
            after = policy.load(other) if isinstance(other, Path) else self.compiled(session, other)
        if after is None:
            raise BadInput(NO_VERSION, VERSIONS_NEXT)
        return difference.between(before, after, used)

    def propose(self, author: Practitioner, folder: Path, reason: str) -> str:
        """Put a folder's policy forward, for another to approve; its fingerprint.

        Raises NotPermitted for anybody but a governance lead; PolicyRefused where it is not understood; BadInput
        without a reason, or for the version in force.
        """
        return approval.propose(self._room, author, folder, reason)

    def activate(self, approver: Practitioner, fingerprint: str, reason: str) -> Activated:
        """Prove a proposed version anew, try its stories, and put it in force for every decision from now on.

        Raises NotPermitted for anybody but a governance lead, and for the version's own author; BadInput where no such
        proposal waits; PolicyRefused where it cannot be proven; Raced where another came into force meanwhile.
        """
        found = approval.activate(self._room, approver, fingerprint, reason, self.compiled)
        self._versions.keep(found.policy)
        return found
