"""Deciding, for one batch, what each record is: new, a repeat, a newer version, a conflict; and whose.

Nothing here touches a database: it is told what is held, and answers with events and outcomes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from hub.events.base import Event, ThirdPart
from hub.events.identity import ChildOpened, IdentityQuestioned, PersonDetailsStated, PersonRecordLinked
from hub.events.records import EntryRecorded, EntryRetracted, EntryRevised, Record
from hub.identity import identifiers
from hub.identity.matching import Linked, Statement, another_person, match
from hub.identity.register import Known
from hub.intake.naming import Naming
from hub.intake.tables import Revision
from hub.receipt import Outcome, Result
from hub.update import InvolvementFact, Person, Sensitivity, StatusFact, Update
from hub.vocabulary import terms

RAISED_BY_RESTRICTION = ("ordinary", "concern")


@dataclass(slots=True)
class Batch:
    """What is held, kept current as the batch goes, and what is to be appended."""

    known: Known
    revisions: dict[UUID, list[Revision]]
    heads: dict[UUID, int]
    agency_of: Callable[[str], str]
    mint: Callable[[], UUID]
    events: list[Event] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placed:
    """The outcome of one record; `event` is what was made of it, None for a repeat or a conflict."""

    result: Result
    event: Record | None = None


class Placer:
    """Places records one after another."""

    def __init__(self, naming: Naming, batch: Batch) -> None:
        self._naming, self._batch = naming, batch

    def place(self, update: Update) -> Placed:
        """Exactly one outcome for one record; the batch gains the events that follow from it."""
        stream, person = self._naming.record_stream(update), self._naming.person_record(update)
        held = self._batch.revisions.get(stream, [])
        if held and held[-1].person_record != person:
            return _conflict(update, "would-move", "A version of this record is already held for another person.")
        new = _statement(update.person)
        if another_person(new, self._batch.known.statements.get(person, [])):
            return _conflict(update, "other-person", "This person's record now names somebody else.")
        same = next((r for r in held if r.version == self._naming.version(update)), None)
        fingerprint = self._naming.fingerprint(update)
        if same is not None and (same.fingerprint, same.retracted) != (fingerprint, update.action == "retract"):
            return _conflict(
                update, "same-version-other-content", "This version of the record is held with other content."
            )
        restated = self._identify(person, update)
        if same is not None:
            return _repeat(update, restated=restated)
        return self._record(update, stream, person, held, fingerprint)

    def _record(self, update: Update, stream: UUID, person: UUID, held: list[Revision], fingerprint: bytes) -> Placed:
        event = self._event(update, stream, person, len(held) + 1, fingerprint)
        self._batch.events.append(event)
        revision = Revision(
            event.originator_version,
            bytes.fromhex(event.source_version),
            fingerprint,
            person,
            isinstance(event, EntryRetracted),
            update.order,
        )
        self._batch.revisions.setdefault(stream, []).append(revision)
        return Placed(_stored(update, held), event)

    def _event(self, update: Update, stream: UUID, person: UUID, version: int, fingerprint: bytes) -> Record:
        term = terms()[update.code]
        cls = EntryRetracted if update.action == "retract" else EntryRecorded if version == 1 else EntryRevised
        return cls(
            originator_id=stream,
            originator_version=version,
            person_record=person,
            source=update.source,
            agency=self._batch.agency_of(update.source),
            code=update.code,
            category=term.category,
            sensitivity=_sensitivity(update),
            significance=update.significance or term.significance,
            valence=term.valence,
            polarity=update.polarity,
            about=update.about,
            occurred=update.occurred,
            recorded_at_source=update.recorded_at_source,
            organisation=update.organisation,
            source_version=self._naming.version(update).hex(),
            source_order=update.order,
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
        )

    def _identify(self, person: UUID, update: Update) -> bool:
        """State and link the person if there is news of them; True when something new was stated."""
        known, fingerprint = self._batch.known, self._naming.statement(update.person)
        if (person, fingerprint) in known.fingerprints or (person in known.child_of and _says_nothing(update.person)):
            return False
        first = person not in known.child_of
        digests = self._digests(update.person)
        self._append(
            PersonDetailsStated,
            person,
            source=update.source,
            fingerprint=fingerprint.hex(),
            restricted=update.person.restricted,
            digests=tuple((system, digest.hex(), fit) for system, digest, fit in digests),
            local_id=update.person.local_id,
            identifiers=update.person.identifiers,
            family=update.person.family,
            given=update.person.given,
            birth_dates=update.person.birth_dates,
            sex=update.person.sex,
            postcode=update.person.postcode,
        )
        self._link(person, update.person, digests)
        known.fingerprints.add((person, fingerprint))
        known.statements.setdefault(person, []).append(_statement(update.person))
        return not first

    def _link(self, person: UUID, stated: Person, digests: list[tuple[str, bytes, bool]]) -> None:
        known = self._batch.known
        own = known.child_of.get(person)
        found: dict[UUID, tuple[str, list[Statement]]] = {}
        for system, digest, fit in digests:
            for child in known.children_by_identifier.get((system, digest), ()) if fit else ():
                if child != own:
                    found[child] = (system, known.statements_of(child))
        answer = match(
            _statement(stated),
            found,
            defective=any(not fit for system, _, fit in digests if system in identifiers.LINKING),
        )
        fit = any(usable for _, _, usable in digests)
        if isinstance(answer, Linked) and (
            own is None or (person not in known.certain and known.records_of[own] == {person})
        ):
            self._belongs(person, answer.child, answer.evidence, certain=True)
        else:
            if own is None:
                self._belongs(person, self._open(), "opened", certain=fit)
            self._ask(person, answer.reason if not isinstance(answer, Linked) else "several-candidates", found)
        child = known.child_of[person]
        for system, digest, usable in digests:
            if usable:
                known.children_by_identifier.setdefault((system, digest), set()).add(child)

    def _open(self) -> UUID:
        child = self._batch.mint()
        self._batch.events.append(ChildOpened(originator_id=child, originator_version=1))
        return child

    def _belongs(self, person: UUID, child: UUID, evidence: str, *, certain: bool) -> None:
        known = self._batch.known
        self._append(PersonRecordLinked, person, child=child, evidence=evidence, certain=certain)
        if (before := known.child_of.get(person)) is not None:
            known.records_of[before].discard(person)
            for children in known.children_by_identifier.values():
                children.discard(before)
        known.child_of[person] = child
        known.records_of.setdefault(child, set()).add(person)
        if certain:
            known.certain.add(person)

    def _ask(self, person: UUID, reason: str, found: dict[UUID, tuple[str, list[Statement]]]) -> None:
        if reason:
            self._append(IdentityQuestioned, person, reason=reason, candidates=tuple(sorted(found)))

    def _append(self, cls: type[Event], stream: UUID, **fields: object) -> None:
        version = self._batch.heads.get(stream, 0) + 1
        self._batch.heads[stream] = version
        self._batch.events.append(cls(originator_id=stream, originator_version=version, **fields))

    def _digests(self, person: Person) -> list[tuple[str, bytes, bool]]:
        return [
            (one.system, self._naming.identifier(one.system, identifiers.normalised(one)), identifiers.usable(one))
            for one in person.identifiers
        ]


def _statement(person: Person) -> Statement:
    return Statement(person.family, person.given, person.birth_dates)


def _says_nothing(person: Person) -> bool:
    return not (person.identifiers or person.family or person.given or person.birth_dates)


def _sensitivity(update: Update) -> Sensitivity:
    """What the record says of itself, never less than what its kind of happening is: forgetting opens nothing."""
    usual, stated = terms()[update.code].sensitivity, update.sensitivity
    if stated == "ordinary" or (stated == "concern" and usual not in RAISED_BY_RESTRICTION):
        stated = usual
    if update.person.restricted and stated in RAISED_BY_RESTRICTION:
        return "restricted"
    return stated


def _stored(update: Update, held: list[Revision]) -> Result:
    if update.action == "retract":
        return Result(Outcome.RETRACTED, update.place, "retracted-by-source")
    if not held:
        return Result(Outcome.ACCEPTED, update.place)
    newest = max(revision.source_order for revision in held)
    late = bool(update.order) and update.order < newest
    return Result(Outcome.REVISED, update.place, "older-version-kept" if late else "newer-version")


def _repeat(update: Update, *, restated: bool) -> Placed:
    if restated:
        return Placed(Result(Outcome.REVISED, update.place, "person-details-changed"))
    return Placed(Result(Outcome.DUPLICATE, update.place, "already-held"))


def _conflict(update: Update, reason: str, message: str) -> Placed:
    next_step = "Send it as a new version, or ask the hub's team to look at the conflict with you."
    return Placed(Result(Outcome.CONFLICT, update.place, reason, message, next_step))
