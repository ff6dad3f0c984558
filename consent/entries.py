"""From a row, as far as its level let it leave the database, to the entry a reader is handed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from consent.contributing_terms import ABOUT_ENTRIES, PLAIN
from consent.deciding import Decided
from consent.decision import Answer, Entry, Level, Redacted, Shown, When, Withheld
from hub.people import Agency
from hub.update import Account, Marks
from hub.vocabulary import terms
from projections.story import Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOVED: Final = Answer(Level.WITHHELD, "moved", "This was recorded here by mistake: it is of another child.")
"""In the place of what the rules say, of what was this child's at the moment that was asked about and is not today."""


def entry_of(  # noqa: PLR0913 - what an entry is made of, each named
    row: Row, agency: str, answer: Answer, ask: str, *, third_party: bool, known: Collection[UUID] = ()
) -> Entry:
    """The entry at its level. A sealed row cannot come here: the database never lets it out.

    known: of the entries that it cites, those of which the reader may know. Where it makes sense only beside some, and
    they may know of none, it is an entry like any other: not even that there is one may be told.
    """
    from_agency = Agency(agency)
    when = When(row.start, row.precision, row.end, row.approximate)
    if row.moved:
        return Withheld(row.entry, from_agency, when, MOVED.rule, MOVED.sentence, keeper(from_agency))
    if row.level == Level.WITHHELD:
        return Withheld(row.entry, from_agency, when, answer.rule, answer.sentence, ask)
    cites = tuple(one for one in row.cites if one in known)
    code = row.code if cites or row.code not in ABOUT_ENTRIES else PLAIN
    label = terms()[code].label if code in terms() else "Entry"
    if row.level == Level.REDACTED:
        return Redacted(
            row.entry,
            from_agency,
            when,
            answer.rule,
            answer.sentence,
            ask,
            code,
            label,
            row.significance,
            row.polarity,
            row.valence,
            row.assertion,
            cites,
        )
    return Shown(
        row.entry,
        from_agency,
        when,
        answer.rule,
        answer.sentence,
        code,
        label,
        row.significance,
        row.polarity,
        row.valence,
        row.headline,
        row.detail,
        row.author,
        row.organisation,
        row.source,
        row.recorded_at_source,
        row.received_at or EPOCH,
        row.revision,
        third_party,
        row.defects,
        row.level >= Level.EXPORTABLE,
        _marks(row, cites),
        msgspec.convert(row.account, Account) if row.account else None,
    )


def keeper(agency: Agency) -> str:
    """Whom to ask about a record itself."""
    return f"Ask {agency.label}, which keeps the record."


def counted(decided: Decided, rows: Iterable[Row]) -> Counter[int]:
    """How many of these each key decided. What is another child's by now was not decided by any."""
    return Counter(decided.key_of(row) for row in rows if not row.moved)


def as_decided(decided: Decided, rows: Iterable[Row], known: Collection[UUID]) -> tuple[Entry, ...]:
    """The entries of rows, each by the answer that decided how much of it was let out. known: as in `entry_of`."""
    keys, asks = decided.keys.by_number, dict[int, str]()
    entries = []
    for row in rows:
        kind = decided.key_of(row)
        answer = decided.answers[kind]
        ask = asks.get(kind)
        if ask is None:
            ask = asks[kind] = decided.policy.ask(answer.rule)
        third_party = row.said in keys and keys[row.said].third_party
        entries.append(entry_of(row, keys[kind].agency, answer, ask, third_party=third_party, known=known))
    return tuple(entries)


def cited(rows: Iterable[Row]) -> set[UUID]:
    """The entries that these are about."""
    return {one for row in rows for one in row.cites}


def _marks(row: Row, cites: tuple[UUID, ...]) -> Marks | None:
    if not row.marks:
        return None
    marks = msgspec.convert(row.marks, Marks)
    return replace(marks, cites=cites) if marks.cites else marks
