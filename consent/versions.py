"""Which version of the policy is in force, read with each decision, and how another comes into force.

A version is proposed by one governance lead and put in force by another, after it has been proven anew. It decides
from the next transaction on, everywhere, because every decision reads in its own transaction which version that is.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from consent import activation, approval, difference, policy, published, scenarios, stories_changed, trial
from consent.approval import Activated, Room
from consent.difference import Difference
from consent.in_force import InForce
from consent.policy import Policy
from consent.published import Edition
from consent.stories_changed import StoriesChanged
from hub.errors import PolicyRefused
from hub.people import Practitioner
from projections import policies
from projections.policies import Proposal, Term
from projections.session import Cursor

__all__ = ["SHORT", "Activated", "Policies", "Proposal", "Room", "Term"]

SHORT = 12
"""So many characters of a fingerprint are enough for people to tell versions apart."""


class Policies:
    """The versions there are, and the one in force. Safe to call from several threads and processes."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._versions = InForce(room.proven)

    def begin(self, folder: Path, first: Policy | None = None) -> None:
        """Put the folder's version in force, proven and tried, where none is; else make the one in force ready.

        first: one that is proven already, in place of the folder's.

        A version that this program cannot prove is refused to every decision, and another may still be approved.
        """
        with self._room.reading() as session:
            fingerprint = policies.in_force(session)
        if not fingerprint:
            stories = {} if first else trial.read(folder)
            found = first or activation.activate(folder)
            approval.install(self._room, found, stories, trial.stories_kept(found, stories) if stories else 0)
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
        """The proposals that wait and have not lapsed, and which version was in force when; newest first."""
        with self._room.reading() as session:
            now = self._room.governing.now()
            waiting = [one for one in policies.waiting(session) if not approval.lapsed(one.proposed_at, now)]
            return waiting, policies.terms(session)

    def edition(self) -> Edition:
        """The version in force for everybody to read: its rules, its promises, its stories, and how it came to be."""
        with self._room.reading() as session:
            found, term = self.in_force(session), policies.terms(session)[0]
            return published.edition(found, term, policies.stories_in_force(session))

    def difference(self, other: Path | str, weigh_for: Practitioner | None = None) -> Difference:
        """What another version would change: a folder's, or one that was proposed, by how its fingerprint begins.

        weigh_for: a governance lead; the changes are weighed by the readings that this lead answers for. Raises
        NotPermitted for anybody else; BadInput for a fingerprint that is not known; PolicyRefused for a folder that is
        not understood.
        """
        used = approval.used_by(self._room, weigh_for) if weigh_for else {}
        with self._room.reading() as session:
            before = self.in_force(session)
            after = policy.load(other) if isinstance(other, Path) else self._other(session, other)
        return difference.between(before, after, used.items())

    def stories(self, other: Path | str) -> StoriesChanged:
        """Which stories of the version in force a folder, or a version that was proposed, leaves out or retells.

        Raises as `difference` does. Of a version that does not wait, the stories are those of no proposal: none.
        """
        with self._room.reading() as session:
            before = self.in_force(session), policies.stories_in_force(session)
            if isinstance(other, Path):
                told = trial.read(other) if (other / scenarios.FOLDER).is_dir() else {}
                return stories_changed.between(before, (policy.load(other), told))
            fingerprint = approval.whole(session, other)
            proposal = policies.proposal_of(session, fingerprint)
            if fingerprint == policies.in_force(session) or proposal is None:
                return StoriesChanged()
            return stories_changed.between(before, (self._other(session, other), proposal.scenarios))

    def _other(self, session: Cursor, beginning: str) -> Policy:
        found = self.compiled(session, approval.whole(session, beginning))
        if found is None:
            raise PolicyRefused("This program does not understand that version.", "Compare with a newer one.")
        return found

    def propose(self, author: Practitioner, folder: Path, reason: str, *, fewer: bool = False) -> str:
        """Put a folder's policy forward, for another to approve; its fingerprint.

        fewer: that it leaves out stories of the version in force is meant. Raises NotPermitted for anybody but a
        governance lead of the partnership; PolicyRefused where it is not understood; BadInput without a reason, for the
        version in force, and for stories left out without a word.
        """
        return approval.propose(self._room, author, folder, reason, self.compiled, fewer=fewer)

    def activate(self, approver: Practitioner, fingerprint: str, reason: str, *, fewer: bool = False) -> Activated:
        """Prove a proposed version anew, try its stories, and put it in force for every decision from now on.

        fewer: as in `propose`; the approver says so too. Raises NotPermitted for anybody but a governance lead of the
        partnership, and for the version's own author; BadInput where no such proposal waits, or it lapsed, and for
        stories left out without a word; PolicyRefused where it cannot be proven; Raced where another came into force
        meanwhile.
        """
        found = approval.activate(self._room, approver, fingerprint, reason, self.compiled, fewer=fewer)
        self._versions.keep(found.policy)
        return found
