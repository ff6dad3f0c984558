"""Agencies' systems at the door: they prove who they are with their own key, and get a token that lasts ten minutes.

This is OAuth 2.0's client credentials with `private_key_jwt` (RFC 6749 §4.4, RFC 7523 §2.2). What a token allows is
never in the token: it is looked up in today's directory, at every request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from hub.auth import AgencyClient, Cause, Distrusted, NotTheirs, Verifier, public_half
from hub.auth.tokens import (
    CLIENT_ALGORITHMS,
    SKEW,
    Claims,
    check_assertion_times,
    check_audience,
    claimed_by,
    signed_claims,
    unproven_header,
    unproven_subject,
)
from hub.clients import Client
from hub.doors import Clients

LIFE: Final = 600
"""Seconds that an access token holds."""
LONGEST_ASSERTION: Final = 300
"""Seconds that a system's proof of itself may hold."""
_ASSERTION_TYPES: Final = (None, "JWT", "jwt", "client-authentication+jwt")
_LONGEST_ID: Final = 256


class OwnTokens:
    """The hub's own short-lived tokens for registered systems. `address` is the hub's, by which both ends know it."""

    def __init__(self, key: OKPKey, address: str, now: Callable[[], datetime]) -> None:
        self._key, self.address, self.now = key, address.rstrip("/"), now

    @property
    def audiences(self) -> tuple[str, ...]:
        """The names under which a system may address its proof to this hub."""
        return (f"{self.address}/v1/token", self.address, f"{self.address}/")

    @cached_property
    def verifier(self) -> Verifier:
        """Trusts these tokens and no others."""
        return Verifier(self.address, self.address, KeySet([public_half(self._key)]), self.now)

    def signs(self, kid: object) -> bool:
        """Whether the key of that name is ours."""
        return kid == self._key.kid

    def token(self, client: Client) -> str:
        """Sign an access token for this system."""
        issued = int(self.now().timestamp())
        claims = {
            "iss": self.address,
            "aud": self.address,
            "sub": client.id,
            "jti": str(uuid4()),
            "iat": issued,
            "exp": issued + LIFE,
            "hub_client": True,
        }
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=["Ed25519"])


@dataclass(frozen=True, slots=True)
class Systems:
    """Who sends. `issuer` vouches for systems too; with `invented` (the demo) also for such as nobody registered."""

    clients: Clients
    issuer: Verifier
    own: OwnTokens | None = None
    invented: bool = False

    def client(self, token: str) -> AgencyClient:
        """The system that this access token vouches for, as it is registered now. Raises Distrusted."""
        if self.own is not None and self.own.signs(unproven_header(token).get("kid")):
            return _as_agency(self._registered(self.own.verifier.client_id(token)))
        found = self.issuer.client(token)
        if self.invented and self.clients.registered(found.id) is None:
            return found
        registered = _as_agency(self._registered(found.id))
        allowed = tuple(source for source in registered.sources if source in found.sources)
        return replace(registered, sources=allowed)

    def exchanged(self, assertion: str, client_id: str = "") -> str:
        """An access token for the system that made this assertion; `client_id` is whom else it says it is, if at all.

        Raises Distrusted, or StoreUnavailable where it cannot be made sure that the assertion is new.
        """
        if self.own is None:
            raise Distrusted(Cause.UNKNOWN_CLIENT)
        claims = self._proven(assertion)
        client = self._registered(claimed_by(claims))
        if claims.get("iss") != client.id or client_id not in {"", client.id}:
            raise Distrusted(Cause.ISSUER, client.id)
        check_audience(claims, self.own.audiences)
        check_assertion_times(claims, self.own.now().timestamp(), LONGEST_ASSERTION)
        if not self.clients.first_use(client.id, _assertion_id(claims), _ends(claims)):
            raise Distrusted(Cause.REPLAYED, client.id)
        return self.own.token(client)

    def _proven(self, assertion: str) -> Claims:
        """The claims, once a key of the very system that they name has proven them."""
        unproven_header(assertion)  # first, so that what is no token at all is called that
        client = self.clients.registered(unproven_subject(assertion))
        if client is None:
            raise Distrusted(Cause.UNKNOWN_CLIENT)
        return signed_claims(assertion, client.keys.get, CLIENT_ALGORITHMS, _ASSERTION_TYPES)

    def _registered(self, client_id: str) -> Client:
        client = self.clients.registered(client_id)
        if client is None:
            raise Distrusted(Cause.UNKNOWN_CLIENT)
        if client.off:
            raise Distrusted(Cause.SWITCHED_OFF, client.id)
        return client


def may_publish(client: AgencyClient, source: str) -> None:
    """Raise NotTheirs for a source that is not this system's, whether or not there is one of that name."""
    if source not in client.sources:
        raise NotTheirs(client.id)


def may_publish_any(client: AgencyClient) -> None:
    """Raise NotTheirs for a system that may send nothing at all, before anything that it sends is looked at."""
    if not client.sources:
        raise NotTheirs(client.id)


def _as_agency(client: Client) -> AgencyClient:
    return AgencyClient(
        client.id, client.agency, client.sources, client.organisation, client.systems, client.organisations
    )


def _assertion_id(claims: Claims) -> str:
    found = claims.get("jti")
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST_ID:
        raise Distrusted(Cause.CLAIMS, claimed_by(claims))
    return found


def _ends(claims: Claims) -> datetime:
    return datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=SKEW)
