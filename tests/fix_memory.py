"""Where the tests keep what they throw away: in memory, where the system offers a folder there with room enough.

A database made anew for each test is thousands of small files, which many a disk makes heavy going of: on one machine
fifteen times the work. TMPDIR, where it is set, is used as it is.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - each session makes a folder of its own there
ROOM = 6 * 1024**3


def _fit(folder: Path) -> bool:
    """Whether this is a folder of memory in which much can be written, and programs can be run."""
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return False
    return shutil.disk_usage(folder).free >= ROOM and not os.statvfs(folder).f_flag & os.ST_NOEXEC


if not os.environ.get("TMPDIR") and _fit(MEMORY):
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None


def pytest_report_header() -> str:
    """Name the folder in pytest's first lines: how long a run takes depends on it."""
    return f"temporary files: {tempfile.gettempdir()}"
