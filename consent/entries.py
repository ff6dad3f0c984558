"""From a row, as far as its level let it leave the database, to the entry a reader is handed."""

from __future__ import annotations

from datetime import UTC, datetime

from consent.decision import Answer, Entry, Level, Redacted, Shown, When, Withheld
from hub.people import Agency
from hub.vocabulary import terms
from projections.story import Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def entry_of(row: Row, agency: str, answer: Answer, ask: str, *, third_party: bool) -> Entry:
    """The entry at its level. A sealed row cannot come here: the database never lets it out."""
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
    )
