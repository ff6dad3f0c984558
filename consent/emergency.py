"""Emergency access: opened with a reason now or within a day, for three hours, told at once and looked at after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from consent.decision import Asked, Facts
from consent.emergency_opening import BASIS, NOBODY, PURPOSES, duties, emergency_of, record_opening, would_show
from consent.emergency_review import Auditing, Next, Reviewing
from consent.emergency_shapes import LONGEST, Emergency
from consent.means import Means
from consent.statements import text
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow, NotPermitted
from hub.events.emergency import EmergencyEnded, EmergencyEvent, EmergencyOpened, EmergencyReasonGiven
from hub.identity import register
from hub.people import Practitioner
from projections import emergencies, second_line
from projections.emergencies import Held
from projections.session import Cursor

WhichChild = Callable[[Cursor], UUID]


class Emergencies(Reviewing):
    """Opening it, giving the reason, ending it; and what follows. `longest` is how long it lasts."""

    def __init__(self, means: Means, auditing: Auditing, longest: timedelta = LONGEST) -> None:
        super().__init__(means, auditing)
        self._longest = min(longest, LONGEST)

    def offered(self, reader: Practitioner) -> bool:
        """Whether the policy lets somebody of this role open it at all, their organisation's agreement supposed."""
        with self._means.reading() as session:
            policy = self._means.policy(session)
        supposed = Facts(agreement="current")
        return any(duties(policy, Asked(reader, purpose, BASIS), supposed) is not None for purpose in PURPOSES)

    def open(self, reader: Practitioner, child: UUID, reason: str = "") -> Emergency:
        """Open it to a child, or find it open; with a reason, put that on record too.

        Raises NothingToShow, always the same and recorded, for whoever may not, for a child who does not exist and for
        one of whom it would show nothing; NotPermitted while an earlier one of this reader lacks its reason for long.
        """
        return self._open(reader, lambda _: child, reason)

    def open_by_number(self, reader: Practitioner, system: str, value: str, reason: str = "") -> Emergency:
        """Open it to the one child with this number; where agencies give it to two children, to neither."""
        digest = self._means.digest(system, value)

        def numbered(session: Cursor) -> UUID:
            found = register.children_with(session, system, digest)
            return found[0] if len(found) == 1 else NOBODY

        return self._open(reader, numbered, reason)

    def give_reason(self, reader: Practitioner, emergency: UUID, reason: str) -> Emergency:
        """Say why, once. Raises NothingToShow for one that is not this reader's, BadInput for a second reason."""
        said = text(reason, "reason", needed=True)

        def given(held: Held, version: int) -> Sequence[EmergencyEvent]:
            if held.reasoned:
                raise BadInput("The reason was given already.", "Tell your governance lead what else is to be said.")
            return [EmergencyReasonGiven(reason=said, **self._about(held, version, reader.id))]

        return self._on_own(reader, emergency, given)

    def end(self, reader: Practitioner, emergency: UUID) -> Emergency:
        """End it before its time; one that is over stays as it is. Raises NothingToShow for another reader's."""

        def ended(held: Held, version: int) -> Sequence[EmergencyEvent]:
            over = held.over_at <= self._now()
            return [] if over else [EmergencyEnded(**self._about(held, version, reader.id))]

        return self._on_own(reader, emergency, ended)

    def mine(self, reader: Practitioner) -> tuple[Emergency, ...]:
        """What this reader has open now, and what is over and still needs its reason; oldest first.

        Nothing of a child to whom they turned out to have a tie of their own.
        """
        with self._means.reading() as session:
            second_line.about(session, reader)
            found = self._own(session, reader)
            self._looked(session, reader, "emergency-own", found)
        return tuple(emergency_of(one) for one in found)

    def _own(self, session: Cursor, reader: Practitioner) -> list[Held]:
        tied = self._tied(session, reader)
        return [one for one in emergencies.of_person(session, reader.id, self._means.now()) if one.child not in tied]

    def _open(self, reader: Practitioner, which: WhichChild, reason: str) -> Emergency:
        said = text(reason, "reason")
        child = self._may_open(reader, which)
        opened: list[UUID] = []

        def make(cursor: Cursor, version: int) -> Sequence[EmergencyEvent]:
            if not register.is_child(cursor, child):
                raise NothingToShow(NOTHING, NOTHING_NEXT)
            held = emergencies.open_for(cursor, child, reader.id, self._now())
            events: list[EmergencyEvent] = [] if held else [self._opening(reader, child, version)]
            opened[:] = [held.emergency if held else events[0].emergency]
            if said and not (held and held.reasoned):
                about = self._at(child, reader.id, opened[0], version + len(events))
                events.append(EmergencyReasonGiven(reason=said, **about))
            return events

        self._means.act(self._stream(child, reader.id), make)
        return emergency_of(record_opening(self._means, reader, child, opened[0]))

    def _opening(self, reader: Practitioner, child: UUID, version: int) -> EmergencyOpened:
        # Of the stream's next place, so that one opening has one id however often it is tried.
        emergency = self._means.stream("emergency-opening", str(child), reader.id, str(version))
        return EmergencyOpened(
            **self._at(child, reader.id, emergency, version),
            role=reader.role.value,
            agency=reader.agency.value,
            organisation=reader.organisation,
            until=self._now() + self._longest,
        )

    def _may_open(self, reader: Practitioner, which: WhichChild) -> UUID:
        """The child, where this reader may. Whoever owes a reason is told so before any child is looked at."""
        now = self._means.now()
        with self._means.reading() as session:
            second_line.about(session, reader)
            own = self._own(session, reader)
            if owing := any(emergency_of(one).reason_overdue(now) for one in own):
                line = self._means.line(reader, "emergency", found=False)
                self._means.trail.record(session, replace(line, outcome="refused"))
            child = NOBODY if owing else which(session)
            found = not owing and would_show(self._means, session, reader, child)
        if owing:
            raise NotPermitted(
                "You opened emergency access more than 24 hours ago and have not said why.",
                "Give that reason first, under Emergency access; if a life is at risk, ring the agency concerned.",
            )
        if not found:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return child

    def _on_own(self, reader: Practitioner, emergency: UUID, happens: Next) -> Emergency:
        with self._means.reading() as session:
            second_line.about(session, reader)
            held = emergencies.one(session, emergency)
            if held is None or held.person != reader.id:
                self._means.trail.record(session, self._means.line(reader, "emergency-own", found=False))
        if held is None or held.person != reader.id:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return emergency_of(self._next(reader, held, happens))
