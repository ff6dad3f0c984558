"""How much memory `hub ingest` takes at its most: a process of its own for each file, watched from outside."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.bench.loads import ROLL, Roll

PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Peak:
    """The most memory that a process held while it took in a file, in bytes, beside the file's own size."""

    records: int
    size: int
    resident: int


def peaks(data_dir: Path, roll: Roll, longer: int) -> list[Peak]:
    """Of one record, of the roll, and of the roll so many times over; the hub of `data_dir` gains them all."""
    files = ((roll.first(1), 1), (roll, 1), (roll, longer))
    return [_peak(data_dir, one.times(times, f"m{n}"), len(one.rows) * times) for n, (one, times) in enumerate(files)]


def _peak(data_dir: Path, content: bytes, records: int) -> Peak:
    file = data_dir / "memory" / ROLL
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content)
    command = [sys.executable, "-m", "hub", "ingest", "school-census", str(file), "--json"]
    environment = os.environ | {"HUB_DATA_DIR": str(data_dir), "HUB_DEMO": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        found = _watched(process)
    if process.returncode:
        raise RuntimeError("hub ingest did not take in the file, so nothing can be measured.")
    return Peak(records, len(content), found)


def _watched(process: subprocess.Popen[bytes]) -> int:
    """The greatest size that was seen; on Linux the system itself remembers it, so none is missed between two looks."""
    found = 0
    while process.poll() is None:
        found = max(found, _resident(process.pid))
        time.sleep(PAUSE)
    return found


def _resident(pid: int) -> int:
    try:
        lines: Sequence[str] = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
    except OSError:
        pass
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
