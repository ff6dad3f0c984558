"""The HTTP doors to it: what people add to a chronology by hand."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from hub.auth import Verifier
from hub.doors import Hub


@dataclass(frozen=True, slots=True)
class Contributions:
    """Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""
        return APIRouter()
