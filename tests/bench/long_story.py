"""A child with 5,000 entries beside one with 500: what the first page costs, and the memory of whoever serves it."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from uuid import UUID

import orjson

if not __package__:  # run as a script: the path has this folder where it should have the project
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from hub import wiring
from hub.api.shapes import disclosure_to_json
from hub.settings import Settings
from hub.update import Update
from tests.bench import setting, town
from tests.bench.figures import Machine, machine
from tests.bench.measure import Cost, Meter, how, in_rounds, ratios
from tests.bench.report import place, spread, wrapped

NAME = "long story"
LONG, USUAL = 5000, 500
PAGES = (50, 500)
ROUNDS, READINGS = 15, 5
SERVED = 200
"""First pages that the watched process reads, after the first few."""


@dataclass(frozen=True, slots=True)
class Held:
    """Resident memory of a process that serves, in bytes: once it is warm, at its end, and while all was read."""

    warm: int
    after_pages: int
    after_all: int


@dataclass(frozen=True, slots=True)
class LongFigures:
    """costs: by (entries of the child, entries of the page). held: the worker's memory. entries: the long child's."""

    costs: Mapping[tuple[int, int], list[Cost]]
    held: Held
    entries: int
    machine: Machine


def measure(entries: int = LONG, usual: int = USUAL, rounds: int = ROUNDS) -> LongFigures:
    """Fill a hub with both children, and read."""
    with setting.started() as hub:
        hub.house.hub.intake.receive(_two(entries, usual))
        hub.house.catch_up()
        setting.settle(hub.admin)
        children: dict[int, UUID] = dict(
            hub.admin.execute(
                "select count(*), l.child from identity.links l join read.entries e using (person_record) group by 2"
            ).fetchall()
        )
        ways = {
            f"{size} {page}": (partial(_read, hub.house, children[size], page), READINGS)
            for size in (entries, usual)
            for page in PAGES
        }
        found = in_rounds(Meter(hub.admin), ways, rounds)
        costs = {(size, page): found[f"{size} {page}"] for size in (entries, usual) for page in PAGES}
        held = _watched(hub.house.settings.data_dir, children[entries])
        return LongFigures(costs, held, entries, machine(hub.admin, 0))


def _two(entries: int, usual: int) -> Iterator[Update]:
    for child, size in ((0, entries), (1, usual)):
        for number in range(size):
            kind = town.OPEN[number % len(town.OPEN)]
            one = town.update(child, number, kind)
            yield replace(one, facts=town.TIES) if number == 0 else one


def _read(house: wiring.House, child: UUID, page: int, times: int) -> None:
    for _ in range(times):
        first_page(house, child, page)


def first_page(house: wiring.House, child: UUID, page: int, cursor: str = "") -> str:
    """Read one page as JSON; the cursor of the next."""
    reader = house.directory.person(town.READER)
    shown = house.hub.disclosure.chronology(
        reader, child, purpose=town.PURPOSE, basis=town.BASIS, limit=page, cursor=cursor
    )
    disclosure_to_json(shown)
    return shown.cursor


def _watched(data_dir: Path, child: UUID) -> Held:
    """A process of its own, because what filled the hub has used memory of its own."""
    command = [sys.executable, "-m", "tests.bench.long_story", str(data_dir), str(child)]
    done = subprocess.run(command, cwd=setting.ROOT, check=True, capture_output=True)
    return Held(**orjson.loads(done.stdout))


def serve(data_dir: Path, child: UUID) -> Held:
    """Read first pages, then every page, and say what memory was held."""
    settings = Settings(
        data_dir=data_dir,
        policies=setting.ROOT / "policies",
        directory=setting.ROOT / "hub" / "demo" / "directory.toml",
        demo=True,
    )
    with closing(wiring.build(settings)) as house:
        for _ in range(10):
            first_page(house, child, PAGES[0])
        warm = resident()
        for _ in range(SERVED):
            first_page(house, child, PAGES[0])
        after_pages = resident()
        cursor = first_page(house, child, PAGES[-1])
        while cursor:
            cursor = first_page(house, child, PAGES[-1], cursor)
        return Held(warm, after_pages, resident())


def resident() -> int:
    """What this process holds now, in bytes, once what nobody needs is given back."""
    gc.collect()
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))


def text(figures: LongFigures) -> str:
    """The section of docs/performance.md."""
    most, least = figures.entries, min(size for size, _ in figures.costs)
    lines = [
        f"| {page} | {_ms(figures.costs[least, page])} | {_ms(figures.costs[most, page])} "
        f"| {spread(ratios(figures.costs[most, page], figures.costs[least, page]), 2)} |"
        for page in PAGES
    ]
    table = "\n".join(
        (
            f"| entries on the page | of {least:,}: CPU ms | of {most:,}: CPU ms | ratio, middle half |",
            "|---|---|---|---|",
            *lines,
        )
    )
    held = figures.held
    memory = (
        f"A process that serves held {_mib(held.warm)} MiB once warm, {_mib(held.after_pages)} MiB after {SERVED} "
        f"first pages of the child with {most:,} entries, and {_mib(held.after_all)} MiB after all its pages were read."
    )
    what = (
        f"The first page of a child with {most:,} entries, beside that of one with {least:,}, authorised and audited."
    )
    clock = f"Processor time is {how()}."
    where = place(figures.machine, "the access record is on disk before the bytes leave")
    return "\n\n".join(("## A long story", wrapped(what), table, wrapped(memory), wrapped(clock), wrapped(where)))


def _ms(costs: list[Cost]) -> str:
    return f"{median(cost.cpu for cost in costs):.1f}"


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f}"


if __name__ == "__main__":
    found = serve(Path(sys.argv[1]), UUID(sys.argv[2]))
    sys.stdout.buffer.write(orjson.dumps(found))
