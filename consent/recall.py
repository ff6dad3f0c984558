"""Corrections that reach whoever was shown the old version: whoever was told is told, and nobody else; and it counts.

A notice says that what somebody was told no longer stands, and whom to ask. It says nothing of what was told or of what
stands now, so it also goes to those who work with the child no longer, and to those to whom the entry has since been
closed (UK GDPR, article 19). Only of a child of their own family nobody is told anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import groupby
from typing import Final
from uuid import UUID

from consent.decision import Asked, Level
from consent.entries import keeper
from consent.knowing_rows import day
from consent.means import CASEWORK, STATUTORY, Means
from consent.recall_shapes import CORRECTED, OTHER_CHILD, TAKEN_BACK, Recall
from hub.audit.trail import Told, packed
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow
from hub.events.base import Event
from hub.events.knowing import CorrectionAcknowledged
from hub.people import Agency, Practitioner
from projections import circumstances, recalled, second_line
from projections.recalled import Recalled
from projections.session import Cursor

ACTION: Final = "corrections"
NOTED: Final = "correction-noted"
WHATS: Final = (CORRECTED, TAKEN_BACK, OTHER_CHILD)
MOST: Final = 200
GOVERNANCE: Final = "Ask your organisation's governance lead."

Auditing = Callable[[], AbstractContextManager[Cursor]]
"""Opens a transaction of the role that reads the access log."""


class Recalls:
    """Being told of a correction, and taking note of it."""

    def __init__(self, means: Means, auditing: Auditing) -> None:
        self._means, self._auditing = means, auditing

    def recalls(self, reader: Practitioner) -> tuple[Recall, ...]:
        """What this reader was told and no longer stands: what they have not taken note of first, the oldest first.

        At most 200, and recorded as told. Nothing of a child to whom the reader has a tie of their own.
        """
        with self._means.reading() as session:
            found = self._mine(session, reader)[:MOST]
            working = {child for child in {one.child for one in found} if self._works_with(session, reader, child)}
            for child, told in groupby(sorted(found, key=_child), key=lambda one: one.child):
                line = replace(self._means.line(reader, ACTION, found=True), child=child)
                entries = packed(Told(entry, 0, 0) for entry in sorted({one.entry for one in told}))
                self._means.trail.record(session, replace(line, entries=entries))
            if not found:
                self._means.trail.record(session, self._means.line(reader, ACTION, found=False))
        return tuple(replace(one, works=one.child in working) for one in found)

    def waiting(self, reader: Practitioner) -> int:
        """Of how many corrections this reader has not taken note: a count of their own notices, of no child."""
        with self._means.reading() as session:
            return sum(one.noted_at is None for one in self._mine(session, reader))

    def acknowledge(self, reader: Practitioner, entry: UUID, revision: int, what: str = "") -> None:
        """Take note of a correction, once: a second time changes nothing.

        revision: what `recalls` gave; what: likewise, where whoever asks says so. Raises NothingToShow for an entry of
        which this reader has nothing to take note, BadInput where it has changed since they looked.
        """
        with self._means.reading() as session:
            found = [one for one in self._mine(session, reader) if one.entry == entry]
            meant = [one for one in found if one.revision == revision and what in {"", one.what}]
            children: list[UUID | None] = [one.child for one in meant]
            for child in children or [None]:
                line = self._means.line(reader, NOTED, found=bool(found))
                outcome = "refused" if found and not meant else line.outcome
                self._means.trail.record(session, replace(line, child=child, entry=entry, outcome=outcome))
        if not found:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        if not meant:
            raise _changed()
        for one in meant:
            self._note(reader, one)

    def _note(self, reader: Practitioner, seen: Recall) -> None:
        stream = self._means.stream("correction", str(seen.child), str(seen.entry), reader.id)

        def noted(session: Cursor, version: int) -> Sequence[Event]:
            now = [one for one in self._mine(session, reader, seen.entry) if one.child == seen.child]
            if not now or (now[0].revision, now[0].what) != (seen.revision, seen.what):
                raise _changed()
            if now[0].noted_at is not None:
                return []
            event = CorrectionAcknowledged(
                originator_id=stream,
                originator_version=version,
                child=seen.child,
                entry=seen.entry,
                revision=seen.revision,
                what=seen.what,
                by=reader.id,
                organisation=reader.organisation,
                agency=reader.agency.value,
            )
            return [event]

        self._means.act(stream, noted)

    def _mine(self, session: Cursor, reader: Practitioner, entry: UUID | None = None) -> list[Recall]:
        second_line.about(session, reader)
        tied = circumstances.tied(session, reader.id, self._means.today())
        found = [one for one in recalled.mine(session, entry) if one.child not in tied]
        return sorted(map(_notice, notices(found)), key=lambda one: (one.noted_at is not None, one.at))

    def _works_with(self, session: Cursor, reader: Practitioner, child: UUID) -> bool:
        facts = self._means.facts(session, Asked(reader, CASEWORK[0], STATUTORY), child)
        return self._means.works_with(session, reader, facts)


def notices(found: Iterable[Recalled]) -> list[list[Recalled]]:
    """What one person was told of one entry under one child is one notice, in however many versions they were told."""
    found = sorted(found, key=_place)
    return [list(group) for _, group in groupby(found, key=_place)]


def newest(group: Sequence[Recalled]) -> Recalled:
    """What stands for all of a notice: of what changed, the newest; taken note of once that is."""
    return max(group, key=lambda one: (one.since, one.at, one.noted_at is None))


def _notice(group: Sequence[Recalled]) -> Recall:
    last = newest(group)
    agency = Agency(last.wrote) if max(one.level for one in group) >= 1 else None
    ask = keeper(agency) if agency else GOVERNANCE
    told_at = min(one.told_at for one in group)
    by_day = max(one.level for one in group) < Level.SHOWN
    about = (last.child, last.entry, last.since, last.what, told_at, day(last.at) if by_day else last.at)
    return Recall(*about, agency, ask, works=False, by_day=by_day, noted_at=last.noted_at)


def _place(one: Recalled) -> tuple[str, bytes, bytes]:
    return one.reader, one.child.bytes, one.entry.bytes


def _child(one: Recall) -> UUID:
    return one.child


def _changed() -> BadInput:
    return BadInput("It has changed since you looked.", "Load the list of corrections again.")
