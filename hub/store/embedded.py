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
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from psycopg.conninfo import make_conninfo

from hub.errors import HubError, StoreUnavailable
from hub.store import embedded_server as server
from hub.store.embedded_home import Account, Home, home_of, programs, release
from hub.store.embedded_server import LOG, PATIENCE, PORT, SUPERUSER

__all__ = ["LOG", "Running", "erase", "start", "version"]

CHECKED_EVERY = 2.0  # seconds between two looks of a hub that serves

_log = logging.getLogger(__name__)


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
    _fsync: bool = field(repr=False)
    _process: int = field(default_factory=os.getpid, repr=False)

    def dsn(self, dbname: str = "postgres", user: str = SUPERUSER) -> str:
        """The address of one database for one role, as psycopg takes it."""
        return make_conninfo(host=str(self.socket_dir), port=self.port, dbname=dbname, user=user)

    def revive(self) -> None:
        """Start the server again if it is gone, as any hub that starts would; raises StoreUnavailable."""
        if server.in_order(self._home):
            return
        with _gate(self._home):
            if self._users >= 0:  # else this hub has left meanwhile
                server.come_up(self._home, fsync=self._fsync)

    def keep_up(self, stop: threading.Event) -> None:
        """Look every two seconds whether the server is there, and start it again if it is not, until told to stop."""
        while not stop.wait(CHECKED_EVERY):
            try:
                self.revive()
            except HubError as error:
                _log.warning("The embedded database is gone and does not start (%s); trying again", error.code)

    def stop(self) -> None:
        """Leave; the last one out stops the server. Doing so twice does nothing more."""
        if self._users < 0 or self._process != os.getpid():  # a forked child leaves its parent's server alone
            return
        with _gate(self._home):
            try:
                if _alone(self._users):
                    server.stop(self._home)
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
            socket_dir = server.come_up(home, fsync=fsync)
        except BaseException:
            os.close(users)
            raise
    running = Running(socket_dir, PORT, SUPERUSER, home.cluster, home.moved, home, users, fsync)
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
            server.stop(home)
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
