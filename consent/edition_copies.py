"""What each reader is given of an edition: each level is decided for them; who is given the same shares one copy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from consent.deciding import Decided
from consent.decision import Level
from consent.edition_detail import MadeFor
from consent.edition_readers import asked_of
from consent.means import Means
from hub.events.access import Told, packed, unpacked
from hub.events.editions import Copy
from hub.people import Practitioner
from projections import pinned
from projections.edition_rows import Held
from projections.pinned import AS_KNOWN, LAST_TRUE, Since
from projections.session import Cursor
from projections.story import Row

Pins = tuple[Sequence[Told], Sequence[Told]]
"""The entries that are in, and those that were left out."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What one reader may see of an edition: of what is in it, and of what was left out; each oldest first."""

    entries: list[tuple[Row, Since]]
    left_out: list[tuple[Row, Since]]

    @property
    def both(self) -> list[tuple[Row, Since]]:
        """All of it."""
        return [*self.entries, *self.left_out]

    def told(self) -> tuple[list[Told], list[Told]]:
        """In which version and how far each entry is let be known."""
        entries, left_out = ([Told(row.entry, row.held, row.level) for row, _ in of] for of in self._sides())
        return entries, left_out

    def _sides(self) -> tuple[list[tuple[Row, Since]], ...]:
        return self.entries, self.left_out


def drafted(held: Held, left_out: Level) -> Pins:
    """What a draft holds: each entry as it was known then; what is left out, up to a level."""
    entries = [Told(one.entry, AS_KNOWN, Level.EXPORTABLE) for one in held.picks if one.included]
    others = [one for one in held.picks if not one.included]
    return entries, [Told(one.entry, LAST_TRUE if one.why == "taken-back" else AS_KNOWN, left_out) for one in others]


def frozen(held: Held) -> Pins:
    """The same as it is frozen: of what is left out the summary, and nothing that was taken back."""
    entries, left_out = drafted(held, Level.REDACTED)
    return entries, [one for one in left_out if one.revision != LAST_TRUE]


def contents(session: Cursor, decided: Decided, known_at: datetime, pins: Pins) -> Contents:
    """Of the pinned entries that are in, and of those that are not, what was decided to be let out."""
    levels, both = decided.levels(), [*pins[0], *pins[1]]
    rows = pinned.read(session, decided.child, levels, both, known_at) if levels.reach() and both else []
    included = {one.entry for one in pins[0]}
    return Contents(
        [one for one in rows if one[0].entry in included], [one for one in rows if one[0].entry not in included]
    )


@dataclass(frozen=True, slots=True)
class Freezing:
    """A draft that is being frozen at a moment, for these readers, of whom the first is its maker."""

    held: Held
    made_for: MadeFor
    at: datetime
    readers: Sequence[Practitioner]


def copies(means: Means, session: Cursor, of: Freezing) -> list[Copy]:
    """A copy for each set of readers who may see the same of it.

    What the maker may not know of is in none. Of what they may, each reader's own level decides, be it more or less.
    Emergency access, which is one person's for three hours, opens nothing here.
    """
    held = of.held

    def seen(person: Practitioner, pins: Pins) -> Pins:
        asked = asked_of(person, of.made_for, held)
        decided = means.decide(session, asked, held.child, lasting=True)
        entries, left_out = contents(session, decided, held.known_at, pins).told()
        return entries, left_out

    maker, *others = of.readers
    everything = frozen(held)
    theirs = seen(maker, everything)
    known = {one.entry for of in theirs for one in of}
    pins = [one for one in everything[0] if one.entry in known], [one for one in everything[1] if one.entry in known]
    same: dict[tuple[str, str], list[str]] = {}
    for person, told in ((maker, theirs), *((one, seen(one, pins)) for one in others)):
        same.setdefault((packed(told[0]), packed(told[1])), []).append(person.id)
    return [
        Copy(tuple(sorted(ids)), *both, digest(session, held, of.at, (unpacked(both[0]), unpacked(both[1]))))
        for both, ids in sorted(same.items())
    ]


def digest(session: Cursor, held: Held, frozen_at: datetime, pins: Pins) -> str:
    """SHA-256, in hex, over the canonical JSON of all that a copy with these entries holds.

    Of the entries themselves it takes the digest that the database makes of every word that is held of them. Why an
    entry is in or out it takes of those alone of which its readers are told as much.
    """
    both = [*pins[0], *pins[1]]
    in_it = {one.entry for one in both}
    told = {one.entry for one in both if one.level >= Level.REDACTED}
    whys = {one.entry: one.why if one.entry in told else "" for one in held.picks}
    body = {
        "edition": held.edition,
        "child": held.child,
        "made": [held.by, held.organisation, held.purpose, held.basis, held.stage, held.since, held.until],
        "known_at": held.known_at.isoformat(),
        "log_position": held.log_position,
        "frozen_at": frozen_at.isoformat(),
        "audience": [[one.person, one.organisation, one.role] for one in held.audience],
        "written": {part: _said(said, in_it) for part, said in held.written.items()},
        "asked": held.asked,
        "entries": [[one.entry, one.revision, one.level, whys[one.entry]] for one in pins[0]],
        "left_out": [[one.entry, one.revision, one.level, whys[one.entry]] for one in pins[1]],
        "reasons": {str(one): held.reasons[str(one)] for one in told if str(one) in held.reasons},
        "content": pinned.digest(session, both, held.known_at),
    }
    return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _said(said: Mapping[str, object], in_it: set[UUID]) -> dict[str, object]:
    """What is written, with those of its citations alone that are in the copy."""
    cites = said["cites"]
    return {**said, "cites": [one for one in cites if UUID(one) in in_it] if isinstance(cites, list) else []}
