"""A signed token opened: nothing in it that its maker could choose decides how it is checked.

The algorithm, the key, the kind, the audience and the length of life are fixed here and in the settings, or refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import Key
from joserfc.util import urlsafe_b64decode

from hub.auth.causes import Cause, Distrusted

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "Ed25519")
"""Asymmetric only: a public key can then never be used as a shared secret."""

CLIENT_ALGORITHMS: Final = (*ALGORITHMS, "RS512")
"""For agencies' systems also what the NHS asks of its own: theirs sign with RS512 alone."""

_KEY_CARRIERS: Final = frozenset({"jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"})
SKEW: Final = 60
"""Seconds by which two clocks may differ."""
_LONGEST_TOKEN: Final = 8192
_NO_DAY: Final = 1e12  # seconds: no clock will ever say so
_COMPACT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)

Claims = Mapping[str, Any]
KeyOf = Callable[[str], Key | None]


def signed_claims(token: str, key_of: KeyOf, algorithms: tuple[str, ...], types: tuple[str | None, ...]) -> Claims:
    """What a token claims, once its signature is proven by the key that its header names and we already have.

    The header may never bring or fetch a key of its own. Raises Distrusted. What is claimed is not checked yet.
    """
    header = _header(token)
    claimed = _claimed_in(token)
    if _KEY_CARRIERS & header.keys():
        raise Distrusted(Cause.KEY_CARRIED, claimed)
    if header.get("typ") not in types:
        raise Distrusted(Cause.TYPE, claimed)
    if header.get("alg") not in algorithms:
        raise Distrusted(Cause.ALGORITHM, claimed)
    kid = header.get("kid")
    key = key_of(kid) if isinstance(kid, str) else None
    if key is None:
        raise Distrusted(Cause.UNKNOWN_KEY, claimed)
    try:
        payload = jws.deserialize_compact(token.encode(), key, algorithms=list(algorithms)).payload
    # joserfc turns most malformed input into JoseError, but not all of it.
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Distrusted(Cause.SIGNATURE, claimed) from error
    return _object(payload)


def unproven_header(token: str) -> Claims:
    """What the header says, believed in nothing: only to choose who looks at the token."""
    return _header(token)


def unproven_subject(token: str) -> str:
    """Whom the token is about by its own word, to choose whose keys can prove it; empty where it does not say."""
    return _claimed_in(token)


def check_audience(claims: Claims, ours: tuple[str, ...]) -> None:
    """Raise Distrusted unless it is for us, under one of our names, and for nobody else beside us."""
    audience = claims.get("aud")
    if audience not in ours and audience not in [[name] for name in ours]:
        raise Distrusted(Cause.AUDIENCE, claimed_by(claims))


def check_times(claims: Claims, now: float, longest: int) -> None:
    """Raise Distrusted unless it holds now and was made to hold for at most so many seconds."""
    issued, expires = _seconds(claims, "iat"), _seconds(claims, "exp")
    begins = _seconds(claims, "nbf") if "nbf" in claims else issued
    if issued > now + SKEW or begins > now + SKEW:
        raise Distrusted(Cause.NOT_YET, claimed_by(claims))
    if expires <= now:
        raise Distrusted(Cause.EXPIRED, claimed_by(claims))
    if not 0 < expires - issued <= longest:
        raise Distrusted(Cause.TOO_LONG_LIVED, claimed_by(claims))


def check_assertion_times(claims: Claims, now: float, longest: int) -> None:
    """As `check_times`, of a proof that need not say when it was made: then its end alone says how long it holds."""
    if "iat" in claims:
        check_times(claims, now, longest)
        return
    expires = _seconds(claims, "exp")
    check_times({**claims, "iat": min(now, expires - 1)}, now, longest + SKEW)


def claimed_by(claims: Claims) -> str:
    """Whom claims are about, where they say so in text."""
    subject = claims.get("sub")
    return subject if isinstance(subject, str) else ""


def _header(token: str) -> Claims:
    if len(token) > _LONGEST_TOKEN:
        raise Distrusted(Cause.TOO_LONG)
    if not _COMPACT.fullmatch(token):
        raise Distrusted(Cause.MALFORMED)
    return _part(token, 0)


def _part(token: str, at: int) -> Claims:
    try:
        return _object(urlsafe_b64decode(token.split(".")[at].encode()))
    except ValueError as error:
        raise Distrusted(Cause.MALFORMED) from error


def _object(content: bytes) -> Claims:
    """One JSON object that says nothing twice: two readers of one token must not read two things."""
    try:
        found = json.loads(content, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Distrusted(Cause.MALFORMED) from error
    if not isinstance(found, dict):
        raise Distrusted(Cause.MALFORMED)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _claimed_in(token: str) -> str:
    try:
        return claimed_by(_part(token, 1))
    except Distrusted:
        return ""


def _seconds(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _NO_DAY:
        raise Distrusted(Cause.NO_TIMES, claimed_by(claims))
    return value
