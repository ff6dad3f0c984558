"""Receiving: one transaction a batch, in which events, register, facts and quarantine change together or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from itertools import islice
from uuid import UUID, uuid4

from hub.errors import NothingToShow
from hub.events.base import Event
from hub.events.records import Record
from hub.identity import identifiers, register
from hub.identity.register import Question
from hub.intake import quarantine, receipts, snapshots, tables
from hub.intake.checking import checked
from hub.intake.identifying import Batch
from hub.intake.naming import BatchNaming, Naming
from hub.intake.placing import Placed, Placer
from hub.intake.positions import all_of, move
from hub.intake.quarantine import Held
from hub.intake.retrying import NAMED, Quarantine, holders_of, place_of
from hub.intake.tables import Original
from hub.intake.taking import Taking
from hub.receipt import KeptReceipt, ListedReceipt, Outcome, Position, Receipt, Result, Submission
from hub.store.database import Cursor
from hub.store.ledger import Ledger, Recorded
from hub.update import Identifier, Refusal, Translated, Update

BATCH = 500
Facts = Callable[[Cursor, Sequence[Recorded]], None]
Transaction = Callable[[], AbstractContextManager[Cursor]]
Make = Callable[[Cursor, int], Sequence[Event]]
MakeAll = Callable[[Cursor, Mapping[UUID, int]], Sequence[Event]]


class Intake:
    """The only way in. Safe to call from several threads and processes: batches queue at the ledger's lock."""

    def __init__(
        self,
        ledger: Ledger,
        transaction: Transaction,
        facts: Sequence[Facts],
        agency_of: Callable[[str], str],
        may_keep: Callable[[Refusal], Refusal],
    ) -> None:
        self._ledger, self._transaction, self._agency_of, self._may_keep = ledger, transaction, agency_of, may_keep
        self._apply = (register.apply, tables.apply, *facts)
        self._keys = ledger.sealing.keyring
        self._naming = Naming(self._keys.digest)
        self._one_at_a_time = threading.Lock()

    def receive(
        self,
        updates: Iterable[Translated],
        *,
        submission: Submission | None = None,
        positions: Sequence[Position] = (),
        whole: bool = False,
    ) -> Receipt:
        """Take in what an adapter translated. One result for each record, in their order.

        With a submission the results are kept as a receipt, each batch's in the transaction of its events. Positions
        are moved in the transaction of the last batch. whole: this is all of one file, so what a snapshot source has
        left out of it is noticed. Raises StoreUnavailable when the database cannot be reached, and Raced when a
        position is not where it is expected; what was answered before is durable.
        """
        taking = Taking(submission, whole=whole)
        for batch, last in _batches(updates):
            with self._one_at_a_time, self._transaction() as cursor:
                cursor.execute("select ledger.lock()")
                naming = BatchNaming(self._keys.digest)
                taking.took(cursor, batch, self._take(cursor, batch, naming), naming)
                if last:
                    move(cursor, positions)
                    taking.finish(cursor, partial(self._append, cursor))
        return taking.receipt()

    def receipt(self, owner: str | None, identity: UUID) -> KeptReceipt:
        """Look up a receipt of this owner (None: whoever's, for those who run the hub).

        Raises NothingToShow, always with the same words, for an unknown one and for another owner's.
        """
        with self._transaction() as cursor:
            found = receipts.look_up(cursor, identity, owner)
        if found is None:
            raise NothingToShow("There is no receipt of that id for you.", "Use the id from the answer you were given.")
        return found

    def receipts(
        self, owner: str, *, source: str = "", since: datetime | None = None, limit: int = 50
    ) -> list[ListedReceipt]:
        """An owner's receipts, newest first."""
        with self._transaction() as cursor:
            return receipts.listed(cursor, owner, source=source, since=since, limit=limit)

    def positions(self) -> dict[tuple[str, int], int]:
        """The next offset of every partition that was ever read, by topic and partition."""
        with self._transaction() as cursor:
            return all_of(cursor)

    def act(self, stream: UUID, make: Make) -> None:
        """Record what somebody of the partnership decided; in force for the next decision.

        make is given a cursor on the facts, under the ledger's lock, and the next version of the stream. It returns the
        events, or raises a HubError; then nothing is recorded. Who may decide is settled before, in `consent`.
        """
        self.act_on([stream], lambda cursor, heads: make(cursor, heads.get(stream, 0) + 1))

    def act_on(self, streams: Sequence[UUID], make: MakeAll) -> None:
        """The same for several streams at once: make is given the newest version of each that there is."""
        with self._one_at_a_time, self._transaction() as cursor:
            cursor.execute("select ledger.lock()")
            if events := make(cursor, tables.heads(cursor, streams)):
                self._ledger.load_keys(events)
                self._append(cursor, events)

    def stream(self, kind: str, *parts: str) -> UUID:
        """The stream of something that people decide about, by its kind and what tells it apart."""
        return self._naming.stream(kind, *parts)

    def questions(self, limit: int = 100) -> list[Question]:
        """What the hub would not decide alone, newest first: reasons and opaque ids, nobody's name."""
        with self._transaction() as cursor:
            return register.questions(cursor, limit)

    @property
    def quarantine(self) -> Quarantine:
        """What waits, and the ways out of it."""
        return Quarantine(self._transaction, self._keys, self.receive)

    def find_child_digest(self, system: str, value: str) -> bytes:
        """The look-up digest of an outside number, for whoever searches; spaces and small letters do not matter."""
        return self._naming.identifier(system, identifiers.normalised(Identifier(system, value)))

    def _take(self, cursor: Cursor, updates: Sequence[Translated], naming: Naming) -> list[Result]:
        looked_at = [self._checked(update) for update in updates]
        good = [update for update in looked_at if isinstance(update, Update)]
        batch = self._look_up(cursor, good, naming)
        placer = Placer(naming, batch)
        placed = [placer.place(one) if isinstance(one, Update) else _refused(one) for one in looked_at]
        waiting = [(n, self._held(one, placed[n].result)) for n, one in enumerate(looked_at) if _waits(placed[n])]
        already = quarantine.held(cursor, (held.fingerprint for _, held in waiting))
        results = [one.result for one in placed]
        fresh: dict[bytes, Held] = {}
        for n, held in waiting:
            if held.fingerprint in already or held.fingerprint in fresh:
                results[n] = _waits_already(results[n])
            else:
                fresh[held.fingerprint] = held
        self._store(cursor, batch, list(zip(looked_at, placed, strict=True)), list(fresh.values()))
        return results

    def _checked(self, one: Translated) -> Translated:
        """The same or its refusal, which holds no more than may be kept of its source."""
        found = checked(one)
        return self._may_keep(found) if isinstance(found, Refusal) and isinstance(one, Update) else found

    def _look_up(self, cursor: Cursor, updates: Sequence[Update], naming: Naming) -> Batch:
        held = tables.revisions(cursor, {naming.record_stream(update) for update in updates})
        people = {naming.person_record(update) for update in updates}
        people |= {versions.standing.person_record for versions in held.values() if versions.standing}
        numbers = {
            (one.system, naming.identifier(one.system, identifiers.normalised(one)))
            for update in updates
            for one in update.person.identifiers
            if identifiers.usable(one)
        }
        known = register.look_up(cursor, people, numbers)
        ordered = {naming.record_stream(update) for update in updates if snapshots.by_delivery(update)}
        seen = snapshots.seen(cursor, ordered) if ordered else {}
        return Batch(known, held, tables.heads(cursor, people), self._agency_of, uuid4, seen)

    def _store(self, cursor: Cursor, batch: Batch, placed: list[tuple[Translated, Placed]], fresh: list[Held]) -> None:
        # Keys are made and committed first, in their own database: an unused key harms nobody, while an
        # event without its key could never be read.
        self._ledger.load_keys(batch.events, also=(held.id for held in fresh))
        self._append(cursor, batch.events)
        originals = [self._original(update, one.event) for update, one in placed if one.event is not None]
        tables.keep_originals(cursor, originals)
        quarantine.hold(cursor, [(held, *self._sealed(held)) for held in fresh])

    def _append(self, cursor: Cursor, events: Sequence[Event]) -> None:
        recorded = self._ledger.append(cursor, events)
        for apply in self._apply:
            apply(cursor, recorded)

    def _original(self, update: Translated, event: Record) -> Original:
        """The record's bytes, sealed once for every person they speak of: erase one and they cannot be read."""
        place = place_of(event.originator_id, event.originator_version)
        holders = holders_of(event)
        sealed, name = update.original, update.delivery.encode(errors="backslashreplace")
        for holder in holders:
            sealed = self._keys.seal(holder, sealed, place)
            name = name and self._keys.seal(holder, name, place + NAMED)
        return Original(event.originator_id, event.originator_version, update.media_type, sealed, name or None)

    def _sealed(self, held: Held) -> tuple[bytes, bytes | None]:
        """The bytes, and the file's name at a place of its own so that neither can stand for the other."""
        name = self._keys.seal(held.id, held.name, held.id.bytes + NAMED) if held.name else None
        return self._keys.seal(held.id, held.original, held.id.bytes), name

    def _held(self, one: Translated, result: Result) -> Held:
        kind = result.outcome.value
        version = one.version if isinstance(one, Update) else ""
        # The same row may stand in two terms' files, and the file's name alone says which term it is.
        name = one.delivery.encode(errors="backslashreplace")
        parts = (one.original, name) if name else (one.original,)
        digests = [hashlib.sha256(part).hexdigest() for part in parts]
        if one.sender:
            digests.append(one.sender)
        identity, fingerprint = self._naming.held(kind, one.source, result.reason, version, *digests)
        return Held(
            identity,
            kind,
            one.source,
            result.reason,
            one.place,
            result.message,
            result.next_step,
            one.media_type,
            one.original,
            name,
            fingerprint,
            one.sender,
            one.agency,
        )


def _batches(updates: Iterable[Translated]) -> Iterator[tuple[list[Translated], bool]]:
    """Batches, each with whether it is the last; one that is empty where there is nothing at all."""
    iterator = iter(updates)
    batch = list(islice(iterator, BATCH))
    while following := list(islice(iterator, BATCH)):
        yield batch, False
        batch = following
    yield batch, True


def _refused(one: Refusal) -> Placed:
    return Placed(Result(Outcome.QUARANTINED, one.place, one.reason, one.message, one.next_step))


def _waits(placed: Placed) -> bool:
    return placed.result.outcome in (Outcome.QUARANTINED, Outcome.CONFLICT)


def _waits_already(result: Result) -> Result:
    return Result(Outcome.DUPLICATE, result.place, "already-in-quarantine", result.message, result.next_step)
