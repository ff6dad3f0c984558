"""A table with a header and no row: nothing to take in, and yet news, because an empty return looks like a whole one.

A line end that was lost between the header and the rows looks just so, and what followed it would be gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adapters.reading.csv_rows import CSV_MEDIA
from hub.update import Delivery, Refusal, Translated


def or_no_records(found: Iterable[Translated], delivery: Delivery) -> Iterator[Translated]:
    """The same, as it is made; a table of which nothing was made is one refusal with its bytes."""
    nothing = True
    for one in found:
        nothing = False
        yield one
    if nothing:
        yield Refusal(
            delivery.source,
            "no-records",
            "row 1",
            "The table has a header and no row below it.",
            "If the table is meant to be empty, nothing need be done; otherwise send it with its rows.",
            delivery.content,
            CSV_MEDIA,
        )
