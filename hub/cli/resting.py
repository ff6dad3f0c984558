"""What rests in a drop folder: only files that the watcher itself saw unchanged for a while, and nobody writes to."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")
REST = 2.0
"""Seconds, of the watcher's own clock, without a change after which a file is taken to be whole."""
LOOKS = 3
"""In at least so many looks: a machine that stood still has seen nothing of what others wrote meanwhile."""


class Mark(NamedTuple):
    """What changes when a file is written to or replaced. Times in nanoseconds; they are compared, never believed."""

    size: int
    modified: int
    changed: int
    device: int
    inode: int


class Found(NamedTuple):
    """A file that rests, as it was seen."""

    name: str
    mark: Mark


@dataclass(slots=True)
class _Seen:
    mark: Mark
    since: float
    looks: int = 0


class Resting:
    """Remembers from look to look what was there. `clock` only goes forward, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: dict[str, _Seen] = {}

    def look(self, folder: Path) -> list[Found]:
        """The files that rest, oldest first: an agency's system may order them so. Raises OSError for the folder."""
        now, before = self._clock(), self._seen
        self._seen = {}
        for name, mark in _files(folder):
            seen = before.get(name)
            if seen is None or seen.mark != mark:
                seen = _Seen(mark, now)
            seen.looks += 1
            self._seen[name] = seen
        rest = [(s.mark.modified, name, s.mark) for name, s in self._seen.items() if _rests(s, now)]
        return [Found(name, mark) for _, name, mark in sorted(rest)]


def open_at_rest(folder: Path, found: Found) -> BinaryIO | None:
    """Open it if it is still as it was found and nobody writes to it; None if not, or it is gone.

    Raises OSError where it cannot be opened. Never waits, whatever has come to stand under that name.
    """
    try:
        opened = _opened(folder / found.name)
    except (FileNotFoundError, BlockingIOError):  # BlockingIOError: a file server holds it for somebody who writes
        return None
    if mark_of(opened) == found.mark and not _written_to(opened):
        return opened
    opened.close()
    return None


def mark_of(opened: BinaryIO) -> Mark:
    """How an open file is now."""
    return _mark(os.fstat(opened.fileno()))


def _files(folder: Path) -> list[Found]:
    """Finished files by their names. Links, pipes, devices and folders are not the watcher's: it leaves them alone."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED):
                continue
            try:
                if entry.is_file(follow_symlinks=False):
                    found.append(Found(entry.name, _mark(entry.stat(follow_symlinks=False))))
            except FileNotFoundError:
                continue  # it was taken away again meanwhile
    return found


def _rests(seen: _Seen, now: float) -> bool:
    return seen.looks >= LOOKS and now - seen.since >= REST


def _mark(of: os.stat_result) -> Mark:
    return Mark(of.st_size, of.st_mtime_ns, of.st_ctime_ns, of.st_dev, of.st_ino)


def _opened(file: Path) -> BinaryIO:
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileNotFoundError
    return os.fdopen(descriptor, "rb")


def _written_to(opened: BinaryIO) -> bool:
    """Whether somebody on this machine has it open for writing, however long they pause; False where nobody can tell.

    A lease for reading is granted only on a file that no one may write to (fcntl(2), Linux, local disks).
    """
    try:
        # Somebody who opens it at this very moment is announced by a signal; the usual one would end the hub.
        fcntl.fcntl(opened, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(opened, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except BlockingIOError:
        return True
    except (OSError, AttributeError):
        return False
    fcntl.fcntl(opened, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False
