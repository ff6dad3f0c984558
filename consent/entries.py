"""From a row, as far as its level let it leave the database, to the entry a reader is handed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from consent.decision import Answer, Entry, Level, Redacted, Shown, When, Withheld
from hub.people import Agency
from hub.update import Account, Marks
from hub.vocabulary import terms
from projections.story import Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def entry_of(  # noqa: PLR0913 - what an entry is made of, each named
    row: Row, agency: str, answer: Answer, ask: str, *, third_party: bool, known: Collection[UUID] = ()
) -> Entry:
    """The entry at its level. A sealed row cannot come here: the database never lets it out.

    known: of the entries that it cites, those of which the reader may know.
    """
    from_agency = Agency(agency)
    when = When(row.start, row.precision, row.end, row.approximate)
    if row.level == Level.WITHHELD:
        return Withheld(row.entry, from_agency, when, answer.rule, answer.sentence, ask)
    label = terms()[row.code].label if row.code in terms() else "Entry"
    if row.level == Level.REDACTED:
        return Redacted(
            row.entry,
            from_agency,
            when,
            answer.rule,
            answer.sentence,
            ask,
            row.code,
            label,
            row.significance,
            row.polarity,
            row.valence,
            row.assertion,
        )
    return Shown(
        row.entry,
        from_agency,
        when,
        answer.rule,
        answer.sentence,
        row.code,
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
        _marks(row, known),
        msgspec.convert(row.account, Account) if row.account else None,
    )


def cited(rows: Iterable[Row]) -> set[UUID]:
    """The entries that these are about."""
    return {UUID(one) for row in rows if row.marks for one in row.marks["cites"]}


def _marks(row: Row, known: Collection[UUID]) -> Marks | None:
    if not row.marks:
        return None
    marks = msgspec.convert(row.marks, Marks)
    return replace(marks, cites=tuple(one for one in marks.cites if one in known)) if marks.cites else marks
