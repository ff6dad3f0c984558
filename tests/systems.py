"""An agency's system as it meets the hub: its keys, its place in a directory, and the proofs that it signs by hand."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

ADDRESS = "http://hub.test"
AUDIENCE = f"{ADDRESS}/v1/token"
GRANT = {
    "grant_type": "client_credentials",
    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
}
ORGANISATIONS = """
[[organisation]]
code = "Z9HV1"
name = "Rowan Health Visiting Service"
agency = "health-visiting"

[[organisation]]
code = "SCH-ROWANBANK"
name = "Rowanbank Primary School"
agency = "education"
"""

AnyKey = RSAKey | ECKey | OKPKey


@dataclass(frozen=True)
class System:
    """One registered system. Every key it has is in the directory; `key` is the one that it signs with."""

    id: str = "rowan-hv-records"
    organisation: str = "Z9HV1"
    agency: str = "health-visiting"
    sources: tuple[str, ...] = ("nems",)
    key: AnyKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519", parameters={"kid": "hv-1"}))
    algorithm: str = "Ed25519"
    systems: tuple[str, ...] = ()

    def listed(self, *, off: bool = False, more: tuple[AnyKey, ...] = ()) -> str:
        """Its table in the directory."""
        keys: list[dict[str, object]] = [{**one.as_dict(private=False), "kid": one.kid} for one in (self.key, *more)]
        written = ", ".join(
            "{ "
            + ", ".join(f"{name} = {json.dumps(value)}" for name, value in one.items() if isinstance(value, str))
            + " }"
            for one in keys
        )
        return (
            f'\n[[client]]\nid = "{self.id}"\norganisation = "{self.organisation}"\nagency = "{self.agency}"\n'
            f"sources = {json.dumps(list(self.sources))}\n"
            + (f"systems = {json.dumps(list(self.systems))}\n" if self.systems else "")
            + f"jwk = [{written}]\noff = {str(off).lower()}\n"
        )

    def claims(self, now: float, **other: object) -> dict[str, Any]:
        """What it says of itself; `...` leaves a claim out."""
        usual = {
            "iss": self.id,
            "sub": self.id,
            "aud": AUDIENCE,
            "iat": int(now),
            "exp": int(now) + 300,
            "jti": str(uuid4()),
        }
        return {name: value for name, value in (usual | other).items() if value is not ...}

    def signed(self, claims: object, header: dict[str, Any] | None = None, key: AnyKey | None = None) -> str:
        """Anything at all, signed with its key or another: also what no honest library would write."""
        usual = {"alg": self.algorithm, "typ": "JWT", "kid": self.key.kid}
        head = {name: value for name, value in (usual | (header or {})).items() if value is not ...}
        payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        return by_hand(head, payload, key or self.key, self.algorithm)

    def assertion(self, now: float, **other: object) -> str:
        """A proof that is right but for what is said otherwise."""
        return self.signed(self.claims(now, **other))


def part(content: bytes) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def by_hand(header: dict[str, Any], payload: bytes, key: AnyKey, algorithm: str) -> str:
    """Sign these very bytes by this algorithm, whatever the header says."""
    body = f"{part(json.dumps(header).encode())}.{part(payload)}"
    model = jws.JWSRegistry(algorithms=[algorithm]).get_alg(algorithm)
    return f"{body}.{part(model.sign(body.encode(), key))}"


def write_directory(path: Path, *systems: str) -> Path:
    """A directory of two organisations and these systems."""
    path.write_text(ORGANISATIONS + "".join(systems), encoding="utf-8")
    return path
