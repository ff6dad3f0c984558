"""Events to bytes and back: personal content sealed under each person's own key, bound to its place in the log.

The ciphertext is bound (AAD) to stream, version and stored name, so it cannot be moved; sealing is
deterministic (AES-SIV, RFC 5297), so the same event sealed twice is the same bytes and a repeat can be
told from a conflict without opening anything.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

import msgspec
import orjson
from cryptography.exceptions import InvalidTag
from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from hub.events import registry as _registry  # noqa: F401  # fills the closed registry before anything is decoded
from hub.events.base import Event, ThirdPart, resolve, topic_of, upcast
from hub.store.keyring import Erased, Keyring

PLACES = ("originator_id", "originator_version")
UNREADABLE = (LookupError, AttributeError, TypeError, ValueError, InvalidTag, msgspec.ValidationError)
"""All that a state of another shape than ours can lead to: none of it may stop those who follow the log."""


class UnknownEvent(Exception):
    """The log holds a stored name or version that this code does not know, or a state it cannot read."""


class SealingMapper(Mapper[UUID]):
    """The library's mapper interface over our own format and keys. Call `load` for a batch first."""

    def __init__(self, keyring: Keyring) -> None:
        super().__init__(transcoder=JSONTranscoder())
        self.keyring = keyring

    def load(self, events: Iterable[Event], also: Iterable[UUID] = ()) -> None:
        """Fetch or make every key that sealing these events needs, and those of other holders."""
        self.keyring.load({*also, *(holder for event in events for holder in holders(event))}, create=True)

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Seal one event. The same event always gives the same bytes."""
        event = cast(Event, domain_event)
        topic = topic_of(type(event))
        state = {name: value for name, value in vars(event).items() if name not in PLACES}
        place = _place(event.originator_id, event.originator_version, topic)
        if event.SEALED:
            secret = {name: state.pop(name) for name in event.SEALED}
            state["sealed"] = self._seal(getattr(event, event.HOLDER), secret, place)
        if event.PARTS:
            state[event.PARTS] = [self._seal_part(part, place) for part in state[event.PARTS]]
        return StoredEvent(event.originator_id, event.originator_version, topic, _encode(state))

    def to_domain_event(self, stored_event: StoredEvent) -> DomainEventProtocol[UUID]:
        """Open one event; what was sealed under a destroyed key comes back empty, never as an error."""
        return self.opened(stored_event)

    def opened(self, stored: StoredEvent) -> Event:
        """As `to_domain_event`, typed as ours. Raises UnknownEvent for what this code cannot read."""
        stream = cast(UUID, stored.originator_id)
        try:
            cls, version = resolve(stored.topic)
            state: dict[str, Any] = orjson.loads(stored.state)
            place = _place(stream, stored.originator_version, stored.topic)
            sealed = state.pop("sealed", None)
            if cls.PARTS:
                state[cls.PARTS] = [self._open_part(part, place) for part in state[cls.PARTS]]
            state |= {"originator_id": stream, "originator_version": stored.originator_version}
            if sealed is not None:
                state |= self._open(UUID(str(state[cls.HOLDER])), sealed, place)
            return msgspec.convert(upcast(cls, version, state), cls, strict=False)
        except UNREADABLE as error:
            raise UnknownEvent(f"{stored.topic} at version {stored.originator_version} cannot be read") from error

    def _seal(self, holder: UUID, content: object, place: bytes) -> str:
        return b64encode(self.keyring.seal(holder, _encode(content), place)).decode()

    def _open(self, holder: UUID, sealed: str, place: bytes) -> dict[str, Any]:
        try:
            return cast(dict[str, Any], orjson.loads(self.keyring.open(holder, b64decode(sealed), place)))
        except Erased:
            return {}

    def _seal_part(self, part: ThirdPart, place: bytes) -> list[str]:
        sealed = self._seal(part.holder, {"name": part.name, "text": part.text}, place + part.holder.bytes)
        return [str(part.holder), part.relation, sealed]

    def _open_part(self, part: list[str], place: bytes) -> dict[str, Any]:
        holder = UUID(part[0])
        content = self._open(holder, part[2], place + holder.bytes)
        return {"holder": holder, "relation": part[1], **content}


def holders(event: Event) -> set[UUID]:
    """Everybody whose key this event needs."""
    found = {part.holder for part in getattr(event, event.PARTS)} if event.PARTS else set()
    return found | {getattr(event, event.HOLDER)} if event.SEALED else found


def stored_holders(stored: StoredEvent) -> set[UUID]:
    """Everybody whose key opening this stored event needs; empty for what cannot be read."""
    try:
        cls, _ = resolve(stored.topic)
        state = orjson.loads(stored.state)
        found = {UUID(part[0]) for part in state.get(cls.PARTS, ())} if cls.PARTS else set()
        own = {"originator_id": stored.originator_id, **state}[cls.HOLDER]
        return found | {UUID(str(own))} if "sealed" in state else found
    except UNREADABLE:
        return set()


def _place(stream: UUID, version: int, topic: str) -> bytes:
    return f"hub/1|{stream}|{version}|{topic}".encode()


def _encode(content: object) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
