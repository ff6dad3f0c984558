"""Why a credential is refused: one answer for whoever sent it, and a cause for the access log."""

from __future__ import annotations

from enum import StrEnum

from hub.errors import NotPermitted, NotSignedIn


class Cause(StrEnum):
    """Why a credential was refused: for the access log alone, never for whoever sent it. Stored, so never renamed."""

    MISSING = "missing"
    MALFORMED = "malformed"
    TOO_LONG = "too-long"
    KEY_CARRIED = "key-carried"
    TYPE = "type"
    ALGORITHM = "algorithm"
    UNKNOWN_KEY = "unknown-key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    NO_TIMES = "no-times"
    EXPIRED = "expired"
    NOT_YET = "not-yet"
    TOO_LONG_LIVED = "too-long-lived"
    CLAIMS = "claims"
    REPLAYED = "replayed"
    UNKNOWN_CLIENT = "unknown-client"
    SWITCHED_OFF = "switched-off"
    WRONG_DOOR = "wrong-door"
    OTHER_SOURCE = "other-source"


class Distrusted(NotSignedIn):
    """A credential is refused. Everybody hears the same; `cause` and whom it `claimed` to be are for the access log."""

    def __init__(self, cause: Cause, claimed: str = "") -> None:
        super().__init__(
            "Sign in again.",
            "Get a new access token: a person's from your identity provider, a system's from /v1/token.",
        )
        self.cause = cause
        self.claimed = claimed


class NotTheirs(NotPermitted):
    """A system that may publish, under a source that is not its own or is none: the same answer."""

    def __init__(self, client: str) -> None:
        super().__init__("This system may not publish under that source.", "Ask the hub's operators for the source.")
        self.cause = Cause.OTHER_SOURCE
        self.claimed = client
