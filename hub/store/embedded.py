"""The hub's own PostgreSQL, for demos, tests and small places: started on need, shared, stopped by the last user.

The server is a process of its own and outlives a killed hub; the next hub finds it. Every hub process holds a
shared lock on `users.lock` while it works. Starting and stopping happen behind `gate.lock`, one process at a
time, so nobody stops a server that somebody else is about to use. It listens on a socket in a private folder,
never on the network; who may enter that folder is who may connect.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from hub.errors import StoreUnavailable
from hub.store.embedded_home import Account, Home, home_of, programs, release

SUPERUSER = "postgres"
PORT = 5432  # part of the socket's name; no network port is opened
PATIENCE = 60.0  # seconds for a start, a recovery after a crash, or a stop
LOG = "server.log"
NOBODY = 2**31 - 1  # a process number that no system gives
RENUMBER = 'rest=$(tail -n +2 "$2") && printf "%s\\n%s\\n" "$1" "$rest" > "$2"'

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


@dataclass(slots=True)
class Running:
    """A PostgreSQL in use by this process. `moved` says that `cluster` lies outside the data directory, because
    the system user that runs it cannot reach that. Leave it by stop(), by `with`, or by the process's end.
    """

    socket_dir: Path
    port: int
    superuser: str
    cluster: Path
    moved: bool
    _home: Home = field(repr=False)
    _users: int = field(repr=False)
    _process: int = field(default_factory=os.getpid, repr=False)

    def dsn(self, dbname: str = "postgres", user: str = SUPERUSER) -> str:
        """The address of one database for one role, as psycopg takes it."""
        return make_conninfo(host=str(self.socket_dir), port=self.port, dbname=dbname, user=user)

    def stop(self) -> None:
        """Leave; the last one out stops the server. Doing so twice does nothing more."""
        if self._users < 0 or self._process != os.getpid():  # a forked child leaves its parent's server alone
            return
        with _gate(self._home):
            try:
                if _alone(self._users):
                    _stop(self._home)
            finally:
                os.close(self._users)
                self._users = -1
                atexit.unregister(self.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(data_dir: Path, *, fsync: bool = True) -> Running:
    """Use the PostgreSQL of `data_dir`: made if there is none, started if it does not run, else joined.

    `fsync=False` is for tests, whose data may be lost with the machine. Raises StoreUnavailable, with the
    last lines of the server's log if it did not come up within a minute.
    """
    home = home_of(data_dir)
    with _gate(home) as gate:
        _make(home, gate, fsync=fsync)
        users = _hold(home)
        try:
            if not _serving(home):
                _start(home, fsync=fsync)
            socket_dir = _await_answer(home)
        except BaseException:
            os.close(users)
            raise
    running = Running(socket_dir, PORT, SUPERUSER, home.cluster, home.moved, home, users)
    atexit.register(running.stop)
    return running


def erase(data_dir: Path) -> None:
    """Delete the database of `data_dir` for good, if it has one; raises StoreUnavailable while any hub uses it."""
    home = home_of(data_dir)
    with _gate(home):
        users = _hold(home)
        try:
            if not _alone(users):
                raise StoreUnavailable("The database is in use.", "Stop the other hub first, then try again.")
            _stop(home)
            for folder in (home.cluster, home.socket_dir):
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(users)


def version() -> str:
    """Say which PostgreSQL the embedded one is, as in "18.6"."""
    myself = Account(os.geteuid(), os.getegid(), drops=False)
    return release(programs(myself), myself)


@contextlib.contextmanager
def _gate(home: Home) -> Iterator[int]:
    """One process at a time starts or stops the server; yields the lock's file, for a child to hold as well."""
    gate = _open(home.root / "gate.lock")
    try:
        deadline = time.monotonic() + PATIENCE
        while not _lock(gate, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise StoreUnavailable("Another hub has been starting or stopping the database for a minute.", "Wait.")
            time.sleep(0.02)
        yield gate
    finally:
        os.close(gate)


def _open(lock: Path) -> int:
    try:
        return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise StoreUnavailable(
            f"The embedded database cannot be locked: {problem.strerror}.",
            "Give HUB_DATA_DIR a folder that this user can write.",
        ) from problem


def _lock(file: int, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _hold(home: Home) -> int:
    users = _open(home.root / "users.lock")
    fcntl.flock(users, fcntl.LOCK_SH)
    return users


def _alone(users: int) -> bool:
    """Whether no other process holds the lock. Only asked behind the gate, where nobody can arrive meanwhile."""
    return _lock(users, fcntl.LOCK_EX)


def _make(home: Home, gate: int, *, fsync: bool) -> None:
    """Create the cluster beside its place and move it in whole, so that a kill leaves none or one.

    The child holds the gate too: if we are killed, the next hub waits until it has ended.
    """
    if os.path.lexists(home.cluster):
        _same_release(home)
        return
    unfinished = home.root / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if home.account.drops:
        os.chown(unfinished, home.account.uid, home.account.gid, follow_symlinks=False)
    made = home.account.run(
        *(home.programs / "initdb", "-D", unfinished, "-U", SUPERUSER, "--encoding=UTF8"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--auth-local=trust", "--auth-host=reject", "--no-instructions"),
        *(() if fsync else ("--no-sync",)),
        keep=(gate,),
    )
    if made.returncode:
        words = made.stderr.strip()[-500:]
        raise StoreUnavailable(f"PostgreSQL could not make its database: {words}", "Mend that and start again.")
    unfinished.rename(home.cluster)


def _same_release(home: Home) -> None:
    try:
        made_by = (home.cluster / "PG_VERSION").read_text().strip()
    except OSError as problem:
        raise StoreUnavailable(
            "The embedded database is damaged: it does not say which PostgreSQL made it.",
            "Restore the data directory from a backup.",
        ) from problem
    ours = release(home.programs, home.account)
    if ours.split(".")[0] != made_by:
        raise StoreUnavailable(
            f"The embedded database was made by PostgreSQL {made_by}, and this is {ours}.",
            "Export it with the older release and load it into this one; docs/decisions/0002 says how.",
        )


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


def _start(home: Home, *, fsync: bool) -> None:
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


def _pg_ctl(home: Home, *command: str) -> subprocess.CompletedProcess[str]:
    """Run pg_ctl where the cluster is, and name it relatively: pg_ctl lets a shell read the path it is given."""
    limit = ("-w", "-t", str(int(PATIENCE)), "-D", home.cluster.name)
    return home.account.run(home.programs / "pg_ctl", *command, *limit, folder=home.root, timeout=PATIENCE + 10)


def _await_answer(home: Home) -> Path:
    """Wait until the server answers, then say where: a server we joined may be starting, or recovering."""
    deadline = time.monotonic() + PATIENCE
    while _serving(home):
        lines = _pid_file(home)
        socket_dir = Path(lines[4]) if len(lines) > 4 and lines[4] else home.socket_dir  # noqa: PLR2004 - fifth line
        address = make_conninfo(host=str(socket_dir), port=PORT, dbname="postgres", user=SUPERUSER, connect_timeout=5)
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(address).close()
            return socket_dir
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    raise _silent(home)


def _silent(home: Home) -> StoreUnavailable:
    try:
        last = (home.cluster / LOG).read_text(errors="replace").splitlines()[-8:]
    except OSError:
        last = ["(no log)"]
    words = "\n".join(last)
    return StoreUnavailable(f"PostgreSQL did not come up. Its last words:\n{words}", "Mend that and start again.")


def _stop(home: Home) -> None:
    if _serving(home):
        _pg_ctl(home, "stop", "-m", "fast")
