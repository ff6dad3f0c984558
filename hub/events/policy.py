"""Versions of the policy: proposed by one person, put in force by another, and how each was proven.

The text of a policy is public and names nobody, so nothing here is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.events.base import Act, event, unchanged


@dataclass(frozen=True, slots=True)
class PolicyProof:
    """The proof in short: how much was checked, all of it kept.

    rules, classes, hit_sets, compared: as `consent.activation.Proof`. properties and scenarios: how many hold.
    seconds: what it took. code: the digest of the program that proved it.
    """

    rules: int
    classes: int
    hit_sets: int
    compared: int
    properties: int
    scenarios: int
    seconds: float
    code: str


@dataclass(frozen=True, kw_only=True)
class PolicyEvent(Act):
    """fingerprint: SHA-256 of the version's files, in hex."""

    fingerprint: str


@event("PolicyProposed")
@dataclass(frozen=True, kw_only=True)
class PolicyProposed(PolicyEvent):
    """Somebody puts a version forward. The stream is the version.

    files: text by name, of the model, the domain and the rules; scenarios: of the stories it is tested with. author
    is a directory id.
    """

    files: dict[str, str]
    scenarios: dict[str, str] = field(default_factory=dict)
    author: str
    reason: str


@event("PolicyInstalled")
@dataclass(frozen=True, kw_only=True)
class PolicyInstalled(PolicyEvent):
    """The first version there is: it came with the installation, so nobody proposed it and nobody approved it.

    The stream is that of the version in force, as for PolicyActivated.
    """

    files: dict[str, str]
    scenarios: dict[str, str] = field(default_factory=dict)
    proof: PolicyProof


@event("PolicyActivated", version=2)
@dataclass(frozen=True, kw_only=True)
class PolicyActivated(PolicyEvent):
    """A proposed version is in force from here on, on the word of somebody who is not its author.

    proposal: the log position of the proposal, which no other activation may rest on. before: the fingerprint of the
    version replaced. rises and falls: for how many combinations of values the level rises and falls, in digits,
    empty where the version before cannot be compared with by this program. missing and retold: the names of the
    stories of the version replaced that this one does not tell, or tells otherwise.
    """

    proposal: int
    author: str
    approver: str
    reason: str
    proof: PolicyProof
    before: str
    rises: str
    falls: str
    missing: tuple[str, ...] = ()
    retold: tuple[str, ...] = ()


unchanged("PolicyActivated", 1)  # version 2 says besides what became of the stories
