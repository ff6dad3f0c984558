"""Files at the prompt: what is named is found, read up to the limit, and handed to the hub's one way in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hub.cli.session import Session
from hub.receipt import Receipt, Submission
from hub.update import Delivery

SELF = "hub"
"""Whose the receipts are of files that those who run the hub take in, unless they name an organisation."""


def take_in(session: Session, source: str, files: list[Path], owner: str) -> tuple[list[Receipt], list[int]]:
    """Take in each file; the receipts, and the numbers of files that could not be read."""
    receipts: list[Receipt] = []
    unread: list[int] = []
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed} of {task.total} files", markup=False),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(f"Reading {source}", total=len(files))
        for number, file in enumerate(files, start=1):
            try:
                receipts.append(take_one(session, source, file, owner))
            except OSError:
                unread.append(number)
            progress.advance(task)
    return receipts, unread


def take_one(session: Session, source: str, file: Path, owner: str) -> Receipt:
    """Take in one file. Raises OSError where it cannot be read, and StoreUnavailable where it cannot be kept."""
    with file.open("rb") as opened:
        delivery = delivery_of(source, file.name, opened, session.settings.file_limit)
    return hand_in(session, delivery, owner)


def delivery_of(source: str, name: str, opened: BinaryIO, limit: int) -> Delivery:
    """What is in an open file, read once. One byte more than the limit shows that it is too large; the rest stays."""
    content = opened.read(limit + 1)
    return Delivery(source, name, content, max(len(content), os.fstat(opened.fileno()).st_size))


def hand_in(session: Session, delivery: Delivery, owner: str) -> Receipt:
    """Take in all of one file. Raises StoreUnavailable where it cannot be kept."""
    translated = session.house.translate(delivery)
    return session.house.hub.intake.receive(translated, submission=Submission("file", owner, "hub ingest"), whole=True)


def files_of(paths: list[Path]) -> list[Path]:
    """Every file that is named, and all in the folders that are."""
    return [file for path in paths for file in _within(path)]


def _within(path: Path) -> list[Path]:
    """The file, or the folder's files in order. What cannot be looked into comes back too, to be counted as unread."""
    if not _is(path, Path.is_dir):
        return [path]
    closed: list[OSError] = []
    files = [
        Path(folder, name)
        for folder, _, names in os.walk(path, onerror=closed.append)
        for name in names
        if not name.startswith(".")
    ]
    return sorted([file for file in files if _is(file, Path.is_file)] + [Path(one.filename) for one in closed])


def _is(path: Path, kind: Callable[[Path], bool]) -> bool:
    """Whether it is of this kind; one that may not even be asked is taken for a file, and cannot be read."""
    try:
        return kind(path)
    except OSError:
        return kind is Path.is_file
