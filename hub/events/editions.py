"""Editions of a child's story: a draft is prepared, changed by its maker, and frozen; then nothing follows.

All of one edition is one stream. `by` is its maker, a directory id. Entries are kept packed, with opaque ids; what
people wrote is sealed under the child's own key.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct
from typing import ClassVar, Final, NamedTuple
from uuid import UUID

from hub.events.base import Act, event


class Picked(NamedTuple):
    """One candidate: whether it is in, and why, as a stable word of WHYS."""

    entry: UUID
    included: bool
    why: str


WHYS: Final = (
    "chosen",
    "always-in",
    "significant-enough",
    "routine",
    "outside-window",
    "duplicate",
    "taken-back",
    "not-open-to-maker",
)
"""By place: the list may only grow at its end."""

_PICKED: Final = Struct(">16sBB")


def packed_picks(picks: Iterable[Picked]) -> str:
    """Candidates as an event keeps them: 18 bytes each, in base64."""
    return b64encode(b"".join(_PICKED.pack(p.entry.bytes, p.included, WHYS.index(p.why)) for p in picks)).decode()


def unpacked_picks(text: str) -> list[Picked]:
    """The candidates again, in their order."""
    return [Picked(UUID(bytes=e), bool(i), WHYS[why]) for e, i, why in _PICKED.iter_unpack(b64decode(text))]


@dataclass(frozen=True, kw_only=True)
class EditionEvent(Act):
    """Something that happened to one edition, which is the stream."""

    HOLDER: ClassVar[str] = "child"

    child: UUID
    by: str


@dataclass(frozen=True, slots=True)
class ForWhom:
    """One of an audience: a person, or everybody of an organisation, or those there with a role."""

    person: str = ""
    organisation: str = ""
    role: str = ""


@event("EditionPrepared")
@dataclass(frozen=True, kw_only=True)
class EditionPrepared(EditionEvent):
    """A draft was made of every candidate. known_at: the exact moment; position: of the log by then.

    fixed: the maker named that moment, so that looking again does not move it. least: the significance from which on
    an entry of this stage is in.
    """

    organisation: str
    purpose: str
    basis: str
    stage: str
    least: str
    since: str
    until: str
    known_at: str
    position: int
    fixed: bool
    audience: tuple[ForWhom, ...]
    picks: str


@event("EditionLookedAgain")
@dataclass(frozen=True, kw_only=True)
class EditionLookedAgain(EditionEvent):
    """The candidates were looked at again as of a later moment; these stand in the place of the former."""

    known_at: str
    position: int
    picks: str


@event("EditionEntriesChosen")
@dataclass(frozen=True, kw_only=True)
class EditionEntriesChosen(EditionEvent):
    """The maker included or excluded entries by hand, and said why."""

    SEALED: ClassVar[tuple[str, ...]] = ("reason",)

    entries: tuple[UUID, ...]
    included: bool
    reason: str = ""


@event("EditionWritten")
@dataclass(frozen=True, kw_only=True)
class EditionWritten(EditionEvent):
    """The maker wrote one part of it anew. none: of a view, a stable word for why there is none."""

    SEALED: ClassVar[tuple[str, ...]] = ("text",)

    part: str
    text: str = ""
    cites: tuple[UUID, ...] = ()
    none: str = ""


@event("EditionContributionNoted")
@dataclass(frozen=True, kw_only=True)
class EditionContributionNoted(EditionEvent):
    """An organisation was asked to contribute, or answered: no-answer, contributed, nothing-held, refused."""

    SEALED: ClassVar[tuple[str, ...]] = ("reason",)

    organisation: str
    answer: str
    reason: str = ""


@event("EditionAudienceChanged")
@dataclass(frozen=True, kw_only=True)
class EditionAudienceChanged(EditionEvent):
    """It is made for another audience from now on."""

    audience: tuple[ForWhom, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """What one or several readers are given of a frozen edition.

    readers: directory ids. entries, left_out: packed as in a reading (`hub.events.access.packed`), each in its version
    and level. digest: SHA-256, in hex, over all that this copy holds.
    """

    readers: tuple[str, ...]
    entries: str
    left_out: str
    digest: str


@event("EditionFrozen")
@dataclass(frozen=True, kw_only=True)
class EditionFrozen(EditionEvent):
    """The last event of its stream. at: when, by the hub's clock. number: of its maker's editions of the child."""

    at: str
    number: int
    copies: tuple[Copy, ...]
