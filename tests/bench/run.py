"""What the hub costs: an authorised, audited reading of 500 entries, deciding, and taking records in.

Run by `make bench`. It starts PostgreSQLs of its own, fills a hub through intake, measures in rounds, prints tables
and writes them into docs/performance.md (`--no-write`: does not; `--only`: one of the parts). It ends with 0
whatever the figures are, and with 1 where nothing can be measured, where the ways of reading or of deciding disagree
on what the reader may see, or where the rows that intake is held against are not those that it wrote.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import orjson
import psycopg

if not __package__:  # run as a script: the path has this folder where it should have the project
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from hub.errors import HubError
from tests.bench import deciding, deciding_report, ingest, ingest_report, long_story, report
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
    parser = argparse.ArgumentParser(description="What a reading of 500 entries, deciding and intake cost.")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md as it is")
    parser.add_argument(
        "--only", choices=("reading", "deciding", "ingest", "long"), help="one part alone (default: all)"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds but of intake (default: %(default)s)")
    parser.add_argument("--entries", type=int, default=Size().entries, help="entries in the hub (default: %(default)s)")
    asked = parser.parse_args(arguments)
    plain = Size()
    size = Size(others=max(0, asked.entries - plain.visible - plain.sealed))
    parts: dict[str, Callable[[], str]] = {
        "first figure": lambda: _readings(size, max(1, asked.rounds)),
        deciding_report.NAME: lambda: _deciding(max(1, asked.rounds)),
        ingest_report.NAME: _ingest,
        long_story.NAME: lambda: _long(max(1, asked.rounds)),
    }
    only = {"reading": "first figure", "long": long_story.NAME}.get(asked.only, asked.only)
    chosen = [only] if only else list(parts)
    try:
        for name in chosen:
            text = parts[name]()
            print(text)
            if not asked.no_write:
                report.write(ROOT / "docs" / "performance.md", text, name)
    except (HubError, psycopg.Error, OSError, RuntimeError) as error:
        print(f"Nothing was measured: {error}", file=sys.stderr)
        return 1
    return 0


def _readings(size: Size, rounds: int) -> str:
    """Raises RuntimeError where the ways of reading disagree."""
    print(f"Filling a hub of its own with {size.entries:,} entries, then measuring {rounds} rounds …", flush=True)
    figures = measure(size, rounds=rounds)
    if not figures.agreed:
        counts = ", ".join(f"{name} {len(seen)}" for name, seen in figures.visible.items())
        raise RuntimeError(f"The ways of reading disagree on what may be seen ({counts}), so no figure counts.")
    return report.text(figures)


def _long(rounds: int) -> str:
    print(f"Reading the first page of a child with {long_story.LONG:,} entries …", flush=True)
    return long_story.text(long_story.measure(rounds=rounds))


def _deciding(rounds: int) -> str:
    """Raises RuntimeError where the ways of deciding disagree."""
    print("Deciding about 1,000 entries, with up to 100,000 consents on record …", flush=True)
    figures = deciding.measure(deciding.Load(rounds=rounds))
    if any(figures.strays.values()):
        strays = ", ".join(f"{name} {count}" for name, count in figures.strays.items())
        raise RuntimeError(f"The ways of deciding disagree on levels ({strays}), so no figure counts.")
    return deciding_report.text(figures)


def _ingest() -> str:
    """Raises RuntimeError where what was copied is not what intake wrote."""
    print("Taking in a school census and batches over HTTP, beside COPY of the same rows …", flush=True)
    figures = ingest.measure(ingest.Amount())
    if figures.strays:
        raise RuntimeError(f"{figures.strays} of the copied rows are not those of the ledger, so no figure counts.")
    return ingest_report.text(figures)


if __name__ == "__main__":
    sys.exit(main())
