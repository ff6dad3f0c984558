"""What follows from the entries that a reader may know of, each with the entries it rests on; never a score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from consent.card import Card
from consent.clock_data import Reckoning
from consent.deciding import Decided, Keys, decide
from consent.decision import Asked, Entry, Level, Redacted, Shown
from consent.derived import Section, Verdict
from consent.derived_ages import born_of
from consent.derived_views import Material, agency_of, codes_of, derive
from consent.entries import counted, entry_of
from consent.facts import day_of
from consent.means import Means
from consent.views_comparing import Comparing
from hub.audit.trail import Told
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow
from hub.people import Agency, Practitioner
from hub.vocabulary import terms
from projections import beginnings, joined, story
from projections.session import Cursor

MOST = 1000


@dataclass(frozen=True, slots=True)
class Derived:
    """All views as one reader may know them on a day. entries: those that a statement names, as the reader sees them.

    on: the day that they are of; known_at: what was asked, None for now.
    """

    reading: UUID
    child: UUID
    on: date
    sections: tuple[Section, ...]
    entries: tuple[Entry, ...]
    purpose: str
    basis: str
    known_at: datetime | None
    policy: str


class Views:
    """What follows from the entries, in a form that a person can check."""

    def __init__(self, means: Means, reckoning: Reckoning, card: Card) -> None:
        self._means, self._reckoning, self._card = means, reckoning, card
        self._comparing = Comparing(means)

    def of(
        self, reader: Practitioner, child: UUID, *, purpose: str, basis: str, known_at: datetime | None = None
    ) -> Derived:
        """Every view of a child; raises NothingToShow, which is recorded too.

        At a past moment: what followed then from what was known then, as far as this reader may know of it today.
        """
        self._means.must_have_passed(known_at)
        asked = Asked(reader, purpose, basis)
        with self._means.reading() as session:
            decided = self._means.decide(session, asked, child)
            levels = decided.levels()
            question = story.Question(child, levels, known_at, limit=MOST)
            # Nobody for whom all is sealed sets the database reading, as with a chronology.
            rows = _all(session, question) if levels.reach() else []
            found = bool(rows) or decided.works_with or (decided.emergency and levels.reach() > 0)
            entries = [_entry(decided, row) for row in rows]
            material = self._material(session, decided, question, entries)
            sections = derive(material, self._reckoning)
            named = {entry for section in sections for one in section.statements for entry in one.entries}
            counts = counted(decided, (row for row in rows if row.entry in named))
            told = [Told(row.entry, row.held, min(row.level, Level.REDACTED)) for row in rows if row.entry in named]
            reading = self._means.record(session, decided, "views", counts, found=found, known_at=known_at, told=told)
        if not found:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        if known_at is None:
            involved = self._involved(asked, child)
            sections = derive(replace(material, involved=involved), self._reckoning) if involved else sections
        cited = tuple(entry for entry in entries if entry.entry in named)
        return Derived(
            reading,
            child,
            material.today,
            sections,
            cited,
            purpose,
            basis,
            known_at,
            decided.policy.fingerprint,
        )

    def join(self, reader: Practitioner, child: UUID, entries: Sequence[UUID], *, reason: str = "") -> None:
        """Put on record that two entries tell of one happening; both stay what they are, for everybody.

        For whoever works with the child and may read both whole. Raises NothingToShow, NotPermitted or BadInput.
        """
        self._comparing.said(reader, child, entries, "joined", reason)

    def keep_apart(self, reader: Practitioner, child: UUID, entries: Sequence[UUID], *, reason: str = "") -> None:
        """Put on record that two entries tell of two happenings, likewise."""
        self._comparing.said(reader, child, entries, "apart", reason)

    def compare_anew(self, reader: Practitioner, child: UUID, entries: Sequence[UUID], *, reason: str = "") -> None:
        """Take back what was said of two entries, likewise: it is open again."""
        self._comparing.said(reader, child, entries, "anew", reason)

    def _material(
        self, session: Cursor, decided: Decided, question: story.Question, entries: Sequence[Entry]
    ) -> Material:
        shown = [entry.entry for entry in entries if isinstance(entry, Shown)]
        first = beginnings.first_known(session, question, shown) if shown else {}
        born = beginnings.born(session, question) if entries else []
        at = question.known_at
        today = self._means.today() if at is None else day_of(at - timedelta(microseconds=1))
        return Material(
            today,
            entries,
            born_of(born),
            {entry: day_of(moment) for entry, moment in first.items()},
            tuple(_verdicts(session, entries, at)),
            (),
            self._closed(decided),
        )

    def _closed(self, decided: Decided) -> frozenset[str]:
        """Codes whose summary this reader would not be shown, by the rules alone: whether there is any is not asked."""
        asked = [(code, terms()[code]) for code in codes_of(self._reckoning)]
        kinds = [
            (number, agency_of(code), term.category, term.sensitivity, False)
            for number, (code, term) in enumerate(asked, 1)
        ]
        usual = decide(decided.asked, decided.child, decided.facts, decided.policy, Keys(kinds)).answers
        return frozenset(code for number, (code, _) in enumerate(asked, 1) if usual[number].level < Level.REDACTED)

    def _involved(self, asked: Asked, child: UUID) -> frozenset[Agency]:
        try:
            card = self._card.read(asked.reader, child, purpose=asked.purpose, basis=asked.basis)
        except NothingToShow:
            return frozenset()
        return frozenset(line.agency for line in card.lines if line.agency.sends)


def _all(session: Cursor, question: story.Question) -> list[story.Row]:
    rows: list[story.Row] = []
    while len(page := story.read(session, question)) == question.limit:
        rows += page
        question = replace(question, after=(page[-1].place, page[-1].entry))
    return rows + page


def _entry(decided: Decided, row: story.Row) -> Entry:
    number = decided.key_of(row)
    answer = decided.answers[number]
    agency, ask = decided.keys.by_number[row.key].agency, decided.policy.ask(answer.rule)
    return entry_of(row, agency, answer, ask, third_party=False)


def _verdicts(session: Cursor, entries: Iterable[Entry], known_at: datetime | None) -> list[Verdict]:
    """What people said of two entries, for readers of both summaries; why, for readers of both in whole."""
    open_: Mapping[UUID, Entry] = {one.entry: one for one in entries if isinstance(one, Shown | Redacted)}
    found = joined.standing(session, open_.keys(), known_at) if open_ else []
    return [
        Verdict(
            (one.one, one.other),
            one.what,
            Agency(one.agency),
            day_of(one.at),
            one.reason if isinstance(open_[one.one], Shown) and isinstance(open_[one.other], Shown) else "",
        )
        for one in found
        if one.what != "anew"
    ]
