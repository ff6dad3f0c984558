"""A prompt for the tests: `hub` as a person types it, in a process of its own, over an embedded database of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.store import embedded


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - what a command prints is known to the test that ran it
        """Standard output as one JSON document."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One data folder. Commands run with nothing of the hub in their environment but what is named here."""

    folder: Path

    def hub(self, *words: str | Path, **environ: str) -> Ran:
        """Run `hub` with these words. The demo is on unless HUB_DEMO is given otherwise."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}  # noqa: TID251 - the tests' own edge
        ran = subprocess.run(
            [sys.executable, "-m", "hub", *map(str, words)],
            env=kept | {"HUB_DATA_DIR": str(self.folder), "HUB_DEMO": "1", "COLUMNS": "200"} | environ,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)


@contextmanager
def a_prompt() -> Iterator[Prompt]:
    """A prompt over a new data folder, whose database runs until the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="hub-prompt-"))
    folder.chmod(0o711)  # for the system user that runs the database where the tests run as root
    try:
        with embedded.start(folder / "postgres"):
            yield Prompt(folder)
        embedded.erase(folder / "postgres")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
