"""Who was told a version that no longer stands, and who took note: for governance, and for whose record it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from consent.card import Card
from consent.decision import Asked, Facts, Level
from consent.edition_opening import may_read
from consent.governing import mandate
from consent.knowing_rows import Sight
from consent.means import CASEWORK, STATUTORY, Means
from consent.recall import Auditing, Recalls, newest, notices
from consent.recall_shapes import Account, FrozenWith, ToldOtherwise
from hub.directory import Directory
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow
from hub.people import Practitioner, Role
from projections import edition_rows, known_when, partnership, recalled, second_line
from projections.recalled import KeptBy, Recalled
from projections.session import Cursor

ACTION: Final = "recall"
NOBODY: Final = UUID(int=0)
MOST: Final = 500
"""So many entries that changed last are looked at for the list of all."""


@dataclass(frozen=True, slots=True)
class _Reader:
    """What somebody who works with a child may be told: of whom, and of which editions."""

    facts: Facts
    sight: Sight
    editions: frozenset[UUID]


class Accounts(Recalls):
    """The account of a correction. Ids, organisations, levels and times; nothing of what the entry says."""

    def __init__(self, means: Means, auditing: Auditing, known: Directory) -> None:
        super().__init__(means, auditing)
        self._card = Card(means, known)

    def recall_of(self, reader: Practitioner, entry: UUID) -> Account:
        """Who was told otherwise of one entry, what of them took note, and which frozen editions pin a version of it.

        For governance leads: of the partnership about everybody, of one organisation about its own people, and about
        everybody where it wrote the entry; where it did not, of its own editions alone. For practitioners of an
        organisation that wrote it who work with the child and may read it whole: of services as far as they may know
        of each, and of the editions that are theirs to read. Raises NothingToShow for everybody else and for no such
        entry, recorded.
        """
        leads = reader.role is Role.GOVERNANCE_LEAD
        if leads:
            self._means.must_govern(reader, ACTION, entry=entry)
        with self._auditing() as session:
            kept = recalled.kept_by(session, entry)
            found = recalled.of_entry(session, entry)
            pinned = recalled.editions(session, entry)
        own = kept is not None and reader.organisation in kept.writers and reader.agency.value == kept.agency
        if leads:
            whose = None if own else mandate(reader)
            shown = [one for one in found if whose in (None, one.organisation)]
            may, told = kept is not None, _told(shown)
            theirs = frozenset(one.edition for one in pinned if whose in (None, one.organisation))
        else:
            child = kept.child if kept is not None and kept.child is not None and own else NOBODY
            whole = self._reads_whole(reader, child, kept)
            may = whole is not None
            told = _as_far_as(whole, reader, child, _told(found)) if whole else ()
            theirs = whole.editions if whole else frozenset()
        with self._means.reading() as session:
            line = replace(self._means.line(reader, ACTION, found=may), entry=entry)
            child_known = kept.child if may and kept is not None else None
            self._means.trail.record(session, replace(line, child=child_known))
        if not may:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return Account(
            entry, told, tuple(FrozenWith(one.edition, one.revision) for one in pinned if one.edition in theirs)
        )

    def recalled(self, reader: Practitioner) -> tuple[Account, ...]:
        """Every correction of which somebody was told the old version: whom nobody reached longest, first.

        Of the newest entries that changed; without their editions. Raises NotPermitted for anybody but a governance
        lead, who is told of the people of their own organisation, or of everybody's for the partnership.
        """
        self._means.must_govern(reader, "recalls")
        whose = mandate(reader)
        with self._auditing() as session:
            found = [one for one in recalled.newest(session, MOST) if whose in (None, one.organisation)]
        with self._means.reading() as session:
            self._means.trail.record(session, self._means.line(reader, "recalls", found=True))
        ordered = sorted(found, key=lambda one: one.entry.bytes)
        accounts = [Account(entry, _told(group)) for entry, group in groupby(ordered, key=lambda one: one.entry)]
        return tuple(sorted(accounts, key=lambda one: (one.oldest is None, one.oldest or one.told[0].at)))

    def _reads_whole(self, reader: Practitioner, child: UUID, kept: KeptBy | None) -> _Reader | None:
        """Somebody who works with the child and may read the entry whole; else None, by the same looks."""
        self._means.must_work_with(reader, child, ACTION)
        with self._means.reading() as session:
            second_line.about(session, reader, child)
            decided = self._means.decide(session, Asked(reader, CASEWORK[0], STATUTORY), child, lasting=True)
            levels = decided.levels()
            held = edition_rows.of_child(session, child)
            sight = self._sight(session, reader, child, max(self._means.now(), known_when.now(session)))
        if kept is None:
            return None
        level = (levels.strict if kept.marked else levels.plain)[kept.key - 1]
        if level < Level.SHOWN:
            return None
        return _Reader(decided.facts, sight, frozenset(one.edition for one in held if may_read(reader, one)))

    def _sight(self, session: Cursor, reader: Practitioner, child: UUID, at: datetime) -> Sight:
        """Of whom of those who worked with the child by then this reader may be told."""
        ever = [one.position for one in known_when.tied(session, child, at)]
        return Sight(reader.organisation, self._card.services(session, self._asked(session, reader), child, ever))

    def _asked(self, session: Cursor, reader: Practitioner) -> Asked:
        covered = partnership.covered(session, reader.organisation, CASEWORK, self._means.today().isoformat())
        return Asked(reader, next((one for one in CASEWORK if one in covered), CASEWORK[0]), STATUTORY)


def _told(found: Iterable[Recalled]) -> tuple[ToldOtherwise, ...]:
    told = [_one(group) for group in notices(found)]
    return tuple(sorted(told, key=lambda one: (one.noted_at is not None, one.at, one.person)))


def _one(group: list[Recalled]) -> ToldOtherwise:
    last = newest(group)
    level, revision = max(one.level for one in group), max(one.revision for one in group)
    told_at = min(one.told_at for one in group)
    who = (last.reader, last.organisation, last.agency, last.child)
    return ToldOtherwise(*who, level, revision, told_at, last.what, last.at, last.noted_at)


def _as_far_as(
    of: _Reader, reader: Practitioner, child: UUID, found: Sequence[ToldOtherwise]
) -> tuple[ToldOtherwise, ...]:
    """Of whom the reader may know, and no further; of those of whom no more is told than their service, one for all."""
    seen: dict[object, ToldOtherwise] = {}
    for one in found:
        facts = of.facts
        secret = facts.safe_address != "none" and facts.relation != "allocated" and one.agency != reader.agency.value
        known = of.sight.seen(one.agency, one.organisation, one.person)
        # Of another child nobody is told here.
        for _, organisation, person in [(one.agency, "", "")] if known and secret else known[-1:]:
            under = one.child if one.child == child else None
            told = replace(one, organisation=organisation, person=person, child=under)
            seen.setdefault((one.agency, organisation, person, under), told)
    return tuple(seen.values())
