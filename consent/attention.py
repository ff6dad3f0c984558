"""What the rules oblige the hub to tell governance of, and who took note of it: ids and counts, no content, no name.

Taking note belongs to the access log and not to the ledger: it changes no decision and says nothing of a child. It is
about one line of that log, stands behind it in that line's own stream, and governance may write nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from consent.auditing import Auditing, answers_for
from consent.governing import mandate
from hub.audit.trail import AttentionNoted
from hub.errors import BadInput, HubError, NothingToShow, NotPermitted
from hub.people import Practitioner
from projections import access_log, attention
from projections.session import Cursor

MOST = 500
READING = "reading"
NO_READING = "There is no such reading that you answer for."
NO_READING_NEXT = "Take its id from the access log; another organisation's reading is for its own governance lead."


@dataclass(frozen=True, slots=True)
class Noted:
    """Who took note, a directory id, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Attention:
    """What one person did about one child that governance is told of, once for all the times they did it again.

    why: refusal (closed to them by a rule that tells governance), tie (they stated a person's tie to the child),
    emergency (they opened emergency access) or reading (anything else they were shown by such a rule). reading: the
    newest of `times` readings. shown, redacted, withheld: entries, each counted in each reading. emergency: its id.
    """

    reading: UUID
    why: str
    reader: str
    role: str
    agency: str
    organisation: str
    action: str
    child: UUID | None
    times: int
    first: datetime
    last: datetime
    shown: int
    redacted: int
    withheld: int
    emergency: UUID | None
    noted: Noted | None


class Attending(Auditing):
    """Being told, and taking note."""

    def attention(self, reader: Practitioner) -> tuple[Attention, ...]:
        """What waits for somebody to take note of it, newest first, then what was taken note of.

        A lead of one organisation is told of what its own people did, the partnership's own governance of everybody.
        Raises NotPermitted for anyone else; that is recorded as well.
        """
        with self._looking(reader, "attention") as session:
            whose = mandate(reader)
            found = [] if whose == "" else attention.lines(session, whose, MOST)
            self._trail.record(session, self._look(reader, "attention", "shown"))
        return tuple(_attention(one) for one in found)

    def take_note(self, reader: Practitioner, reading: UUID) -> None:
        """Take note of a line, and of the earlier ones of the same person, child and reason. Recorded either way.

        Raises NothingToShow for what this lead is not told of, NotPermitted for what they did themselves, BadInput
        where somebody has taken note already, and for emergency access, which its review closes.
        """
        with self._looking(reader, "attention-noted") as session:
            problem = self._problem(session, reader, reading)
            if problem is None and not self._trail.note(session, _note(reader, reading)):
                problem = _noted_already()
            outcome = "recorded" if problem is None else "refused"
            if isinstance(problem, NothingToShow):
                outcome = "nothing-to-show"
            look = self._look(reader, "attention-noted", outcome)
            self._trail.record(session, replace(look, facts=((READING, str(reading), 0),)))
        if problem is not None:
            raise problem

    def capacity_due(self, reader: Practitioner) -> int:
        """For how many children it is to be looked at again who decides, the child or a parent: a count, no child.

        A lead of one organisation is told of the children its own people work with. Raises NotPermitted for others.
        """
        with self._looking(reader, "capacity-due") as session:
            self._trail.record(session, self._look(reader, "capacity-due", "shown"))
        whose = mandate(reader)
        return 0 if whose == "" else self._books.capacity_due(whose)

    def _problem(self, session: Cursor, reader: Practitioner, reading: UUID) -> HubError | None:
        kept = self._books.readings.one(session, reading)
        why = access_log.attention_to(kept.event) if kept is not None else ""
        if kept is None or not why or not answers_for(reader, kept.event.organisation):
            return NothingToShow(NO_READING, NO_READING_NEXT)
        if kept.event.reader == reader.id:
            return NotPermitted("Nobody takes note of what they did themselves.", "Ask another governance lead.")
        if why == "emergency":
            return BadInput("Emergency access is closed by its review.", "Go to the emergency access to review.")
        return _noted_already() if attention.noted(session, reading) else None


def _note(reader: Practitioner, reading: UUID) -> AttentionNoted:
    return AttentionNoted(originator_id=reading, originator_version=2, by=reader.id)


def _noted_already() -> BadInput:
    return BadInput("Somebody has taken note of it already.", "Load the list again to see who and when.")


def _attention(line: attention.Line) -> Attention:
    values = {name: getattr(line, name) for name in Attention.__slots__ if name != "noted"}
    return Attention(**values, noted=Noted(line.noted_by, line.noted_at) if line.noted_at else None)
