"""What agencies told us: a record entered a child's story, was brought up to date, or was taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from hub.events.base import Event, ThirdPart, event, unchanged
from hub.update import Account, Author, Coding, InvolvementFact, Marks, Occurred, StatusFact


@dataclass(frozen=True, kw_only=True)
class Record(Event):
    """One version of one source record. The agency's own words are sealed; ids, times and labels are clear.

    fingerprint is a keyed digest of the content, source_version of the source's version, both hex.
    source_order sorts versions as the source orders them; empty when it does not say. mapping is the version of the
    code lists by which it was read, original a keyed digest of the bytes it was read from; both empty in old records.
    sender is the organisation whose system sent it, empty where the door did not know. marks and account are None
    where the record says nothing of the kind.
    """

    SEALED: ClassVar[tuple[str, ...]] = ("source_record_id", "headline", "detail", "codings", "author", "account")
    HOLDER: ClassVar[str] = "person_record"
    PARTS: ClassVar[str] = "third_parts"

    person_record: UUID
    source: str
    agency: str
    code: str
    category: str
    sensitivity: str
    significance: str
    valence: str
    polarity: str
    about: str
    occurred: Occurred
    recorded_at_source: str
    organisation: str
    source_version: str
    source_order: str
    fingerprint: str
    defects: tuple[str, ...] = ()
    involvements: tuple[InvolvementFact, ...] = ()
    statuses: tuple[StatusFact, ...] = ()
    third_parts: tuple[ThirdPart, ...] = ()
    source_record_id: str = ""
    headline: str = ""
    detail: str = ""
    codings: tuple[Coding, ...] = ()
    author: Author = field(default_factory=Author)
    mapping: str = ""
    original: str = ""
    sender: str = ""
    marks: Marks | None = None
    account: Account | None = None


@event("EntryRecorded", version=2)
@dataclass(frozen=True, kw_only=True)
class EntryRecorded(Record):
    """A record came in for the first time."""


@event("EntryRevised", version=2)
@dataclass(frozen=True, kw_only=True)
class EntryRevised(Record):
    """Another version of a record already held. Which is shown is decided by the source's own order."""


@event("EntryRetracted", version=2)
@dataclass(frozen=True, kw_only=True)
class EntryRetracted(Record):
    """The source took the record back: deleted it, or said that it was entered in error."""


# Version 2 says besides what guidance asks of an entry: marks and account.
for _name in ("EntryRecorded", "EntryRevised", "EntryRetracted"):
    unchanged(_name, 1)
