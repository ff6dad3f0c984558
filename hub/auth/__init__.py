"""Who is at the door: a signed token becomes a practitioner or an agency's system, or the door stays shut."""

from __future__ import annotations

from hub.auth.causes import Cause, Distrusted, NotTheirs
from hub.auth.keys import own_key, public_half
from hub.auth.tokens import ALGORITHMS, CLIENT_ALGORITHMS
from hub.auth.verifier import AgencyClient, Verifier

__all__ = [
    "ALGORITHMS",
    "CLIENT_ALGORITHMS",
    "AgencyClient",
    "Cause",
    "Distrusted",
    "NotTheirs",
    "Verifier",
    "own_key",
    "public_half",
]
