"""What was fuzzed and what was found, as a page: the figures by the run itself, the cases from their list."""

from __future__ import annotations

import csv
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.fuzz.corpus import PUBLISHED, seeds
from tests.fuzz.run import AGAIN, Stories, Tally

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "fuzzing.md"
FOUND = Path(__file__).parent / "found" / "found.csv"
STORIES_FOUND = Path(__file__).parent / "found_in_stories.csv"
HEAD = """# The fuzzing

What agencies send is broken on the way and wrong at its source. So every adapter is sent files that were made wrong by
chance, tens of thousands of them, and a hub is told stories in which two children's files were mixed up. `make fuzz`
runs it for ten minutes and writes this page; `make test` runs a minute of it, the same each time. A mutant can be made
again from the seed, its source and its number (`python -m tests.fuzz.run --source … --again …`).

**How a mutant is made.** From our own samples and, where they are there, the published ones: bytes turned over, cut,
repeated, spliced with another file's, in other encodings, with NUL, half characters and numbers that no machine holds;
and by what the file is. JSON, XML and FHIR: values, elements and attributes change places between records, come twice,
go, sink deep, have another type; document types and entities. Tables: cells and columns change places, ragged rows,
formulas. HL7: segments and fields change places between messages, escape sequences. Workbooks and archives: the same of
every part, and parts gone, twice, renamed, or enormous. Some come under another file name.

**What each is held to.** Nothing is thrown by the adapter itself; the same twice, and through the registry; every
outcome whole, in known words and shapes; no name, number or birth date of the file in any message, place or note; time
in proportion to its size (a second for each MiB and half a second), and no more than 200 MiB of memory. Of one mutant
in {again}, some records are read again alone, and must be the same.

**How a story is told.** Two children, half of them twins, and a brother or sister are cast in the samples' places, with
numbers of their own. Some of their files go in as they are; in others the name, the number, the birth date or an id is
the other child's, in one place or in all, or the file is a mutant. In a third of the stories both children have the
same ids in their sources. Afterwards no child of the hub may hold true files of two, or be plainly two by what was
stated; and no record may name a child of whom its own bytes say nothing.
"""


def write(tallies: Sequence[Tally], told: Stories, seed: int) -> None:
    """Write `docs/fuzzing.md`."""
    rows = [_row(tally) for tally in tallies]
    total = [
        "all",
        str(sum(len(seeds(tally.source)) for tally in tallies)),
        *(f"{sum(getattr(tally, name) for tally in tallies):,}" for name in ("mutants", "updates", "refusals")),
        f"{sum(tally.seconds for tally in tallies):.0f}",
        str(sum(len(tally.findings) for tally in tallies)),
    ]
    heads = ["source", "files to begin with", "mutants", "updates", "refusals", "seconds", "found"]
    parts = [
        HEAD.format(again=AGAIN),
        f"## The last run\n\n{_machine(seed)}\n",
        _table(heads, [*rows, total], numbers=6),
        f"\n{_told(told)}\n",
        "## What was found, and mended\n\nEach is a test: the files are in `tests/fuzz/found`.\n",
        _table(["source", "what was found", "how it was mended"], _listed(FOUND)),
        "\nIn stories; whose record it is, is tested in `tests/integration/test_a_twins_number.py`:\n",
        _table(["source", "what was found", "how it was mended"], _listed(STORIES_FOUND)),
    ]
    PAGE.write_text("\n".join(parts), encoding="utf-8")


def _machine(seed: int) -> str:
    published = "with" if PUBLISHED.is_dir() else "without"
    return (
        f"Seed {seed}, {published} the published samples; {os.cpu_count()} processors ({platform.machine()}), "
        f"{platform.system()}, Python {platform.python_version()}, one process."
    )


def _row(tally: Tally) -> list[str]:
    counts = (f"{count:,}" for count in (tally.mutants, tally.updates, tally.refusals))
    return [tally.source, str(len(seeds(tally.source))), *counts, f"{tally.seconds:.0f}", str(len(tally.findings))]


def _told(told: Stories) -> str:
    ends = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(told.outcomes.items()))
    found = "nobody was" if not told.met else f"{len(told.met)} kinds of somebody"
    return (
        f"{told.told:,} stories of {told.files:,} files were told in {told.seconds:.0f} seconds ({ends}); "
        f"{found} in another's story."
    )


def _listed(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as listed:
        return [[row["source"], row["what"], row["mended"]] for row in csv.DictReader(listed)]


def _table(heads: list[str], rows: Iterable[list[str]], numbers: int = 0) -> str:
    marks = ["---"] * (len(heads) - numbers) + ["--:"] * numbers
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, marks, *rows))
