"""The purposes and lawful bases a reader can state on the page, and the pair each role starts with.

What they open is for the policy to say; here they only have words. A starting pair is shown, never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub.people import Role

PURPOSES: Final[Mapping[str, str]] = {
    "child-plan": "The child's plan",
    "child-protection": "Child protection",
    "direct-care": "Direct care",
    "audit": "Audit",
}

BASES: Final[Mapping[str, str]] = {
    "public-task": "Public task",
    "legal-obligation": "Legal obligation",
    "vital-interests": "Vital interests",
    "consent": "Consent",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """Why a reader asks: what for, and on which lawful basis."""

    purpose: str
    basis: str

    @property
    def sentence(self) -> str:
        """Both, as the page states them."""
        return f"{PURPOSES[self.purpose]}, on the basis of {BASES[self.basis].lower()}"


def stated(role: Role, purpose: str, basis: str) -> Stated:
    """Take what the reader chose; for what they left out or nobody offers, what their role starts with."""
    start = _START.get(role, Stated("child-plan", "public-task"))
    return Stated(purpose if purpose in PURPOSES else start.purpose, basis if basis in BASES else start.basis)


_START: Final = {
    Role.GP: Stated("direct-care", "public-task"),
    Role.POLICE_OFFICER: Stated("child-protection", "public-task"),
    Role.GOVERNANCE_LEAD: Stated("audit", "public-task"),
}
