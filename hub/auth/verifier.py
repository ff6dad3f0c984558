"""Who is at the door: a token of the trusted issuer becomes a practitioner or an agency's system, or it stays shut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from joserfc.jwk import Key, KeySet

from hub.auth.causes import Cause, Distrusted
from hub.auth.tokens import (
    ALGORITHMS,
    CLIENT_ALGORITHMS,
    Claims,
    check_audience,
    check_times,
    claimed_by,
    signed_claims,
)
from hub.people import Agency, Practitioner, Role

TYPES: Final = ("at+jwt", "application/at+jwt")
_LONGEST_LIFE: Final = 3600


@dataclass(frozen=True, slots=True)
class AgencyClient:
    """An agency's system at the door. `sources` are the names it may publish under; `organisation` is whose it is.

    `systems`: the addresses it may give its own events, `organisations`: those whose involvement it may state; both are
    empty only for one that nobody registered (the demo's).
    """

    id: str
    agency: Agency
    sources: tuple[str, ...]
    organisation: str = ""
    systems: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """Who may look up the receipts of what it sent. A system of no known organisation stands for itself."""
        return self.organisation or f"client:{self.id}"


@dataclass(frozen=True, slots=True)
class Verifier:
    """Trusts tokens of one issuer, for one audience, signed by one of the configured keys, at the time `now` tells."""

    issuer: str
    audience: str
    keys: KeySet
    now: Callable[[], datetime]

    def practitioner(self, token: str) -> Practitioner:
        """Whom this token vouches for.

        Raises Distrusted, always with the same words, for a token that cannot be trusted and for one of an agency's
        system, which may publish and never read.
        """
        claims = self._claims(token)
        if "hub_client" in claims:
            raise Distrusted(Cause.WRONG_DOOR, claimed_by(claims))
        return _practitioner(claims)

    def client_id(self, token: str) -> str:
        """As `client`, of a token that says only which system it is for."""
        return _text(self._system(token), "sub")

    def client(self, token: str) -> AgencyClient:
        """Which agency's system this token vouches for. Raises as `practitioner`, the other way round."""
        return _client(self._system(token))

    def _system(self, token: str) -> Claims:
        claims = self._claims(token, CLIENT_ALGORITHMS)
        if claims.get("hub_client") is not True:
            raise Distrusted(Cause.WRONG_DOOR)
        return claims

    def key(self, kid: str) -> Key | None:
        """The configured key of that name."""
        return next((key for key in self.keys if key.kid == kid), None)

    def _claims(self, token: str, algorithms: tuple[str, ...] = ALGORITHMS) -> Claims:
        claims = signed_claims(token, self.key, algorithms, TYPES)
        if claims.get("iss") != self.issuer:
            raise Distrusted(Cause.ISSUER, claimed_by(claims))
        check_audience(claims, (self.audience,))
        check_times(claims, self.now().timestamp(), _LONGEST_LIFE)
        return claims


def _practitioner(claims: Claims) -> Practitioner:
    return Practitioner(
        id=_text(claims, "sub"),
        name=_text(claims, "name"),
        role=Role(_one_of(claims, "hub_role", Role)),
        agency=Agency(_one_of(claims, "hub_agency", Agency)),
        organisation=_text(claims, "hub_organisation"),
        worker=_text(claims, "hub_worker") if "hub_worker" in claims else "",
    )


def _client(claims: Claims) -> AgencyClient:
    sources = claims.get("hub_sources")
    if not isinstance(sources, list) or not all(isinstance(name, str) and name for name in sources):
        raise Distrusted(Cause.CLAIMS, claimed_by(claims))
    organisation = _text(claims, "hub_organisation") if "hub_organisation" in claims else ""
    agency = Agency(_one_of(claims, "hub_agency", Agency))
    return AgencyClient(_text(claims, "sub"), agency, tuple(sources), organisation)


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Distrusted(Cause.CLAIMS, claimed_by(claims))
    return value


def _one_of(claims: Claims, name: str, allowed: type[Role | Agency]) -> str:
    value = _text(claims, name)
    if value not in [member.value for member in allowed]:
        raise Distrusted(Cause.CLAIMS, claimed_by(claims))
    return value
