"""What is said about an entry, beside it: its outcome, views, disagreements; and how the entry stands because of it.

Worked out from what the reader may know of and from nothing else, so that neither a word nor a status tells of more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

from consent.contributing_terms import RAISED, RESOLVED
from consent.decision import Entry, Redacted, Shown, Withheld

Status = Literal["active", "corrected", "disputed"]


def grouped(entries: Iterable[UUID], about: Sequence[Entry]) -> dict[UUID, tuple[Shown | Redacted, ...]]:
    """For each of these entries what is said about it, oldest first; absent where nothing is."""
    found: dict[UUID, list[Shown | Redacted]] = {}
    for one in about:
        if not isinstance(one, Withheld):
            for cited in cites(one):
                found.setdefault(cited, []).append(one)
    return {entry: tuple(found[entry]) for entry in entries if entry in found}


def cites(entry: Shown | Redacted) -> tuple[UUID, ...]:
    """What an entry is about, as far as the reader may know of it."""
    if isinstance(entry, Redacted):
        return entry.cites
    return entry.marks.cites if entry.marks else ()


def status(entry: Entry, about: Sequence[Shown | Redacted]) -> Status:
    """Whether an entry stands as it was first written, was corrected, or somebody disagrees and it is not resolved."""
    if isinstance(entry, Withheld):
        return "active"
    if about:
        resolved = {cited for one in about if one.code == RESOLVED for cited in cites(one)}
        if any(one.code == RAISED and one.entry not in resolved for one in about):
            return "disputed"
    return "corrected" if isinstance(entry, Shown) and entry.revision > 1 else "active"
