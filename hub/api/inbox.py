"""The HTTP doors to it: what is new since somebody last looked, and what they said they do about it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from hub.auth import Verifier
from hub.doors import Hub


@dataclass(frozen=True, slots=True)
class Inbox:
    """Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""
        return APIRouter()
