"""What is new to somebody since they last looked, and what they said they do about it.

Everybody in a team who works with a child has an inbox of their own: what a colleague has read is still new to them. A
line says that there is something, of which agency and since which day, and nothing else; what may not be known at
least in summary today makes no line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from consent.caseload import by_record
from consent.deciding import Decided
from consent.decision import Asked, Level
from consent.entry_words import BY_HAND
from consent.facts import HERE, day_of, duties_of
from consent.inbox_purposes import covered, working
from consent.inbox_shapes import ChildNews, Line, MyNews, Overseen, Unanswered
from consent.inbox_terms import Terms, Word, checked
from consent.inbox_unanswered import Concerns
from consent.means import CASEWORK, STATUTORY, Means
from hub.audit.trail import Told
from hub.directory import Directory, Organisation
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow
from hub.events.base import Event
from hub.events.inbox import EntryAcknowledged
from hub.people import Agency, Practitioner
from projections import news, story
from projections.news import News, Wanted
from projections.session import Cursor

ACTION: Final = "acknowledgement"
SUMMARY: Final = Level.REDACTED
CHILDREN: Final = 200
"""At most so many are listed, those of whom the newest came; whether there are more is said."""
LINES: Final = 50
"""Of one child; who has more to read than that reads the chronology."""


class Inbox:
    """News, acknowledgements, and concerns without an answer."""

    def __init__(
        self, means: Means, known: Directory, auditing: Callable[[], AbstractContextManager[Cursor]], terms: Terms
    ) -> None:
        self._means, self._known, self._terms = means, known, terms
        self._concerns = Concerns(means, auditing, terms, known)

    def organisations(self) -> tuple[Organisation, ...]:
        """To which something can be passed."""
        return tuple(one for one in self._known.organisations() if one.agency.sends)

    def mine(self, reader: Practitioner) -> MyNews:
        """What is new of the children this person works with, the child with the newest first; it is recorded."""
        found: list[ChildNews] = []
        more = False
        with self._means.reading() as session:
            purposes = covered(self._means, session, reader)
            for child in self._candidates(session, reader) if purposes else ():
                wanted = self._wanted(session, reader, child)
                # Of whom more is said there has to be a line: what is sealed to the reader is no more.
                if len(found) == CHILDREN and (more := self._any(session, reader, child, purposes, wanted)):
                    break
                if len(found) < CHILDREN and (one := self._of_child(session, reader, child, purposes, wanted)):
                    found.append(one)
            if not found:
                self._means.trail.record(session, self._means.line(reader, "inbox", found=False))
        newest = sorted(found, key=lambda one: (max(line.received for line in one.lines), one.child), reverse=True)
        return MyNews(tuple(newest), more)

    def acknowledge(  # noqa: PLR0913 - whose word on what, each named
        self, reader: Practitioner, child: UUID, entry: UUID, said: Word, *, purpose: str = "", basis: str = STATUTORY
    ) -> None:
        """Record what this person does about an entry that is open to them at least in summary.

        It counts for the version that they were told of last, so that a correction which they have not met yet stays
        news. purpose, basis: for which and on which they read it; none for any ground of work with the child. Raises
        NothingToShow, which is recorded, for anything else as for an entry that does not exist; BadInput for what
        cannot be kept.
        """
        said = checked(said, self._means.today(), {one.code for one in self.organisations()})
        revision = self._revision(reader, child, entry, (purpose, basis))
        stream = self._means.stream("acknowledgement", str(entry), reader.id)

        def made(_: Cursor, version: int) -> Sequence[Event]:
            word = EntryAcknowledged(
                originator_id=stream,
                originator_version=version,
                child=child,
                entry=entry,
                revision=revision,
                by=reader.id,
                organisation=reader.organisation,
                agency=reader.agency.value,
                what=said.what,
                due=said.due,
                doing=said.doing,
                passed_to=said.passed_to,
            )
            return [word]

        self._means.act(stream, made)

    def unanswered(self, reader: Practitioner, child: UUID, *, at: date | None = None) -> Unanswered:
        """The concerns of a child, open to this person who works with the child, that nobody answered by a day."""
        return self._concerns.of_child(reader, child, at)

    def all_unanswered(self, reader: Practitioner, *, at: date | None = None) -> Overseen:
        """The same of every child that a governance lead answers for, in counts and ids."""
        return self._concerns.everywhere(reader, at)

    def _own(self, reader: Practitioner) -> tuple[str, str, str]:
        """How what this person added by hand is signed, as `consent.contributing_event` does."""
        names = {one.code: one.name for one in self._known.organisations()}
        author = f"{reader.name}, {reader.role.label}"
        return BY_HAND, author, names.get(reader.organisation, reader.organisation)

    def _candidates(self, session: Cursor, reader: Practitioner) -> list[UUID]:
        """All children of whom something came, the newest first; whether the reader may know of it is not asked yet."""
        children = by_record(session, reader, self._means.today())
        return news.with_news(session, reader, _us(reader), children, _first(self._window()))

    def _window(self) -> date:
        return self._means.today() - timedelta(days=self._terms.news.days)

    def _wanted(self, session: Cursor, reader: Practitioner, child: UUID) -> Wanted:
        window = self._window()
        began = news.began(session, reader, child, duties_of(reader), self._means.today()) or window
        since = _first(max(began, window))
        return Wanted(reader.id, _us(reader), since, _first(window), LINES + 1, self._own(reader))

    def _any(self, session: Cursor, reader: Practitioner, child: UUID, purposes: Sequence[str], wanted: Wanted) -> bool:
        """Whether there would be a line of this child; none is handed over."""
        grounds = (decided.levels() for decided in working(self._means, session, reader, child, purposes))
        return any(levels.reach() >= SUMMARY and news.news(session, child, levels, wanted) for levels in grounds)

    def _of_child(
        self, session: Cursor, reader: Practitioner, child: UUID, purposes: Sequence[str], wanted: Wanted
    ) -> ChildNews | None:
        """The lines of one child under each purpose for which this reader may work with the child, each entry once."""
        lines: dict[UUID, Line] = {}
        name, more = ("", ""), False
        for decided in working(self._means, session, reader, child, purposes):
            levels = decided.levels()
            found = news.news(session, child, levels, wanted) if levels.reach() >= SUMMARY else []
            new = [one for one in found[:LINES] if one.entry not in lines]
            if new:
                lines |= {one.entry: _line(decided, one) for one in new}
                name, more = story.card(session, child, levels), more or len(found) > LINES
                # What was opened in this version before is told of no less for being announced again.
                told = [Told(one.entry, one.revision, 0) for one in new if not one.opened]
                self._means.record(session, decided, "inbox", Counter(), found=True, told=told)
        listed = sorted(lines.values(), key=lambda line: (line.received, line.entry), reverse=True)
        return ChildNews(child, *name, tuple(listed), more) if lines else None

    def _revision(self, reader: Practitioner, child: UUID, entry: UUID, ground: tuple[str, str]) -> int:
        """The version of an entry that somebody's word is about; recorded either way."""
        with self._means.reading() as session:
            for decided in self._grounds(session, reader, child, ground):
                levels = decided.levels()
                held = news.stands(session, child, levels, reader.id, entry) if levels.reach() >= SUMMARY else None
                if held is not None and held.level >= SUMMARY:
                    told = [Told(entry, held.told, 0)]
                    self._means.record(session, decided, ACTION, Counter(), found=True, entry=entry, told=told)
                    return held.told
            decided = self._means.decide(session, Asked(reader, CASEWORK[0], STATUTORY), child)
            self._means.record(session, decided, ACTION, Counter(), found=False, entry=entry)
        raise NothingToShow(NOTHING, NOTHING_NEXT)

    def _grounds(
        self, session: Cursor, reader: Practitioner, child: UUID, ground: tuple[str, str]
    ) -> Iterator[Decided]:
        """What the ground that was stated opens, if it is one of work with a child; where none was, what each opens.

        A word stands for good and answers a concern for everybody: who reads in an emergency alone has none, nor who
        does not work with the child.
        """
        purpose, basis = ground
        if purpose in CASEWORK:
            decided = self._means.decide(session, Asked(reader, purpose, basis), child, lasting=True)
            if decided.works_with:
                yield decided
        elif not purpose:
            purposes = covered(self._means, session, reader)
            yield from working(self._means, session, reader, child, purposes, lasting=True)


def _line(decided: Decided, one: News) -> Line:
    kind = "passed" if one.passed_at else "corrected" if one.corrected else "new"
    key = decided.keys.counted(one.key, restricted=one.restricted, released=one.entry in decided.facts.released)
    agency = decided.keys.by_number[key].agency
    asked, received = decided.asked, day_of(one.passed_at or one.known_from)
    return Line(one.entry, Agency(agency), kind, received, asked.purpose, asked.basis)


def _us(reader: Practitioner) -> tuple[str, str]:
    """As what something is passed to this reader."""
    return reader.organisation, reader.role.value


def _first(day: date) -> datetime:
    """The first moment of a day, in Scotland."""
    return datetime.combine(day, time(), HERE)
