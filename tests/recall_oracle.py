"""Who must be told of a correction, worked out slowly from the two logs alone: the oracle of the property test.

It goes through every event in order and shares nothing with the product but the events. Of each reading it remembers
what was said at which level; of each acknowledgement what stood when it was made, and forgets it as soon as that
changes in the eyes of whoever made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import merge
from typing import Any
from uuid import UUID

from hub.events.access import Disclosed, unpacked
from hub.events.base import Event
from hub.events.identity import PersonRecordLinked
from hub.events.knowing import CorrectionAcknowledged
from hub.events.records import EntryRetracted, Record
from tests.fix_hub import TestHub

Notice = tuple[str, UUID, UUID, str]
"""Reader, child, entry, and what happened."""


@dataclass(slots=True)
class Oracle:
    """What the logs have said so far."""

    versions: dict[UUID, dict[int, Record]] = field(default_factory=dict)
    child_of: dict[UUID, UUID] = field(default_factory=dict)
    told: dict[tuple[str, UUID, UUID], dict[int, int]] = field(default_factory=dict)
    noted: dict[Notice, object] = field(default_factory=dict)

    def take(self, event: Event | None) -> None:
        """Take in the next event of either log."""
        match event:
            case Record():
                self.versions.setdefault(event.originator_id, {})[event.originator_version] = event
                self._forget(event.originator_id)
            case PersonRecordLinked():
                self.child_of[event.originator_id] = event.child
                for entry in self.versions:
                    self._forget(entry)
            case CorrectionAcknowledged():
                notice = (event.by, event.child, event.entry, event.what)
                self.noted[notice] = self._state(notice)
            case Disclosed() if event.entries and event.child is not None:
                for entry, revision, level in unpacked(event.entries):
                    rows = self.told.setdefault((event.reader, event.child, entry), {})
                    rows[revision] = max(level, rows.get(revision, 0))
            case _:
                pass

    def open(self) -> set[Notice]:
        """Whoever was told otherwise than it stands, and has not taken note of that."""
        return {notice for key in self.told if (notice := (*key, self._what(key)))[3] and notice not in self.noted}

    def _forget(self, entry: UUID) -> None:
        changed = [one for one, state in self.noted.items() if one[2] == entry and state != self._state(one)]
        for one in changed:
            del self.noted[one]

    def _standing(self, entry: UUID) -> Record:
        return max(self.versions[entry].values(), key=lambda one: (one.source_order, one.originator_version))

    def _what(self, key: tuple[str, UUID, UUID]) -> str:
        _, child, entry = key
        now = self._standing(entry)
        if isinstance(now, EntryRetracted):
            return "taken-back"
        if self.child_of[now.person_record] != child:
            return "other-child"
        return "corrected" if self._wrong(key) else ""

    def _wrong(self, key: tuple[str, UUID, UUID]) -> list[int]:
        """The levels at which something else was said than now stands."""
        now, versions = self._standing(key[2]), self.versions[key[2]]
        told = self.told.get(key, {}).items()
        return sorted(
            {level for revision, level in told if revision and said(versions[revision], level) != said(now, level)}
        )

    def _state(self, notice: Notice) -> object:
        """What of an entry concerns whoever took note: as soon as it changes they must be told anew."""
        reader, child, entry, what = notice
        now = self._standing(entry)
        if what == "other-child":
            return now.person_record, self.child_of[now.person_record] == child
        wrong = [(level, said(now, level)) for level in self._wrong((reader, child, entry))]
        return isinstance(now, EntryRetracted), wrong if what == "corrected" else []


def said(one: Record, level: int) -> list[Any]:
    """What a version says at a level."""
    marks = one.marks
    summary = [one.code, one.occurred.start, one.occurred.precision, one.occurred.end, one.occurred.approximate]
    summary += [one.significance, one.polarity, one.valence, marks.assertion if marks else ""]
    third = [part.text for part in one.third_parts if part.text]
    who = [one.author.name, one.author.role, one.author.organisation or one.organisation]
    whole = [one.headline, one.detail, third, who, one.source, one.recorded_at_source, marks, one.account]
    return [] if level < 2 else summary if level == 2 else summary + whole


def oracle(hub: TestHub) -> Oracle:
    """Everything that both logs hold, in the order of its time."""
    found = Oracle()
    for event in _in_order(hub):
        found.take(event)
    return found


def _in_order(hub: TestHub) -> Iterator[Event | None]:
    house = hub.house
    with house._database.transaction("hub_projector") as cursor:
        logs = [house._ledgers[log].read(cursor, after=0, limit=1_000_000) for log in ("ledger", "access")]
    for one in merge(*logs, key=lambda one: (one.recorded_at, one.position)):
        yield one.event
