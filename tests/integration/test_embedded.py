"""The embedded PostgreSQL: started once, shared, found again after a kill, private to its user."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from hub.errors import StoreUnavailable
from hub.store import embedded
from hub.store.embedded_home import SYSTEM_HOME, home_of
from tests.clusters import alive, ask, begin, ended, server, tell

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from hub.settings import Settings
from hub.store import embedded, embedded_server
running = embedded.start(Path(sys.argv[1]), fsync=False)
print("started", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def data_dir(open_folder: Path) -> Iterator[Path]:
    folder = open_folder / "data"
    yield folder
    embedded.erase(folder)


def _another_hub(data_dir: Path) -> subprocess.Popen[str]:
    """Start a second process that uses the database until it is told to end."""
    hub = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(data_dir)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert hub.stdout is not None
    assert hub.stdout.readline() == "started\n"
    return hub


def _end(hub: subprocess.Popen[str], *, kill: bool = False) -> None:
    if kill:
        hub.send_signal(signal.SIGKILL)
    hub.communicate(timeout=30)


def test_it_starts_in_seconds_and_answers_in_utf8_and_one_fixed_order(data_dir: Path) -> None:
    began = time.monotonic()

    with begin(data_dir) as running:
        took = time.monotonic() - began
        assert ask(running, "select version()") is not None
        assert ask(running, "show server_encoding") == "UTF8"
        assert ask(running, "select datlocale from pg_database where datname = current_database()") == "C.UTF-8"
        assert ask(running, "select upper('dùn èideann')") == "DÙN ÈIDEANN"

    assert took < 15


def test_by_default_what_is_committed_is_on_disk(data_dir: Path) -> None:
    with embedded.start(data_dir) as running:
        assert ask(running, "show fsync") == "on"
        assert ask(running, "show synchronous_commit") == "on"
        assert ask(running, "show full_page_writes") == "on"


def test_it_is_not_on_the_network_and_its_socket_is_private(data_dir: Path) -> None:
    with begin(data_dir) as running:
        listening = [found for found in server(running).net_connections("inet") if found.status == "LISTEN"]
        folder = running.socket_dir.stat()

    assert listening == []
    assert stat.S_IMODE(folder.st_mode) == 0o700
    assert folder.st_uid != 0 or os.geteuid() != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes another user")
def test_root_never_runs_the_server_itself(data_dir: Path) -> None:
    with begin(data_dir) as running:
        assert server(running).uids().effective != 0


def test_a_restart_keeps_the_data(data_dir: Path) -> None:
    with begin(data_dir) as running:
        tell(running, "create table kept (what text)", "insert into kept values ('still here')")

    with begin(data_dir) as running:
        assert ask(running, "select what from kept") == "still here"


def test_the_last_user_out_stops_the_server_and_no_one_before(data_dir: Path) -> None:
    first = begin(data_dir)
    process = server(first)
    second = _another_hub(data_dir)

    first.stop()
    assert alive(process)
    _end(second)

    assert ended(process)


def test_leaving_twice_is_leaving_once(data_dir: Path) -> None:
    other = begin(data_dir)
    running = begin(data_dir)

    running.stop()
    running.stop()

    assert ask(other, "select 1") == 1
    other.stop()


def test_hubs_that_start_together_make_one_database(data_dir: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(data_dir)]
    hubs = [
        subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]

    said = [hub.stdout.readline() for hub in hubs if hub.stdout]
    for hub in hubs:
        _end(hub)

    assert said == ["started\n"] * 3
    assert [hub.returncode for hub in hubs] == [0, 0, 0]
    assert not (data_dir / "postgres" / "cluster" / "postmaster.pid").exists()


def test_a_killed_hub_leaves_the_server_up_and_the_next_one_finds_it(data_dir: Path) -> None:
    hub = _another_hub(data_dir)
    _end(hub, kill=True)

    with begin(data_dir) as running:
        process = server(running)
        assert process.create_time() < time.time()
        assert ask(running, "select 1") == 1

    assert ended(process)


def test_a_hub_killed_while_it_makes_the_database_harms_nothing(data_dir: Path) -> None:
    hub = subprocess.Popen([sys.executable, "-c", HOLD, str(data_dir)], cwd=PROJECT, stdin=subprocess.PIPE, text=True)
    _await(data_dir / "postgres" / "unfinished" / "PG_VERSION")
    _end(hub, kill=True)

    with begin(data_dir) as running:
        assert ask(running, "select 1") == 1


def _await(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert path.exists()


def test_a_killed_server_recovers_what_was_committed(data_dir: Path) -> None:
    running = embedded.start(data_dir)
    tell(running, "create table kept (what text)", "insert into kept values ('committed')")
    server(running).kill()
    running.stop()

    with embedded.start(data_dir) as again:
        assert ask(again, "select what from kept") == "committed"


def test_a_pid_file_left_by_a_power_cut_is_not_believed(data_dir: Path) -> None:
    with begin(data_dir) as running:
        lines = (running.cluster / "postmaster.pid").read_text().splitlines()
    left = running.cluster / "postmaster.pid"
    owner = running.cluster.stat().st_uid if os.geteuid() == 0 else None
    bystander = subprocess.Popen(["sleep", "60"], user=owner)
    left.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
    lock = running.socket_dir / ".s.PGSQL.5432.lock"
    shutil.copy(left, lock)
    for file in (left, lock):
        shutil.chown(file, running.cluster.stat().st_uid, running.cluster.stat().st_gid)

    with begin(data_dir) as again:
        assert ask(again, "select 1") == 1
    alive = bystander.poll() is None
    bystander.kill()
    bystander.wait()

    assert alive


@pytest.mark.parametrize("name", ["with a space", 'it\'s, "odd" \\ $HOME', "long " + "x" * 120, "Càirdeas"])
def test_any_folder_will_do(open_folder: Path, name: str) -> None:
    folder = open_folder / name
    with begin(folder) as running:
        assert ask(running, "select 1") == 1
    with begin(folder) as running:
        assert ask(running, "select 1") == 1

    embedded.erase(folder)


def test_a_socket_folder_that_somebody_else_prepared_is_refused(open_folder: Path) -> None:
    folder = open_folder / ("x" * 120)
    home = home_of(folder)
    home.socket_dir.chmod(0o777)

    with pytest.raises(StoreUnavailable, match="not private"):
        begin(folder)
    home.socket_dir.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that the server's user cannot reach")
def test_a_private_folder_stays_private_and_the_cluster_goes_elsewhere(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with begin(tmp_path) as running:
        tell(running, "create table kept ()")
        moved, cluster = running.moved, running.cluster
    tmp_path.chmod(0o755)
    with begin(tmp_path) as running:
        assert ask(running, "select count(*) from kept") == 0
    embedded.erase(tmp_path)
    shutil.rmtree(cluster.parent)

    assert moved
    assert cluster.is_relative_to(SYSTEM_HOME)
    assert not (tmp_path / "postgres" / "cluster").exists()


def test_a_start_that_fails_shows_the_servers_last_words(data_dir: Path) -> None:
    with begin(data_dir) as running:
        settings = running.cluster / "postgresql.conf"
    whole = settings.read_text()
    settings.write_text(whole + "\nno_such_setting = 1\n")

    with pytest.raises(StoreUnavailable, match="no_such_setting"):
        begin(data_dir)
    settings.write_text(whole)


def test_a_database_of_another_release_is_refused_and_left_alone(data_dir: Path) -> None:
    with begin(data_dir) as running:
        release = running.cluster / "PG_VERSION"
    kept = release.read_text()
    release.write_text("9\n")

    with pytest.raises(StoreUnavailable, match="made by PostgreSQL 9"):
        begin(data_dir)
    release.write_text(kept)


def test_a_database_in_use_is_not_erased(data_dir: Path) -> None:
    with begin(data_dir) as running:
        with pytest.raises(StoreUnavailable, match="in use"):
            embedded.erase(data_dir)
        assert ask(running, "select 1") == 1


def test_the_servers_log_quotes_no_statement_and_no_value(data_dir: Path) -> None:
    with begin(data_dir) as running:
        tell(running, "create table once (what text primary key)", "insert into once values ('Isla')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            tell(running, "insert into once values ('Isla')")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            tell(running, "select 'Isla'::int")
        log = (running.cluster / "server.log").read_text()

    assert "ready to accept connections" in log
    assert "Isla" not in log
