"""Deciding, for one batch, who the people of its records are: what is news of them, and whose child each is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from hub.events.base import Event
from hub.events.identity import ChildOpened, IdentityQuestioned, PersonDetailsStated, PersonRecordLinked
from hub.identity import identifiers
from hub.identity.matching import (
    Candidate,
    Linked,
    Match,
    Standing,
    Statement,
    Unsure,
    another_person,
    birth_date_changed,
    birth_dates_differ,
    identifies,
    match,
    same_given,
)
from hub.identity.register import NUMBER_CHANGED, Known
from hub.intake.naming import Naming
from hub.intake.versions import Versions
from hub.update import Identifier, Person, Update

Number = tuple[str, bytes]
MAYBE_THE_SAME = ("several-candidates", "number-alone")
"""Questions about children against whom nothing speaks."""


@dataclass(slots=True)
class Batch:
    """What is held, kept current as the batch goes, and what is to be appended."""

    known: Known
    versions: dict[UUID, Versions]
    heads: dict[UUID, int]
    agency_of: Callable[[str], str]
    mint: Callable[[], UUID]
    seen: dict[UUID, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


class Identifying:
    """Compares who a record says it is about with all that is held, and links what is certain."""

    def __init__(self, naming: Naming, batch: Batch) -> None:
        self._naming, self._batch = naming, batch

    def objection(self, record: UUID, person: Person) -> str:
        """Why this cannot be the person whose record it claims to be: a conflict's reason, or nothing."""
        known = self._batch.known
        if (record, self._naming.statement(person)) in known.fingerprints:
            return ""
        standing = standing_of(person)
        if another_person(_statement(person), known.statements.get(record, []), standing):
            return "unverified-number" if standing == "unverified-number" else "other-person"
        changed = self._changed(record, self._numbers(person))
        return "other-number" if changed and not self._vouched_for(record, person) else ""

    def identify(self, record: UUID, update: Update) -> bool:
        """State and link the person if there is news of them; True when something new was stated of one known."""
        known, person = self._batch.known, update.person
        fingerprint = self._naming.statement(person)
        if (record, fingerprint) in known.fingerprints or (record in known.child_of and _says_nothing(person)):
            return False
        first = record not in known.child_of
        before = list(known.statements.get(record, ()))
        new = _statement(person)
        known.fingerprints.add((record, fingerprint))
        known.statements.setdefault(record, []).append(new)
        numbers = self._numbers(person)
        changed = self._changed(record, numbers)
        known.stated_of.setdefault(record, set()).update(numbers)
        answer = self._match(record, numbers)
        usable = self._claimed(record, numbers, answer)
        self._state(record, update, fingerprint, {number: number in usable for number in numbers})
        self._link(record, answer, usable)
        if birth_date_changed(new, before):
            self.ask(record, "birth-date-changed")
        for _, digest in sorted(changed):
            self.ask(record, NUMBER_CHANGED, about=digest.hex())
        return not first

    def ask(self, record: UUID, reason: str, candidates: tuple[UUID, ...] = (), about: str = "") -> None:
        """Put a question to a person, once for each thing that it is about."""
        if about and (record, reason, about) in self._batch.known.asked:
            return
        self._batch.known.asked.add((record, reason, about))
        if reason == NUMBER_CHANGED:
            self._batch.known.doubted.add((record, about))
        self._append(IdentityQuestioned, record, reason=reason, candidates=candidates, about=about)

    def _changed(self, record: UUID, numbers: dict[Number, bool]) -> set[Number]:
        """Its right numbers where its child is found by others, if it states none of these, even as a former one.

        Of a record of which nothing was known but a number, that number counts. One about which a person is asked
        counts for the record that stated it alone.
        """
        known = self._batch.known
        child = known.child_of.get(record)
        if child is None:
            return set()
        held, own = known.numbers_of.get(child, set()), known.stated_of.get(record, set())
        if not any(identifies(one) for one in known.statements.get(record, ())):
            held = held | own
        if set(numbers) & (held - (known.doubtful(child) - own)):
            return set()
        kinds = {system for system, _ in held}
        return {number for number, right in numbers.items() if right and number[0] in kinds}

    def _vouched_for(self, record: UUID, person: Person) -> bool:
        """Whether the given name is the child's by what others say, or where there are none by the record itself.

        A birth date may be a twin's; and the record's own name says nothing of a child whom it found by a number.
        """
        known, new = self._batch.known, _statement(person)
        child = known.child_of[record]
        others = [one for other in known.records_of[child] - {record} for one in known.statements.get(other, [])]
        held = others or known.statements.get(record, [])
        return any(same_given(new, old) and not birth_dates_differ(new, old) for old in held)

    def _state(self, record: UUID, update: Update, fingerprint: bytes, numbers: dict[Number, bool]) -> None:
        person = update.person
        self._append(
            PersonDetailsStated,
            record,
            source=update.source,
            fingerprint=fingerprint.hex(),
            restricted=person.restricted,
            digests=tuple((system, digest.hex(), usable) for (system, digest), usable in numbers.items()),
            local_id=person.local_id,
            identifiers=person.identifiers,
            family=person.family,
            given=person.given,
            birth_dates=person.birth_dates,
            sex=person.sex,
            postcode=person.postcode,
        )

    def _match(self, record: UUID, numbers: dict[Number, bool]) -> Match:
        """Whose child it is, going by its right numbers and by all that was ever stated of it."""
        known = self._batch.known
        found = self._candidates(known.child_of.get(record), {number for number, right in numbers.items() if right})
        defective = any(not right for (system, _), right in numbers.items() if system in identifiers.LINKING)
        return match(known.statements[record], found, defective=defective)

    def _claimed(self, record: UUID, numbers: dict[Number, bool], answer: Match) -> set[Number]:
        """The numbers by which its child is found from now on.

        None while nothing is stated that could agree; and none that leads to a child who may be the same but
        is not linked: a second child at that number would keep the first from ever being found alone.
        """
        known = self._batch.known
        if not any(identifies(one) for one in known.statements[record]):
            return set()
        rivals = set(answer.candidates) if isinstance(answer, Unsure) and answer.reason in MAYBE_THE_SAME else set()
        if isinstance(answer, Linked) and not self._may_move(record):
            rivals = {answer.child}
        return {
            number
            for number, right in numbers.items()
            if right and not known.children_by_identifier.get(number, set()) & rivals
        }

    def _link(self, record: UUID, answer: Match, usable: set[Number]) -> None:
        known = self._batch.known
        if isinstance(answer, Linked) and self._may_move(record):
            self._belongs(record, answer.child, answer.evidence, certain=True)
        elif record not in known.child_of:
            asked = isinstance(answer, Unsure) and answer.candidates
            self._belongs(record, self._open(), "opened", certain=bool(usable) and not asked)
        if isinstance(answer, Unsure):
            if answer.reason:
                self.ask(record, answer.reason, answer.candidates)
        elif known.child_of[record] != answer.child:
            self.ask(record, "several-candidates", (answer.child,))
        for number in usable:
            known.states(known.child_of[record], number)

    def _candidates(self, own: UUID | None, right: set[Number]) -> dict[UUID, Candidate]:
        """The other children of whom one of these numbers is stated."""
        known = self._batch.known
        ours = right | (known.numbers_of.get(own, set()) if own else set())
        shared: dict[UUID, list[Number]] = {}
        for number in sorted(right):
            for child in known.children_by_identifier.get(number, set()) - {own}:
                shared.setdefault(child, []).append(number)
        return {child: self._candidate(child, by, ours) for child, by in shared.items()}

    def _candidate(self, child: UUID, shared: Sequence[Number], ours: set[Number]) -> Candidate:
        known = self._batch.known
        theirs = known.numbers_of.get(child, set())
        several = len({kind for kind, _ in ours | theirs}) < len(ours | theirs)
        in_doubt = set(shared) <= known.doubtful(child)
        return Candidate(shared[-1][0], known.statements_of(child), _differ(ours, theirs), several, in_doubt)

    def _may_move(self, record: UUID) -> bool:
        """One that opened its child only because nothing was certain, and shares it with nobody."""
        known = self._batch.known
        own = known.child_of.get(record)
        return own is None or (record not in known.certain and known.records_of[own] == {record})

    def _open(self) -> UUID:
        child = self._batch.mint()
        self._batch.events.append(ChildOpened(originator_id=child, originator_version=1))
        return child

    def _belongs(self, record: UUID, child: UUID, evidence: str, *, certain: bool) -> None:
        self._append(PersonRecordLinked, record, child=child, evidence=evidence, certain=certain)
        self._batch.known.moves(record, child)
        if certain:
            self._batch.known.certain.add(record)

    def _append(self, cls: type[Event], stream: UUID, **fields: object) -> None:
        version = self._batch.heads.get(stream, 0) + 1
        self._batch.heads[stream] = version
        self._batch.events.append(cls(originator_id=stream, originator_version=version, **fields))

    def _numbers(self, person: Person) -> dict[Number, bool]:
        """Each number once, and whether it is right: stated as current and as former, it is current."""
        found: dict[Number, bool] = {}
        for one in person.identifiers:
            number = one.system, self._naming.identifier(one.system, identifiers.normalised(one))
            found[number] = found.get(number, False) or identifiers.usable(one)
        return found


def standing_of(person: Person) -> Standing:
    """What a record id is worth: it may be no more than an outside number, which anybody can mistype.

    A school or another publisher before the person's own number makes it no better.
    """
    local = identifiers.normalised(Identifier("", person.local_id))
    last = identifiers.normalised(Identifier("", person.local_id.rpartition("|")[2]))
    same = [
        one
        for one in person.identifiers
        if (number := identifiers.normalised(one))
        and (number == local or (number == last and one.system in identifiers.LINKING))
    ]
    if same and not any(one.verified for one in same):
        return "unverified-number"
    short = len(local) <= identifiers.LONGEST
    if same or (short and any(identifiers.valid(Identifier(system, local)) for system in identifiers.LINKING)):
        return "number"
    return "own-id"


def _differ(ours: set[Number], theirs: set[Number]) -> bool:
    """Of some system both have numbers, and share none: two NHS numbers are two people's."""
    systems = {system for system, _ in ours} & {system for system, _ in theirs}
    return any(
        not {number for number in ours if number[0] == system} & {number for number in theirs if number[0] == system}
        for system in systems
    )


def _statement(person: Person) -> Statement:
    return Statement(person.family, person.given, person.birth_dates)


def _says_nothing(person: Person) -> bool:
    # That somebody is restricted is news, whatever else is left out.
    return not (person.restricted or person.identifiers or person.family or person.given or person.birth_dates)
