"""Who knew what when: for each entry and agency, when it was open to them, told to them, read and answered by them.

Made of the ledger and the access log alone, as they stood at any moment. Governance of the partnership is told ids,
times and states; whoever works with the child is told of the entries that they may see today, and of the services whose
involvement they may know of, and of nothing else: not in a row, a gap or a count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from consent.decision import Level
from consent.governing import Governing
from consent.knowing_available import Asking, Compiled, Open, Then, available
from consent.knowing_rows import Rows, Sight, day, own_time
from consent.knowing_shapes import EntryKnown, Matrix
from consent.means import Means, not_taken_in
from consent.recall import Auditing
from consent.recall_account import Accounts
from hub.audit.trail import Told, packed
from hub.directory import Directory
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow
from hub.people import Practitioner, Role
from projections import chronology, known_when, second_line, story
from projections.known_when import Linked, Version
from projections.session import Cursor
from projections.story import Levels

ACTION: Final = "who-knew"
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class _Held:
    """One entry that stands as the child's: its versions so far, and since when the hub holds it."""

    entry: UUID
    agency: str
    received: datetime
    versions: list[Version]


class Matrices(Accounts):
    """Asking who knew what when."""

    def __init__(self, means: Means, auditing: Auditing, compiled: Compiled, known: Directory) -> None:
        super().__init__(means, auditing, known)
        self._compiled, self._known = compiled, known

    def matrix(
        self, reader: Practitioner, child: UUID, *, at: datetime | None = None, limit: int = 100, cursor: str = ""
    ) -> Matrix:
        """Who knew what when of a child's entries, as of a moment (None: now), oldest received first.

        Raises NothingToShow for whoever neither works with the child nor governs for the partnership, and NotPermitted
        for another governance lead, recorded; BadInput for a moment that has not been wholly taken in, and for a cursor
        that is none.
        """
        leads = reader.role is Role.GOVERNANCE_LEAD
        if leads:
            governing = Governing(self._means.reading, self._means.trail, self._means.now)
            governing.must(reader, ACTION, child=child, of_partnership=True)
        else:
            self._means.must_work_with(reader, child, ACTION)
        self._must_have_passed(at)
        with self._means.reading() as session:
            then = at or max(self._means.now(), known_when.now(session))
            links, held = self._held(session, reader, child, then)
            levels = self._levels(session, reader, child, at, held)
            sight = Sight() if leads else self._sight(session, reader, child, then)
            visible = [one for one in held if leads or one.entry in levels]
            page, more = _page(visible, cursor, max(1, min(limit, MOST)))
            whole = {one.entry for one in page if leads or levels[one.entry] >= Level.SHOWN}
            found = self._known_of(session, child, then, page, (links, sight, whole))
            line = replace(self._means.line(reader, ACTION, found=bool(held) or not leads), child=child)
            told = packed(Told(one.entry, 0, int(Level.WITHHELD)) for one in page)
            known_at = at.astimezone(UTC).isoformat() if at else ""
            self._means.trail.record(session, replace(line, known_at=known_at, entries=told, purpose=_purpose(leads)))
        if leads and not held:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return Matrix(line.originator_id, child, at, found, str(page[-1].entry) if more else "")

    def _must_have_passed(self, at: datetime | None) -> None:
        """A moment to which something could still be added has no answer yet that would stay the same."""
        if at is None:
            return
        with self._means.looking() as session:
            passed = story.taken_in(session, at) and known_when.said_so_far(session, at)
        with self._auditing() as session:
            passed = passed and known_when.read_so_far(session, at)
        if not passed:
            raise not_taken_in()

    def _held(
        self, session: Cursor, reader: Practitioner, child: UUID, at: datetime
    ) -> tuple[list[Linked], list[_Held]]:
        """The child's entries that stood at a moment, by their labels alone."""
        second_line.about(session, reader, child)
        keys = chronology.keys(session)
        # The labels alone are looked at, and of whichever kind: for this look the second line has to let them through.
        every = [int(Level.WITHHELD)] * max((number for number, *_ in keys), default=0)
        story.confine(session, child, Levels(every, every))
        second_line.as_then(session)
        links = known_when.linked(session, child, at)
        agencies = {number: agency for number, agency, *_ in keys}
        grouped: dict[UUID, list[Version]] = defaultdict(list)
        for one in known_when.versions(session, sorted({link.record for link in links}), at):
            grouped[one.entry].append(one)
        last = {link.record: link for link in links if link.until >= at}
        held = [
            _Held(entry, agencies[found[-1].key], _received(found, links), found)
            for entry, found in grouped.items()
            if found[-1].still and not found[-1].retracted and found[-1].record in last
        ]
        return links, sorted(held, key=lambda one: (one.received, one.entry.bytes))

    def _levels(
        self, session: Cursor, reader: Practitioner, child: UUID, at: datetime | None, held: Sequence[_Held]
    ) -> dict[UUID, Level]:
        """Of these entries those that the reader may see today, at least in summary, and how far."""
        if reader.role is Role.GOVERNANCE_LEAD:
            return {}
        decided = self._means.decide(session, self._asked(session, reader), child)
        question, found = story.Question(child, decided.levels(), at), dict[UUID, Level]()
        for level in (Level.REDACTED, Level.SHOWN):
            found |= dict.fromkeys(story.known_of(session, question, {one.entry for one in held}, int(level)), level)
        return found

    def _known_of(
        self,
        session: Cursor,
        child: UUID,
        at: datetime,
        page: Sequence[_Held],
        of: tuple[list[Linked], Sight, set[UUID]],
    ) -> tuple[EntryKnown, ...]:
        """The rows of some entries. of: whose records were the child's when, who may be told of, what may be whole."""
        if not page:
            return ()
        links, sight, whole = of
        asking = Asking(child, at, min(link.since for link in links), chronology.keys(session))
        open_to = Then(session, self._compiled, asking).open_to(self._known.people())
        ids = [one.entry for one in page]
        told, said = defaultdict(list), defaultdict(list)
        for one in known_when.told(session, ids, at):
            told[one.entry].append(one)
        for word in known_when.said(session, child, ids, at):
            said[word.entry].append(word)
        found = []
        for held in page:
            by_day = held.entry not in whole
            until = day(at) if by_day else at
            rows = Rows(sight, until)
            self._own(rows, held, whole=not by_day)
            self._available(rows, held, links, open_to, until)
            for one in told[held.entry]:
                if one.told_at <= until:
                    rows.told(one)
            for word in said[held.entry]:
                if word.at <= until:
                    rows.said(word)
            received = day(held.received) if by_day else held.received
            found.append(EntryKnown(held.entry, held.agency, received, by_day, rows.knowers(by_day=by_day)))
        return tuple(found)

    def _own(self, rows: Rows, held: _Held, *, whole: bool) -> None:
        """Whoever recorded it knew it; its own time and its organisation are for whoever may read it whole."""
        first = held.versions[0]
        codes = {one.code for one in self._known.organisations()}
        organisation = first.organisation if whole and first.organisation in codes else ""
        at = own_time(first.recorded_at_source, held.received) if whole else held.received
        rows.recorded(held.agency, organisation, at)

    def _available(
        self, rows: Rows, held: _Held, links: Sequence[Linked], open_to: dict[str, list[list[Open]]], at: datetime
    ) -> None:
        alike: dict[int, list[tuple[datetime, datetime]]] = {}
        for person in self._known.people():
            ways = open_to.get(person.id)
            if ways is None:
                continue
            if id(ways) not in alike:
                alike[id(ways)] = [
                    (since, min(until, at)) for since, until in available(held.versions, links, ways, at) if since <= at
                ]
            rows.available(person.agency.value, person.organisation, person.id, alike[id(ways)])


def _purpose(leads: bool) -> str:  # noqa: FBT001 - the one thing it goes by
    return "audit" if leads else ""


def _received(found: Sequence[Version], links: Sequence[Linked]) -> datetime:
    """When the hub first held it as this child's."""
    return min(
        max(version.since, link.since)
        for version in found
        for link in links
        if link.record == version.record and link.since <= version.until and version.since <= link.until
    )


def _page(visible: Sequence[_Held], cursor: str, limit: int) -> tuple[Sequence[_Held], bool]:
    start = 0
    if cursor:
        places = {str(one.entry): place for place, one in enumerate(visible)}
        if cursor not in places:
            raise BadInput("The cursor is not one the hub gave.", "Ask again without a cursor.")
        start = places[cursor] + 1
    return visible[start : start + limit], len(visible) > start + limit
