"""What is on record of a child's consent, capacity, duties and a secret address, for those who work with the child.

It says who may be told what, who said so and when; nothing of what is in the records themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from consent.acting_lead import acts_as_lead
from consent.capacity import Child, born_on, review_of
from consent.decision import Asked
from consent.facts import day_of
from consent.means import CASEWORK, STATUTORY, Means
from consent.noting import Notes
from hub.directory import Directory
from hub.errors import BadInput
from hub.people import Agency, Practitioner
from projections import casework
from projections.casework import Stated

KINDS = ("consent", "capacity", "safe-address", "duty")
NEVER_HIDDEN = ("capacity", "safe-address")
"""What whoever works with the child needs to know of, whoever recorded it; though not why."""


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
    """One statement as it was made: kind is consent, capacity or safe-address.

    what: the state it states. reason: as far as this reader may read it. recipient and category: of consent alone.
    """

    at: datetime
    kind: str
    what: str
    recipient: str
    category: str
    reason: str
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
    """All of it. notes: what to know before asking for consent. history is newest first.

    capacity_review: the birthday since which nobody has said anew who decides; 0 for none.
    """

    reading: UUID
    child: UUID
    notes: tuple[str, ...]
    consents: tuple[ConsentState, ...]
    capacity: Capacity | None
    address_kept: bool
    duties: tuple[OwnDuty, ...]
    history: tuple[Happening, ...]
    capacity_review: int = 0


class OnRecord:
    """Reading it. Each look is recorded."""

    def __init__(self, means: Means, known: Directory, notes: Notes) -> None:
        self._means, self._known, self._notes = means, known, notes

    def read(self, reader: Practitioner, child: UUID) -> Page:
        """Everything on record; raises NothingToShow for whoever does not work with the child, and records that."""
        self._means.must_work_with(reader, child, "consents")
        day = self._means.today().isoformat()
        with self._means.reading() as session:
            facts = self._means.facts(session, Asked(reader, CASEWORK[0], STATUTORY), child)
            if self._means.works_with(session, reader, facts):
                casework.works_with(session, child)
            found = casework.of_child(session, child, KINDS)
            notes = self._notes.before_asking(session, reader, child)
            subject = self._notes.child(session, reader, child)
            leads = acts_as_lead(session, reader, child, self._means.today(), self._means.whose)
            review = review_of(session, self._means.today(), child)
            line = replace(self._means.line(reader, "consents", found=True), child=child)
            self._means.trail.record(session, line)
        today = casework.on_day(found, day)
        eyes = _Eyes(self._known, reader, facts.relation, secret=facts.safe_address != "none", leads=leads)
        theirs = eyes.consents(found)
        return Page(
            reading=line.originator_id,
            child=child,
            notes=notes,
            consents=tuple(_consent(eyes, one, day, subject) for one in today if one.stream in theirs),
            capacity=_capacity(eyes, today, day),
            address_kept=eyes.secret,
            duties=tuple(_duty(one) for one in today if one.kind == "duty" and _theirs(reader, one)),
            history=tuple(
                _happening(eyes, one) for one in reversed(found) if one.kind in NEVER_HIDDEN or one.stream in theirs
            ),
            capacity_review=review,
        )


@dataclass(frozen=True, slots=True)
class _Eyes:
    """How a statement reads to this reader. leads: they act for the child's plan as a whole (`consent.acting_lead`).

    What was written freely is for the agency that wrote it and for those who lead; and so is consent about another
    recipient than the reader's own agency. secret: an address of the child has to be kept secret.

    Then what another agency wrote freely may give it away, and so may the name of somebody who can be looked up: only
    the allocated worker reads those. Why the address is secret nobody else reads but who wrote it.
    """

    known: Directory
    reader: Practitioner
    relation: str
    secret: bool
    leads: bool

    def consents(self, found: Sequence[Stated]) -> set[UUID]:
        """The streams of consent that this reader is told of: to their own agency, recorded by it, or all."""
        every = self.leads or self.relation == "allocated"
        return {
            one.stream
            for one in found
            if one.kind == "consent" and (every or self.reader.agency in {one.said["recipient"], self._agency(one.by)})
        }

    def text(self, one: Stated, name: str) -> str:
        """Free text, where this reader may read it."""
        mine = self.relation == "allocated" or one.by == self.reader.id
        ours = self._agency(one.by) == self.reader.agency or (self.leads and not self.secret)
        return one.said[name] if mine or (ours and one.kind != "safe-address") else ""

    def by(self, one: Stated) -> str:
        """Who recorded it: by name, or only by the kind of agency."""
        agency = self._agency(one.by)
        if agency is None:
            return "Somebody who is not in the directory" if self.secret else one.by
        if self.secret and self.relation != "allocated" and agency != self.reader.agency:
            return agency.label
        return self.known.person(one.by).name

    def _agency(self, who: str) -> Agency | None:
        try:
            return self.known.person(who).agency
        except BadInput:
            return None


def _consent(eyes: _Eyes, one: Stated, day: str, child: Child) -> ConsentState:
    said, state = one.said, one.what
    if state == "given" and not one.in_force(day):
        state = "expired"
    elif state == "given" and not child.could_give(said["given_by"], born_on(one.since) or date.min, day_of(one.at)):
        state = "without-capacity"
    who = (said["recipient"], said["category"], state, said["given_by"], said["how"], eyes.text(one, "evidence"))
    return ConsentState(*who, one.since, one.until, eyes.by(one), one.at)


def _capacity(eyes: _Eyes, today: Sequence[Stated], day: str) -> Capacity | None:
    for one in today:
        if one.kind == "capacity" and one.in_force(day):
            return Capacity(one.said["state"], eyes.text(one, "reason"), one.since, one.until, eyes.by(one))
    return None


def _happening(eyes: _Eyes, one: Stated) -> Happening:
    recipient, category = one.said.get("recipient", ""), one.said.get("category", "")
    what, reason = one.what, "" if one.kind == "consent" else eyes.text(one, "reason")
    if one.kind == "capacity":
        what = one.said["state"]
    elif one.kind == "safe-address":
        what = "lifted" if one.until != "" and one.until < one.since else "set"
    return Happening(one.at, one.kind, what, recipient, category, reason, one.since, one.until, eyes.by(one))


def _theirs(reader: Practitioner, one: Stated) -> bool:
    return one.by == reader.id or one.said["organisation"] == reader.organisation


def _duty(one: Stated) -> OwnDuty:
    said = one.said
    return OwnDuty(said["duty"], said["organisation"], said["worker"], said["name"], one.since, one.until)
