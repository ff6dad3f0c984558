"""A drop folder: what an agency's system puts there is taken in once it has come to rest; nothing is thrown away."""

from __future__ import annotations

import errno
import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer

from hub.cli.files import delivery_of, hand_in
from hub.cli.putting_away import RECEIPTS, make_folders, place_for, put_away, write_receipt
from hub.cli.resting import Found, Resting, mark_of, open_at_rest
from hub.cli.session import Session
from hub.errors import BadInput, HubError, StoreUnavailable, unforeseen
from hub.receipt import Receipt
from hub.update import Delivery

PAUSE = 0.5
LONGEST_PAUSE = 30.0


def watch(session: Session, source: str, paths: list[Path], owner: str) -> None:
    """Take what comes into one folder, until interrupted. Safe to kill: what was taken twice is a duplicate.

    Raises BadInput where it is not exactly one folder, or somebody else watches it already.
    """
    if len(paths) != 1 or not paths[0].is_dir():
        raise BadInput("Only one folder can be watched.", "Name one folder that exists.")
    with _alone(paths[0]):
        watcher = Watcher(paths[0], source, session.settings.file_limit, _into(session, owner))
        typer.echo("Watching the folder; press Ctrl-C to stop.")
        pause = PAUSE
        while True:
            pause = PAUSE if watcher.look() else min(pause * 2, LONGEST_PAUSE)
            time.sleep(pause)


@dataclass(frozen=True, slots=True)
class Into:
    """Where files go: the intake, what follows it, and whether the database answers."""

    receive: Callable[[Delivery], Receipt]
    catch_up: Callable[[], None]
    ready: Callable[[], bool]


@dataclass(slots=True)
class _Begun:
    """A file that is being taken: `receipt` once its records are kept; after a failure, in seconds, when it is due."""

    pause: float = PAUSE
    until: float = 0.0
    receipt: Receipt | None = None


class Watcher:
    """Looks through one folder again and again. A file that fails waits, longer each time, and holds up no other."""

    def __init__(
        self, folder: Path, source: str, limit: int, into: Into, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder, self._source, self._limit, self._into, self._clock = folder, source, limit, into, clock
        self._resting = Resting(clock)
        self._begun: dict[Found, _Begun] = {}
        self._said: set[str] = set()

    def look(self) -> bool:
        """Take what rests. False where nothing can be taken for now: the folder or the database does not answer."""
        self._said.clear()
        try:
            files = self._resting.look(self._folder)
        except OSError as error:
            self._say(_trouble(error))
            return False
        self._begun = {file: self._begun.get(file) or _Begun() for file in files}
        return all(self._try(file, begun) for file, begun in self._begun.items() if self._clock() >= begun.until)

    def _try(self, file: Found, begun: _Begun) -> bool:
        """Take one file. Only where the database does not answer it is no use to go on to the next."""
        try:
            self._take(file, begun)
        except StoreUnavailable as error:
            self._say(f"{error.message} Next: nothing; it is tried again.")
            # Whatever the database says of one file is this error too, and such a file must not hold up the others.
            if not self._into.ready():
                return False
        except HubError as error:
            self._say(f"{error.message} Next: {error.next_step or 'nothing; it is tried again.'}")
        except OSError as error:
            self._say(_trouble(error))
        except Exception as error:  # noqa: BLE001 - one file must not end the watch, and what is said of it quotes nothing
            self._say(f"{unforeseen(error)}. Next: report this line; the file stays, and is tried again.")
        else:
            return True
        begun.until = self._clock() + begun.pause
        begun.pause = min(begun.pause * 2, LONGEST_PAUSE)
        return True

    def _take(self, file: Found, begun: _Begun) -> None:
        if begun.receipt is None:
            delivery = self._read(file)
            if delivery is None:
                return
            begun.receipt = self._into.receive(delivery)
        receipt = begun.receipt
        self._into.catch_up()
        write_receipt(self._folder / RECEIPTS, receipt)
        opened = open_at_rest(self._folder, file)
        if opened is None:
            return  # somebody went on writing: it is taken again when it rests, and what is kept is a duplicate then
        opened.close()
        put_away(self._folder / file.name, place_for(self._folder, receipt))
        begun.receipt = None  # it may be as long as the file
        counts = ", ".join(f"{count} {outcome}" for outcome, count in receipt.counts().items() if count)
        typer.echo(f"{self._source}: {len(receipt.results)} records: {counts}; receipt {receipt.id}")

    def _read(self, file: Found) -> Delivery | None:
        """The whole of the file as it was found, or None where it is not so any more."""
        opened = open_at_rest(self._folder, file)
        if opened is None:
            return None
        with opened:
            delivery = delivery_of(self._source, file.name, opened, self._limit)
            return delivery if mark_of(opened) == file.mark else None

    def _say(self, what: str) -> None:
        """Once a look, however many files it holds for."""
        if what not in self._said:
            self._said.add(what)
            typer.echo(f"Error: {what}", err=True)


def _into(session: Session, owner: str) -> Into:
    # The house is built at first need, so that a database that is away when the watch begins is waited for.
    def catch_up() -> None:
        session.house.catch_up()

    def ready() -> bool:
        try:
            return session.house.ready()
        except HubError:
            return False

    return Into(lambda delivery: hand_in(session, delivery, owner), catch_up, ready)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        make_folders(folder)
        lock = (folder / ".watched").open("w")
    except OSError:
        raise BadInput("The hub may not work in this folder.", "See to its permissions and its disk.") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput("This folder is being watched already.", "Stop the other one, or name another.") from None
        yield


def _trouble(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The folder's disk is full. Next: make room; the file stays, and is tried again."
    return (
        "A file in the folder, or the folder, cannot be read or moved. "
        "Next: see to the permissions of both; the file stays, and is tried again."
    )
