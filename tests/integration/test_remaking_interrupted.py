"""Making a read model anew is killed twenty times, wherever it happens to be, and ends as if it had not been."""

from __future__ import annotations

import os
import select
import signal
from random import Random
from typing import NoReturn

import pytest

from hub.store.database import Database
from hub.store.ledger import Ledger
from projections import rebuild, remaking
from projections.remaking import Remaking
from tests.fix_hub import TestHub
from tests.remade import ENTRIES, remade, rows, standing
from tests.stories import everyone, graded, on, take, told

KILLS = 20
KEYS = "select k::text from read.decision_keys k order by 1"


def build(hub: TestHub, told_to: int) -> NoReturn:
    """Make the chronology anew, as a process of its own; a byte is told of each batch, and one that all is done."""
    database, keyring = Database(hub.addresses.service), hub.keyring()
    try:
        ledger = Ledger(database, keyring)
        Remaking(database, ledger, rebuild.followed("chronology")).rebuild(lambda _: _tell(told_to, b"."), accept=False)
        _tell(told_to, b"!")
    finally:
        os._exit(0)  # what was copied with this process belongs to the tests'


def _tell(told_to: int, byte: bytes) -> None:
    os.write(told_to, byte)


def killed(hub: TestHub, chance: Random) -> bool:
    """Have it made anew, and kill whoever does it after some batches, or some time; whether it had not ended yet."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        build(hub, writing)
    os.close(writing)
    batches, seen = chance.choice([0, 0, 1, 2, 5]), b""
    while len(seen) < batches and (heard := os.read(reading, 1)):
        seen += heard
    select.select([reading], [], [], chance.uniform(0, 0.12))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while heard := os.read(reading, 64):
        seen += heard
    os.close(reading)
    return b"!" not in seen


@pytest.mark.slow
def test_twenty_times_interrupted_it_holds_the_same_bytes(hub: TestHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remaking, "BATCH", 12)
    take(hub, [*everyone(), *graded()])
    take(hub, [told("gp", f"n{n}", occurred=on(f"2025-01-{n % 28 + 1:02}")) for n in range(120)])
    take(hub, [told("gp", f"n{n}", version="2", order="2026", headline=f"newer {n}") for n in range(60)])
    before = [rows(hub), rows(hub, KEYS)]
    chance, kills, ended = Random(5), 0, 0  # noqa: S311 - no secret, and the same every time

    while kills < KILLS:
        over = not killed(hub, chance)
        kills, ended = kills + (not over), ended + over
        assert ended < KILLS
        assert rows(hub) == before[0]

    done = remade(hub)
    assert (done.swapped, done.differences) == (True, ())
    assert [rows(hub), rows(hub, KEYS)] == before
    assert rows(hub, ENTRIES.replace("read.entries", f"read.entries_v{standing(hub).others[0].version}")) == before[0]
    assert hub.house.tending.parked() == []
