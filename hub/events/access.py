"""What was shown to whom, and what was refused. Opaque ids, labels and counts only: nothing of a record."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from struct import error as StructError  # noqa: N812 - a class, under a name that says of what
from typing import Final, NamedTuple
from uuid import UUID

from hub.events.base import Event, event, unchanged


@dataclass(frozen=True, slots=True)
class KeyDecision:
    """How one group of entries was decided: the level, the rule, and how many entries it covered."""

    level: int
    rule: str
    agency: str
    category: str
    sensitivity: str
    third_party: bool
    entries: int
    released: bool = False


@event("Disclosed", version=3)
@dataclass(frozen=True, kw_only=True)
class Disclosed(Event):
    """A reading: who, of which child, for what, on which basis, under which policy and facts.

    action: chronology, explanation, search, caseload, access-log. outcome: shown, nothing-to-show, refused.
    facts are (name, value, log position of the event behind it, 0 for none). obligations are what the deciding rules
    ask of the hub. entries are those that were told of, as `packed` has them. The stream is the reading.
    """

    reader: str
    role: str
    agency: str
    organisation: str
    action: str
    outcome: str
    child: UUID | None = None
    entry: UUID | None = None
    purpose: str = ""
    basis: str = ""
    known_at: str = ""
    policy: str = ""
    facts: tuple[tuple[str, str, int], ...] = ()
    decisions: tuple[KeyDecision, ...] = ()
    obligations: tuple[str, ...] = ()
    entries: str = ""


unchanged("Disclosed", 1)  # version 2 says besides what was released by a decision, and what the rules oblige to
unchanged("Disclosed", 2)  # version 3 says besides which entries were told of, in which version, how far


class Told(NamedTuple):
    """One entry that a reading told of. revision: 0 where only its existence was. level: 0 where it was announced."""

    entry: UUID
    revision: int
    level: int


_TOLD: Final = Struct(">16sIB")


def packed(told: Iterable[Told]) -> str:
    """Entries as an event keeps them: 21 bytes each, in base64, because a reading may have a thousand of them."""
    return b64encode(b"".join(_TOLD.pack(one.entry.bytes, one.revision, one.level) for one in told)).decode()


def unpacked(text: str) -> list[Told]:
    """The entries again, in their order. Raises ValueError for what was not packed here."""
    try:
        return [
            Told(UUID(bytes=entry), revision, level) for entry, revision, level in _TOLD.iter_unpack(b64decode(text))
        ]
    except StructError:
        raise ValueError("these are no packed entries") from None


@event("AttentionNoted")
@dataclass(frozen=True, kw_only=True)
class AttentionNoted(Event):
    """A governance lead took note of what the rules oblige to tell governance. The stream is the reading's own.

    by: who, a directory id. It is the second event of its stream, so that of two who take note one is first.
    """

    by: str


@event("CredentialRefused")
@dataclass(frozen=True, kw_only=True)
class CredentialRefused(Event):
    """Somebody came with a credential that was not accepted. Nothing of the credential is kept.

    door: token, publish, receipts or read. cause: a stable word. client: the registered system that it claimed to be,
    empty for anybody else. times: how many refusals of this kind the event stands for; a flood of them is counted.
    """

    door: str
    cause: str
    client: str = ""
    times: int = 1
