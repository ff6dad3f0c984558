"""What stays in a drop folder of a file that was taken: a receipt for whoever dropped it, and the file, put away."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

import orjson

from hub.api.shapes import receipt_summary
from hub.receipt import Receipt

TAKEN, LEFT, RECEIPTS = "taken", "too-large", "receipts"
CUT = "file-too-large"
"""Of such a file only the beginning is kept, so it may not be put away as taken."""
ENDING = 20
"""Bytes of an ending that is worth keeping whole in a name that is too long."""


def make_folders(folder: Path) -> None:
    """The folders into which files are put away, and that of the receipts. Raises OSError."""
    for name in (TAKEN, LEFT, RECEIPTS):
        (folder / name).mkdir(mode=0o700, exist_ok=True)


def place_for(folder: Path, receipt: Receipt) -> Path:
    """Where a file with this receipt is put away."""
    cut = any(result.reason == CUT for result in receipt.results)
    return folder / (LEFT if cut else TAKEN)


def write_receipt(folder: Path, receipt: Receipt) -> None:
    """Beside the files, for whoever dropped them: never the records, only what became of them and where.

    Raises OSError where there is no room or no permission.
    """
    if (folder / f"{receipt.id}.json").exists():
        return
    results = [
        {"outcome": r.outcome, "place": r.place, "reason": r.reason, "message": r.message, "next_step": r.next_step}
        for r in receipt.results
    ]
    whole = receipt_summary(receipt) | {"receipt": receipt.id, "absent": receipt.absent, "results": results}
    folder.mkdir(mode=0o700, exist_ok=True)
    # The same name each time, so that a disk that is full does not fill up with drafts.
    draft = folder / f".{receipt.id}"
    draft.write_bytes(orjson.dumps(whole, option=orjson.OPT_INDENT_2))
    draft.replace(folder / f"{receipt.id}.json")


def put_away(file: Path, folder: Path) -> None:
    """Move it out of the way without ever writing over an earlier file of the same name. Raises OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / file.name
    if os.path.lexists(target):
        target = folder / _another(file.name, os.pathconf(folder, "PC_NAME_MAX"))
    file.rename(target)


def _another(name: str, longest: int) -> str:
    """A name like this one that nothing has, of at most `longest` bytes."""
    ending = Path(name).suffix
    if len(os.fsencode(ending)) > ENDING:
        ending = ""
    stem = name.removesuffix(ending)
    tail = f"-{uuid4().hex[:8]}{ending}"
    return os.fsencode(stem)[: longest - len(os.fsencode(tail))].decode(errors="ignore") + tail
