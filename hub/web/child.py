"""One child's page, put together: the question as the address asks it, and the answer as the page draws it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID

from consent.decision import Disclosure, Entry
from hub.doors import Gate
from hub.errors import NothingToShow
from hub.people import Practitioner, Role
from hub.web import words
from hub.web.choices import Stated, stated
from hub.web.lanes import Overview, overview
from hub.web.listing import Filters, Listing, filters, listing


class Query(Protocol):
    """The part after the question mark."""

    def get(self, key: str, default: str) -> str:
        """Give the value of a key, or the default."""
        ...

    def getlist(self, key: str) -> list[str]:
        """Give every value of a key."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What the address asks: on which ground, as known on which day, filtered how, from which place on.

    entry: the one that the reader comes for, None for none.
    typed is the date field as it was typed; error says what is wrong with it, and then known_on is None.
    """

    ground: Stated
    known_on: date | None
    typed: str
    error: str
    filters: Filters
    cursor: str
    entry: UUID | None

    def address(self, **changes: str) -> str:
        """Write the query of an address that asks the same, but for the changes; an empty change leaves a part out."""
        parts = {
            "purpose": self.ground.purpose,
            "basis": self.ground.basis,
            "known": self.known_on.isoformat() if self.known_on else "",
            "significance": "" if self.filters.weight == "all" else self.filters.weight,
            "order": "" if self.filters.order == "newest" else self.filters.order,
            "since": "last" if self.filters.since_last else "",
        }
        pairs = [(name, value) for name, value in (parts | changes).items() if value]
        return urlencode(pairs + [("agency", agency) for agency in sorted(self.filters.agencies)])


@dataclass(frozen=True, slots=True)
class ChildPage:
    """Everything the template draws. disclosure is None when the question itself could not be asked.

    later: where it was asked how the story was known once, what was added or corrected since, as it is known now.
    """

    child: UUID
    question: Question
    disclosure: Disclosure | None
    overview: Overview | None
    listing: Listing | None
    age: str
    later: tuple[Entry, ...] = ()

    @property
    def listed(self) -> frozenset[UUID]:
        """The entries that stand on the page."""
        entries = self.disclosure.entries if self.disclosure else ()
        return frozenset(entry.entry for entry in entries if self.question.filters.keeps(entry))

    @property
    def more(self) -> str:
        """Say so where these are not all there are."""
        if self.disclosure is None or (self.disclosure.first and not self.disclosure.cursor):
            return ""
        return f". These are the {self.question.filters.order} of more" if self.disclosure.first else ", of more"


def asked(query: Query, role: Role, today: date) -> Question:
    """Read the question. A date that cannot be is an error to show, never a different question."""
    typed = query.get("known", "").strip()[:20]
    known_on, error = _known_on(typed, today)
    return Question(
        ground=stated(role, query.get("purpose", ""), query.get("basis", "")),
        known_on=known_on,
        typed=typed,
        error=error,
        filters=filters(
            query.getlist("agency"), query.get("significance", ""), query.get("order", ""), query.get("since", "")
        ),
        cursor=query.get("cursor", "")[:512],
        entry=_entry(query.get("entry", "")),
    )


def chronology_page(gate: Gate, reader: Practitioner, child: UUID, question: Question, today: date) -> ChildPage:
    """Ask the gate and lay out its answer; with an error in the question, ask nothing and show nothing."""
    if question.error:
        return ChildPage(child, question, None, None, None, "")
    shown = gate.chronology(
        reader,
        child,
        purpose=question.ground.purpose,
        basis=question.ground.basis,
        known_at=moment_of(question.known_on),
        since_last=question.filters.since_last,
        cursor=question.cursor,
        order=question.filters.order,
        around=None if question.cursor else question.entry,
        keeps=question.filters.keeps if question.filters.choosing else None,
    )
    age = words.age(shown.card.born, question.known_on or today)
    told = shown.entries if question.filters.order == "oldest" else tuple(reversed(shown.entries))
    found = listing(told, question.filters)
    kept = tuple(filter(question.filters.keeps, told))
    lanes = None if question.filters.since_last else overview(kept, part=question.filters.choosing)
    return ChildPage(child, question, shown, lanes, found, age, _later(gate, reader, child, question, shown))


def _later(gate: Gate, reader: Practitioner, child: UUID, question: Question, then: Disclosure) -> tuple[Entry, ...]:
    """What was added or corrected after the day as known on, in a reading of its own, as it is known now."""
    if question.known_on is None or question.cursor:
        return ()
    ground, since = question.ground, moment_of(question.known_on)
    known = {entry.entry: entry for entry in then.entries}

    def changed(entry: Entry) -> bool:
        return known.get(entry.entry) != entry

    try:
        now = gate.chronology(reader, child, purpose=ground.purpose, basis=ground.basis, since=since, keeps=changed)
    except NothingToShow:
        return ()
    return tuple(filter(changed, now.entries))


def _entry(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def moment_of(known_on: date | None) -> datetime | None:
    """Give the moment that a day as known on means: its end; None for now."""
    return None if known_on is None else words.end_of(known_on)


def _known_on(typed: str, today: date) -> tuple[date | None, str]:
    if not typed:
        return None, ""
    known_on = words.typed_date(typed)
    if known_on is None:
        return None, "As known on must be a real date, like 21/3/2024"
    if known_on > today:
        return None, "As known on must be today or in the past"
    return (None if known_on == today else known_on), ""
