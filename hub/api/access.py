"""What the doors of the API read alike: the bearer token, and an instant in an address."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from hub.auth import Cause, Distrusted
from hub.errors import BadInput

BEARER: Final = HTTPBearer(auto_error=False, scheme_name="accessToken", bearerFormat="JWT")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]


def token_of(credentials: HTTPAuthorizationCredentials | None) -> str:
    """Take the bearer token out of the request; raises Distrusted where there is none."""
    if credentials is None:
        raise Distrusted(Cause.MISSING)
    return credentials.credentials


def instant_in(text: str | None, name: str) -> datetime | None:
    """Read an instant with its offset. Python reads more shapes than RFC 3339 has, so the time is asked for."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadInput(f"{name} is not an instant with a zone.", "Write it like 2024-06-01T00:00:00Z.")
    return moment
