"""What people who work with a child add to the chronology by hand: entries, outcomes, views, disagreements.

Whoever works with the child may add, and is named with it. What is added about an entry needs the writer to be shown at
least its summary, and is never less closed than it. Whoever wrote an entry, and their team, may correct it or take it
back; nobody else may, but anybody who is shown it may disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final
from uuid import UUID, uuid4

from consent.contributing_event import About, Writing, left, standing, still_about
from consent.contributing_terms import CATEGORIES, RAISED, RESOLVED, EntrySaid, checked
from consent.decision import Asked, ChildCard, Level, Redacted, Shown, Withheld
from consent.entries import as_decided
from consent.entry_words import BY_HAND
from consent.means import Means
from consent.releasing import GROUNDS, Ground
from consent.sharing_still import another
from consent.sharing_terms import Incomplete
from consent.statements import text
from hub.audit.trail import Told
from hub.directory import Directory
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow, NotPermitted, Raced
from hub.events.base import Event
from hub.events.identity import PersonRecordLinked
from hub.events.records import Record
from hub.people import Practitioner
from projections import contributed, story
from projections.contributed import Cited, Stands
from projections.session import Cursor

FORM: Final = "entry-form"
ADD: Final = "entry-add"
CORRECT: Final = "entry-correct"
TAKE_BACK: Final = "entry-take-back"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a form begins with: who the child is, and the entry that it is about, as far as the writer is shown it."""

    card: ChildCard
    entry: Shown | Redacted | None


class Contributions:
    """What people add to a chronology by hand.

    Every method raises NothingToShow, which is recorded, to whoever does not work with the child, as for a child who is
    not; and for an entry of which the writer may not know, as for one that is not.
    """

    def __init__(
        self, means: Means, known: Directory, written: Callable[[UUID, int], Record | None] = lambda _, __: None
    ) -> None:
        """written: a version of an entry as it was recorded, by stream and number."""
        self._means, self._known, self._written = means, known, written

    def opened(
        self, reader: Practitioner, child: UUID, entry: UUID | None = None, *, purpose: str, basis: str
    ) -> Opened:
        """What a form begins with. Raises NothingToShow as the rest, also where no summary of the entry is shown."""
        self._must_write(reader, child, FORM)
        with self._means.reading() as session:
            # Emergency access is for reading alone, here and where it is added.
            decided = self._means.decide(session, Asked(reader, purpose, basis), child, lasting=True)
            question = story.Question(child, decided.levels())
            row = story.this(session, question, entry) if entry else None
            row = row if row and row.level >= Level.REDACTED else None
            known = story.known_of(session, question, row.cites) if row and row.cites else frozenset()
            card = (
                story.card(session, child, question.levels) if question.levels.reach() >= Level.REDACTED else ("", "")
            )
            counted = Counter([decided.key_of(row)] if row else [])
            told = [Told(row.entry, row.held, row.level)] if row else []
            found = entry is None or row is not None
            self._means.record(session, decided, FORM, counted, found=found, entry=entry, told=told)
        if not found:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        shown = next(iter(as_decided(decided, [row] if row else [], known)), None)
        return Opened(ChildCard(child, *card), None if isinstance(shown, Withheld) else shown)

    def add(
        self,
        reader: Practitioner,
        child: UUID,
        said: EntrySaid,
        *,
        once: UUID | None = None,
        ground: Ground | None = None,
    ) -> UUID:
        """Add an entry; its id. once: the same again with the same id adds nothing more.

        ground: on which the writer read what it is about, where that is not one of casework's usual ones.
        Raises Incomplete, which names all that is wrong; BadInput where `once` stands for another entry.
        """
        self._must_write(reader, child, ADD)
        said, when = checked(said, reader.agency, self._means.now())
        seen = self._look(reader, child, said, ADD, ground=ground)
        writing = self._writing(reader, child)
        stream = self._means.stream("contribution", str(child), reader.id, str(once or uuid4()))

        def made(session: Cursor, _: Mapping[UUID, int]) -> Sequence[Event]:
            # The same again is answered as the first time, also where it was found to be another child's since.
            if held := contributed.stands(session, stream, BY_HAND):
                if held.retracted or held.fingerprint != writing.fingerprint(said, when):
                    raise another()
                return []
            under, linked = _kept_under(session, writing)
            return [*linked, replace(writing, under=under).record(said, when, stream, 1, seen)]

        self._means.act_on([stream], made)
        return stream

    def correct(  # noqa: PLR0913 - what is corrected, and how
        self,
        reader: Practitioner,
        child: UUID,
        entry: UUID,
        said: EntrySaid,
        *,
        revision: int = 0,
        ground: Ground | None = None,
        leave: Collection[str] = (),
    ) -> None:
        """Put the entry right with a whole new version; the one before stays on record, and who read it is told.

        It is never less closed than before, speaks of another person still, and is about what it was about, also where
        the writer may not know of all of that: else take it back and add another. So does whoever wrote what they are
        not shown so much as the summary of: for that this raises NothingToShow, as for none.
        revision: the version that was corrected; raises Raced where another stands meanwhile. ground: as in `add`.
        leave: what stays as it stands (`contributing_event.LEAVABLE`). Raises NotPermitted for an entry that somebody
        else wrote, and Incomplete as `add`.
        """
        self._must_write(reader, child, CORRECT)
        said = replace(said, cites=tuple(one for one in said.cites if one != entry))
        if not leave:
            checked(said, reader.agency, self._means.now())
        seen = self._look(reader, child, said, CORRECT, entry, ground=ground)
        writing = self._writing(reader, child)

        def made(session: Cursor, _: Mapping[UUID, int]) -> Sequence[Event]:
            held = self._theirs(session, reader, child, entry, seen.cited)
            before = self._written(entry, held.revision)
            if before is None:
                raise NothingToShow(NOTHING, NOTHING_NEXT)
            whole, when = checked(left(said, before, leave), reader.agency, self._means.now())
            # What it said before counts among what it is about, so a correction never makes it less closed.
            was = standing(before, restricted=any(one.restricted for one in seen.cited if one.entry == entry))
            whole = still_about(whole, was)
            if held.fingerprint == writing.fingerprint(whole, when):
                return []
            if revision not in {0, held.revision}:
                raise _raced()
            about = replace(seen, cited=(was, *(one for one in seen.cited if one.entry != entry)))
            return [replace(writing, under=held.person_record).record(whole, when, entry, held.revision + 1, about)]

        self._means.act_on([entry], made)

    def take_back(self, reader: Practitioner, child: UUID, entry: UUID, reason: str) -> None:
        """Take the entry back as wrong. It is shown no more, but for what was known before; NotPermitted as above."""
        reason = text(reason, "reason", needed=True)
        self._must_write(reader, child, TAKE_BACK)
        seen = self._look(reader, child, EntrySaid(), TAKE_BACK, entry)
        writing = self._writing(reader, child)
        known = next(iter(seen.cited), None)

        def made(session: Cursor, _: Mapping[UUID, int]) -> Sequence[Event]:
            held = self._theirs(session, reader, child, entry, seen.cited)
            return [replace(writing, under=held.person_record).retraction(entry, held.revision + 1, reason, known)]

        self._means.act_on([entry], made)

    def _must_write(self, reader: Practitioner, child: UUID, action: str) -> None:
        self._means.must_work_with(reader, child, action)
        if reader.agency not in CATEGORIES or not reader.organisation:
            raise NotPermitted("No agency's entry can be written by you.", "Ask somebody who works with the child.")

    def _writing(self, reader: Practitioner, child: UUID) -> Writing:
        names = {one.code: one.name for one in self._known.organisations()}
        organisation = names.get(reader.organisation, reader.organisation)
        return Writing(reader, child, organisation, self._means.now(), self._means.stream)

    def _look(  # noqa: PLR0913 - who looks at what, to do what
        self,
        reader: Practitioner,
        child: UUID,
        said: EntrySaid,
        action: str,
        entry: UUID | None = None,
        *,
        ground: Ground | None = None,
    ) -> About:
        """What the writer is shown of what they cite; recorded. Raises NothingToShow where it is not all of it.

        entry: one that is written again, or taken back, which need not be open to them; whose it is, is asked later.
        """
        wanted = {*said.cites} - {entry}
        needed = wanted | ({entry} if entry and action == CORRECT else set())
        with self._means.reading() as session:
            found: dict[UUID, Cited] = {}
            for purpose, basis in dict.fromkeys((*GROUNDS, *([ground] if ground else []))):
                decided = self._means.decide(session, Asked(reader, purpose, basis), child, lasting=True)
                for one in contributed.cited(session, child, {*wanted, *([entry] if entry else [])}):
                    shared = one.entry in decided.facts.released
                    key = decided.keys.counted(one.key, restricted=one.restricted, released=shared)
                    if decided.answers[key].level >= Level.REDACTED:
                        found[one.entry] = one
            marked = contributed.restricted(session, child, reader.agency.value)
            known = needed <= found.keys()
            self._means.record(session, decided, action, Counter(), found=known, entry=entry)
        if not known:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        if said.code == RESOLVED and RAISED not in {found[one].code for one in wanted}:
            raise Incomplete({"cites": "Name the disagreement that is resolved."})
        return About(tuple(found.values()), marked)

    @staticmethod
    def _theirs(session: Cursor, reader: Practitioner, child: UUID, entry: UUID, known: Collection[Cited]) -> Stands:
        """The version that stands, if this person's team wrote it."""
        held = contributed.stands(session, entry, BY_HAND)
        theirs = held is not None and held.child == child and held.sender == reader.organisation
        if held is not None and theirs and not held.retracted:
            return held
        if any(one.entry == entry for one in known):
            raise NotPermitted(
                "Another team, or a system, wrote this entry.",
                "Ask them to put it right; if you see it differently, add a disagreement.",
            )
        raise NothingToShow(NOTHING, NOTHING_NEXT)


def _kept_under(session: Cursor, writing: Writing) -> tuple[UUID, list[Event]]:
    """The record of this child under which this agency's people write, and that it is the child's, the first time.

    One that was found to be another child's since is passed over: what is written now is of this child.
    """
    whose = ((record, contributed.whose(session, record)) for record in map(writing.numbered, count()))
    record, begun = next((record, child) for record, child in whose if child in {None, writing.child})
    if begun:
        return record, []
    return record, [
        PersonRecordLinked(
            originator_id=record, originator_version=1, child=writing.child, evidence="contributed", certain=True
        )
    ]


def _raced() -> Raced:
    return Raced(
        "Somebody of your team has corrected this entry since you opened it.", "Open it again, and correct what stands."
    )
