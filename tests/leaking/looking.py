"""One person's ways of looking at one child, by software, browser and prompt; all that comes back is text."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from hub.api.app import create
from hub.auth import AgencyClient
from hub.cli import main
from hub.cli.session import Session
from hub.demo.issuer import DemoIssuer
from hub.people import Agency
from hub.settings import Limits
from hub.wiring import source_names
from tests.fix_hub import TestHub
from tests.knocking import Caller
from tests.leaking.world import NOBODY, World

EVERY = Limits(client_rate=1_000_000)
OWN_SITE = {"Sec-Fetch-Site": "same-origin"}
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
CURSORS = re.compile(r"cursor(?:=|&quot;|\":\s?\")([A-Za-z0-9_%=-]{8,})")
GROUNDS: Mapping[str, dict[str, str]] = {
    "eilidh": {"purpose": "audit", "basis": "public-task"},
    "shona": {"purpose": "child-protection", "basis": "vital-interests"},
}
PLAN = {"purpose": "child-plan", "basis": "public-task"}
PASSING = ("hub-reading", "date", "set-cookie")
"""What differs from one answer to the next whatever is in it."""


class Prompted(Session):
    """The command line over the hub of the test."""

    def __init__(self, hub: TestHub, folder: Path) -> None:
        super().__init__({"HUB_DATA_DIR": str(folder), "HUB_DEMO": "1"})
        self._house = hub.house

    def close(self) -> None:
        """The test's hub goes on."""


@dataclass
class Place:
    """A hub with all its doors; and every address and command that was asked for through them."""

    hub: TestHub
    folder: Path
    world: World
    patch: pytest.MonkeyPatch
    asked: set[tuple[str, str]] = field(default_factory=set)
    typed: set[tuple[str, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.issuer = DemoIssuer(self.folder / "keys", self.hub.house.directory.people())
        self.app = create(
            self.hub.house.hub,
            self.issuer.verifier(self.hub.clock),
            sources=self.hub.house.translate,
            demo=self.issuer,
            ready=self.hub.house.ready,
            limits=EVERY,
        )
        self.patch.setattr(main, "Session", lambda _environ: Prompted(self.hub, self.folder))
        self.patch.setenv("COLUMNS", "400")

    def look(self, who: str, child: UUID) -> Look:
        """Somebody looks at a child."""
        client = Caller(self.app, base_url="http://hub.test", follow_redirects=False, raise_server_exceptions=False)
        client.headers["Authorization"] = f"Bearer {self.issuer.token_for(self.hub.person(who), self.hub.clock())}"
        client.post("/sign-in", data={"person": who}, headers=OWN_SITE)
        return Look(self, client, who, child)


@dataclass
class Look:
    """Somebody looking at a child, with everything that they could name of it."""

    place: Place
    client: Caller
    who: str
    child: UUID

    @property
    def world(self) -> World:
        """What can be named."""
        return self.place.world

    @property
    def ground(self) -> dict[str, str]:
        """For what they look, on which basis."""
        return GROUNDS.get(self.who, PLAN)

    @property
    def some(self) -> tuple[UUID, ...]:
        """Entries on the rungs that hide most, as far as they are planted, and one that is not there."""
        names = ("adoption", "sexual", "restricted", "withheld", "later")
        return (*(self.world.entries[name] for name in names if name in self.world.entries), NOBODY)

    @property
    def of(self) -> str:
        """The child's address in the API."""
        return f"/v1/children/{self.child}"

    def get(self, path: str, **params: str) -> str:
        """Ask the API, or for a page."""
        return self._answer("GET", path, self.client.get(path, params=params))

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> str:
        """Send something to the API."""
        return self._answer("POST", path, self.client.post(path, json=dict(body or {})))

    def change(self, path: str, body: Mapping[str, Any]) -> str:
        """Send a change of something to the API."""
        return self._answer("PATCH", path, self.client.patch(path, json=dict(body)))

    def form(self, path: str, **fields: str) -> str:
        """Send a form."""
        return self._answer("POST", path, self.client.post(path, data=fields, headers=OWN_SITE))

    def as_system(self, path: str) -> str:
        """Ask as an agency's system of one's own agency."""
        agency = self.place.hub.person(self.who).agency
        client = AgencyClient("council", agency if agency is not Agency.OVERSIGHT else Agency.GP, source_names())
        token = self.place.issuer.client_token(client, self.place.hub.clock())
        answer = self.client.get(path, headers={"Authorization": f"Bearer {token}"})
        return self._answer("GET", path, answer)

    def type(self, *words: object, json: bool = True) -> str:
        """Type a command as this person; what it prints as a table and, where it is not refused, as JSON too."""
        said = [str(word) for word in words]
        self.place.typed.add(tuple(said))
        told = self._typed([*said, "--as", self.who])
        return told + self._typed([*said, "--as", self.who, "--json"]) if json and told.startswith("0") else told

    def pages(self, limit: int) -> Iterator[str]:
        """Every page of the chronology, one after the other."""
        cursor, first = "", True
        while cursor or first:
            path = f"{self.of}/chronology"
            answer = self.client.get(path, params=self.ground | {"limit": str(limit), "cursor": cursor})
            yield self._answer("GET", path, answer)
            cursor, first = answer.json().get("cursor", "") if answer.is_success else "", False

    def _typed(self, words: list[str]) -> str:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main.run(words)
        return f"{code}\n{out.getvalue()}{err.getvalue()}\n"

    def _answer(self, method: str, path: str, answer: httpx2.Response) -> str:
        self.place.asked.add((method, path))
        headers = [f"{name}: {value}" for name, value in sorted(answer.headers.items()) if name not in PASSING]
        cursors = [_decoded(found) for found in CURSORS.findall(answer.text)]
        return "\n".join([str(answer.status_code), *headers, answer.text, *cursors, ""])


Channel = Callable[[Look], str]


def _decoded(cursor: str) -> str:
    with contextlib.suppress(ValueError, binascii.Error):
        return base64.urlsafe_b64decode(cursor.replace("%3D", "=")).decode("utf-8", "replace")
    return ""


def plain(text: str, *, keeping: frozenset[str] = frozenset()) -> str:
    """The text without ids, but for those that are the same whenever it is asked."""
    return UUIDS.sub(lambda found: found[0] if found[0] in keeping else "*", text)
