"""What is on record of a child's consent, capacity, duties and a secret address, for those who work with the child.

It says who may be told what, who said so and when; nothing of what is in the records themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from consent.capacity import Child
from consent.decision import Asked
from consent.means import CASEWORK, STATUTORY, Means
from consent.noting import Notes
from hub.directory import Directory
from hub.errors import BadInput
from hub.people import Practitioner
from projections import casework
from projections.casework import Stated

KINDS = ("consent", "capacity", "safe-address", "duty")


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Where consent stands for one recipient and category today.

    state: given, refused, withdrawn, expired, or without-capacity (given by somebody who could not give it then).
    since, until: its days as YYYY-MM-DD, an empty last one meaning no end. by is who recorded it, at when.
    """

    recipient: str
    category: str
    state: str
    given_by: str
    how: str
    evidence: str
    since: str
    until: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Capacity:
    """The assessment that counts today: assessed-capable or assessed-not-yet."""

    state: str
    reason: str
    since: str
    until: str
    by: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One statement as it was made: kind is consent, capacity or safe-address; what and about say the rest."""

    at: datetime
    kind: str
    what: str
    about: str
    since: str
    until: str
    by: str


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """A duty that this reader, or their organisation, stated; so that it can be ended."""

    duty: str
    organisation: str
    worker: str
    name: str
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class Page:
    """All of it. notes: what to know before asking for consent. history is newest first."""

    reading: UUID
    child: UUID
    notes: tuple[str, ...]
    consents: tuple[ConsentState, ...]
    capacity: Capacity | None
    address_kept: bool
    duties: tuple[OwnDuty, ...]
    history: tuple[Happening, ...]


class OnRecord:
    """Reading it. Each look is recorded."""

    def __init__(self, means: Means, known: Directory, notes: Notes) -> None:
        self._means, self._known, self._notes = means, known, notes

    def read(self, reader: Practitioner, child: UUID) -> Page:
        """Everything on record; raises NothingToShow for whoever does not work with the child, and records that."""
        self._means.must_work_with(reader, child, "consents")
        day = self._means.today().isoformat()
        with self._means.reading() as session:
            self._means.facts(session, Asked(reader, CASEWORK[0], STATUTORY), child)
            found = casework.of_child(session, child, KINDS)
            notes = self._notes.before_asking(session, reader, child)
            subject = self._notes.child(session, reader, child)
            line = replace(self._means.line(reader, "consents", found=True), child=child)
            self._means.trail.record(session, line)
        today = casework.on_day(found, day)
        return Page(
            reading=line.originator_id,
            child=child,
            notes=notes,
            consents=tuple(self._consent(one, day, subject) for one in today if one.kind == "consent"),
            capacity=self._capacity(today, day),
            address_kept=any(one.kind == "safe-address" and one.in_force(day) for one in today),
            duties=tuple(_duty(one) for one in today if one.kind == "duty" and _theirs(reader, one)),
            history=tuple(self._happening(one) for one in reversed(found) if one.kind != "duty"),
        )

    def _consent(self, one: Stated, day: str, child: Child) -> ConsentState:
        said, state = one.said, one.what
        if state == "given" and not one.in_force(day):
            state = "expired"
        elif state == "given" and not child.could_give(said["given_by"], date.fromisoformat(one.since)):
            state = "without-capacity"
        who = (said["recipient"], said["category"], state, said["given_by"], said["how"], said["evidence"])
        return ConsentState(*who, one.since, one.until, self._name(one.by), one.at)

    def _capacity(self, today: Sequence[Stated], day: str) -> Capacity | None:
        for one in today:
            if one.kind == "capacity" and one.in_force(day):
                said = one.said
                return Capacity(said["state"], said["reason"], one.since, one.until, self._name(one.by))
        return None

    def _happening(self, one: Stated) -> Happening:
        said = one.said
        what, about = one.what, ""
        if one.kind == "consent":
            about = f"{said['category']} to {said['recipient']}"
        elif one.kind == "capacity":
            what, about = said["state"], said["reason"]
        else:
            what, about = "set" if not one.until or one.until >= one.since else "lifted", said["reason"]
        return Happening(one.at, one.kind, what, about, one.since, one.until, self._name(one.by))

    def _name(self, who: str) -> str:
        try:
            return self._known.person(who).name
        except BadInput:
            return who


def _theirs(reader: Practitioner, one: Stated) -> bool:
    return one.by == reader.id or one.said["organisation"] == reader.organisation


def _duty(one: Stated) -> OwnDuty:
    said = one.said
    return OwnDuty(said["duty"], said["organisation"], said["worker"], said["name"], one.since, one.until)
