"""Who is who, as it was decided: records of persons, the children they belong to, and open questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub.events.base import Event, event
from hub.update import Identifier


@event("ChildOpened")
@dataclass(frozen=True, kw_only=True)
class ChildOpened(Event):
    """The hub minted an opaque id for a child. The stream is the child."""


@event("PersonDetailsStated")
@dataclass(frozen=True, kw_only=True)
class PersonDetailsStated(Event):
    """An agency stated who a person is. Everything that identifies is sealed; digests are keyed and clear.

    digests pairs each identifier with its look-up digest and whether it is fit to link by:
    (system, hex digest, usable). The stream is the person record.
    """

    SEALED: ClassVar[tuple[str, ...]] = ("local_id", "identifiers", "family", "given", "birth_dates", "sex", "postcode")

    source: str
    fingerprint: str
    restricted: bool
    digests: tuple[tuple[str, str, bool], ...] = ()
    local_id: str = ""
    identifiers: tuple[Identifier, ...] = ()
    family: str = ""
    given: tuple[str, ...] = ()
    birth_dates: tuple[str, ...] = ()
    sex: str = ""
    postcode: str = ""


@event("PersonRecordLinked")
@dataclass(frozen=True, kw_only=True)
class PersonRecordLinked(Event):
    """A person record belongs to a child from now on. evidence: `opened`, or `exact-identifier:<system>`.

    certain is False while the child was opened only because nothing certain was known. The stream is the
    person record, so two people who link it at once meet in the same version.
    """

    child: UUID
    evidence: str
    certain: bool


@event("IdentityQuestioned")
@dataclass(frozen=True, kw_only=True)
class IdentityQuestioned(Event):
    """The hub would not decide alone. The stream is the person record.

    reason: identifier-defect, contradiction, several-candidates, number-alone, number-in-doubt, erased-statement (whose
    child is it?), birth-date-changed, number-changed (is it still the same person?), back-to-an-earlier-state (does the
    record stand as it should?). candidates are children who might be the same. about tells apart questions of one
    reason: a keyed digest of the record and its state, empty where the question is about the person.
    """

    reason: str
    candidates: tuple[UUID, ...] = ()
    about: str = ""
