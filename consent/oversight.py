"""The access log for those who answer for it: who read what and why it was decided so; each look is recorded too."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from consent.approval import whole
from consent.attention import NO_READING, NO_READING_NEXT, READING, Attending
from consent.auditing import answers_for
from consent.counting import decision_about
from consent.decision import Reading
from consent.explaining import ReadingExplained, explained
from consent.governing import mandate
from consent.policy import Policy
from consent.replay import Replay, Replayed
from consent.what_if import WhatIf, what_if
from hub.errors import NothingToShow, PolicyRefused
from hub.people import Practitioner
from projections import access_log, decided, policies
from projections.readings import Kept, behind
from projections.session import Cursor

FIELDS = tuple(field.name for field in fields(Reading))


class Governance(Attending):
    """Reading the access log. Only a governance lead may, and each look is itself recorded.

    Whoever works for an agency's organisation answers for what its own people read. Somebody of the partnership's own
    governance (agency `oversight`) has the joint mandate, and answers for everybody's.
    """

    def readings(self, reader: Practitioner, *, limit: int = 50) -> tuple[Reading, ...]:
        """The newest readings, newest first. Raises NotPermitted for anyone else; that is recorded as well."""
        with self._looking(reader, "access-log") as session:
            whose = mandate(reader)
            rows = [] if whose == "" else access_log.tail(session, max(1, min(limit, 1000)), whose)
            self._trail.record(session, self._look(reader, "access-log", "shown"))
        return tuple(_reading(row) for row in rows)

    def decision(self, reader: Practitioner, reading: UUID, *, entry: UUID | None = None) -> ReadingExplained:
        """Why a recorded reading fell as it did; with an entry, only the decision by which that entry counted in it.

        Raises NothingToShow for a reading that this lead does not answer for, and for an entry that was not there.
        """
        with self._looking(reader, "decision") as session:
            kept = self._books.readings.one(session, reading)
            found = None
            if kept is not None and answers_for(reader, kept.event.organisation):
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
                if answers_for(reader, kept.event.organisation if kept is not None else ""):
                    replay.take(reading, kept.event if kept is not None else None)
            self._trail.record(session, self._look(reader, "replay", "shown"))
        return replay.outcome()

    def what_if(
        self, reader: Practitioner, draft: Policy | str, *, since: datetime | None = None, until: datetime | None = None
    ) -> WhatIf:
        """What a draft would have changed over a period's readings that this lead answers for, in counts.

        draft: or how the fingerprint of a version begins that was proposed. Raises BadInput for one that is not known,
        PolicyRefused for one that this program does not understand.
        """
        with self._looking(reader, "what-if") as session:
            draft = draft if isinstance(draft, Policy) else self._version(session, draft)
            period = decided.Period(since, until, mandate(reader))
            account = what_if(draft, decided.during(session, period), decided.rulings(session, period))
            self._trail.record(session, replace(self._look(reader, "what-if", "shown"), policy=draft.fingerprint))
        return account

    def _version(self, session: Cursor, beginning: str) -> Policy:
        found = self._books.compiled(session, whole(session, beginning))
        if found is None:
            raise PolicyRefused("This program does not understand that version.", "Name a newer one.")
        return found


def _reading(row: tuple[Any, ...]) -> Reading:
    # The columns of the log are the fields of a reading, in their order; only the last ones need unpacking.
    values = dict(zip(FIELDS, row, strict=True))
    known_at = datetime.fromisoformat(values["known_at"]) if values["known_at"] else None
    return Reading(**values | {"rules": tuple(values["rules"]), "known_at": known_at})
