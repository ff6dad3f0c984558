"""The figures in words and a table, on the page docs/performance.md and on the terminal."""

from __future__ import annotations

import textwrap
from pathlib import Path
from statistics import median

from tests.bench.figures import Figures, Machine
from tests.bench.measure import how, middle, middle_half, ratios

PAGE = """# Performance

What the hub costs, as a ratio to something measured in the same run on the same machine. Milliseconds of another
machine say little; ratios travel better.

"""
DURABLE = "the access record is on disk before the bytes leave"
MOST_OF_FLOOR, LEAST_OF_CASBIN = 2.0, 150.0
LINES = (
    ("Floor: the same rows by one prepared statement, as bare JSON", "floor", "floor"),
    ("The hub: decided, recorded durably, then handed over as JSON", "hub", "floor"),
    ("HTTP floor: a bare FastAPI route handing over the floor's bytes", "http-floor", "http-floor"),
    ("The hub over HTTP: token verified, decided, recorded", "http", "http-floor"),
    ("casbin asked about each entry; nothing recorded", "casbin", "floor"),
)


def text(figures: Figures) -> str:
    """The whole section, without its markers."""
    clock = f"Processor time is {how()}; what PostgreSQL's background processes write later is not counted."
    prose = [wrapped(part) for part in (_method(figures), clock, place(figures.machine, DURABLE))]
    return "\n\n".join(("## First figure", wrapped(_what(figures)), _table(figures), _targets(figures), *prose))


def write(page: Path, section: str, name: str = "first figure") -> None:
    """Put the section between its markers; make the page, or its place at the end, where there is none."""
    begin, end = f"<!-- {name}: written by `make bench` -->", f"<!-- {name}: end -->"
    old = page.read_text(encoding="utf-8") if page.exists() else PAGE
    before, found, rest = old.partition(begin)
    _, _, after = rest.partition(end)
    gap = "" if found or not before.endswith("-->\n") else "\n"
    page.write_text(f"{before}{gap}{begin}\n{section}\n{end}{after or chr(10)}", encoding="utf-8")


def _what(figures: Figures) -> str:
    return (
        f"What one authorised, audited reading of a child with {figures.size.visible} visible entries costs in "
        "processor time: where the hub stands, not what it promises."
    )


def _targets(figures: Figures) -> str:
    costs = figures.costs
    floor, casbin = ratios(costs["hub"], costs["floor"]), ratios(costs["casbin"], costs["hub"])
    most = (
        f"- Target: at most {MOST_OF_FLOOR:g} times the floor. Measured: {median(floor):.1f} times "
        f"({spread(floor, 1)}). {met(met=median(floor) <= MOST_OF_FLOOR)}"
    )
    least = (
        f"- Target: at least {LEAST_OF_CASBIN:g} times less than casbin asked about each entry. Measured: "
        f"{median(casbin):.0f} times less ({spread(casbin, 0)}). {met(met=median(casbin) >= LEAST_OF_CASBIN)}"
    )
    return f"{wrapped(most, '  ')}\n{wrapped(least, '  ')}"


def spread(values: list[float], digits: int) -> str:
    """Where the middle half of the rounds lies: on a shared machine the outer ones say more of the neighbours."""
    low, high = middle_half(values)
    return f"half of the rounds: {low:.{digits}f} to {high:.{digits}f}"


def _table(figures: Figures) -> str:
    rows = [
        "| One reading | CPU ms, process | CPU ms, database | CPU, times its floor | ms by the clock | bytes |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for label, way, floor in LINES:
        cost, times = middle(figures.costs[way]), median(ratios(figures.costs[way], figures.costs[floor]))
        rows.append(
            f"| {label} | {cost.process:.2f} | {cost.database:.2f} | {times:.1f} | {cost.elapsed:.2f} "
            f"| {figures.sizes[way]:,} |"
        )
    return "\n".join(rows)


def _method(figures: Figures) -> str:
    size, rounds = figures.size, len(figures.costs["hub"])
    return (
        f"Medians of {rounds} rounds; each round measures every way once, and a ratio is the median of the rounds' own "
        f"ratios. The hub holds {size.entries:,} entries, all taken in through intake ({figures.machine.filled:.0f} "
        f"seconds with the read models). {size.visible} of the child's {size.visible + size.sealed} entries are open "
        "to the reader, in part or whole, and the rest sealed; they lie scattered among the other children's, as they "
        "would in use. The floor is told from outside which entries are open, shows them unredacted to the tables' "
        "owner, for whom the database filters nothing, and records nothing. Floor, hub, HTTP and casbin must show the "
        "same entries, and casbin and the hub at the same levels, or nothing is reported. casbin is asked from the "
        "highest level down and stops at the first that is allowed. HTTP is asked in the same process: no network, and "
        "no client's work in the figures. The access log's read model, which follows in the background, is not counted."
    )


def place(where: Machine, durable: str) -> str:
    """Where and when it was measured; durable: what is on disk before what."""
    return (
        f"{where.on:%d %B %Y}: {where.processor}, {where.cores} cores, load {where.load:.1f} at the end (the machine "
        f"may have been shared), Python {where.python}, PostgreSQL {where.postgres} on the same machine with "
        f"fsync {where.fsync}: {durable}."
    )


def met(*, met: bool) -> str:
    """Whether a target is reached, so that nobody overlooks it."""
    return "**Met.**" if met else "**Not met.**"


def wrapped(prose: str, indent: str = "") -> str:
    """Prose in lines of the page's width."""
    return textwrap.fill(prose, 118, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
