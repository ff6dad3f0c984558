"""What every room of consent needs and does not own: facts, the policy, the clock, the access log, the way in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from uuid import UUID

from consent.deciding import Decided, Keys, decide
from consent.decision import Asked, Facts, FactSource
from consent.facts import day_of, gather
from consent.governing import Governing
from consent.policy import Policy
from hub.audit.trail import Disclosed, Told, Trail, packed
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow
from hub.events.base import Event
from hub.people import Practitioner
from projections import chronology, partnership, second_line, story
from projections.session import Cursor

CASEWORK = ("child-plan", "child-protection", "direct-care")
STATUTORY = "public-task"

MakeAll = Callable[[Cursor, Mapping[UUID, int]], Sequence[Event]]
"""The same for several streams: given the newest version of each that there is."""
Make = Callable[[Cursor, int], Sequence[Event]]
"""Given a cursor on the facts as they stand under the ledger's lock, and the next version of the stream: the events.

It may raise a HubError instead; then nothing is recorded.
"""


@dataclass(frozen=True, slots=True)
class Means:
    """What disclosing and recording need.

    policy: the version in force, read in the decision's own transaction. reading: opens one transaction on one moment
    of the database; looking: one in which each statement sees what is there by then. trail: the access log. now: the
    clock. digest: of an outside number. stream: the id of a stream, of a kind and its parts.
    act, act_on: intake's way in for what people decide, in one stream or several. whose: somebody of the directory by
    their id.
    """

    policy: Callable[[Cursor], Policy]
    reading: Callable[[], AbstractContextManager[Cursor]]
    looking: Callable[[], AbstractContextManager[Cursor]]
    trail: Trail
    now: Callable[[], datetime]
    digest: Callable[[str, str], bytes]
    stream: Callable[..., UUID]
    act: Callable[[UUID, Make], None]
    act_on: Callable[[Sequence[UUID], MakeAll], None]
    whose: Callable[[str], Practitioner | None] = lambda _: None

    def today(self) -> date:
        """The day of a decision made now."""
        return day_of(self.now())

    def facts(self, session: Cursor, asked: Asked, child: UUID) -> Facts:
        """What is true of this reader and this child now."""
        second_line.about(session, asked.reader, child)
        return gather(session, asked, child, now=self.now())

    def decide(self, session: Cursor, asked: Asked, child: UUID, *, lasting: bool = False) -> Decided:
        """The reader's level for every kind of entry of this child; from here on the database lets no more out.

        lasting: as without emergency access, which is for reading alone and opens nothing to anybody else.
        Raises BadInput for an unknown purpose or basis.
        """
        policy = self.policy(session)
        policy.check_asked(asked.purpose, asked.basis)
        facts = self.facts(session, asked, child)
        facts = without_emergency(facts) if lasting else facts
        ground, _ = policy.ground(asked.purpose, asked.basis, facts.controller, self.today())
        facts = replace(facts, ground=ground, sources=(*facts.sources, FactSource("ground", ground)))
        keys = Keys(chronology.keys(session), released=bool(facts.released))
        decided = decide(asked, child, facts, policy, keys)
        story.confine(session, child, decided.levels())
        return decided

    def record(  # noqa: PLR0913 - a record has this many parts, each named
        self,
        session: Cursor,
        decided: Decided,
        action: str,
        counted: Counter[int],
        *,
        found: bool,
        known_at: datetime | None = None,
        entry: UUID | None = None,
        obliged: tuple[str, ...] = (),
        told: Iterable[Told] = (),
    ) -> UUID:
        """Write down a reading, or that there was nothing to show, with all it rested on; its id.

        told: the entries that it tells of, each in its version and as far as it is told.
        """
        reading = replace(
            self.line(decided.asked.reader, action, found=found),
            child=decided.child,
            entry=entry,
            purpose=decided.asked.purpose,
            basis=decided.asked.basis,
            known_at=known_at.astimezone(UTC).isoformat() if known_at else "",
            policy=decided.policy.fingerprint,
            facts=tuple((fact.name, fact.value, fact.position or 0) for fact in decided.facts.sources),
            decisions=tuple(decided.recorded(counted)),
            obligations=tuple(dict.fromkeys((*obliged, *decided.obligations(counted)))),
            entries=packed(told),
        )
        self.trail.record(session, reading)
        return reading.originator_id

    def line(self, reader: Practitioner, action: str, *, found: bool) -> Disclosed:
        """The beginning of a record: who did what, and whether there was anything to show."""
        return Disclosed(
            originator_id=self.trail.next_reading(),
            originator_version=1,
            reader=reader.id,
            role=reader.role.value,
            agency=reader.agency.value,
            organisation=reader.organisation,
            action=action,
            outcome="shown" if found else "nothing-to-show",
        )

    def works_with(self, session: Cursor, reader: Practitioner, facts: Facts) -> bool:
        """Whether somebody of whom these are the facts works with the child, practises, and takes part in casework."""
        in_order = facts.registration == "active" and self.takes_part(session, reader)
        return in_order and facts.relation in WORKING

    def must_have_passed(self, moment: datetime | None) -> None:
        """Raise BadInput for a moment to which something could still be added: it has no answer yet that stays."""
        if moment is None:
            return
        with self.looking() as session:
            passed = story.taken_in(session, moment)
        if not passed:
            raise not_taken_in()

    def takes_part(self, session: Cursor, reader: Practitioner) -> bool:
        """Whether the reader's organisation has an agreement in force for any purpose of casework."""
        return bool(partnership.covered(session, reader.organisation, CASEWORK, self.today().isoformat()))

    def must_work_with(self, reader: Practitioner, child: UUID, action: str) -> None:
        """Raise NothingToShow, and record it, for whoever does not work with the child, as for a child who is not."""
        with self.reading() as session:
            asked = Asked(reader, CASEWORK[0], STATUTORY)
            facts = self.facts(session, asked, child)
            works = self.works_with(session, reader, facts)
            if not works:
                obliged = self.policy(session).refusing(asked, facts)
                line = replace(self.line(reader, action, found=False), child=child, obligations=obliged)
                self.trail.record(session, line)
        if not works:
            raise NothingToShow(NOTHING, NOTHING_NEXT)

    def must_govern(
        self, reader: Practitioner, action: str, *, child: UUID | None = None, entry: UUID | None = None
    ) -> None:
        """Raise NotPermitted, and record it, for whoever is no governance lead who may practise today."""
        Governing(self.reading, self.trail, self.now).must(reader, action, child=child, entry=entry)


WORKING = ("involved", "allocated")
"""The ties of somebody who works with a child."""


def not_taken_in() -> BadInput:
    """What somebody is told who asks for a moment to which something could still be added."""
    return BadInput(
        "That moment has not been wholly taken in yet.",
        "Ask for a moment that has passed, or try again in a moment; for what is known now, name no moment.",
    )


def without_emergency(facts: Facts) -> Facts:
    """The same facts, had no emergency access been opened."""
    usual = FactSource("emergency", "none")
    sources = tuple(usual if one.name == usual.name else one for one in facts.sources)
    return replace(facts, emergency=usual.value, sources=sources)
