"""Agencies' systems as the directory registers them: whose they are, what they may send, and their public keys.

A system proves who it is by signing with a key of its own that never leaves it; the directory holds the public half
alone, so whoever reads the directory can sign nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OctKey, OKPKey, RSAKey

from hub.people import Agency

LEAST_RSA_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class Client:
    """One registered system. `keys` are its public keys by their `kid`: two or more while it changes keys.

    organisation: the code of the one whose system it is, who alone may look its receipts up. systems: the `source`
    addresses that it may give its events of `hub-cloudevents`, so that no system writes in another's name. others:
    further organisations that it keeps records for (the schools of a council's system). off: it is known, and let in
    no more.
    """

    id: str
    organisation: str
    agency: Agency
    sources: tuple[str, ...]
    keys: Mapping[str, Key]
    off: bool = False
    systems: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def organisations(self) -> tuple[str, ...]:
        """Those whose involvement with a child it may state: its own organisation, and others it keeps records for."""
        return (self.organisation, *self.others)


def public_keys(document: object) -> dict[str, Key]:
    """The keys of a JWKS, or of a list of JWKs, by their `kid`. Raises ValueError that says what is wrong with them."""
    found = document.get("keys") if isinstance(document, dict) else document
    if not isinstance(found, list) or not found:
        raise ValueError("are no list of keys")
    keys: dict[str, Key] = {}
    for one in found:
        kid, key = _public(one)
        if kid in keys:
            raise ValueError("name two keys alike")
        keys[kid] = key
    return keys


def _public(jwk: object) -> tuple[str, Key]:
    kid = jwk.get("kid") if isinstance(jwk, dict) else None
    if not isinstance(jwk, dict) or not isinstance(kid, str) or not kid.strip():
        raise ValueError("hold one without a kid")
    try:
        with warnings.catch_warnings():  # of weak keys, which are refused below
            warnings.simplefilter("ignore")
            (key,) = KeySet.import_key_set({"keys": [jwk]}).keys
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ValueError("hold one that is no JWK") from error
    if isinstance(key, OctKey) or key.is_private:
        raise ValueError("hold one that is secret; give the public half alone")
    if not _strong(key):
        raise ValueError(f"hold one that is not RSA of {LEAST_RSA_BITS} bits, P-256 or Ed25519")
    return kid, key


def _strong(key: Key) -> bool:
    match key:
        case RSAKey():
            return key.public_key.key_size >= LEAST_RSA_BITS
        case ECKey() | OKPKey():
            return key.curve_name in {"P-256", "Ed25519"}
        case _:
            return False
