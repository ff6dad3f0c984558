"""A real PostgreSQL for the tests, by three roads: HUB_TEST_DSN, a container, or the embedded one."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from hub.errors import StoreUnavailable
from hub.store import embedded

IMAGE = "postgres:17-alpine"
FOLDER = "hub-test-"


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server for one test session. `admin_dsn` is its superuser's, on the database `postgres`."""

    admin_dsn: str
    road: str

    def dsn(self, dbname: str, user: str = "", password: str = "") -> str:
        """Give the address of another database of the same server, as its superuser or as another role."""
        role = {"user": user, "password": password} if user else {}
        return make_conninfo(self.admin_dsn, dbname=dbname, **role)

    def version(self) -> str:
        """Ask the server, as in "18.6"."""
        with psycopg.connect(self.admin_dsn) as connection:
            return str(connection.execute("show server_version").fetchone())


def pytest_report_header() -> str:
    """Name the database in pytest's first lines: results depend on it."""
    match _road():
        case "given":
            version = Postgres(os.environ["HUB_TEST_DSN"], "given").version()
        case "container":
            version = IMAGE
        case _:
            version = embedded.version()
    return f"database: PostgreSQL {version} ({_road()})"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole session; each test makes its own database on it."""
    match _road():
        case "given":
            yield Postgres(os.environ["HUB_TEST_DSN"], "given")
        case "container":
            yield from _in_a_container()
        case _:
            yield from _embedded()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder for one test that PostgreSQL's own user can enter, which pytest's private tmp_path is not for root."""
    folder = _open_folder("hub-try-")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def _road() -> str:
    if os.environ.get("HUB_TEST_DSN"):
        return "given"
    return "container" if _docker_answers() else "embedded"


def _docker_answers() -> bool:
    try:
        return subprocess.run(["docker", "info"], check=False, capture_output=True, timeout=3).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _in_a_container() -> Iterator[Postgres]:
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415 - only where Docker answers

    with PostgresContainer(IMAGE, driver=None) as container:
        yield Postgres(container.get_connection_url(), "container")


def _embedded() -> Iterator[Postgres]:
    _sweep()
    folder = _open_folder(FOLDER)
    with embedded.start(folder, fsync=False) as running:
        yield Postgres(running.dsn(), "embedded")
    _forget(folder)


def _open_folder(prefix: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    folder.chmod(0o711)
    return folder


def _sweep() -> None:
    """Stop and delete what killed sessions left behind; a session under way holds its own."""
    for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}*"):
        with contextlib.suppress(StoreUnavailable, OSError):
            if time.time() - left.stat().st_mtime > 60:
                _forget(left)


def _forget(folder: Path) -> None:
    embedded.erase(folder)
    shutil.rmtree(folder, ignore_errors=True)
