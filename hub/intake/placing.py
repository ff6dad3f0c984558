"""Deciding, for one batch, what each record is: new, a repeat, a newer version, a conflict; and whose.

Nothing here touches a database: it is told what is held, and answers with events and outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from hub.events.base import ThirdPart
from hub.events.records import EntryRecorded, EntryRetracted, EntryRevised, Record
from hub.intake.identifying import Batch, Identifying
from hub.intake.naming import Naming
from hub.intake.versions import Revision, Versions
from hub.receipt import Outcome, Result
from hub.update import InvolvementFact, Sensitivity, StatusFact, Update
from hub.vocabulary import terms

RAISED_BY_RESTRICTION = ("ordinary", "concern")
NOT_AS_BEFORE = {
    "other-sender": "A record of this id is held that another organisation's system sent.",
    "would-move": "A version of this record is already held for another person.",
    "other-person": "The given name or the birth date is not that of the person whose record this is.",
    "other-number": "The number is not that of the person whose record this is, and no given name says it was changed.",
    "unverified-number": "The number is not verified, and given name and birth date do not both agree with those held.",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """The outcome of one record; `event` is what was made of it, None for a repeat or a conflict."""

    result: Result
    event: Record | None = None


class Placer:
    """Places records one after another."""

    def __init__(self, naming: Naming, batch: Batch) -> None:
        self._naming, self._batch = naming, batch
        self._people = Identifying(naming, batch)

    def place(self, update: Update) -> Placed:
        """Exactly one outcome for one record; the batch gains the events that follow from it."""
        stream, person = self._naming.record_stream(update), self._naming.person_record(update)
        held = self._batch.versions.get(stream) or Versions()
        if held.standing and _names_nobody(update):
            person = held.standing.person_record
        if reason := self._objection(update, person, held):
            return _conflict(update, reason, NOT_AS_BEFORE[reason])
        same, fingerprint = held.of(self._naming.version(update)), self._naming.fingerprint(update)
        before = self._read_before(update, same, held, fingerprint)
        if same and not before and (same.fingerprint, same.retracted) != (fingerprint, update.action == "retract"):
            return _conflict(
                update, "same-version-other-content", "This version of the record is held with other content."
            )
        restated = self._people.identify(person, update)
        known = before or same
        if known is None or before is held.standing is not None or self._came_back(update, known, held, stream):
            return self._record(update, stream, person, held, fingerprint)
        if not before and (held.standing is same or update.version or update.order):
            if held.standing is same and update.order:
                self._batch.seen[stream] = max(update.order, self._batch.seen.get(stream, ""))
            return _repeat(update, restated=restated)
        return self._earlier(update, known, stream, restated=restated)

    def _objection(self, update: Update, person: UUID, held: Versions) -> str:
        """Why this cannot be a version of that record, or of that person's: a conflict's reason, or nothing.

        A deletion of something that was not here yet, and that named nobody, holds no place for anybody.
        """
        if held.standing and held.standing.sender not in {"", update.sender}:
            return "other-sender"
        if held.people() - {person, self._naming.record_alone(update)}:
            return "would-move"
        return self._people.objection(person, update.person)

    def _read_before(self, update: Update, same: Revision | None, held: Versions, content: bytes) -> Revision | None:
        """The revision made of these very bytes by an older mapping, where today's reads them otherwise.

        A source without versions shows by the bytes alone that nothing in it changed: the content is new, the record
        is not.
        """
        original = self._naming.original(update)
        found = same or (None if update.version else held.read_before(original, update.mapping))
        if found is None or found.original != original or found.mapping == update.mapping:
            return None
        return None if (found.fingerprint, found.retracted) == (content, update.action == "retract") else found

    def _record(self, update: Update, stream: UUID, person: UUID, held: Versions, fingerprint: bytes) -> Placed:
        if overtaken := held.standing is not None and held.order <= update.order < self._batch.seen.get(stream, ""):
            # What stands was seen again, unchanged, after this: it goes below, whatever its own place was.
            update = replace(update, order="")
        event = self._event(update, stream, person, held, fingerprint, below=overtaken)
        self._batch.events.append(event)
        result = _stored(update, held, event)
        held.add(
            Revision(
                event.originator_version,
                bytes.fromhex(event.source_version),
                fingerprint,
                bytes.fromhex(event.original),
                person,
                isinstance(event, EntryRetracted),
                event.source_order,
                event.mapping,
                event.sender,
            )
        )
        self._batch.versions[stream] = held
        if update.question:
            self._people.ask(person, update.question, about=f"{stream.hex}{fingerprint.hex()}")
        return Placed(result, event)

    def _came_back(self, update: Update, same: Revision, held: Versions, stream: UUID) -> bool:
        """The source has no version but an order, and says that it went back to an earlier state after what stands."""
        newest = max(held.order, self._batch.seen.get(stream, ""))
        return held.standing is not same and not update.version and update.order > newest

    def _earlier(self, update: Update, same: Revision, stream: UUID, *, restated: bool) -> Placed:
        """An old file again, or the source went back on its correction: nobody can tell, so the sender is told.

        Where it bears on a child's protection a person is asked as well, once for each state.
        """
        protects = any(isinstance(fact, StatusFact) for fact in update.facts)
        if protects or same.retracted:
            about = f"{stream.hex}{same.fingerprint.hex()}"
            self._people.ask(same.person_record, "back-to-an-earlier-state", about=about)
        return Placed(
            Result(
                Outcome.REVISED if restated else Outcome.DUPLICATE,
                update.place,
                "equal-to-an-earlier-version",
                "What stands is a later version.",
                "If this is the right one again, send it as a new version or ask the hub's team.",
            )
        )

    def _event(  # noqa: PLR0913 - what an event is made of
        self, update: Update, stream: UUID, person: UUID, held: Versions, fingerprint: bytes, *, below: bool
    ) -> Record:
        version = held.count + 1
        term = terms()[update.code]
        cls = EntryRetracted if update.action == "retract" else EntryRecorded if version == 1 else EntryRevised
        return cls(
            originator_id=stream,
            originator_version=version,
            person_record=person,
            source=update.source,
            agency=update.agency or self._batch.agency_of(update.source),
            code=update.code,
            category=term.category,
            sensitivity=_sensitivity(update),
            significance=update.significance or term.significance,
            valence=update.valence or term.valence,
            polarity=update.polarity,
            about=update.about,
            occurred=update.occurred,
            recorded_at_source=update.recorded_at_source,
            organisation=update.organisation,
            source_version=self._naming.version(update).hex(),
            # Without an order, of a record whose order was given before, the order of arrival decides.
            source_order=update.order if below else update.order or held.order,
            fingerprint=fingerprint.hex(),
            defects=tuple(f"{defect.code} at {defect.place}" for defect in update.defects),
            involvements=tuple(fact for fact in update.facts if isinstance(fact, InvolvementFact)),
            statuses=tuple(fact for fact in update.facts if isinstance(fact, StatusFact)),
            third_parts=tuple(
                ThirdPart(
                    self._naming.third_person(update.source, third.local_id), third.relation, third.name, third.text
                )
                for third in update.third_persons
            ),
            source_record_id=update.record_id,
            headline=update.headline,
            detail=update.detail,
            codings=update.codings,
            author=update.author,
            mapping=update.mapping,
            original=self._naming.original(update).hex(),
            sender=update.sender,
            marks=update.marks,
            account=update.account,
        )


def _names_nobody(update: Update) -> bool:
    """A deletion may say no more than which record is gone: it follows the record."""
    person = update.person
    stated = person.local_id or person.identifiers or person.family or person.given or person.birth_dates
    return update.action == "retract" and not stated


def _sensitivity(update: Update) -> Sensitivity:
    """What the record says of itself, never less than what its kind of happening is: forgetting opens nothing."""
    usual, stated = terms()[update.code].sensitivity, update.sensitivity
    if stated == "ordinary" or (stated == "concern" and usual not in RAISED_BY_RESTRICTION):
        stated = usual
    if update.person.restricted and stated in RAISED_BY_RESTRICTION:
        return "restricted"
    return stated


def _stored(update: Update, held: Versions, event: Record) -> Result:
    """What became of a new version: what stands afterwards, not what it asked for."""
    if held.standing and event.source_order < held.order:
        return Result(Outcome.REVISED, update.place, "older-version-kept")
    if held.standing and held.standing.original.hex() == event.original and held.standing.mapping != event.mapping:
        return Result(Outcome.REVISED, update.place, "read-anew")
    if update.action == "retract":
        return Result(Outcome.RETRACTED, update.place, "retracted-by-source")
    if not held.standing:
        return Result(Outcome.ACCEPTED, update.place)
    return Result(Outcome.REVISED, update.place, "newer-version")


def _repeat(update: Update, *, restated: bool) -> Placed:
    if restated:
        return Placed(Result(Outcome.REVISED, update.place, "person-details-changed"))
    return Placed(Result(Outcome.DUPLICATE, update.place, "already-held"))


def _conflict(update: Update, reason: str, message: str) -> Placed:
    next_step = "Send it as a new version, or ask the hub's team to look at the conflict with you."
    return Placed(Result(Outcome.CONFLICT, update.place, reason, message, next_step))
