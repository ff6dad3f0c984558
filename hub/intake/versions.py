"""The versions held of one record, and which of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a record that is held."""

    revision: int
    version: bytes
    fingerprint: bytes
    original: bytes
    person_record: UUID
    retracted: bool
    source_order: str
    mapping: str
    sender: str = ""


@dataclass(slots=True)
class Versions:
    """Kept current as versions are added, so that the next one is placed without looking at each of them again."""

    count: int = 0
    standing: Revision | None = None
    _by_version: dict[bytes, Revision] = field(default_factory=dict)

    def add(self, one: Revision) -> None:
        """The next to arrive. Of two that the source puts in the same place the later arrival stands."""
        self.count += 1
        self._by_version[one.version] = one
        if self.standing is None or one.source_order >= self.standing.source_order:
            self.standing = one

    def of(self, version: bytes) -> Revision | None:
        """The held revision of this version, the newest where a source without versions came back to a state."""
        return self._by_version.get(version)

    def people(self) -> set[UUID]:
        """Whose the versions of it are that are held."""
        return {one.person_record for one in self._by_version.values()}

    def read_before(self, original: bytes, mapping: str) -> Revision | None:
        """The newest revision that was read from these very bytes by another mapping."""
        found = [one for one in self._by_version.values() if one.original == original and one.mapping != mapping]
        return max(found, key=lambda one: one.revision, default=None)

    @property
    def order(self) -> str:
        """The source's own order of what stands."""
        return self.standing.source_order if self.standing else ""
