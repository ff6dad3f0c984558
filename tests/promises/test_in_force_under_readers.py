"""A change is in force for the first reading that begins after its commit, with 64 people reading meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from consent.disclosure import Gate
from hub import demo
from hub.errors import NothingToShow
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from hub.people import Practitioner
from hub.store.database import Database
from hub.wiring import House
from tests.builders import works_with
from tests.fix_hub import TestHub
from tests.stories import CONSENT, ORDINARY, PLAN, consent, entry_on, settled, told

READERS = 64
POOLS = 4
"""The readers share connections as the workers of a service do: each pool is one worker's own."""


@dataclass(frozen=True, slots=True)
class Change:
    """What changes, and who reads for what meanwhile."""

    who: str
    asked: dict[str, str]
    make: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading: when it began, and whether it was under the old state."""

    began: float
    old: bool


@dataclass(slots=True)
class Crowd:
    """Readers, each on a thread of their own, who read the same child again and again until told to stop."""

    house: House
    looks_old: Callable[[Gate], bool]
    seen: list[Seen] = field(default_factory=list)
    failed: list[BaseException] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def while_reading(self, change: Callable[[], None]) -> float:
        """Make the change in the midst of the readings; when it had returned."""
        with ExitStack() as stack:
            gates = [stack.enter_context(another_gate(self.house)) for _ in range(POOLS)]
            threads = [threading.Thread(target=self._read, args=[gates[n % POOLS]]) for n in range(READERS)]
            for thread in threads:
                thread.start()
            try:
                self._until(lambda: len(self.seen) >= 2 * READERS)
                change()
                committed = time.monotonic()
                self._until(lambda: sum(one.began > committed for one in self.seen) >= 2 * READERS)
            finally:
                self.stop.set()
                for thread in threads:
                    thread.join()
        return committed

    def _read(self, gate: Gate) -> None:
        """Read until told to stop; each reading's beginning is noted before it begins."""
        try:
            while not self.stop.is_set():
                began = time.monotonic()
                self.seen.append(Seen(began, self.looks_old(gate)))
        except BaseException as error:  # noqa: BLE001 - whatever ends a reader, the test tells of it
            self.failed.append(error)

    def _until(self, enough: Callable[[], bool]) -> None:
        until = time.monotonic() + 120
        while not enough() and not self.failed and time.monotonic() < until:
            time.sleep(0.02)


@contextmanager
def another_gate(house: House) -> Iterator[Gate]:
    """A gate over connections of its own, as another worker of the service has."""
    database = Database(house._database._url)
    snapshot = partial(database.transaction, "hub_reader", snapshot=True)
    means = house.hub.disclosure._means
    yield Gate(replace(means, reading=snapshot, looking=partial(database.transaction, "hub_reader")))
    database.close()


def looked(reader: Practitioner, child: UUID, asked: dict[str, str], gate: Gate) -> str:
    """How the ordinary entry is shown, and by which rule; empty for nothing to show."""
    try:
        found = gate.chronology(reader, child, purpose=asked["purpose"], basis=asked["basis"])
    except NothingToShow:
        return ""
    entry = entry_on(found, ORDINARY)
    return f"{type(entry).__name__} {entry.rule}" if entry else "none"


def withdrawal(hub: TestHub, child: UUID, _folder: Path) -> Change:
    """Consent is given, and withdrawn."""
    consent(hub, ConsentGiven, child)
    return Change("callum", CONSENT, lambda: consent(hub, ConsentWithdrawn, child))


def ended_involvement(hub: TestHub, _child: UUID, _folder: Path) -> Change:
    """Another team takes over."""
    moved = (works_with("health-visiting-team", "Z9HV2"),)
    gone = told("hv", "began", version="2", order="2026-10-01T09:00:00Z", facts=moved)

    def make() -> None:
        hub.house.hub.intake.receive([gone])

    return Change("morag", PLAN, make)


def ended_agreement(hub: TestHub, _child: UUID, folder: Path) -> Change:
    """Governance ends the school's agreement in the directory's file and puts that on record."""
    head, code, tail = listed().partition('code = "SCH-ROWANBANK"')
    ended = tail.replace("since = 2019-01-01 }]", "since = 2019-01-01, until = 2026-10-31 }]", 1)
    return Change("callum", PLAN, partial(apply, hub, folder, head + code + ended))


def left_the_service(hub: TestHub, _child: UUID, folder: Path) -> Change:
    """A teacher leaves, and is taken out of the directory's file."""
    before, after = listed().split('[[person]]\nid = "callum"')
    return Change("callum", PLAN, partial(apply, hub, folder, before + after[after.index("[[person]]") :]))


CHANGES = (withdrawal, ended_involvement, ended_agreement, left_the_service)


def listed() -> str:
    """The demo's directory."""
    return (Path(demo.__file__).parent / "directory.toml").read_text(encoding="utf-8")


def apply(hub: TestHub, folder: Path, text: str) -> None:
    """What `hub directory apply` does."""
    changed = folder / "directory.toml"
    changed.write_text(text, encoding="utf-8")
    hub.house.settings = replace(hub.house.settings, directory=changed)
    assert hub.house.apply_directory() == 1


@pytest.mark.parametrize("prepare", CHANGES, ids=lambda one: one.__name__)
def test_no_reading_that_begins_after_the_commit_is_under_the_old_state(
    hub: TestHub, tmp_path: Path, prepare: Callable[[TestHub, UUID, Path], Change]
) -> None:
    child = settled(hub, plan=prepare is not withdrawal)
    change = prepare(hub, child, tmp_path)
    look = partial(looked, hub.person(change.who), child, change.asked)
    old = look(hub.house.hub.disclosure)
    assert old.startswith(("Shown", "Redacted"))
    crowd = Crowd(hub.house, lambda gate: look(gate) == old)

    committed = crowd.while_reading(change.make)

    after = [one for one in crowd.seen if one.began > committed]
    assert not crowd.failed
    assert any(one.old for one in crowd.seen if one.began <= committed)
    assert len(after) >= 2 * READERS
    assert sum(one.old for one in after) == 0
