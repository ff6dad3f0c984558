"""The ids of streams and people: opaque, repeatable, and useless to whoever lacks the key.

Every id is a uuid5 over a keyed digest, never over the outside number itself: an NHS number has so few
possible values that a plain uuid5 of it could be tried through in an afternoon.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Generic, TypeVar
from uuid import UUID, uuid5

import msgspec
import orjson

from hub.update import Person, Update

HUB = UUID("6f1f0a52-7a0e-5f0b-9c55-5d1f0c2b7e11")
Digest = Callable[..., bytes]
Named = TypeVar("Named")
Name = TypeVar("Name")

CONTENT = (
    "action",
    "code",
    "occurred",
    "headline",
    "detail",
    "recorded_at_source",
    "organisation",
    "author",
    "codings",
    "sensitivity",
    "significance",
    "polarity",
    "about",
    "third_persons",
    "facts",
)
CONTENT_IF_SAID = ("valence", "marks", "account")


class Once(Generic[Named, Name]):
    """Gives each thing its name at the first asking, and the same name afterwards."""

    def __init__(self, make: Callable[[Named], Name]) -> None:
        self._make = make
        # The thing is kept beside its name: while it is here, nothing else can have its id().
        self._held: dict[int, tuple[Named, Name]] = {}

    def __call__(self, what: Named) -> Name:
        """The name of this very object."""
        found = self._held.get(id(what))
        if found is None:
            found = self._held[id(what)] = what, self._make(what)
        return found[1]


class Naming:
    """Names things by keyed digest. The same input always gets the same name."""

    def __init__(self, digest: Digest) -> None:
        self._digest = digest

    def record_stream(self, update: Update) -> UUID:
        """The stream of one source record, all its versions."""
        return self._id("record", update.source, update.record_id)

    def person_record(self, update: Update) -> UUID:
        """The agency's own record of a person. Without a local id each source record stands for itself."""
        if update.person.local_id:
            return self._id("person", update.source, update.person.local_id)
        return self.record_alone(update)

    def record_alone(self, update: Update) -> UUID:
        """The person of a record that does not say whose it is."""
        return self._id("person-of-record", update.source, update.record_id)

    def third_person(self, source: str, local_id: str) -> UUID:
        """A third person as one source knows them."""
        return self._id("third", source, local_id)

    def stream(self, kind: str, *parts: str) -> UUID:
        """The stream of something that people decide about: `consent` of a child, recipient and category, and so on."""
        return self._id(kind, *parts)

    def identifier(self, system: str, value: str) -> bytes:
        """The look-up digest of an outside number."""
        return self._digest("identifier", system, value)

    def fingerprint(self, update: Update) -> bytes:
        """A digest of what the record says, whoever it is about and however it was carried."""
        content = {name: getattr(update, name) for name in CONTENT}
        # Only where they are said: a record that came before they could be is still the same record.
        content |= {name: said for name in CONTENT_IF_SAID if (said := getattr(update, name)) is not None}
        return self._digest("content", _canonical(content))[:16]

    def original(self, update: Update) -> bytes:
        """A digest of the bytes that the record was read from."""
        return self._digest("original", hashlib.sha256(update.original).hexdigest())[:16]

    def scope(self, source: str, scope: str) -> UUID:
        """What the deliveries of one publisher are whole for."""
        return self._id("scope", source, scope)

    def version(self, update: Update) -> bytes:
        """The source's own version, or the content where the source has none."""
        if not update.version:
            return self.fingerprint(update)
        return self._digest("version", update.version)[:16]

    def statement(self, person: Person) -> bytes:
        """A digest of who the source says a person is."""
        return self._digest("statement", _canonical(person))[:16]

    def held(self, *parts: str) -> tuple[UUID, bytes]:
        """Id and fingerprint of something that waits in quarantine: the same bytes wait only once."""
        fingerprint = self._digest("held", *parts)
        return uuid5(HUB, fingerprint.hex()), fingerprint

    def _id(self, *parts: str) -> UUID:
        return uuid5(HUB, self._digest(*parts).hex())


class BatchNaming(Naming):
    """The same names, each worked out once while one batch is taken in. It is made for a batch and goes with it."""

    def __init__(self, digest: Digest) -> None:
        super().__init__(digest)
        self._streams, self._people = Once(super().record_stream), Once(super().person_record)
        self._fingerprints, self._originals = Once(super().fingerprint), Once(super().original)
        self._statements = Once(super().statement)
        self._identifiers, self._scopes = cache(super().identifier), cache(super().scope)

    def record_stream(self, update: Update) -> UUID:
        """The stream of one source record, all its versions."""
        return self._streams(update)

    def person_record(self, update: Update) -> UUID:
        """The agency's own record of a person."""
        return self._people(update)

    def fingerprint(self, update: Update) -> bytes:
        """A digest of what the record says."""
        return self._fingerprints(update)

    def original(self, update: Update) -> bytes:
        """A digest of the bytes that the record was read from."""
        return self._originals(update)

    def statement(self, person: Person) -> bytes:
        """A digest of who the source says a person is."""
        return self._statements(person)

    def identifier(self, system: str, value: str) -> bytes:
        """The look-up digest of an outside number."""
        return self._identifiers(system, value)

    def scope(self, source: str, scope: str) -> UUID:
        """What the deliveries of one publisher are whole for."""
        return self._scopes(source, scope)


def _canonical(content: object) -> str:
    return orjson.dumps(msgspec.to_builtins(content), option=orjson.OPT_SORT_KEYS).decode()
