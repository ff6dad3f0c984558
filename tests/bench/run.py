"""The first figure: what an authorised, audited reading of 500 entries costs beside its floor and beside casbin.

Run by `make bench`. It starts a PostgreSQL of its own, fills a hub through intake, measures in rounds, prints a
table and writes it into docs/performance.md (`--no-write`: does not). It ends with 0 whatever the figures are, and
with 1 where nothing can be measured, or where the ways of reading disagree on what the reader may see.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import orjson
import psycopg

if not __package__:  # run as a script: the path has this folder where it should have the project
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from hub.errors import HubError
from tests.bench import report
from tests.bench.figures import Figures, machine
from tests.bench.measure import Meter, in_rounds
from tests.bench.setting import ROOT, Setting, prepared
from tests.bench.town import Size
from tests.bench.ways import repeated

# Many short rounds: on a shared machine a neighbour's minute then spoils few of them.
READINGS, CASBIN_READINGS, ROUNDS = 15, 1, 15


def measure(size: Size, *, rounds: int = ROUNDS, readings: int = READINGS) -> Figures:
    """Fill a hub of this size and measure every way of reading in it."""
    with prepared(size) as setting:
        answers = _answers(setting)
        ways = {
            "floor": (repeated(setting.floor.read), readings),
            "hub": (repeated(setting.audited.read), readings),
            "http-floor": (setting.http_floor.read, readings),
            "http": (setting.http.read, readings),
            "casbin": (repeated(setting.naive.read), CASBIN_READINGS),
        }
        costs = in_rounds(Meter(setting.admin), ways, rounds)
        where = machine(setting.admin, setting.seconds)
    hub, casbin = _levels(answers["hub"]), _levels_of_rows(answers["casbin"])
    visible = {
        "floor": frozenset(row[0] for row in orjson.loads(answers["floor"])),
        "hub": frozenset(hub),
        "http": frozenset(_levels(answers["http"])),
        "casbin": frozenset(casbin),
    }
    sizes = {name: len(answer) for name, answer in answers.items()}
    return Figures(costs, visible, {"hub": hub, "casbin": casbin}, sizes, size, where)


def _answers(setting: Setting) -> dict[str, bytes]:
    return {
        "floor": setting.floor.read(),
        "hub": setting.audited.read(),
        "http-floor": setting.http_floor.read(1),
        "http": setting.http.read(1),
        "casbin": setting.naive.read(),
    }


def _levels(answer: bytes) -> dict[str, str]:
    return {entry["id"]: entry["level"] for entry in orjson.loads(answer)["entries"]}


def _levels_of_rows(answer: bytes) -> dict[str, str]:
    return {row[1]: row[0] for row in orjson.loads(answer)}


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write; the exit code."""
    parser = argparse.ArgumentParser(description="What an authorised, audited reading of 500 entries costs.")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md as it is")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds to measure (default: %(default)s)")
    parser.add_argument("--entries", type=int, default=Size().entries, help="entries in the hub (default: %(default)s)")
    asked = parser.parse_args(arguments)
    plain = Size()
    size = Size(others=max(0, asked.entries - plain.visible - plain.sealed))
    print(f"Filling a hub of its own with {size.entries:,} entries, then measuring {asked.rounds} rounds …", flush=True)
    try:
        figures = measure(size, rounds=max(1, asked.rounds))
    except (HubError, psycopg.Error, OSError, RuntimeError) as error:
        print(f"Nothing was measured: {error}", file=sys.stderr)
        return 1
    if not figures.agreed:
        counts = ", ".join(f"{name} {len(seen)}" for name, seen in figures.visible.items())
        print(f"The ways of reading disagree on what may be seen ({counts}), so no figure counts.", file=sys.stderr)
        return 1
    text = report.text(figures)
    print(text)
    if not asked.no_write:
        report.write(ROOT / "docs" / "performance.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
