"""Preparing an edition in one action, and changing the draft: by whoever leads, of what they may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn
from uuid import UUID, uuid4

from consent import edition_changes
from consent.decision import Asked, Level
from consent.edition_candidates import Window
from consent.edition_copies import Contents, contents, drafted
from consent.edition_detail import Detail
from consent.edition_looking import For, Looked, look, stage_on_record, window_of
from consent.edition_readers import asked_of, checked
from consent.edition_shapes import Change, Drafted, EditionSaid
from consent.leading import Leading
from consent.means import CASEWORK, STATUTORY, Means
from hub.directory import Directory
from hub.errors import NOTHING, NOTHING_NEXT, BadInput, NothingToShow, NotPermitted, Raced
from hub.events.base import Event
from hub.events.editions import EditionLookedAgain, EditionPrepared, packed_picks
from hub.people import Practitioner
from projections import edition_rows, second_line
from projections.edition_rows import Held
from projections.session import Cursor


@dataclass(frozen=True, slots=True)
class Drafts:
    """Drafts are their maker's alone. `leading` says who leads for a child."""

    means: Means
    known: Directory
    detail: Detail
    leading: Leading

    def may_prepare(self, reader: Practitioner, child: UUID) -> bool:
        """Whether this person leads for the child or, where nobody does, works with them."""
        with self.means.reading() as session:
            facts = self.means.facts(session, Asked(reader, CASEWORK[0], STATUTORY), child)
            works = self.means.works_with(session, reader, facts)
        return works and (self.leading.leads(reader, child) or not self.leading.led(reader, child))

    def prepare(self, reader: Practitioner, child: UUID, said: EditionSaid) -> Drafted:
        """Make a draft of every candidate; see `Editions.prepare`."""
        leads = self.must_prepare(reader, child)
        audience = checked(said.audience, self.known, said.purpose)
        window = window_of(said)
        self._must_be_known(said)
        self.means.must_have_passed(said.known_at)
        with self.means.reading() as session:
            stage = self.detail.stages[said.stage or stage_on_record(self.means, session, child, leads=leads)]
            purpose = self.detail.purposes[said.purpose].purpose
            self.means.policy(session).check_asked(purpose, said.basis)
            asked = Asked(reader, purpose, STATUTORY)
            decided = self.means.decide(session, asked, child, lasting=True)
            looked = look(session, decided, For(stage, window, said.known_at))
            self.means.record(session, decided, "edition-prepare", Counter(), found=True, known_at=looked.moment)
        edition = self.means.stream("edition", str(child), reader.id, str(uuid4()))

        def made(_session: Cursor, version: int) -> Sequence[Event]:
            prepared = EditionPrepared(
                originator_id=edition,
                originator_version=version,
                child=child,
                by=reader.id,
                organisation=reader.organisation,
                purpose=said.purpose,
                basis=said.basis,
                stage=stage.value,
                least=stage.least,
                since=window.since,
                until=window.until,
                known_at=looked.moment.isoformat(),
                position=looked.position,
                fixed=said.known_at is not None,
                audience=audience,
                picks=packed_picks(looked.picks),
            )
            return [prepared]

        self.means.act(edition, made)
        included = sum(one.included for one in looked.picks)
        return Drafted(edition, 1, included, len(looked.picks) - included)

    def change(self, reader: Practitioner, child: UUID, edition: UUID, said: Change, *, seen: int = 0) -> Drafted:
        """Change a draft; see `Editions.change`."""
        self.must_prepare(reader, child)
        codes = frozenset(one.code for one in self.known.organisations())
        changes = edition_changes.checked(said, codes)
        with self.means.reading() as session:
            held = self.own_draft(session, reader, child, edition, "edition-change")
            looked = self._again(session, reader, held) if held and said.refresh else None
        if held is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        audience = checked(said.audience, self.known, held.purpose) if said.audience else ()
        picks = looked.picks if looked else list(held.picks)
        edition_changes.must_be_candidates(changes, {one.entry for one in picks})

        def made(session: Cursor, version: int) -> Sequence[Event]:
            must_be_a_draft(edition_rows.one(session, edition), seen or held.version)
            place = {"originator_id": edition, "child": child, "by": reader.id}
            again = _looked_again(looked, version, place) if looked else []
            return [*again, *edition_changes.events(changes, audience, version + len(again), place)]

        self.means.act(edition, made)
        return self._now(reader, child, edition, new=len({p.entry for p in picks} - {p.entry for p in held.picks}))

    def _must_be_known(self, said: EditionSaid) -> None:
        for given, known in ((said.purpose, self.detail.purposes), (said.stage, {"": None, **self.detail.stages})):
            if given not in known:
                listed = ", ".join(filter(None, known))
                raise BadInput("This is no purpose or stage of an edition that there is.", f"Use one of: {listed}.")

    def _again(self, session: Cursor, reader: Practitioner, held: Held) -> Looked:
        asked = asked_of(reader, self.detail.purposes[held.purpose], held)
        decided = self.means.decide(session, asked, held.child, lasting=True)
        known_at = held.known_at if held.fixed else None
        return look(
            session, decided, For(self.detail.stages[held.stage], Window(held.since, held.until), known_at), held.picks
        )

    def own_draft(self, session: Cursor, reader: Practitioner, child: UUID, edition: UUID, action: str) -> Held | None:
        """An edition that this reader made; None, and recorded so, for any other, and for one that is not there."""
        second_line.about(session, reader, child)
        held = edition_rows.one(session, edition)
        own = held is not None and held.child == child and held.by == reader.id
        line = replace(self.means.line(reader, action, found=own), child=child)
        self.means.trail.record(session, line)
        return held if own else None

    def _now(self, reader: Practitioner, child: UUID, edition: UUID, *, new: int) -> Drafted:
        with self.means.reading() as session:
            second_line.about(session, reader, child)
            held = edition_rows.one(session, edition)
            found = self._holds(session, reader, held) if held else Contents([], [])
        if held is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        return Drafted(edition, held.version, len(found.entries), len(found.left_out), new)

    def _holds(self, session: Cursor, reader: Practitioner, held: Held) -> Contents:
        """What its maker is shown of a draft."""
        asked = asked_of(reader, self.detail.purposes[held.purpose], held)
        decided = self.means.decide(session, asked, held.child, lasting=True)
        return contents(session, decided, held.known_at, drafted(held, Level.EXPORTABLE))

    def must_prepare(self, reader: Practitioner, child: UUID) -> bool:
        """Whether this reader leads. Raises NotPermitted where somebody else does; both refusals are recorded."""
        self.means.must_work_with(reader, child, "edition-prepare")
        leads = self.leading.leads(reader, child)
        if not leads and self.leading.led(reader, child):
            self._refuse(reader, child)
        return leads

    def _refuse(self, reader: Practitioner, child: UUID) -> NoReturn:
        with self.means.reading() as session:
            line = replace(self.means.line(reader, "edition-prepare", found=True), child=child, outcome="refused")
            self.means.trail.record(session, line)
        raise NotPermitted(
            "Whoever leads for this child prepares its editions.",
            "Ask the Lead Professional or the allocated social worker, and offer them what your agency holds.",
        )


def must_be_a_draft(held: Held | None, version: int) -> Held:
    """The draft as it stands, under the ledger's lock. Raises BadInput for one that is frozen, Raced for another."""
    if held is None:
        raise NothingToShow(NOTHING, NOTHING_NEXT)
    if held.frozen_at is not None:
        raise BadInput("This edition is frozen, and nobody changes it.", "Prepare a new one; the two can be compared.")
    if held.version != version:
        raise Raced("The draft was changed since you looked at it.", "Look at it again, then make your change.")
    return held


def _looked_again(looked: Looked, version: int, place: dict[str, object]) -> list[Event]:
    again = EditionLookedAgain(
        originator_version=version,
        known_at=looked.moment.isoformat(),
        position=looked.position,
        picks=packed_picks(looked.picks),
        **place,  # type: ignore[arg-type]  # the stream, the child and the maker, as every event of an edition has them
    )
    return [again]
