"""A hub with its doors open to three registered systems and one that is switched off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from hub.api.app import create
from hub.api.systems import OwnTokens
from hub.auth import own_key
from hub.demo.issuer import DemoIssuer
from tests.fix_hub import TestHub
from tests.knocking import Caller
from tests.systems import ADDRESS, GRANT, System, write_directory

HV = System()
RSA = System("rowan-hv-old", key=RSAKey.generate_key(2048, parameters={"kid": "rsa-1"}), algorithm="RS512")
SCHOOL = System(
    "rowanbank-school", "SCH-ROWANBANK", "education", ("school-census",),
    ECKey.generate_key("P-256", parameters={"kid": "sch-1"}), "ES256",
)  # fmt: skip
STOPPED = System("rowan-hv-stopped", key=OKPKey.generate_key("Ed25519", parameters={"kid": "off-1"}))
NOBODY = System("who-is-this", key=OKPKey.generate_key("Ed25519", parameters={"kid": "hv-1"}))
CHILD = "6f0f2a3e-9c52-4d2b-8a44-0a4b7b1c9d10"
READ = f"/v1/children/{CHILD}/chronology?purpose=child-plan&basis=public-task"


@dataclass
class Doors:
    """A hub with its doors, and everything that can be signed for it."""

    hub: TestHub
    http: httpx2.Client
    issuer: DemoIssuer
    own: OwnTokens
    directory: Path

    @property
    def now(self) -> float:
        return self.hub.clock().timestamp()

    def asked(self, assertion: str, **fields: str) -> httpx2.Response:
        return self.http.post("/v1/token", data=GRANT | {"client_assertion": assertion} | fields)

    def token(self, system: System = HV) -> str:
        answer = self.asked(system.assertion(self.now))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def sent(self, token: str, source: str = "nems") -> httpx2.Response:
        return self.http.post(f"/v1/sources/{source}/files", content=b"<x/>", headers=bearer(token))

    def log(self) -> list[tuple[str, str, str]]:
        """Who was refused where and why, as a governance lead sees it: oldest first."""
        self.hub.house.catch_up()
        found = self.hub.house.hub.governance.readings(self.hub.person("eilidh"), limit=1000)
        return [(one.reader, one.purpose, one.rules[0]) for one in found[::-1] if one.action == "credential"]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def doors(hub: TestHub, tmp_path: Path) -> Iterator[Doors]:
    directory = write_directory(
        tmp_path / "systems.toml", HV.listed(), RSA.listed(), SCHOOL.listed(), STOPPED.listed(off=True)
    )
    hub.house.hub.clients._path = directory
    issuer = DemoIssuer(tmp_path / "keys", hub.house.directory.people())
    own = OwnTokens(own_key(tmp_path / "keys" / "own.jwk"), ADDRESS, hub.clock)
    app = create(
        hub.house.hub,
        issuer.verifier(hub.clock),
        sources=hub.house.translate,
        demo=issuer,
        ready=lambda: True,
        tokens=own,
    )
    with Caller(app, base_url=ADDRESS, follow_redirects=False) as http:
        yield Doors(hub, http, issuer, own, directory)
