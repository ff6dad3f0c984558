"""The embedded PostgreSQL's process: begun, waited for, stopped, and put an end to where it cannot stop by itself.

Everything here is called behind the gate of `embedded.py`, one process at a time.
"""

from __future__ import annotations

import contextlib
import shlex
import shutil
import subprocess
import time
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from hub.errors import StoreUnavailable
from hub.store.embedded_home import Home

SUPERUSER = "postgres"
PORT = 5432  # part of the socket's name; no network port is opened
PATIENCE = 60.0  # seconds for a start or a recovery after a crash
ORDERLY = 20.0  # seconds for a stop that writes everything out first
AT_ONCE = 20.0  # seconds for a stop that writes nothing; PostgreSQL kills after 5 what does not heed it
LOG = "server.log"
ROOM = 32 * 1024 * 1024  # bytes: with less than two pieces of its journal PostgreSQL does not come up
NOBODY = 2**31 - 1  # a process number that no system gives
RENUMBER = 'rest=$(tail -n +2 "$2") && printf "%s\\n%s\\n" "$1" "$rest" > "$2"'
SOCKET_LINE, STATUS_LINE = 4, 7  # of postmaster.pid

# The server's log must not quote a record, so it hears of the server's own affairs only, in one line each.
QUIET = {"log_min_messages": "log", "log_min_error_statement": "panic", "log_error_verbosity": "terse"}
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "max_connections": "60",
    "timezone": "UTC",
} | QUIET


def in_order(home: Home) -> bool:
    """Whether the server is there and not on its way out. Asks the system only, so it costs next to nothing."""
    return _serving(home) and not _stopping(home)


def come_up(home: Home, *, fsync: bool) -> Path:
    """Start the server unless it runs, wait until it answers, and give its socket's folder.

    One that somebody left shutting down for ever (its disk was full) is put an end to and started once more. One
    that still recovers is left alone: cut off, it would have to begin again. Raises StoreUnavailable.
    """
    for _ in range(2):
        if not _serving(home):
            _begin(home, fsync=fsync)
        if (answered := _answer(home)) is not None:
            return answered
        if in_order(home):
            break
        _end(home)
    raise _silent(home)


def stop(home: Home) -> None:
    """Stop the server in order; if that is not done in time, at once, and it recovers at its next start."""
    if _serving(home) and _pg_ctl(home, "stop", "-m", "fast", within=ORDERLY).returncode:
        _end(home)


def _end(home: Home) -> None:
    # Nothing that was acknowledged is lost: it is in the journal, which the next start reads.
    if _serving(home):
        _pg_ctl(home, "stop", "-m", "immediate", within=AT_ONCE)


def _pid_file(home: Home) -> list[str]:
    """The lines of postmaster.pid: process, directory, start, port, socket's folder, …; empty without one."""
    try:
        return (home.cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _serving(home: Home) -> bool:
    """Whether the pid file names a live server of this cluster. After a power cut the number may be another's."""
    lines = _pid_file(home)
    if not lines or not lines[0].isdigit():
        return False
    try:
        server = psutil.Process(int(lines[0]))
        return Path(server.cwd()).samefile(home.cluster)
    except (psutil.Error, OSError):
        return False


def _stopping(home: Home) -> bool:
    return _pid_file(home)[STATUS_LINE:][:1] == ["stopping"]


def _begin(home: Home, *, fsync: bool) -> None:
    if _pid_file(home):
        # PostgreSQL takes any live process of that number for a server. Name none, and keep the rest of the file:
        # with it PostgreSQL still finds what a killed server may have left running.
        home.account.run("/bin/sh", "-c", RENUMBER, "sh", str(NOBODY), home.cluster / "postmaster.pid")
    for left in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):  # in a folder of ours, of a server that is gone
        (home.socket_dir / left).unlink(missing_ok=True)
    settings = SETTINGS | {"unix_socket_directories": f'"{home.socket_dir}"', "fsync": "on" if fsync else "off"}
    options = " ".join(shlex.quote(part) for name, value in settings.items() for part in ("-c", f"{name}={value}"))
    (home.cluster / LOG).unlink(missing_ok=True)
    if _pg_ctl(home, "start", "-l", f"{home.cluster.name}/{LOG}", "-o", options).returncode:
        raise _silent(home)


def _pg_ctl(home: Home, *command: str, within: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    """Run pg_ctl where the cluster is, and name it relatively: pg_ctl lets a shell read the path it is given."""
    limit = ("-w", "-t", str(int(within)), "-D", home.cluster.name)
    return home.account.run(home.programs / "pg_ctl", *command, *limit, folder=home.root, timeout=within + 10)


def _answer(home: Home) -> Path | None:
    """Wait until the server answers, then say where: a server we joined may be starting, or recovering."""
    began = time.monotonic()
    while _serving(home):
        socket_dir = Path((_pid_file(home)[SOCKET_LINE:][:1] or [""])[0] or home.socket_dir)
        address = make_conninfo(host=str(socket_dir), port=PORT, dbname="postgres", user=SUPERUSER, connect_timeout=5)
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(address).close()
            return socket_dir
        if time.monotonic() - began > (ORDERLY if _stopping(home) else PATIENCE):
            break
        time.sleep(0.05)
    return None


def _silent(home: Home) -> StoreUnavailable:
    try:
        last = (home.cluster / LOG).read_text(errors="replace").splitlines()[-8:]
    except OSError:
        last = []
    words = "\n".join(last or ["(no log)"])
    if shutil.disk_usage(home.root).free < ROOM or "No space left on device" in words:
        return StoreUnavailable(
            f"The disk that holds the database is full. PostgreSQL's last words:\n{words}",
            "Make room on that disk, then start again; what was acknowledged is kept.",
        )
    return StoreUnavailable(f"PostgreSQL did not come up. Its last words:\n{words}", "Mend that and start again.")
