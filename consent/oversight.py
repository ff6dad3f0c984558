"""The access log for those who answer for it: who read what and why it was decided so; each look is recorded too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from consent.counting import decision_about
from consent.decision import Reading
from consent.explaining import ReadingExplained, explained
from consent.policy import Policy
from consent.replay import Replay, Replayed
from consent.what_if import WhatIf, what_if
from hub.audit.trail import Disclosed, Trail
from hub.errors import NothingToShow, NotPermitted
from hub.people import Agency, Practitioner, Role
from projections import access_log, decided, policies
from projections.readings import Kept, Readings, behind
from projections.session import Cursor

FIELDS = tuple(field.name for field in fields(Reading))
READING = "reading"
NO_READING = "There is no such reading that you answer for."
NO_READING_NEXT = "Take its id from the access log; another organisation's reading is for its own governance lead."


@dataclass(frozen=True, slots=True)
class Books:
    """What governance reads. auditing: a transaction of its own role. readings: the access log's records.

    compiled: a policy version by its fingerprint, None where it is not kept.
    """

    auditing: Callable[[], AbstractContextManager[Cursor]]
    readings: Readings
    compiled: Callable[[Cursor, str], Policy | None]


class Governance:
    """Reading the access log. Only a governance lead may, and each look is itself recorded.

    Whoever works for an agency's organisation answers for what its own people read. Somebody of the partnership's own
    governance (agency `oversight`) has the joint mandate, and answers for everybody's.
    """

    def __init__(self, books: Books, trail: Trail) -> None:
        self._books, self._trail = books, trail

    def readings(self, reader: Practitioner, *, limit: int = 50) -> tuple[Reading, ...]:
        """The newest readings, newest first. Raises NotPermitted for anyone else; that is recorded as well."""
        with self._looking(reader, "access-log") as session:
            mandate = _mandate(reader)
            rows = [] if mandate == "" else access_log.tail(session, max(1, min(limit, 1000)), mandate)
            self._trail.record(session, self._look(reader, "access-log", "shown"))
        return tuple(_reading(row) for row in rows)

    def decision(self, reader: Practitioner, reading: UUID, *, entry: UUID | None = None) -> ReadingExplained:
        """Why a recorded reading fell as it did; with an entry, only the decision by which that entry counted in it.

        Raises NothingToShow for a reading that this lead does not answer for, and for an entry that was not there.
        """
        with self._looking(reader, "decision") as session:
            kept = self._books.readings.one(session, reading)
            found = None
            if kept is not None and _answers_for(reader, kept.event.organisation):
                found = self._explained(session, kept, entry)
            look = self._look(reader, "decision", "shown" if found is not None else "nothing-to-show")
            child = found.child if found is not None else None
            self._trail.record(session, replace(look, child=child, entry=entry, facts=((READING, str(reading), 0),)))
        if found is None:
            raise NothingToShow(NO_READING, NO_READING_NEXT)
        return found

    def _explained(self, session: Cursor, kept: Kept, entry: UUID | None) -> ReadingExplained | None:
        event = kept.event
        if entry is not None:
            about = decision_about(session, kept, entry)
            if about is None:
                return None
            kept = replace(kept, event=replace(event, decisions=(about,)))
        policy = self._books.compiled(session, event.policy)
        places = behind(session, [position for _, _, position in event.facts if position])
        return explained(kept, places, policy, policies.terms(session))

    def replay(self, reader: Practitioner, *, since: datetime | None = None, until: datetime | None = None) -> Replayed:
        """Every recorded decision of a period that this lead answers for, worked out again from its record alone."""
        with self._looking(reader, "replay") as session:
            replay = Replay(lambda fingerprint: self._books.compiled(session, fingerprint))
            for reading, kept in self._books.readings.during(session, since, until):
                if _answers_for(reader, kept.event.organisation if kept is not None else ""):
                    replay.take(reading, kept.event if kept is not None else None)
            self._trail.record(session, self._look(reader, "replay", "shown"))
        return replay.outcome()

    def what_if(
        self, reader: Practitioner, draft: Policy, *, since: datetime | None = None, until: datetime | None = None
    ) -> WhatIf:
        """What a draft would have changed over a period's readings that this lead answers for, in counts."""
        with self._looking(reader, "what-if") as session:
            period = decided.Period(since, until, _mandate(reader))
            account = what_if(draft, decided.during(session, period), decided.rulings(session, period))
            self._trail.record(session, replace(self._look(reader, "what-if", "shown"), policy=draft.fingerprint))
        return account

    def _looking(self, reader: Practitioner, action: str) -> AbstractContextManager[Cursor]:
        """A transaction of those who answer for the log; anybody else is refused, and that is recorded."""
        if reader.role == Role.GOVERNANCE_LEAD:
            return self._books.auditing()
        with self._books.auditing() as session:
            self._trail.record(session, self._look(reader, action, "refused"))
        raise NotPermitted("Only a governance lead may read the access log.", "Ask your agency's governance lead.")

    def _look(self, reader: Practitioner, action: str, outcome: str) -> Disclosed:
        return Disclosed(
            originator_id=self._trail.next_reading(),
            originator_version=1,
            reader=reader.id,
            role=reader.role.value,
            agency=reader.agency.value,
            organisation=reader.organisation,
            action=action,
            outcome=outcome,
            purpose="audit",
        )


def _mandate(reader: Practitioner) -> str | None:
    """The organisation whose readings a lead answers for; None for all of them."""
    return None if reader.agency == Agency.OVERSIGHT else reader.organisation


def _answers_for(reader: Practitioner, organisation: str) -> bool:
    mandate = _mandate(reader)
    return mandate is None or mandate == organisation != ""


def _reading(row: tuple[Any, ...]) -> Reading:
    # The columns of the log are the fields of a reading, in their order; only the last ones need unpacking.
    values = dict(zip(FIELDS, row, strict=True))
    known_at = datetime.fromisoformat(values["known_at"]) if values["known_at"] else None
    return Reading(**values | {"rules": tuple(values["rules"]), "known_at": known_at})
