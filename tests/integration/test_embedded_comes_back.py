"""The embedded PostgreSQL comes back: from a full disk, from a stop that never ends, from a kill while a hub serves."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from consent.policy import Policy
from hub import directory, wiring
from hub.errors import StoreUnavailable
from hub.settings import Settings
from hub.store import embedded, embedded_server
from hub.store.embedded import Running
from hub.wiring import building
from tests.clusters import ask, begin, ended, server, tell
from tests.fix_hub import ROOT, Clock
from tests.following import SOON, until

pytestmark = pytest.mark.slow


@pytest.fixture
def data_dir(open_folder: Path) -> Iterator[Path]:
    folder = open_folder / "data"
    yield folder
    embedded.erase(folder)


@pytest.fixture
def small_disk(open_folder: Path) -> Iterator[Path]:
    """A disk of 90 MB, which a new database nearly fills."""
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        pytest.skip("only root on Linux can mount a small disk to fill")
    disk = open_folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=90m,mode=755", "tmpfs", disk], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk to fill")
    try:
        yield disk
        embedded.erase(disk)
    finally:
        subprocess.run(["umount", disk], check=True)


def _fill(running: Running) -> None:
    with pytest.raises(psycopg.Error):
        tell(running, *["insert into kept select repeat(md5(n::text), 99) from generate_series(1, 9999) n"] * 20)


def test_a_full_disk_is_said_and_once_there_is_room_everything_acknowledged_is_there(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_server, "ORDERLY", 4.0)
    running = embedded.start(small_disk)
    tell(running, "create table kept (what text)", "insert into kept values ('acknowledged')")
    process = server(running)
    _fill(running)

    running.stop()
    assert ended(process)
    with pytest.raises(StoreUnavailable, match="disk that holds the database is full"):
        embedded.start(small_disk)
    subprocess.run(["mount", "-o", "remount,size=600m", small_disk], check=True)

    with embedded.start(small_disk) as again:
        assert ask(again, "select count(*) from kept where what = 'acknowledged'") == 1


def _hang(running: Running) -> psutil.Process:
    """Tell the server to stop while a process of its own stands still, so that it never can in order."""
    process = server(running)
    next(child for child in process.children() if "checkpointer" in " ".join(child.cmdline())).suspend()
    process.send_signal(signal.SIGINT)  # what `pg_ctl stop -m fast` sends
    return process


def test_a_server_that_cannot_stop_in_order_is_put_an_end_to(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_server, "ORDERLY", 2.0)
    running = begin(data_dir)
    process = _hang(running)

    running.stop()

    assert ended(process)


def test_a_server_that_an_earlier_hub_left_shutting_down_for_ever_is_started_anew(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_server, "ORDERLY", 2.0)
    left = begin(data_dir)
    tell(left, "create table kept (what text)", "insert into kept values ('acknowledged')")
    process = _hang(left)

    with begin(data_dir) as again:
        assert ended(process)
        assert ask(again, "select what from kept") == "acknowledged"
    left.stop()


def test_a_server_that_dies_while_a_hub_serves_is_started_again(data_dir: Path) -> None:
    running = begin(data_dir)
    tell(running, "create table kept (what text)", "checkpoint", "insert into kept values ('here')")
    stop = threading.Event()
    keeper = threading.Thread(target=running.keep_up, args=[stop])
    keeper.start()
    server(running).kill()

    deadline, found = time.monotonic() + 15, None
    while found is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            found = ask(running, "select what from kept")
        time.sleep(0.1)
    stop.set()
    keeper.join(timeout=30)
    running.stop()

    assert found == "here"
    assert not (data_dir / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_hub_that_serves_is_ready_again_soon_after_its_database_was_killed(data_dir: Path, policy: Policy) -> None:
    settings = Settings(data_dir, ROOT / "policies", ROOT / "hub" / "demo" / "directory.toml", demo=True)
    running = embedded.start(data_dir)
    building._bootstrap(running)
    addresses = building._addresses(settings, running)
    wiring.migrate_databases(addresses)
    known, kek = directory.load(settings.directory), os.urandom(32)
    house = wiring.assemble(settings, addresses, kek, policy, known, Clock(), running)
    house.follow()
    assert house.ready()

    server(running).kill()

    assert until(lambda: not house.ready(), SOON)
    assert until(house.ready, 10)
    house.close()


def test_a_hub_that_has_left_starts_nothing_again(data_dir: Path) -> None:
    running = begin(data_dir)
    running.stop()

    running.revive()

    assert not (data_dir / "postgres" / "cluster" / "postmaster.pid").exists()
