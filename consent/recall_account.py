"""Who was told a version that no longer stands, and who took note: for governance, and for whose record it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from typing import Final
from uuid import UUID

from consent.decision import Asked, Facts, Level
from consent.governing import mandate
from consent.means import CASEWORK, STATUTORY
from consent.recall import Recalls, newest, notices
from consent.recall_shapes import Account, FrozenWith, ToldOtherwise
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow
from hub.people import Practitioner, Role
from projections import recalled, second_line
from projections.recalled import KeptBy, Recalled

ACTION: Final = "recall"
NOBODY: Final = UUID(int=0)
MOST: Final = 500
"""So many entries that changed last are looked at for the list of all."""


class Accounts(Recalls):
    """The account of a correction. Ids, organisations, levels and times; nothing of what the entry says."""

    def recall_of(self, reader: Practitioner, entry: UUID) -> Account:
        """Who was told otherwise of one entry, what of them took note, and which frozen editions pin a version of it.

        For governance leads: of the partnership about everybody, of one organisation about its own people, and about
        everybody where it wrote the entry. For practitioners of an organisation that wrote it who work with the child
        and may read it whole. Raises NothingToShow for everybody else and for no such entry, recorded.
        """
        leads = reader.role is Role.GOVERNANCE_LEAD
        if leads:
            self._means.must_govern(reader, ACTION, entry=entry)
        with self._auditing() as session:
            kept = recalled.kept_by(session, entry)
            found = recalled.of_entry(session, entry)
            editions = [FrozenWith(*row) for row in recalled.editions(session, entry)]
        own = kept is not None and reader.organisation in kept.writers and reader.agency.value == kept.agency
        if leads:
            whose = None if own else mandate(reader)
            shown = [one for one in found if whose in (None, one.organisation)]
            may, told = kept is not None, _told(shown)
            editions = editions if whose is None else []
        else:
            child = kept.child if kept is not None and kept.child is not None and own else NOBODY
            facts = self._reads_whole(reader, child, kept)
            may = facts is not None
            told = (
                _told(found) if facts is None else tuple(_as_far_as(facts, reader, child, one) for one in _told(found))
            )
        with self._means.reading() as session:
            line = replace(self._means.line(reader, ACTION, found=may), entry=entry)
            child_known = kept.child if may and kept is not None else None
            self._means.trail.record(session, replace(line, child=child_known))
        if not may:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return Account(entry, told, tuple(editions))

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

    def _reads_whole(self, reader: Practitioner, child: UUID, kept: KeptBy | None) -> Facts | None:
        """The facts of somebody who works with the child and may read the entry whole; else None, by the same looks."""
        self._means.must_work_with(reader, child, ACTION)
        with self._means.reading() as session:
            second_line.about(session, reader, child)
            decided = self._means.decide(session, Asked(reader, CASEWORK[0], STATUTORY), child, lasting=True)
            levels = decided.levels()
        if kept is None:
            return None
        level = (levels.strict if kept.marked else levels.plain)[kept.key - 1]
        return decided.facts if level >= Level.SHOWN else None


def _told(found: Iterable[Recalled]) -> tuple[ToldOtherwise, ...]:
    told = [_one(group) for group in notices(found)]
    return tuple(sorted(told, key=lambda one: (one.noted_at is not None, one.at, one.person)))


def _one(group: list[Recalled]) -> ToldOtherwise:
    last = newest(group)
    level, revision = max(one.level for one in group), max(one.revision for one in group)
    told_at = min(one.told_at for one in group)
    who = (last.reader, last.organisation, last.agency, last.child)
    return ToldOtherwise(*who, level, revision, told_at, last.what, last.at, last.noted_at)


def _as_far_as(facts: Facts, reader: Practitioner, child: UUID, one: ToldOtherwise) -> ToldOtherwise:
    """Of another child nobody is told here; and of a kept address, who is another agency's to the allocated alone."""
    secret = facts.safe_address != "none" and facts.relation != "allocated" and one.agency != reader.agency.value
    one = one if one.child == child else replace(one, child=None)
    return replace(one, person="", organisation="") if secret else one
