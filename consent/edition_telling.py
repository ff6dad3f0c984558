"""What of an opened edition is told: each entry with its reason, what is written, and what differs from another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Literal, cast
from uuid import UUID

from consent.decision import Level
from consent.edition_copies import Contents
from consent.edition_opening import Opened, kept
from consent.edition_shapes import Chosen, Compared, NoView, Part, Why, Written
from projections.differing import tells_otherwise
from projections.edition_rows import Held
from projections.pinned import Since
from projections.story import Row

OWN: Final = ("chosen", "outside-window", "not-open-to-maker")
"""Why an entry is in or out that says nothing of what the entry says."""


def chosen(opened: Opened, rows: Iterable[tuple[Row, Since]]) -> tuple[Chosen, ...]:
    """Entries of an edition, each with why it is in or was left out, for whoever may read its summary at least.

    Whoever made it is told of the rest, too, what they did themselves, and that it was not open to them.
    """
    held, closed = opened.held, opened.closed if opened.held.frozen_at else set()
    whys = {one.entry: one.why for one in held.picks}
    return tuple(
        Chosen(
            opened.entry(row),
            cast(Why, whys.get(row.entry, "") if _tells(opened, row, whys) else ""),
            held.reasons.get(str(row.entry), "") if _tells(opened, row, whys) else "",
            _since(row, since),
            row.entry in closed,
        )
        for row, since in rows
    )


def _tells(opened: Opened, row: Row, whys: Mapping[UUID, str]) -> bool:
    own = opened.decided.asked.reader.id == opened.held.by
    return row.level >= Level.REDACTED or (own and whys.get(row.entry) in OWN)


def _since(row: Row, since: Since) -> Literal["", "corrected", "taken-back"]:
    """What became of it, for whoever may read its summary at least."""
    if row.level < Level.REDACTED or not since.corrected:
        return ""
    return "taken-back" if since.taken_back else "corrected"


def written(held: Held, of: Contents) -> dict[Part, Written]:
    """What is written in it: all the words, and of what they cite what this reader may know of here."""
    return {
        cast(Part, part): Written(part, said["text"], kept(said["cites"], of), cast(NoView, said["none"]))
        for part, said in held.written.items()
    }


def compared(older: Opened, newer: Opened) -> Compared:
    """What differs in what this reader may see of both; nothing else counts."""
    before = {row.entry: row for row, _ in older.contents.entries}
    after = {row.entry: row for row, _ in newer.contents.entries}
    new = [one for one in newer.contents.entries if one[0].entry not in before]
    old = [one for one in older.contents.entries if one[0].entry not in after]
    said_why = {row.entry: (row, since) for row, since in newer.contents.left_out}
    told = [chosen(newer, [said_why[row.entry]])[0] if row.entry in said_why else None for row, _ in old]
    lost = zip(told, chosen(older, old), strict=True)
    versions = [one for one in newer.contents.entries if _otherwise(before.get(one[0].entry), one[0])]
    first, second = written(older.held, older.contents), written(newer.held, newer.contents)
    return Compared(
        older.held.edition,
        newer.held.edition,
        chosen(newer, new),
        tuple(replace(one, why=now.why if now else "", words=now.words if now else "") for now, one in lost),
        chosen(newer, versions),
        tuple(part for part in dict.fromkeys([*first, *second]) if first.get(part) != second.get(part)),
    )


def _otherwise(before: Row | None, after: Row) -> bool:
    return before is not None and before.held != after.held and tells_otherwise(before, after)
