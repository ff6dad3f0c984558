"""What follows an emergency access: who is told of it, who takes note, and the review that closes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from consent.emergency_opening import emergency_of
from consent.emergency_shapes import FINDINGS, Emergency, EmergencyReading, ReviewTask
from consent.facts import ALLOCATED, DUTIES
from consent.governing import mandate, practises
from consent.means import Means
from consent.statements import text
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow, NotPermitted
from hub.events.emergency import EmergencyAcknowledged, EmergencyEvent, EmergencyReviewed
from hub.people import Practitioner, Role
from projections import circumstances, emergencies, emergency_readings, involvement, second_line
from projections.emergencies import Held, ToTell
from projections.session import Cursor

MOST: Final = 200
CASELOAD: Final = 10_000

Auditing = Callable[[], AbstractContextManager[Cursor]]
Next = Callable[[Held, int], Sequence[EmergencyEvent]]
"""Given the emergency as it stands under the ledger's lock, and the next version of its stream: what happens to it."""


class Reviewing:
    """Telling, taking note and reviewing. `auditing` opens a transaction of those who answer for the access log."""

    def __init__(self, means: Means, auditing: Auditing) -> None:
        self._means, self._auditing = means, auditing

    def told(self, reader: Practitioner) -> tuple[Emergency, ...]:
        """What this reader has to be told of and has not taken note of, oldest first; each is recorded as told.

        A child's lead professional and allocated social worker are told of everybody else's emergency access to the
        child; a governance lead of their own organisation's, or the partnership's of everybody's, until it is reviewed.
        Nobody is told of a child to whom they have a tie of their own.
        """
        with self._means.reading() as session:
            found = emergencies.untold(session, self._to_tell(session, reader))
            self._looked(session, reader, "emergency-told", found)
        return tuple(emergency_of(one) for one in found)

    def acknowledge(self, reader: Practitioner, emergency: UUID) -> None:
        """Take note. Raises NothingToShow for what this reader is not told of."""
        with self._means.reading() as session:
            told = emergencies.untold(session, self._to_tell(session, reader))
            held = next((one for one in told if one.emergency == emergency), None)
            if held is None:
                self._means.trail.record(session, self._means.line(reader, "emergency-told", found=False))
        if held is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        self._next(reader, held, lambda now, version: [EmergencyAcknowledged(**self._about(now, version, reader.id))])

    def waiting(self, reader: Practitioner) -> tuple[ReviewTask, ...]:
        """What no review has closed yet, oldest first, with what was opened. NotPermitted for all but governance."""
        self._must_govern(reader)
        with self._means.reading() as session:
            tied = self._tied(session, reader)
        with self._auditing() as session:
            found = emergencies.to_review(session, mandate(reader), tied, MOST)
            readings = emergency_readings.under(session, [one.position for one in found])
            self._looked(session, reader, "emergency-review", found)
        return tuple(_task(one, readings[one.position]) for one in found)

    def review(self, reader: Practitioner, emergency: UUID, finding: str, note: str = "") -> None:
        """Say what was found. Justified and not justified close the task; needs-follow-up leaves it open.

        Raises NotPermitted for all but governance and for whoever opened it; NothingToShow for one of another
        organisation's; BadInput while it is open, and for a finding that is not one.
        """
        self._must_govern(reader)
        if finding not in FINDINGS:
            raise BadInput("That is no finding.", f"State one of: {', '.join(FINDINGS)}.")
        said = text(note, "note", needed=finding != "justified")
        held = self._to_review(reader, emergency)

        def reviewed(now: Held, version: int) -> Sequence[EmergencyEvent]:
            self._must_be_ready(now, finding)
            return [EmergencyReviewed(finding=finding, note=said, **self._about(now, version, reader.id))]

        self._next(reader, held, reviewed)

    def _to_review(self, reader: Practitioner, emergency: UUID) -> Held:
        with self._means.reading() as session:
            tied = self._tied(session, reader)
        with self._auditing() as session:
            held = emergencies.one(session, emergency)
            answers = held is not None and mandate(reader) in (None, held.organisation) and held.child not in tied
            own = held is not None and held.person == reader.id
            if not answers or own:
                line = self._means.line(reader, "emergency-review", found=False)
                self._means.trail.record(session, replace(line, outcome="refused") if own else line)
        if own:
            raise NotPermitted(
                "Nobody reviews their own emergency access.", "Ask another governance lead to review it."
            )
        if held is None or not answers:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return held

    def _must_be_ready(self, held: Held, finding: str) -> None:
        if held.finding in ("justified", "not-justified"):
            raise BadInput("It has been reviewed already.", "See the access log for what followed.")
        if self._now() < held.over_at:
            raise BadInput("The emergency access is still open.", "Review it when it is over and all is known.")
        if finding == "justified" and not held.reasoned:
            raise BadInput(
                "No reason was given, so it cannot be found justified.", "Ask the reader for the reason first."
            )

    def _must_govern(self, reader: Practitioner) -> None:
        self._means.must_govern(reader, "emergency-review")

    def _to_tell(self, session: Cursor, reader: Practitioner) -> ToTell:
        if not practises(session, reader, self._means.now()):
            return ToTell(reader.id)
        on = self._means.today()
        children = emergencies.led_by(session, reader, on)
        if DUTIES.get(reader.agency) == ALLOCATED and reader.worker:
            who = {"duty": ALLOCATED, "organisation": reader.organisation, "worker": reader.worker}
            # Of no agency: no duty that was stated, of which the lead professional's alone is told.
            children += involvement.caseload(session, agency="", **who, on=on, limit=CASELOAD)
        if not self._means.takes_part(session, reader):
            children = []
        governs, tied = reader.role == Role.GOVERNANCE_LEAD, self._tied(session, reader)
        return ToTell(reader.id, [one for one in children if one not in tied], governs, mandate(reader), tied)

    def _tied(self, session: Cursor, reader: Practitioner) -> list[UUID]:
        """The children to whom the reader has a tie of their own: of these they learn nothing here."""
        return circumstances.tied(session, reader.id, self._means.today())

    def _looked(self, session: Cursor, reader: Practitioner, action: str, found: Sequence[Held]) -> None:
        """Nobody is shown whose children these are without a line for each; nothing found is nothing shown."""
        for child in dict.fromkeys(one.child for one in found):
            self._means.trail.record(session, replace(self._means.line(reader, action, found=True), child=child))

    def _next(self, reader: Practitioner, held: Held, happens: Next) -> Held:
        """Record what happens to an emergency, as it stands when it is this one's turn; as it stands afterwards."""

        def make(cursor: Cursor, version: int) -> Sequence[EmergencyEvent]:
            now = emergencies.one(cursor, held.emergency)
            if now is None:
                raise NothingToShow(NOTHING, NOTHING_NEXT)
            return happens(now, version)

        self._means.act(self._stream(held.child, held.person), make)
        with self._means.reading() as session:
            second_line.about(session, reader, held.child)
            return emergencies.one(session, held.emergency) or held

    def _about(self, held: Held, version: int, by: str) -> dict[str, Any]:
        """What every event of an emergency says."""
        return self._at(held.child, held.person, held.emergency, version) | {"by": by}

    def _at(self, child: UUID, person: str, emergency: UUID, version: int) -> dict[str, Any]:
        place = {"originator_id": self._stream(child, person), "originator_version": version}
        return place | {"child": child, "emergency": emergency, "by": person, "at": self._now()}

    def _stream(self, child: UUID, person: str) -> UUID:
        return self._means.stream("emergency", str(child), person)

    def _now(self) -> datetime:
        """The second we are in: emergencies are counted in seconds."""
        return self._means.now().astimezone(UTC).replace(microsecond=0)


def _task(held: Held, readings: Sequence[emergency_readings.Under]) -> ReviewTask:
    seen = tuple(
        EmergencyReading(r.reading, r.at, r.action, r.outcome, r.shown, r.redacted, r.withheld) for r in readings
    )
    return ReviewTask(emergency_of(held), held.reason, held.finding, held.note, seen)
