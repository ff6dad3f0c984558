"""The one way out: gather the facts, decide, read what may be read, record the reading, hand over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from consent import story_pages
from consent.beside import grouped
from consent.capacity import review_of
from consent.caseload import Caseload, by_record
from consent.deciding import Decided
from consent.decision import Asked, ChildCard, Disclosure, Entry, Explanation, FoundChild, Level, Order
from consent.emergency_opening import under
from consent.entries import as_decided, cited, counted
from consent.looking_back import notes
from consent.means import CASEWORK, STATUTORY, Means
from consent.ways import ways_for_reader
from hub.audit.trail import Told
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow
from hub.identity import register
from hub.people import Practitioner
from projections import looked, partnership, story
from projections.session import Cursor

READ = "chronology"
PART = "chronology-part"
"""A chronology of which only some was wanted: what was left out has not been looked at."""
LOOKS = (READ, PART)
MOST = 1000
WHOLE = 10_000
CASELOAD = 200
NOBODY = UUID(int=0)

Tells = Callable[[Sequence[Entry], Mapping[UUID, Sequence[Entry]]], Collection[UUID]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which entries of a story: as known at, of what became known since, after a place and an id, at most so many.

    since_last: of what became known since this reader last looked. around: on the page where this entry is. tells: of
    the entries, with what is said beside each, those that will be told; none for all. furthest: and how far at most.
    """

    known_at: datetime | None = None
    since: datetime | None = None
    after: tuple[str, UUID] = story_pages.START
    limit: int = MOST
    since_last: bool = False
    newest: bool = False
    around: UUID | None = None
    tells: Tells | None = None
    furthest: Level = Level.EXPORTABLE


class Gate:
    """Decides, records and hands over. Nobody else reads the projections for a person."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def chronology(  # noqa: PLR0913 - a question has this many parts, each named
        self,
        reader: Practitioner,
        child: UUID,
        *,
        purpose: str,
        basis: str,
        known_at: datetime | None = None,
        since: datetime | None = None,
        since_last: bool = False,
        limit: int = 500,
        cursor: str = "",
        order: Order = "oldest",
        around: UUID | None = None,
        keeps: Callable[[Entry], bool] | None = None,
    ) -> Disclosure:
        """A child's story as this reader may see it. Raises NothingToShow, which is recorded too.

        since: of what became known from then on alone; since_last: since this reader last looked, if they ever did.
        cursor: goes on in the order in which it was given. around: the page from this entry on, unless it is on the one
        asked for; of what this reader may not know of, as if nothing had been named. keeps: which entries the reader is
        told of, by whoever asks for them; the others are not recorded as told, and it counts as no look.
        """
        after, newest = story_pages.after(cursor, newest=order == "newest")
        tells = None if keeps is None else _kept(keeps)
        wanted = _Wanted(known_at, since, after, max(1, min(limit, MOST)), since_last, newest, around, tells)
        return self._shown(Asked(reader, purpose, basis), child, wanted, READ if keeps is None else PART)

    def whole(  # noqa: PLR0913 - as a chronology, and what it is read for
        self,
        reader: Practitioner,
        child: UUID,
        *,
        purpose: str,
        basis: str,
        known_at: datetime | None,
        action: str,
        names: Callable[[Sequence[Entry]], Collection[UUID]],
    ) -> Disclosure:
        """As a chronology, in one reading recorded as this action, for what is worked out from the whole of a story.

        names: the entries that it will name, by when they were and what they are about: they alone are recorded as
        told, and no further than that. Of a story of more than 10,000 entries it has the first 10,000, and a cursor.
        """
        wanted = _Wanted(known_at, limit=WHOLE, tells=lambda entries, _: names(entries), furthest=Level.REDACTED)
        return self._shown(Asked(reader, purpose, basis), child, wanted, action)

    def _shown(self, asked: Asked, child: UUID, wanted: _Wanted, action: str) -> Disclosure:
        known_at = wanted.known_at
        self._means.must_have_passed(known_at)
        with self._means.reading() as session:
            decided = self._means.decide(session, asked, child)
            levels = decided.levels()
            before = self._last_look(session, asked.reader, child, wanted) if action in LOOKS else None
            since = before if wanted.since_last else wanted.since
            question = story.Question(child, levels, known_at, since, wanted.after, wanted.limit, wanted.newest)
            # Nobody for whom all is sealed sets the database reading: how long it takes would tell a child from none.
            page = story_pages.read(session, question, wanted.around) if levels.reach() else story_pages.Page()
            about = _said_of(session, question, page.rows)
            on_page = {row.entry for row in page.rows}
            rows = [*page.rows, *(row for row in about if row.entry not in on_page)]
            cites = cited(rows)
            known = story.known_of(session, question, cites) if cites else frozenset()
            card = ChildCard(child, *self._card(session, child, levels, known_at))
            found = bool(rows) or decided.works_with or (decided.emergency and levels.reach() > 0)
            emergency = under(session, decided, self._means.now())
            marked = notes(session, decided, rows, before) if action in LOOKS and known_at is None else {}
            entries = as_decided(decided, rows, known)
            by_id = {one.entry: one for one in entries} if about else {}
            beside = grouped(on_page, [by_id[row.entry] for row in about])
            entries = entries[: len(page.rows)]
            named = on_page | by_id.keys() if wanted.tells is None else wanted.tells(entries, beside)
            rows = [row for row in rows if row.entry in named]
            told = [Told(row.entry, row.held, min(row.level, wanted.furthest)) for row in rows]
            counts = counted(decided, rows)
            reading = self._means.record(session, decided, action, counts, found=found, known_at=known_at, told=told)
        if not found:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return Disclosure(
            reading,
            card,
            entries,
            asked.purpose,
            asked.basis,
            known_at,
            decided.policy.fingerprint,
            page.cursor,
            emergency,
            beside,
            before,
            marked,
            page.first,
        )

    def explain(self, reader: Practitioner, child: UUID, entry: UUID, *, purpose: str, basis: str) -> Explanation:
        """Why one entry is open or closed. A sealed one, and one that does not exist, are the same: nothing to show."""
        with self._means.reading() as session:
            decided = self._means.decide(session, Asked(reader, purpose, basis), child)
            held = story.key_of(session, child, entry)
            shared = entry in decided.facts.released
            key = decided.keys.counted(held[0], restricted=held[1], released=shared) if held else None
            answer = decided.answers[key] if key is not None else None
            found = answer is not None and answer.level > Level.SEALED
            explained = Counter({key: 1}) if key is not None and found else Counter[int]()
            reading = self._means.record(session, decided, "explanation", explained, found=found, entry=entry)
        if key is None or answer is None or not found:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        policy, asked, facts = decided.policy, decided.asked, decided.facts
        ways = ways_for_reader(policy, asked, facts, decided.keys.by_number[key], self._means.today())
        rests_on, ask = decided.rests_on(key, entry), policy.ask(answer.rule)
        return Explanation(reading, entry, answer, policy.fingerprint, rests_on, ask, ways)

    def find(self, reader: Practitioner, *, system: str, value: str) -> tuple[FoundChild, ...]:
        """Children with this identifier whom the reader works with; a search is recorded whatever it finds."""
        digest = self._means.digest(system, value)
        with self._means.reading() as session:
            children = register.children_with(session, system, digest)
            refused: list[Decided] = []
            found = self._known(session, reader, children, refused)
            self._listed(session, reader, "search", found)
            for one in refused:
                line = replace(self._means.line(reader, "search", found=False), child=one.child)
                self._means.trail.record(session, replace(line, obligations=one.refusing))
        return found

    def children(self, reader: Practitioner) -> tuple[FoundChild, ...]:
        """Those of the reader's caseload that are listed."""
        return self.caseload(reader).children

    def caseload(self, reader: Practitioner) -> Caseload:
        """The children that the reader's own team, school or practice works with today, or the reader alone."""
        with self._means.reading() as session:
            children = by_record(session, reader, self._means.today(), CASELOAD + 1)
            found = self._known(session, reader, children[:CASELOAD])
            self._listed(session, reader, "caseload", found)
        return Caseload(found, bool(found) and len(children) > CASELOAD)

    def _last_look(self, session: Cursor, reader: Practitioner, child: UUID, wanted: _Wanted) -> datetime | None:
        return looked.last_look(session, reader.id, child, self._means.now()) if wanted.known_at is None else None

    def _card(
        self, session: Cursor, child: UUID, levels: story.Levels, known_at: datetime | None = None
    ) -> tuple[str, str]:
        return story.card(session, child, levels, known_at) if levels.reach() >= Level.REDACTED else ("", "")

    def _known(
        self, session: Cursor, reader: Practitioner, children: Sequence[UUID], refused: list[Decided] | None = None
    ) -> tuple[FoundChild, ...]:
        """Of these children, those the reader works with, where an agreement covers any such work.

        Each by name only where something of theirs is open, for such work and on a statutory basis. Where there is no
        child to look at, nobody is looked at all the same: an unknown number takes as long as one of no concern.
        refused is given the children of whom the rules oblige to tell that they were asked for.
        """
        today = self._means.today().isoformat()
        covered = partnership.covered(session, reader.organisation, CASEWORK, today)
        if (purpose := next((purpose for purpose in CASEWORK if purpose in covered), None)) is None:
            return ()
        asked = Asked(reader, purpose, STATUTORY)
        found = []
        for child in children or (NOBODY,):
            decided = self._means.decide(session, asked, child)
            if decided.works_with:
                name = self._card(session, child, decided.levels())
                review = review_of(session, self._means.today(), child)
                found.append(FoundChild(child, *name, decided.facts.relation, review))
            elif refused is not None and decided.refusing:
                refused.append(decided)
        return tuple(found)

    def _listed(self, session: Cursor, reader: Practitioner, action: str, found: Sequence[FoundChild]) -> None:
        for one in found:
            self._means.trail.record(session, replace(self._means.line(reader, action, found=True), child=one.child))
        if not found:
            self._means.trail.record(session, self._means.line(reader, action, found=False))


def _said_of(session: Cursor, question: story.Question, rows: Sequence[story.Row]) -> list[story.Row]:
    """What is said about those of these that are shown at least in summary, on whatever page it stands."""
    asked = {row.entry for row in rows if row.level >= Level.REDACTED}
    return story.about(session, question, asked) if asked else []


def _kept(keeps: Callable[[Entry], bool]) -> Tells:
    """Those that are kept, and what is said beside them."""

    def told(entries: Sequence[Entry], beside: Mapping[UUID, Sequence[Entry]]) -> set[UUID]:
        kept = {one.entry for one in entries if keeps(one)}
        return kept | {said.entry for entry in kept for said in beside.get(entry, ())}

    return told
