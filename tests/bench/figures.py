"""What a run found out, and where it was: enough to judge the figures without having been there."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from tests.bench.measure import Cost
from tests.bench.town import Size


@dataclass(frozen=True, slots=True)
class Machine:
    """Where and when it was measured. `filled` is how many seconds the hub took to fill."""

    on: date
    processor: str
    cores: int
    load: float
    python: str
    postgres: str
    fsync: str
    filled: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: each way's costs, one a round; what each way let the reader see; bytes of each answer.

    levels: for the ways that decide, each visible entry's level. Whatever is keyed is keyed by the way's name.
    """

    costs: Mapping[str, list[Cost]]
    visible: Mapping[str, frozenset[str]]
    levels: Mapping[str, Mapping[str, str]]
    sizes: Mapping[str, int]
    size: Size
    machine: Machine

    @property
    def agreed(self) -> bool:
        """Whether every way shows the same entries, as many as it should, and those that decide, at one level."""
        sets, levels = list(self.visible.values()), list(self.levels.values())
        return len(sets[0]) == self.size.visible and len(set(sets)) == 1 and all(one == levels[0] for one in levels)


def machine(admin: psycopg.Connection, filled: float) -> Machine:
    """What is known of this machine and its database."""
    return Machine(
        datetime.now(UTC).date(),
        _processor(),
        os.cpu_count() or 1,
        os.getloadavg()[0],
        platform.python_version(),
        _shown(admin, "server_version"),
        _shown(admin, "fsync"),
        filled,
    )


def _shown(admin: psycopg.Connection, name: str) -> str:
    row = admin.execute("select current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else "unknown"


def _processor() -> str:
    """The processor's own name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
