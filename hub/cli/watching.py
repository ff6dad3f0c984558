"""A drop folder: what an agency's system puts there is taken in once it has come to rest; nothing is thrown away."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import orjson
import typer

from hub.api.shapes import receipt_summary
from hub.cli.files import take_one
from hub.cli.session import Session
from hub.errors import BadInput, HubError
from hub.receipt import Receipt

TAKEN, LEFT, RECEIPTS = "taken", "too-large", "receipts"
UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload")
REST = 2.0
"""Seconds without a change after which a file is taken to be whole."""
PAUSE = 0.5
LONGEST_PAUSE = 30.0
CUT = "file-too-large"
"""Of such a file only the beginning is kept, so it may not be put away as taken."""


def watch(session: Session, source: str, paths: list[Path], owner: str) -> None:
    """Take what comes into one folder, until interrupted. Safe to kill: what was taken twice is a duplicate.

    Raises BadInput where it is not exactly one folder, or somebody else watches it already.
    """
    if len(paths) != 1 or not paths[0].is_dir():
        raise BadInput("Only one folder can be watched.", "Name one folder that exists.")
    folder = paths[0]
    with _alone(folder):
        for name in (TAKEN, LEFT, RECEIPTS):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        typer.echo("Watching the folder; press Ctrl-C to stop.")
        pause = PAUSE
        while True:
            try:
                for file in _at_rest(folder):
                    _take(session, source, file, owner)
                pause = PAUSE
            except HubError as error:
                # The file stays where it is: it is taken as soon as it can be kept.
                typer.echo(f"Error: {error.message} Next: nothing; it is tried again in {pause:.0f} seconds.", err=True)
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            time.sleep(PAUSE)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".watched").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput("This folder is being watched already.", "Stop the other one, or name another.") from None
        yield


def _at_rest(folder: Path) -> Iterator[Path]:
    """Files that nobody has written to for a while, oldest first: an agency's system may order them so."""
    now = time.time()
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(UNFINISHED) or not entry.is_file():
                continue
            changed = entry.stat().st_mtime
            if now - changed >= REST or changed > now:
                found.append((changed, entry.name))
    for _, name in sorted(found):
        yield folder / name


def _take(session: Session, source: str, file: Path, owner: str) -> None:
    try:
        receipt = take_one(session, source, file, owner)
    except FileNotFoundError:
        return  # it was taken away again meanwhile
    except OSError:
        typer.echo("Error: a file in the folder cannot be read. Next: see to its permissions.", err=True)
        return
    session.house.catch_up()
    _write(file.parent / RECEIPTS, receipt)
    left = any(result.reason == CUT for result in receipt.results)
    _put_away(file, file.parent / (LEFT if left else TAKEN))
    counts = ", ".join(f"{count} {outcome}" for outcome, count in receipt.counts().items() if count)
    typer.echo(f"{source}: {len(receipt.results)} records: {counts}; receipt {receipt.id}")


def _write(folder: Path, receipt: Receipt) -> None:
    """Beside the files, for whoever dropped them: never the records, only what became of them and where."""
    results = [
        {"outcome": r.outcome, "place": r.place, "reason": r.reason, "message": r.message, "next_step": r.next_step}
        for r in receipt.results
    ]
    whole = receipt_summary(receipt) | {"receipt": receipt.id, "absent": receipt.absent, "results": results}
    draft = folder / f".{uuid4()}"
    draft.write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2))
    draft.replace(folder / f"{receipt.id}.json")


def _put_away(file: Path, folder: Path) -> None:
    """Move it out of the way without ever writing over an earlier file of the same name."""
    target = folder / file.name
    if target.exists():
        target = folder / f"{file.stem}-{uuid4().hex[:8]}{file.suffix}"
    file.rename(target)
