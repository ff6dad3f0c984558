"""The embedded PostgreSQL as tests handle it: begun, asked, told, and its process looked at."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Final

import psutil
import psycopg

from hub.store import embedded
from hub.store.embedded import Running

LAST_BREATH: Final = 5.0


def begin(data_dir: Path) -> Running:
    """Use the database of this folder, which may be lost with the machine."""
    return embedded.start(data_dir, fsync=False)


def ask(running: Running, question: str) -> object:
    """The one answer."""
    with psycopg.connect(running.dsn()) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def tell(running: Running, *statements: str) -> None:
    """Run these as the superuser, each by itself."""
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def server(running: Running) -> psutil.Process:
    """The server's own process."""
    return psutil.Process(int((running.cluster / "postmaster.pid").read_text().splitlines()[0]))


def ended(server: psutil.Process) -> bool:
    """Whether it is gone, or waits only for a parent to take note of it: its last breath comes after its last word."""
    until = time.monotonic() + LAST_BREATH
    while (still := alive(server)) and time.monotonic() < until:
        time.sleep(0.02)
    return not still


def alive(server: psutil.Process) -> bool:
    """Whether it is there, and not only until a parent takes note of its end."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return server.is_running() and server.status() != psutil.STATUS_ZOMBIE
    return False
