"""The demo's own identity provider: it vouches for invented people, with a key that never leaves this machine.

It exists only where the demo is switched on; a real partnership names its own issuer instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import KeySet

from hub.auth import AgencyClient, Verifier, own_key, public_half
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
        self._key = own_key(key_dir / _KEY_FILE)

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
        whose = {"hub_organisation": client.organisation} if client.organisation else {}
        return self._sign(claims | whose | {"sub": client.id}, now)

    def verifier(self, now: Callable[[], datetime]) -> Verifier:
        """Trusts this issuer's tokens and no others."""
        return Verifier(ISSUER, AUDIENCE, KeySet([public_half(self._key)]), now)

    def _sign(self, claims: dict[str, Any], now: datetime) -> str:
        issued = int(now.timestamp())
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": self._key.kid}
        times = {"iss": ISSUER, "aud": AUDIENCE, "iat": issued, "exp": issued + LIFE}
        return jwt.encode(header, claims | times, self._key, algorithms=["Ed25519"])
