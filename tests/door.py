"""The service over the fake hub, with a client for people's and agencies' software, for testing the doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx2

from hub.api.app import create
from hub.api.systems import OwnTokens
from hub.auth import AgencyClient, own_key
from hub.clients import Client
from hub.demo.issuer import DemoIssuer
from hub.doors import Translate
from hub.people import Agency, Practitioner
from tests.fake_hub import NOW, PEOPLE, FakeHub, translate
from tests.knocking import Caller

ADDRESS = "http://hub.test"
CLIENT = AgencyClient("north-board", Agency.HEALTH_VISITING, ("nems", "unknown-here"))


@dataclass
class Clock:
    """A clock that a test can move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


class Door:
    """One running service: its hub, its issuer, its clock, and an HTTP client in front of it."""

    def __init__(
        self, folder: Path, *, demo: bool = True, ready: bool = True, translate: Translate = translate
    ) -> None:
        self.hub = FakeHub()
        self.clock = Clock()
        self.issuer = DemoIssuer(folder / "keys", PEOPLE)
        self.tokens = OwnTokens(own_key(folder / "keys" / "system-tokens.jwk"), ADDRESS, self.clock)
        if not demo:  # only the demo's issuer is believed of systems that nobody registered
            self.hub.clients.known[CLIENT.id] = Client(CLIENT.id, "HV-NORTH", CLIENT.agency, CLIENT.sources, {})
        self.app = create(
            self.hub,
            self.issuer.verifier(self.clock),
            sources=translate,
            demo=self.issuer if demo else None,
            ready=lambda: ready,
            file_limit=4096,
            tokens=self.tokens,
        )
        self.http: httpx2.Client = Caller(self.app, base_url=ADDRESS, follow_redirects=False)

    def as_person(self, person: Practitioner) -> dict[str, str]:
        """The header of a person's software."""
        return {"Authorization": f"Bearer {self.issuer.token_for(person, self.clock.now)}"}

    def as_system(self, client: AgencyClient = CLIENT) -> dict[str, str]:
        """The header of an agency's system."""
        return {"Authorization": f"Bearer {self.issuer.client_token(client, self.clock.now)}"}

    def sign_in(self, person: Practitioner) -> httpx2.Response:
        """Choose a person on the sign-in page; the client keeps the cookie."""
        return self.http.post("/sign-in", data={"person": person.id}, headers={"Sec-Fetch-Site": "same-origin"})
