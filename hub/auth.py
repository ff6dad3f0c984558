"""Who is at the door: a signed token becomes a practitioner or an agency's system, or the door stays shut.

Everything about a token that could be chosen by whoever made it is either fixed here or refused: the
algorithm, the key, the issuer, the audience, the kind and the length of life.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, Key, KeySet

from hub.errors import NotPermitted, NotSignedIn
from hub.people import Agency, Practitioner, Role

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "Ed25519")
"""Asymmetric only: a public key can then never be used as a shared secret."""

CLIENT_ALGORITHMS: Final = (*ALGORITHMS, "RS512")
"""For agencies' systems also what the NHS asks of its own: theirs sign with RS512 alone."""

_TYPES: Final = ("at+jwt", "application/at+jwt")
_KEY_CARRIERS: Final = frozenset({"jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"})
_LONGEST_LIFE: Final = 3600
_SKEW: Final = 60
_LONGEST_TOKEN: Final = 8192


@dataclass(frozen=True, slots=True)
class AgencyClient:
    """An agency's system at the door. `sources` are the names it may publish under."""

    id: str
    agency: Agency
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verifier:
    """Trusts tokens of one issuer, for one audience, signed by one of the configured keys, at the time `now` tells."""

    issuer: str
    audience: str
    keys: KeySet
    now: Callable[[], datetime]

    def practitioner(self, token: str) -> Practitioner:
        """Whom this token vouches for.

        Raises NotSignedIn, always with the same words, for a token that cannot be trusted; NotPermitted for
        a good token of an agency's system, which may publish and never read.
        """
        claims = self._claims(token)
        if "hub_client" in claims:
            raise NotPermitted("An agency's system may publish, not read.", "Sign in as a person.")
        return _practitioner(claims)

    def client(self, token: str) -> AgencyClient:
        """Which agency's system this token vouches for. Raises as `practitioner`, the other way round."""
        claims = self._claims(token, CLIENT_ALGORITHMS)
        if claims.get("hub_client") is not True:
            raise NotPermitted("Only an agency's system may publish.", "Use your system's own credentials.")
        return _client(claims)

    def _claims(self, token: str, algorithms: tuple[str, ...] = ALGORITHMS) -> Mapping[str, Any]:
        if not token or len(token) > _LONGEST_TOKEN or not token.isascii():
            raise _refused()
        try:
            checked = jwt.decode(token, self._key_for, algorithms=algorithms)
        # joserfc turns most malformed input into JoseError, but not all of it.
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise _refused() from error
        self._check_names(checked.claims)
        _check_times(checked.claims, self.now().timestamp())
        return checked.claims

    def _key_for(self, token: GuestProtocol) -> Key:
        """Find the configured key that the header names; the header may never bring or fetch one of its own."""
        header = token.headers()
        kid = header.get("kid")
        if header.get("typ") not in _TYPES or _KEY_CARRIERS & header.keys() or not isinstance(kid, str):
            raise _refused()
        key = next((key for key in self.keys if key.kid == kid), None)
        if key is None:
            raise _refused()
        return key

    def _check_names(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss") != self.issuer or claims.get("aud") not in (self.audience, [self.audience]):
            raise _refused()


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    begins = _seconds(claims, "nbf") if "nbf" in claims else issued
    too_early = issued > now + _SKEW or begins > now + _SKEW
    if too_early or expires <= now or not 0 < expires - issued <= _LONGEST_LIFE:
        raise _refused()


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused()
    return value


def _practitioner(claims: Mapping[str, Any]) -> Practitioner:
    return Practitioner(
        id=_text(claims, "sub"),
        name=_text(claims, "name"),
        role=Role(_one_of(claims, "hub_role", Role)),
        agency=Agency(_one_of(claims, "hub_agency", Agency)),
        organisation=_text(claims, "hub_organisation"),
        worker=_text(claims, "hub_worker") if "hub_worker" in claims else "",
    )


def _client(claims: Mapping[str, Any]) -> AgencyClient:
    sources = claims.get("hub_sources")
    if not isinstance(sources, list) or not all(isinstance(name, str) and name for name in sources):
        raise _refused()
    return AgencyClient(_text(claims, "sub"), Agency(_one_of(claims, "hub_agency", Agency)), tuple(sources))


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip():
        raise _refused()
    return value


def _one_of(claims: Mapping[str, Any], name: str, allowed: type[Role | Agency]) -> str:
    value = _text(claims, name)
    if value not in [member.value for member in allowed]:
        raise _refused()
    return value


def _refused() -> NotSignedIn:
    """One answer for every reason: which check failed is nobody's business at the door."""
    return NotSignedIn("Sign in again.", "Ask your identity provider for a new access token.")
