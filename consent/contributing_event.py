"""A contribution as an event: in the words of its writer, under the name of their agency, and never less closed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast
from uuid import UUID

import msgspec
import orjson

from consent.contributing_terms import ABOUT_ENTRIES, CATEGORIES, MISSED, PLAIN, RESOLVED, EntrySaid, Named, least
from consent.entry_words import BY_HAND
from hub.events.base import ThirdPart
from hub.events.records import EntryRecorded, EntryRetracted, EntryRevised, Record
from hub.people import Practitioner
from hub.update import (
    Account,
    Assertion,
    Author,
    Marks,
    Occurred,
    Precision,
    Seen,
    SourceKind,
    Triangle,
    Turning,
    Wellbeing,
)
from hub.vocabulary import terms
from projections.contributed import Cited

LEAVABLE: Final = ("about", "sensitivity", "people")
"""What a correction can leave as it stands; people: what it says of others."""
ORDINARY: Final = ("ordinary", "concern")
CLOSED: Final = "restricted"


@dataclass(frozen=True, slots=True)
class About:
    """What a contribution is about. marked: the writer's agency has marked the child as restricted in its own system.

    cited: the entries, as far as the writer is shown them.
    """

    cited: tuple[Cited, ...] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, about which child, and when. naming: the id of a thing, of a kind and its parts.

    under: the record of the child that it is kept under; None for the first of this agency's.
    """

    reader: Practitioner
    child: UUID
    organisation: str
    now: datetime
    naming: Callable[..., UUID]
    under: UUID | None = None

    @property
    def person_record(self) -> UUID:
        """The child as this agency's people know them by hand: one key to erase, apart from every feed's."""
        return self.under or self.numbered(0)

    def numbered(self, number: int) -> UUID:
        """The first such record, and those after it: one that was found to be of another child is written no more."""
        return self.naming("contributed", str(self.child), self.reader.agency.value, *([str(number)] if number else []))

    def fingerprint(self, said: EntrySaid, when: Occurred) -> bytes:
        """A keyed digest of what is said, in whatever way its time was written."""
        said = replace(said, start="", end="")
        content = orjson.dumps(msgspec.to_builtins((said, when)), option=orjson.OPT_SORT_KEYS).decode()
        return self.naming("contribution-content", content).bytes

    def record(self, said: EntrySaid, when: Occurred, stream: UUID, version: int, about: About) -> Record:
        """The first version of an entry, or another one."""
        term = terms()[said.code]
        return (EntryRecorded if version == 1 else EntryRevised)(
            originator_id=stream,
            originator_version=version,
            person_record=self.person_record,
            source=BY_HAND,
            agency=self.reader.agency.value,
            code=said.code,
            category=CATEGORIES[self.reader.agency],
            sensitivity=sensitivity_of(said, about),
            significance=said.significance or term.significance,
            valence=said.valence or term.valence,
            polarity="did-not-happen" if said.code in MISSED else "happened",
            about=said.about,
            occurred=when,
            recorded_at_source=self.now.isoformat(timespec="seconds"),
            organisation=self.reader.organisation,
            source_version=self._version(stream, version),
            source_order="",
            fingerprint=self.fingerprint(said, when).hex(),
            third_parts=tuple(self._people(said, about.cited)),
            headline=said.headline,
            detail=said.detail,
            author=self._author(),
            sender=self.reader.organisation,
            marks=self._marks(said, about.cited),
            account=account_of(said),
        )

    def retraction(self, stream: UUID, version: int, reason: str, known: Cited | None) -> Record:
        """That the entry was wrong, and why. Where its own agency may not read it, it stays as closed as can be."""
        return EntryRetracted(
            originator_id=stream,
            originator_version=version,
            person_record=self.person_record,
            source=BY_HAND,
            agency=self.reader.agency.value,
            code=known.code if known else PLAIN,
            category=CATEGORIES[self.reader.agency],
            sensitivity=known.sensitivity if known else CLOSED,
            significance=terms()[known.code if known else PLAIN].significance,
            valence="neutral",
            polarity="happened",
            about="child",
            occurred=Occurred("", Precision.UNKNOWN),
            recorded_at_source=self.now.isoformat(timespec="seconds"),
            organisation=self.reader.organisation,
            source_version=self._version(stream, version),
            source_order="",
            fingerprint=self.naming("contribution-content", "taken-back", str(stream), str(version)).hex,
            detail=reason,
            author=self._author(),
            sender=self.reader.organisation,
        )

    def _version(self, stream: UUID, version: int) -> str:
        return self.naming("contribution-version", str(stream), str(version)).hex

    def _author(self) -> Author:
        return Author(self.reader.name, self.reader.role.label, self.organisation)

    def _people(self, said: EntrySaid, cited: Collection[Cited]) -> Iterator[ThirdPart]:
        agency = self.reader.agency.value
        for one in said.people:
            holder = self.naming("third-by-hand", str(self.child), agency, one.relation, one.name.casefold())
            yield ThirdPart(holder, one.relation, one.name, one.text)
        if not said.people and any(one.third_party for one in cited):
            # What is about an entry that speaks of another person counts as such an entry itself.
            yield ThirdPart(self.naming("third-by-hand", str(self.child), agency, "of-what-is-cited"), "other")

    def _marks(self, said: EntrySaid, cited: Collection[Cited]) -> Marks:
        return Marks(
            assertion=cast(Assertion, said.assertion),
            source_kind=cast(SourceKind, said.source_kind),
            significance_by=self.reader.id if said.significance else "",
            turning=cast(Turning, said.turning),
            seen=cast(Seen, said.seen),
            wellbeing=cast(tuple[Wellbeing, ...], said.wellbeing),
            triangle=cast(tuple[Triangle, ...], said.triangle),
            sequence=said.sequence,
            cites=cites_of(said, cited),
        )


def sensitivity_of(said: EntrySaid, about: About) -> str:
    """As chosen, and never below what it is about, or below what the agency's own system says of the child."""
    cited = (_closed(one.sensitivity, marked=one.restricted) for one in about.cited)
    return _closed(least(said.code, said.sensitivity, *cited), marked=about.marked)


def _closed(sensitivity: str, *, marked: bool) -> str:
    return CLOSED if marked and sensitivity in ORDINARY else sensitivity


def cites_of(said: EntrySaid, cited: Collection[Cited]) -> tuple[UUID, ...]:
    """What it is about; a resolution also of what the disagreement was about."""
    if said.code != RESOLVED:
        return said.cites
    return tuple(dict.fromkeys((*said.cites, *(entry for one in cited for entry in one.cites))))


def still_about(said: EntrySaid, before: Cited) -> EntrySaid:
    """A correction of what was about entries: about these still, because its writer may know of none of them by now."""
    code = before.code if before.code in ABOUT_ENTRIES and said.code not in ABOUT_ENTRIES else said.code
    cites = said.cites if code == RESOLVED else tuple(dict.fromkeys((*said.cites, *before.cites)))
    return replace(said, code=code, cites=cites)


def left(said: EntrySaid, before: Record, leave: Collection[str]) -> EntrySaid:
    """A correction with what its writer leaves as it stands: LEAVABLE parts; of other people, those said come besides.

    What it is about goes unsaid: `still_about` keeps that.
    """
    if "about" in leave:
        said = replace(said, about=before.about)
    if "sensitivity" in leave:
        said = replace(said, sensitivity=before.sensitivity)
    if "people" in leave:
        people = tuple(Named(one.relation, one.name, one.text) for one in before.third_parts if one.name)
        said = replace(said, people=tuple(dict.fromkeys((*people, *said.people))))
    return said


def standing(before: Record, *, restricted: bool) -> Cited:
    """How closed the version is that is corrected, and what it is about: as it was recorded last, and not as shown."""
    cites = before.marks.cites if before.marks else ()
    third = bool(before.third_parts)
    return Cited(before.originator_id, 0, before.sensitivity, third, before.code, cites, restricted)


def account_of(said: EntrySaid) -> Account | None:
    """What was said in words of its own beside the headline; None for nothing."""
    account = Account(
        impact=said.impact,
        action_taken=said.action_taken,
        no_action_reason=said.no_action_reason,
        child_view=said.child_view,
        parent_view=said.parent_view,
        seen_where=said.seen_where,
        source_detail=said.source_detail,
        on_behalf_of=said.on_behalf_of,
    )
    return account if account != Account() else None
