"""Emergency access: opening it, giving the reason, reviewing it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Depends
from starlette.requests import Request

from hub.api.access import Bearer, token_of
from hub.auth import Verifier
from hub.doors import Hub


@dataclass(frozen=True, slots=True)
class Emergency:
    """The doors to it. Who asks is settled before anything else of a request is looked at."""

    hub: Hub
    verifier: Verifier

    def router(self) -> APIRouter:
        """All its routes."""

        async def known(request: Request, credentials: Bearer) -> None:
            request.state.reader = self.verifier.practitioner(token_of(credentials))

        return APIRouter(tags=["emergency"], dependencies=[Depends(known)])
