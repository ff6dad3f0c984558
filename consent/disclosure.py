"""The one way out: gather the facts, decide, read what may be read, record the reading, hand over."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from consent.decision import (
    Answer,
    Asked,
    ChildCard,
    DecisionKey,
    Disclosure,
    Explanation,
    Facts,
    FactSource,
    FoundChild,
    Level,
)
from consent.entries import entry_of
from consent.facts import Agreement, gather
from consent.policy import Policy
from hub.audit.trail import Disclosed, KeyDecision, Trail
from hub.errors import BadInput, NothingToShow
from hub.identity import register
from hub.people import Practitioner
from projections import chronology, involvement
from projections.session import Cursor

MOST = 1000
CASELOAD = 200
CASEWORK = ("child-plan", "child-protection", "direct-care")
NOTHING = "There is nothing here that you may know of."
NEXT_STEP = (
    "Check the child and the purpose you chose; if you should be working with this child, "
    "ask your agency's governance lead."
)


@dataclass(frozen=True, slots=True)
class Means:
    """What disclosure needs and does not own.

    policy: the active policy, asked for at each decision. reading: opens one transaction on one moment of
    the database. trail: the access log. now: the clock. agreement: who has one. digest: of an identifier.
    """

    policy: Callable[[], Policy]
    reading: Callable[[], AbstractContextManager[Cursor]]
    trail: Trail
    now: Callable[[], datetime]
    agreement: Agreement
    digest: Callable[[str, str], bytes]


@dataclass(frozen=True, slots=True)
class _Decided:
    """A reader's levels for every decision key, and what they rest on."""

    asked: Asked
    child: UUID
    facts: Facts
    policy: Policy
    keys: tuple[DecisionKey, ...]
    answers: tuple[Answer, ...]

    @property
    def works_with(self) -> bool:
        """Whether the reader may know that there is such a child, even with nothing open."""
        return self.facts.relation != "none" and self.facts.agreement == "current"

    def rests_on(self, key: int) -> tuple[FactSource, ...]:
        """The facts that the matching rules look at for one decision key, and no others: the rest is not told."""
        category = next(k.category for k in self.keys if k.number == key)
        seen = self.policy.looks_at(self.answer(key).hits)
        named = seen | ({f"consent:{category}"} if "consent" in seen else set())
        return tuple(fact for fact in self.facts.sources if fact.name in named)

    def answer(self, key: int) -> Answer:
        return next(a for k, a in zip(self.keys, self.answers, strict=True) if k.number == key)

    def array(self) -> list[int]:
        """One level for each key number, from 1; a number without a key stays sealed."""
        levels = [0] * max((key.number for key in self.keys), default=0)
        for key, answer in zip(self.keys, self.answers, strict=True):
            levels[key.number - 1] = int(answer.level)
        return levels


class Gate:
    """Decides, records and hands over. Nobody else reads the projections for a person."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def chronology(  # noqa: PLR0913 - a question has this many parts, each named
        self,
        reader: Practitioner,
        child: UUID,
        *,
        purpose: str,
        basis: str,
        known_at: datetime | None = None,
        since: datetime | None = None,
        limit: int = 500,
        cursor: str = "",
    ) -> Disclosure:
        """A child's story as this reader may see it. Raises NothingToShow, which is recorded too."""
        policy = self._policy(purpose, basis)
        after, limit = _after(cursor), max(1, min(limit, MOST))
        with self._means.reading() as session:
            decided = self._decide(session, Asked(reader, purpose, basis), child, policy)
            question = chronology.Question(child, decided.array(), known_at, since, after, limit + 1)
            rows = list(chronology.read(session, question))
            more, rows = len(rows) > limit, rows[:limit]
            card = self._card(session, child, [row.level for row in rows], known_at)
            found = bool(rows) or decided.works_with
            reading = self._record(
                session, decided, "chronology", Counter(row.key for row in rows), found=found, known_at=known_at
            )
        if not found:
            raise NothingToShow(NOTHING, NEXT_STEP)
        answers = {key.number: answer for key, answer in zip(decided.keys, decided.answers, strict=True)}
        third = {key.number for key in decided.keys if key.third_party}
        agencies = {key.number: key.agency for key in decided.keys}
        entries = tuple(
            entry_of(
                row,
                agencies[row.key],
                answers[row.key],
                policy.ask(answers[row.key].rule),
                third_party=row.key in third,
            )
            for row in rows
        )
        last = rows[-1] if more else None
        return Disclosure(
            reading,
            card,
            entries,
            purpose,
            basis,
            known_at,
            policy.fingerprint,
            _cursor(last.place, last.entry) if last else "",
        )

    def explain(self, reader: Practitioner, child: UUID, entry: UUID, *, purpose: str, basis: str) -> Explanation:
        """Why one entry is open or closed. A sealed one, and one that does not exist, are the same: nothing to show."""
        policy = self._policy(purpose, basis)
        with self._means.reading() as session:
            decided = self._decide(session, Asked(reader, purpose, basis), child, policy)
            key = chronology.key_of(session, child, entry)
            answer = decided.answer(key) if key is not None else None
            found = answer is not None and answer.level > Level.SEALED
            counted = Counter({key: 1}) if key is not None and found else Counter[int]()
            reading = self._record(session, decided, "explanation", counted, found=found, entry=entry)
        if key is None or answer is None or not found:
            raise NothingToShow(NOTHING, NEXT_STEP)
        return Explanation(reading, entry, answer, policy.fingerprint, decided.rests_on(key), policy.ask(answer.rule))

    def find(self, reader: Practitioner, *, system: str, value: str) -> tuple[FoundChild, ...]:
        """Children with this identifier whom the reader works with; a search is recorded whatever it finds."""
        digest = self._means.digest(system, value)
        with self._means.reading() as session:
            children = register.children_with(session, system, digest)
            found = self._known(session, reader, children)
            self._listed(session, reader, "search", found)
        return found

    def children(self, reader: Practitioner) -> tuple[FoundChild, ...]:
        """The children that the reader's own team, school or practice works with today, or the reader alone."""
        with self._means.reading() as session:
            children = involvement.caseload(
                session,
                organisation=reader.organisation,
                worker=reader.worker,
                on=self._means.now().date(),
                limit=CASELOAD,
            )
            found = self._known(session, reader, children)
            self._listed(session, reader, "caseload", found)
        return found

    def _policy(self, purpose: str, basis: str) -> Policy:
        policy = self._means.policy()
        policy.check_asked(purpose, basis)
        return policy

    def _decide(self, session: Cursor, asked: Asked, child: UUID, policy: Policy) -> _Decided:
        facts = gather(session, asked, child, on=self._means.now().date(), agreement=self._means.agreement)
        keys = tuple(DecisionKey(*row) for row in chronology.keys(session))
        return _Decided(asked, child, facts, policy, keys, tuple(policy.levels(asked, facts, keys)))

    def _card(self, session: Cursor, child: UUID, levels: Sequence[int], known_at: datetime | None) -> ChildCard:
        if max(levels, default=0) < Level.REDACTED:
            return ChildCard(child)
        return ChildCard(child, *register.card(session, child, known_at or chronology.FAR))

    def _known(self, session: Cursor, reader: Practitioner, children: Sequence[UUID]) -> tuple[FoundChild, ...]:
        """Of these children, those the reader works with, where an agreement covers any such work."""
        today = self._means.now().date()
        if not any(self._means.agreement(reader.organisation, purpose, today) for purpose in CASEWORK):
            return ()
        found = []
        for child in children:
            facts = gather(session, Asked(reader, CASEWORK[0], ""), child, on=today, agreement=self._means.agreement)
            if facts.relation != "none":
                found.append(FoundChild(child, *register.card(session, child, chronology.FAR), facts.relation))
        return tuple(found)

    def _listed(self, session: Cursor, reader: Practitioner, action: str, found: Sequence[FoundChild]) -> None:
        for one in found:
            self._means.trail.record(session, replace(self._reading(reader, action, found=True), child=one.child))
        if not found:
            self._means.trail.record(session, self._reading(reader, action, found=False))

    def _record(  # noqa: PLR0913 - a record has this many parts, each named
        self,
        session: Cursor,
        decided: _Decided,
        action: str,
        counted: Counter[int],
        *,
        found: bool,
        known_at: datetime | None = None,
        entry: UUID | None = None,
    ) -> UUID:
        answered = zip(decided.keys, decided.answers, strict=True)
        reading = replace(
            self._reading(decided.asked.reader, action, found=found),
            child=decided.child,
            entry=entry,
            purpose=decided.asked.purpose,
            basis=decided.asked.basis,
            known_at=known_at.astimezone(UTC).isoformat() if known_at else "",
            policy=decided.policy.fingerprint,
            facts=tuple((fact.name, fact.value, fact.position or 0) for fact in decided.facts.sources),
            decisions=tuple(_decision(key, answer, counted) for key, answer in answered),
        )
        self._means.trail.record(session, reading)
        return reading.originator_id

    def _reading(self, reader: Practitioner, action: str, *, found: bool) -> Disclosed:
        return Disclosed(
            originator_id=self._means.trail.next_reading(),
            originator_version=1,
            reader=reader.id,
            role=reader.role.value,
            agency=reader.agency.value,
            organisation=reader.organisation,
            action=action,
            outcome="shown" if found else "nothing-to-show",
        )


def _decision(key: DecisionKey, answer: Answer, counted: Counter[int]) -> KeyDecision:
    return KeyDecision(
        int(answer.level), answer.rule, key.agency, key.category, key.sensitivity, key.third_party, counted[key.number]
    )


def _cursor(place: str, entry: UUID) -> str:
    # No finer a place than the reader is shown: when something withheld happened must not be read from a page's end.
    return urlsafe_b64encode(f"{place} {entry}".encode()).decode()


def _after(cursor: str) -> tuple[str, UUID]:
    if not cursor:
        return "", UUID(int=0)
    try:
        place, space, entry = urlsafe_b64decode(cursor.encode()).decode().rpartition(" ")
        after = place, UUID(entry)
    except ValueError:
        space = ""
    if not space or "\x00" in place:
        raise BadInput("The cursor is not one the hub gave.", "Ask again without a cursor.")
    return after
