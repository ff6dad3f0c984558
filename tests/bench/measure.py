"""What a reading costs: processor time of this process and of the database's own processes that serve it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import LiteralString

import psutil
import psycopg

SERVING: LiteralString = (
    "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
)


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one reading: processor time of this process, of the database's, and by the clock."""

    process: float
    database: float
    elapsed: float

    @property
    def cpu(self) -> float:
        """Both processes' processor time."""
        return self.process + self.database


Read = Callable[[int], object]
"""Does as many readings as it is told."""


@dataclass(frozen=True, slots=True)
class Meter:
    """Measures against one server. `admin` sees every backend and is itself not counted."""

    admin: psycopg.Connection

    def cost(self, read: Read, readings: int) -> Cost:
        """The mean cost of one of `readings` readings done one after another."""
        before, process, start = self._database(), time.process_time_ns(), time.perf_counter_ns()
        read(readings)
        elapsed, spent = time.perf_counter_ns() - start, time.process_time_ns() - process
        after = self._database()
        database = sum(used - before.get(pid, 0) for pid, used in after.items())
        return Cost(*(total / readings / 1e6 for total in (spent, database, elapsed)))

    def _database(self) -> dict[int, int]:
        pids = [int(row[0]) for row in self.admin.execute(SERVING).fetchall()]
        return {pid: processor_time(pid) for pid in pids}


def processor_time(pid: int) -> int:
    """Nanoseconds that a process has computed: to the nanosecond on Linux, elsewhere to the system's own tick."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0])
    except OSError:
        times = psutil.Process(pid).cpu_times()
        return int((times.user + times.system) * 1e9)


def how() -> str:
    """Say how the processes' time is taken here."""
    if Path("/proc/self/schedstat").exists():
        return "the process's own clock, and /proc/PID/schedstat of each PostgreSQL backend that serves it"
    return "the process's own clock, and psutil's times of each PostgreSQL backend that serves it"


def in_rounds(meter: Meter, ways: Mapping[str, tuple[Read, int]], rounds: int) -> dict[str, list[Cost]]:
    """Measure every way once a round, so that whatever else the machine does disturbs all of them alike.

    ways: for each name what reads, and how many readings a round. Each is done a few times first, unmeasured.
    """
    for read, readings in ways.values():
        read(min(readings, 6))
    found: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, (read, readings) in ways.items():
            found[name].append(meter.cost(read, readings))
    return found


def middle(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(median(c.process for c in costs), median(c.database for c in costs), median(c.elapsed for c in costs))


def ratios(costs: list[Cost], floor: list[Cost]) -> list[float]:
    """How many times the processor time of the floor, in each round."""
    return [one.cpu / other.cpu for one, other in zip(costs, floor, strict=True)]


def middle_half(values: list[float]) -> tuple[float, float]:
    """The least and the greatest once the outer quarters are left out; of fewer than four, none is."""
    ordered, outer = sorted(values), len(values) // 4
    return ordered[outer], ordered[-1 - outer]
