"""How a version of the policy comes into force: proposed by one governance lead, approved by another, proven between.

Who asks is recorded in the access log, whether or not they may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from consent import activation, difference, policy, stories_changed, trial
from consent.activation import Proof
from consent.difference import Difference
from consent.governing import Governing, mandate
from consent.policy import Policy
from consent.statements import is_text, says_something
from consent.stories_changed import StoriesChanged
from consent.table import Point
from consent.used import used
from hub.errors import BadInput, NotPermitted, Raced
from hub.events.base import Event
from hub.events.policy import PolicyActivated, PolicyInstalled, PolicyProof, PolicyProposed
from hub.people import Agency, Practitioner, Role
from projections import decided, policies
from projections.policies import Open
from projections.session import Cursor

Make = Callable[[Cursor, int], Sequence[Event]]
Compiled = Callable[[Cursor, str], Policy | None]
"""A version by its fingerprint; None where it is not kept or not understood."""
LAPSES = timedelta(days=90)
"""So long a proposal waits: whoever approves one has what was meant by it fresh in mind."""
REASON_LIMIT = 4000
LEAST = 8
"""So many characters of a fingerprint must be given at least."""

NO_VERSION = "No one version that was proposed has a fingerprint that begins so."
NOT_WAITING = "This version does not wait for approval."
VERSIONS_NEXT = "Run `hub policy list` for those there are, or `hub policy propose` to put one forward."


@dataclass(frozen=True, slots=True)
class Room:
    """What approving needs and does not own.

    reading: opens one transaction on one moment of the database; auditing: one of those who answer for the access log.
    governing: who may act as governance. people: everybody of the directory. stream, act: see `consent.means`. proven:
    the file that remembers what this program has proven, None for none.
    """

    reading: Callable[[], AbstractContextManager[Cursor]]
    auditing: Callable[[], AbstractContextManager[Cursor]]
    governing: Governing
    people: Callable[[], Sequence[Practitioner]]
    stream: Callable[..., UUID]
    act: Callable[[UUID, Make], None]
    proven: Path | None = None


@dataclass(frozen=True, slots=True)
class Activated:
    """What came into force, how it was proven, and what it changes; None where the version before is not understood."""

    policy: Policy
    proof: Proof
    scenarios: int
    difference: Difference | None
    stories: StoriesChanged


def install(room: Room, first: Policy, stories: Mapping[str, str], told: int) -> None:
    """Put the installation's own version in force, where none is. told: how many of its stories were tried."""
    proof = _short(activation.proof_of(first), told)

    def make(session: Cursor, version: int) -> Sequence[Event]:
        if policies.in_force(session):  # another process was first
            return []
        event = PolicyInstalled(
            originator_id=stream,
            originator_version=version,
            fingerprint=first.fingerprint,
            files=dict(first.files),
            scenarios=dict(stories),
            proof=proof,
        )
        return [event]

    stream = _everything_in_force(room)
    room.act(stream, make)


def propose(  # noqa: PLR0913 - who, what and why, each part named
    room: Room, author: Practitioner, folder: Path, reason: str, compiled: Compiled, *, fewer: bool = False
) -> str:
    """Record a folder's policy as a proposal; its fingerprint. See `consent.versions.Policies.propose`."""
    _must_lead_all(room, author, "policy-proposal")
    said = _bounded(reason)
    files, stories = policy.read(folder), trial.read(folder)
    found = policy.understood(files)
    fingerprint = found.fingerprint
    with room.reading() as session:
        before = compiled(session, policies.in_force(session)), policies.stories_in_force(session)
    stories_changed.between(before, (found, stories)).must_be_meant(fewer=fewer)

    def make(session: Cursor, version: int) -> Sequence[Event]:
        if policies.in_force(session) == fingerprint:
            raise BadInput("This is the version in force already.", "Change the folder first, or name another one.")
        event = PolicyProposed(
            originator_id=stream,
            originator_version=version,
            fingerprint=fingerprint,
            files=files,
            scenarios=stories,
            author=author.id,
            reason=said,
        )
        return [event]

    stream = room.stream("policy", fingerprint)
    room.act(stream, make)
    return fingerprint


@dataclass(frozen=True, slots=True)
class _Before:
    """How things stood when an approval was asked for: the proposal, and the version in force."""

    proposal: Open
    in_force: str

    def still_so(self, session: Cursor, fingerprint: str) -> bool:
        """Whether nothing came between."""
        now = policies.proposal_of(session, fingerprint)
        return now == self.proposal and policies.in_force(session) == self.in_force


def activate(  # noqa: PLR0913 - who, what and why, each part named
    room: Room,
    approver: Practitioner,
    fingerprint: str,
    reason: str,
    compiled: Compiled,
    *,
    fewer: bool = False,
) -> Activated:
    """Prove a proposed version anew and put it in force. See `consent.versions.Policies.activate`."""
    _must_lead_all(room, approver, "policy-activation")
    said = _bounded(reason)
    with room.reading() as session:
        fingerprint = whole(session, fingerprint)
        before = _Before(_waiting(room, session, fingerprint, approver), policies.in_force(session))
        files, replaced = policies.files_of(session, fingerprint), compiled(session, before.in_force)
        stories = policies.stories_in_force(session)
    proposed = policy.understood(files)
    retold = stories_changed.between((replaced, stories), (proposed, before.proposal.scenarios))
    retold.must_be_meant(fewer=fewer)
    proof = activation.prove(proposed)
    activation.must_hold(proof)
    told = trial.stories_kept(proposed, before.proposal.scenarios)
    found = difference.between(replaced, proposed) if replaced else None

    def make(session: Cursor, version: int) -> Sequence[Event]:
        if not before.still_so(session, fingerprint):
            raise Raced(
                "Another version came into force, or was proposed, while this one was being proven.",
                "Look at `hub policy list` and `hub policy diff`; approve it again if it is still right.",
            )
        event = PolicyActivated(
            originator_id=stream,
            originator_version=version,
            fingerprint=fingerprint,
            proposal=before.proposal.position,
            author=before.proposal.author,
            approver=approver.id,
            reason=said,
            proof=_short(proof, told),
            before=before.in_force,
            rises=str(found.rises) if found else "",
            falls=str(found.falls) if found else "",
            missing=retold.missing,
            retold=retold.retold,
        )
        return [event]

    stream = _everything_in_force(room)
    room.act(stream, make)
    return Activated(proposed, proof, told, found, retold)


def whole(session: Cursor, beginning: str) -> str:
    """The version whose fingerprint begins so. Raises BadInput where there is none, or more than one."""
    found = policies.named(session, beginning) if len(beginning) >= LEAST and beginning.isalnum() else ""
    if not found:
        raise BadInput(NO_VERSION, VERSIONS_NEXT)
    return found


def _everything_in_force(room: Room) -> UUID:
    """The one stream of all that comes into force: two who race meet in it."""
    return room.stream("policy-in-force")


def _waiting(room: Room, session: Cursor, fingerprint: str, approver: Practitioner) -> Open:
    proposal = policies.proposal_of(session, fingerprint)
    if proposal is None:
        raise BadInput(NOT_WAITING, VERSIONS_NEXT)
    if lapsed(proposal.proposed_at, room.governing.now()):
        raise BadInput(
            f"This version was proposed more than {LAPSES.days} days ago.", "Propose it again if it is still meant."
        )
    if proposal.author.casefold() == approver.id.casefold():
        raise NotPermitted(
            "You proposed this version, so somebody else must approve it.", "Ask another governance lead to read it."
        )
    if not any(one.id == proposal.author and _leads_all(one) for one in room.people()):
        raise NotPermitted(
            "Whoever proposed this version is no governance lead of the partnership.",
            "Propose it anew, and ask another governance lead of the partnership to read it.",
        )
    return proposal


def lapsed(proposed_at: datetime, now: datetime) -> bool:
    """Whether a proposal waited too long to be put in force."""
    return now - proposed_at > LAPSES


def _short(proof: Proof, scenarios: int) -> PolicyProof:
    return PolicyProof(
        rules=proof.rules,
        classes=proof.classes,
        hit_sets=proof.hit_sets,
        compared=proof.compared,
        properties=len(proof.properties),
        scenarios=scenarios,
        seconds=round(proof.seconds, 3),
        code=activation.code(),
    )


def _bounded(reason: str) -> str:
    said = reason.strip()
    if not says_something(said) or len(said) > REASON_LIMIT or not is_text(said):
        raise BadInput(
            "A version of the policy needs its reason.",
            f"Say why in your own words, in at most {REASON_LIMIT} characters, and name nobody.",
        )
    return said


def used_by(room: Room, lead: Practitioner) -> Mapping[Point, int]:
    """Every combination in the recorded readings that this lead answers for, and how often. Recorded as a look."""
    _must_lead(room, lead, "policy-difference", of_partnership=False)
    # Whoever governs the partnership answers for everybody's readings, anybody else for their own organisation's.
    period = decided.Period(organisation=mandate(lead))
    with room.auditing() as session:
        return used(decided.during(session, period), decided.rulings(session, period))


def _must_lead_all(room: Room, person: Practitioner, action: str) -> None:
    """Of the policy that decides for every organisation: a lead of the partnership's own, as the directory has them."""
    listed = any(one.id == person.id and _leads_all(one) for one in room.people())
    _must_lead(room, person, action, of_partnership=True, listed=listed)


def _leads_all(person: Practitioner) -> bool:
    return person.role is Role.GOVERNANCE_LEAD and person.agency is Agency.OVERSIGHT


def _must_lead(room: Room, person: Practitioner, action: str, *, of_partnership: bool, listed: bool = True) -> None:
    room.governing.must(person, action, of_partnership=of_partnership, listed=listed)
    with room.reading() as session:
        room.governing.trail.record(session, room.governing.look(person, action, "shown"))
