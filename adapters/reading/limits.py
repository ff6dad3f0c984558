"""Where reading stops: a file of nothing but refusals, or of more records than any delivery holds, is kept whole.

A small file can be written so that each of its bytes is a fault of its own. Every fault costs a row in the
quarantine and a line in the answer, so after a thousand of them running the rest is one refusal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.update import Delivery, Refusal, Translated

BAD_IN_A_ROW = 1_000
MOST_RECORDS = 200_000
"""Records of one delivery. What a national census sends for one authority in a term is well below it."""

FREE_BESIDE, MOST_SWOLLEN = 8 * 1024 * 1024, 2
"""Originals of one delivery together: so many bytes, and so often its own size. Those that are published stay below it
once.
"""


def until_hopeless(found: Iterable[Translated], delivery: Delivery, media_type: str) -> Iterator[Translated]:
    """The same, as it is made; after a thousand refusals running, one refusal with the whole file ends it."""
    bad = 0
    for one in found:
        if bad >= BAD_IN_A_ROW:
            yield _too_many_bad(one.place, delivery, media_type)
            return
        yield one
        bad = bad + 1 if isinstance(one, Refusal) else 0


def at_most(found: Iterable[Translated], delivery: Delivery, media_type: str) -> Iterator[Translated]:
    """The same, as it is made; beyond the most that one delivery may hold, one refusal with the whole file."""
    for number, one in enumerate(found):
        if number >= MOST_RECORDS:
            yield _too_many(one.place, delivery, media_type)
            return
        yield one


def until_swollen(found: Iterable[Translated], delivery: Delivery, media_type: str) -> Iterator[Translated]:
    """The same, as it is made, for records that keep something of their file beside them, such as their patient.

    Where that has made far more of the file than was sent, one refusal with the whole file ends it; every record before
    is whole.
    """
    left = FREE_BESIDE + MOST_SWOLLEN * len(delivery.content)
    for one in found:
        left -= len(one.original)
        if left < 0:
            yield _too_swollen(one.place, delivery, media_type)
            return
        yield one


def _too_swollen(place: str, delivery: Delivery, media_type: str) -> Refusal:
    return Refusal(
        delivery.source,
        "too-much-beside",
        place,
        "What is kept beside each record, so that it can be read alone, has made the file several times as large, so"
        " the records from here on were not read. The file was kept whole.",
        "Split the file into smaller ones and send them; what was taken already is then a duplicate.",
        delivery.content,
        media_type,
    )


def _too_many_bad(place: str, delivery: Delivery, media_type: str) -> Refusal:
    return Refusal(
        delivery.source,
        "too-many-bad-records",
        place,
        f"{BAD_IN_A_ROW} records running were refused, so those from here on were not read. The file was kept whole.",
        "Mend what the refusals before this one name, and send the file again.",
        delivery.content,
        media_type,
    )


def _too_many(place: str, delivery: Delivery, media_type: str) -> Refusal:
    return Refusal(
        delivery.source,
        "too-many-records",
        place,
        f"The file holds over {MOST_RECORDS} records, so those from here on were not read. The file was kept whole.",
        "Split the file into smaller ones and send them; what was taken already is then a duplicate.",
        delivery.content,
        media_type,
    )
