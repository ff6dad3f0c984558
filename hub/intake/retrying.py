"""Trying again what the hub already has: records that wait, and records that a mended mapping reads otherwise.

Nobody has to send anything twice for a mistake of ours: the bytes are here, and go in through the same door again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from uuid import UUID

from hub.errors import BadInput, NothingToShow
from hub.events.records import Record
from hub.intake import quarantine
from hub.intake.quarantine import ToRetry, Waiting
from hub.receipt import Outcome, Receipt, Result
from hub.store.database import Cursor
from hub.store.keyring import Erased, Keyring
from hub.update import Delivery, Translated

NAMED = b"|name"
FIRST = UUID(int=0)
PAGE = 200
UNSETTLED = "already-in-quarantine"
CUT = "file-too-large"
"""Of such a file only the beginning is kept."""

Transaction = Callable[[], AbstractContextManager[Cursor]]
Translate = Callable[[Delivery, ToRetry], Iterable[Translated]]
"""Reads what was kept: it may be a record, a file, or the envelope that one came in, and its sender stays bound."""


def place_of(stream: UUID, revision: int) -> bytes:
    """What the sealed bytes of a stored record are bound to."""
    return f"{stream}|{revision}".encode()


def holders_of(event: Record) -> tuple[UUID, ...]:
    """Everybody of whom a record speaks, in the order in which its bytes are sealed for them."""
    return (event.person_record, *(part.holder for part in event.third_parts))


class Quarantine:
    """What waits for a person, and the ways out: placed by another try, or let go with a reason."""

    def __init__(self, transaction: Transaction, keys: Keyring, receive: Callable[..., Receipt]) -> None:
        self._transaction, self._keys, self._receive = transaction, keys, receive

    def waiting(self, limit: int = 100, source: str = "", reason: str = "") -> list[Waiting]:
        """What waits, newest first; of one source or reason where named. Never the bytes."""
        with self._transaction() as cursor:
            return quarantine.waiting(cursor, limit, source, reason)

    def counts(self) -> list[tuple[str, str, int]]:
        """How many records wait, by source and reason."""
        with self._transaction() as cursor:
            return [(source, reason, count) for source, reason, count in cursor.execute(quarantine.COUNTED).fetchall()]

    def show(self, identity: UUID) -> Waiting:
        """One record that waits or waited; raises NothingToShow for an unknown id."""
        with self._transaction() as cursor:
            found = quarantine.one(cursor, identity)
        if found is None:
            raise NothingToShow("Nothing in quarantine has that id.", "See `hub quarantine list`.")
        return found

    def discard(self, identity: UUID, by: str, because: str) -> Waiting:
        """Let one record go, by a named person for a stated reason. Its bytes stay; sent again, it waits again."""
        if not because.strip():
            raise BadInput("A record is not let go without a reason.", "Say why, for whoever asks later.")
        with self._transaction() as cursor:
            if not quarantine.settle(cursor, [identity], "discarded", by, because):
                raise NothingToShow("Nothing that waits in quarantine has that id.", "See `hub quarantine list`.")
        return self.show(identity)

    def retry(
        self, translate: Translate, by: str, *, ids: Sequence[UUID] | None = None, source: str = "", reason: str = ""
    ) -> Receipt:
        """Translate what waits once more, with today's mapping, and take it in; one result for each record in it.

        What is placed waits no longer; what is refused again goes on waiting, with its newest reason.
        """
        results: list[Result] = []
        after, told = FIRST, ""
        while page := self._page(ids, source, reason, after):
            after = page[-1].id
            for one, content, name in self._opened(page):
                told = one.source
                results += self._again(one, content, name, translate, by)
        return Receipt(told, tuple(results))

    def _page(self, ids: Sequence[UUID] | None, source: str, reason: str, after: UUID) -> list[ToRetry]:
        with self._transaction() as cursor:
            return quarantine.to_retry(cursor, ids=ids, source=source, reason=reason, after=after, limit=PAGE)

    def _opened(self, page: Sequence[ToRetry]) -> list[tuple[ToRetry, bytes, str]]:
        # All of a page at once: receiving loads the keys of its own batch.
        keys = self._keys.another()
        try:
            keys.load({one.id for one in page}, create=False)
            return [found for one in page if (found := _open(keys, one))]
        finally:
            keys.close()

    def _again(self, one: ToRetry, content: bytes, name: str, translate: Translate, by: str) -> Sequence[Result]:
        if one.reason == CUT:
            return [Result(Outcome.QUARANTINED, "", CUT, "Only its beginning was kept.", "Have the file sent again.")]
        found = self._receive(translate(Delivery(one.source, name, content), one)).results
        with self._transaction() as cursor:
            quarantine.tried(cursor, [one.id])
            # Whatever could not be placed waits under its own id now; if that is this one's, it goes on waiting.
            if found and not any(result.reason == UNSETTLED for result in found):
                quarantine.settle(cursor, [one.id], "settled", by, _became(found))
        return found


def _open(keys: Keyring, one: ToRetry) -> tuple[ToRetry, bytes, str] | None:
    try:
        content = keys.open(one.id, one.sealed, one.id.bytes)
        name = keys.open(one.id, one.sealed_name, one.id.bytes + NAMED) if one.sealed_name else b""
    except Erased:
        return None
    return one, content, name.decode(errors="backslashreplace")


def _became(found: Sequence[Result]) -> str:
    return ", ".join(sorted({result.outcome.value for result in found}))
