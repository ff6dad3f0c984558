"""Everything that everybody of the suite is told, once before and once after what is sealed was planted."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from consent.means import CASEWORK
from hub.errors import NothingToShow
from tests.fix_hub import TestHub
from tests.leaking import api, pages, prompt
from tests.leaking.looking import Channel, Place
from tests.leaking.world import OUTSIDERS, RUNGS, Rung, World, sealed, visible

CHANNELS: Mapping[str, Channel] = api.CHANNELS | pages.CHANNELS | prompt.CHANNELS
NEAR = "callum"
"""To whom everything that is planted last is sealed."""
UNKNOWN = UUID("7a1d6c1e-3f57-4c39-9a55-1c2d3e4f5a6b")
"""A child whom nobody knows."""

Heard = dict[str, str]
"""What somebody was told of a child, by channel."""


@dataclass
class Suite:
    """All that was told: by who looked at which child; and each outsider's questions to the database, by channel."""

    place: Place
    world: World
    before: Heard = field(default_factory=dict)
    after: Heard = field(default_factory=dict)
    logged: list[str] = field(default_factory=list)
    listened: dict[tuple[str, str], Heard] = field(default_factory=dict)
    questions: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def heard(self, who: str, child: str) -> Heard:
        """What somebody is told of a child of the world, or of one whom nobody knows; listened to once."""
        if (who, child) not in self.listened:
            with self.logging():
                one = UNKNOWN if child == "unknown" else getattr(self.world, child)
                self.listened[who, child] = _all(self, who, one, child)
        return self.listened[who, child]

    def everything(self) -> str:
        """All that everybody was told."""
        pairs = {(who, one.child) for one in RUNGS for who in (*one.hidden_from, *filter(None, [one.shown_to]))}
        pairs |= {(who, "unknown") for who in OUTSIDERS}
        return "".join(text for who, child in sorted(pairs) for text in self.heard(who, child).values())

    @contextmanager
    def logging(self) -> Iterator[None]:
        """Keep everything that is logged meanwhile, with all that it carries."""
        kept, root = _Kept(self.logged), logging.getLogger()
        was = root.level
        root.addHandler(kept)
        root.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            root.setLevel(was)
            root.removeHandler(kept)

    def found(self, rung: Rung, channel: str) -> list[tuple[str, str]]:
        """Every canary of a rung that a channel told somebody from whom it is hidden, and whom."""
        if channel in rung.but:
            return []
        told = {who: self.heard(who, rung.child)[channel] for who in rung.hidden_from}
        return [(who, word) for who, text in told.items() for word in rung.words if word in text]


class _Kept(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one; the test's own client says where it goes, which is no concern of the hub's."""
        if not record.name.startswith("httpx"):
            self._lines.append(f"{record.getMessage()} {record.__dict__}")


def listen(hub: TestHub, folder: Path, patch: pytest.MonkeyPatch) -> Suite:
    """Plant, listen, plant what is sealed, and listen to everybody."""
    world = visible(hub)
    _read_up(hub, world)
    suite = Suite(Place(hub, folder, world, patch), world)
    with suite.logging():
        _listen(suite)
    return suite


def _read_up(hub: TestHub, world: World) -> None:
    """All that may be known to them they have read, so that nothing is new to them but what is planted later."""
    for child, purpose, basis in product((world.isla, world.ava, world.finn), CASEWORK, ("public-task", "consent")):
        with suppress(NothingToShow):
            hub.house.hub.disclosure.chronology(hub.person(NEAR), child, purpose=purpose, basis=basis)
    hub.house.catch_up()


def _listen(suite: Suite) -> None:
    world = suite.world
    named = dict(world.entries)
    # Once for nothing: what they do and read themselves while they are listened to is new to nobody afterwards.
    _all(suite, NEAR, world.isla, "before")
    suite.place.hub.house.catch_up()
    suite.before = _all(suite, NEAR, world.isla, "before")
    suite.place.hub.house.catch_up()
    sealed(suite.place.hub, world)
    every, world.entries = world.entries, named
    suite.after = _all(suite, NEAR, world.isla, "after")
    world.entries = every


def _all(suite: Suite, who: str, child: UUID, name: str) -> Heard:
    look, heard = suite.place.look(who, child), Heard()
    for channel, listened in CHANNELS.items():
        with asked(suite.place.patch) as questions:
            heard[channel] = listened(look)
        suite.questions[who, name, channel] = questions
    return heard


@contextmanager
def asked(patch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that is sent to any database meanwhile, by anybody of this process."""
    noted: list[str] = []
    execute = psycopg.Cursor.execute

    def noting(cursor: psycopg.Cursor[Any], query: Any, *rest: Any, **named: Any) -> psycopg.Cursor[Any]:  # noqa: ANN401 - psycopg's own signature, whatever it is
        noted.append(str(query))
        return execute(cursor, query, *rest, **named)

    with patch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", noting)
        yield noted
