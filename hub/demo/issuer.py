"""The demo's own identity provider: it vouches for invented people, with a key that never leaves this machine.

It exists only where the demo is switched on; a real partnership names its own issuer instead.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from hub.auth import AgencyClient, Verifier
from hub.errors import HalfConfigured
from hub.people import Practitioner

ISSUER: Final = "urn:chronology-hub:demo-issuer"
AUDIENCE: Final = "urn:chronology-hub:demo"
LIFE: Final = 3600

_KEY_FILE: Final = "demo-issuer.jwk"


class DemoIssuer:
    """Signs tokens for the people of the demo.

    `key_dir` is a folder of the hub's own data; the key is made there at first use, readable by its owner only.
    """

    def __init__(self, key_dir: Path, people: tuple[Practitioner, ...] = ()) -> None:
        self._people = people
        self._key = _load_or_make(key_dir)

    @property
    def people(self) -> tuple[Practitioner, ...]:
        """The invented people who may sign in."""
        return self._people

    def token_for(self, practitioner: Practitioner, now: datetime) -> str:
        """Sign an access token that lets this person read, for an hour."""
        claims = {
            "sub": practitioner.id,
            "name": practitioner.name,
            "hub_role": practitioner.role.value,
            "hub_agency": practitioner.agency.value,
            "hub_organisation": practitioner.organisation,
        }
        return self._sign(claims | ({"hub_worker": practitioner.worker} if practitioner.worker else {}), now)

    def client_token(self, client: AgencyClient, now: datetime) -> str:
        """Sign an access token that lets this agency's system publish under its sources, for an hour."""
        claims = {"hub_client": True, "hub_agency": client.agency.value, "hub_sources": list(client.sources)}
        return self._sign(claims | {"sub": client.id}, now)

    def verifier(self, now: Callable[[], datetime]) -> Verifier:
        """Trusts this issuer's tokens and no others."""
        public = OKPKey.import_key({**self._key.as_dict(private=False), "kid": self._key.kid or ""})
        return Verifier(ISSUER, AUDIENCE, KeySet([public]), now)

    def _sign(self, claims: dict[str, Any], now: datetime) -> str:
        issued = int(now.timestamp())
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": self._key.kid}
        times = {"iss": ISSUER, "aud": AUDIENCE, "iat": issued, "exp": issued + LIFE}
        return jwt.encode(header, claims | times, self._key, algorithms=["Ed25519"])


def _load_or_make(key_dir: Path) -> OKPKey:
    key_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = key_dir / _KEY_FILE
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise HalfConfigured("The demo issuer's key can be read by others.", "Delete it or make it private.")
    return OKPKey.import_key(json.loads(path.read_text(encoding="utf-8")))


def _make(path: Path) -> None:
    """Write the key whole or not at all; whoever comes second uses the first one's key."""
    key = OKPKey.generate_key("Ed25519", auto_kid=True)
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(key.as_dict(private=True), file)
    with contextlib.suppress(FileExistsError):  # another process was quicker, and its key is as good
        os.link(draft, path)
    draft.unlink()
