"""The keys that seal personal content: one for each person record and each third person, in a database apart.

Each key is wrapped by the key-encryption key, which is in a file (or a key service) and in no database.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from uuid import UUID

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from psycopg.conninfo import make_conninfo

from hub.errors import HalfConfigured, StoreUnavailable
from hub.store.database import BOUNDS, KEYS_ROLE

EPOCH = 1
KEK_BYTES = 32
INDEX = UUID(int=0)
FETCH = "select holder, wrapped from keys where holder = any(%s)"
SAMPLE = "select holder, wrapped from keys limit 1"
STORE = (
    "insert into keys (holder, epoch, wrapped) "
    "select unnest(%s::uuid[]), %s, unnest(%s::bytea[]) on conflict do nothing returning holder, wrapped"
)


class Erased(Exception):
    """The key is gone: what it sealed cannot be read by anyone again."""


class Keyring:
    """Keys by holder. `load` fetches what a batch needs and forgets the batch before.

    No key outlives its batch in memory, so a destroyed key is out of use at the next one.
    """

    def __init__(self, keys_url: str, kek: bytes) -> None:
        self._keys_url, self._kek_bytes = keys_url, kek
        self._url = _as_keykeeper(keys_url)
        self._kek = AESGCM(kek)
        self._keys: dict[UUID, AESSIV] = {}
        self._index: bytes | None = None
        self._connection: psycopg.Connection | None = None

    def another(self) -> Keyring:
        """A second keyring over the same keys, for another thread: what is loaded is not shared."""
        return Keyring(self._keys_url, self._kek_bytes)

    def load(self, holders: Iterable[UUID], *, create: bool) -> None:
        """Fetch the keys of these holders; with create, make the missing ones and commit them first."""
        wanted = set(holders)
        found = self._fetch(wanted) if wanted else {}
        missing = sorted(wanted - found.keys()) if create else []
        if missing:
            made = {holder: AESSIV.generate_key(512) for holder in missing}
            wrapped = [self._wrap(holder, key) for holder, key in made.items()]
            found |= {holder: made[holder] for holder, _ in self._run(STORE, [missing, EPOCH, wrapped])}
            # Somebody else may have made some of them first, and theirs count.
            found |= self._fetch(lost) if (lost := wanted - found.keys()) else {}
        self._keys = {holder: AESSIV(key) for holder, key in found.items()}

    def seal(self, holder: UUID, plain: bytes, place: bytes) -> bytes:
        """Seal for a loaded holder, bound to its place. The same words in the same place seal alike."""
        return self._keys[holder].encrypt(plain, [place])

    def open(self, holder: UUID, sealed: bytes, place: bytes) -> bytes:
        """Open what was sealed; raises Erased when the key is gone, InvalidTag when the bytes were moved."""
        key = self._keys.get(holder)
        if key is None:
            raise Erased
        return key.decrypt(sealed, [place])

    def digest(self, *parts: str) -> bytes:
        """A keyed digest, 32 bytes: equal for equal text, and useless without the key."""
        if self._index is None:
            self._index = self._index_key()
        return hmac.digest(self._index, "\x1f".join(parts).encode(), "sha256")

    def sample(self) -> tuple[UUID, bytes] | None:
        """One holder and the wrapped key, whichever; None where the database holds no key at all."""
        found = self._run(SAMPLE, [])
        return found[0] if found else None

    def close(self) -> None:
        """Forget the keys and close the connection."""
        self._keys.clear()
        if self._connection is not None:
            self._connection.close()

    def _index_key(self) -> bytes:
        if INDEX not in (found := self._fetch({INDEX})):
            self._run(STORE, [[INDEX], EPOCH, [self._wrap(INDEX, os.urandom(64))]])
            found = self._fetch({INDEX})
        return found[INDEX]

    def _fetch(self, holders: Iterable[UUID]) -> dict[UUID, bytes]:
        rows = self._run(FETCH, [list(holders)])
        return {holder: _unwrap(self._kek, holder, wrapped) for holder, wrapped in rows}

    def _run(self, statement: str, arguments: list[object]) -> list[tuple[UUID, bytes]]:
        for last_try in (False, True):
            try:
                if self._connection is None or self._connection.closed:
                    self._connection = psycopg.connect(self._url, autocommit=True)
                cursor = self._connection.execute(statement.encode(), arguments)
                return cursor.fetchall() if cursor.description else []
            except psycopg.OperationalError as error:
                self._connection = None
                if last_try:
                    raise StoreUnavailable("The key database did not answer.", "Try again.") from error
        raise AssertionError  # the loop returns or raises

    def _wrap(self, holder: UUID, key: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._kek.encrypt(nonce, key, holder.bytes)


def _unwrap(kek: AESGCM, holder: UUID, wrapped: bytes) -> bytes:
    try:
        return kek.decrypt(wrapped[:12], bytes(wrapped[12:]), holder.bytes)
    except InvalidTag as error:
        raise HalfConfigured(
            "The key-encryption key does not open the key database.",
            "Set HUB_KEK_FILE to the key it was made with.",
        ) from error


def _as_keykeeper(url: str) -> str:
    try:
        return make_conninfo(url, options=f"-c role={KEYS_ROLE} {BOUNDS}")
    except psycopg.ProgrammingError:  # whose text quotes the address, password and all
        raise HalfConfigured("HUB_KEYS_URL is no address of a database.", "Mend it and start again.") from None


def opening_key(path: Path, keys_url: str) -> bytes:
    """The 32-byte key in this file, which opens this key database; made only where the database holds no key yet.

    Raises HalfConfigured, and writes nothing, where the file is lost or holds another key: what was sealed would
    stay sealed, and a new key beside the old ones would hide that the old one is needed.
    """
    with closing(Keyring(keys_url, bytes(KEK_BYTES))) as keys:
        known = keys.sample()
    if known is None and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_key(path)
    kek = key_encryption_key(path)
    if known is not None:
        _unwrap(AESGCM(kek), *known)
    return kek


def key_encryption_key(path: Path) -> bytes:
    """The 32-byte key in this file; raises HalfConfigured where there is none."""
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        raise HalfConfigured(
            "The key-encryption key is missing, and the key database holds keys that only it opens.",
            "Restore it from its backup; HUB_KEK_FILE says where it is.",
        ) from None
    except OSError:
        raise HalfConfigured("The key-encryption key's file cannot be read.", "Mend that and start again.") from None
    if len(key) != KEK_BYTES:
        raise HalfConfigured("The key-encryption key's file does not hold 32 bytes.", "Restore it from its backup.")
    return key


def _make_key(path: Path) -> None:
    # Written whole under another name first: a crash or a second process never leaves half a key behind.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEK_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
