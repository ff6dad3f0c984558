"""The log as an application of the eventsourcing library: our mapper, our recorder, its interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import ApplicationRecorder, Mapper
from eventsourcing.utils import Environment, EnvType

from hub.errors import Raced
from hub.events.base import Event
from hub.store import recorder
from hub.store.database import Cursor, Database
from hub.store.keyring import Keyring
from hub.store.mapper import SealingMapper, UnknownEvent, stored_holders
from hub.store.recorder import HubRecorder, Log


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with its place in the log. `event` is None where this code cannot read it, and `problem` says so."""

    position: int
    recorded_at: datetime
    stream: UUID
    topic: str
    event: Event | None
    problem: str = ""


class Ledger(Application[UUID]):
    """One log. `append` joins the caller's transaction; `read` opens a batch with the keys it needs."""

    def __init__(
        self, database: Database, keyring: Keyring, log: Log = recorder.LEDGER, writer: str = "hub_writer"
    ) -> None:
        self._database, self._log, self._writer = database, log, writer
        self.sealing = SealingMapper(keyring)
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Nothing of this application is taken from the environment behind the settings' back."""
        return Environment(name, dict(env or {}))

    def construct_mapper(self) -> Mapper[UUID]:
        """Ours: sealed, with a closed registry."""
        return self.sealing

    def construct_recorder(self) -> ApplicationRecorder:
        """Ours: one append function, no table lock, no pipeline."""
        return HubRecorder(self._database, self._log, self._writer)

    def append(self, cursor: Cursor, events: Sequence[Event]) -> list[Recorded]:
        """Append all in the caller's transaction, or raise Raced. The keys must have been loaded before."""
        stored = [self.sealing.to_stored_event(event) for event in events]
        answers = recorder.append(cursor, self._log, stored)
        if any(answer.status != "stored" for answer in answers):
            raise Raced("Somebody else wrote to the same place first.", "Read again and retry.")
        return [
            Recorded(answer.position, answer.recorded_at, event.originator_id, s.topic, event)
            for answer, event, s in zip(answers, events, stored, strict=True)
        ]

    def load_keys(self, events: Iterable[Event], also: Iterable[UUID] = ()) -> None:
        """Make and fetch the keys for these events and holders; committed before any event that needs them."""
        self.sealing.load(events, also)

    def read(self, cursor: Cursor, *, after: int, limit: int = 1000) -> list[Recorded]:
        """The next events after a position, opened. What cannot be read comes back as a problem, not an error."""
        return self._all_opened(recorder.read(cursor, self._log, after=after, limit=limit))

    def read_these(self, cursor: Cursor, wanted: Sequence[tuple[UUID, int]]) -> list[Recorded]:
        """These events, by stream and version, opened; the keys of everybody in them stay loaded."""
        return self._all_opened(recorder.read_these(cursor, self._log, wanted))

    def naming(self, cursor: Cursor, named: UUID) -> list[tuple[UUID, int]]:
        """Stream and version of every event of the streams in which an event holds this id in clear."""
        return recorder.naming(cursor, self._log, named)

    def waiting_since(self, cursor: Cursor, after: int) -> timedelta | None:
        """For how long the first event after a position has been there; None where there is none."""
        return recorder.waiting_since(cursor, self._log, after=after)

    def last(self, cursor: Cursor) -> int:
        """The newest position."""
        return recorder.last_position(cursor, self._log)

    def _all_opened(self, found: Sequence[recorder.Stored]) -> list[Recorded]:
        needed = {holder for one in found for holder in stored_holders(one.event)}
        self.sealing.keyring.load(needed, create=False)
        return [self._opened(one) for one in found]

    def _opened(self, one: recorder.Stored) -> Recorded:
        stream = UUID(str(one.event.originator_id))
        try:
            event = self.sealing.opened(one.event)
        except UnknownEvent as error:
            return Recorded(one.position, one.recorded_at, stream, one.event.topic, None, str(error))
        return Recorded(one.position, one.recorded_at, stream, one.event.topic, event)
