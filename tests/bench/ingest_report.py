"""The figures of intake in words and tables, on the page docs/performance.md and on the terminal."""

from __future__ import annotations

from statistics import median

from hub.settings import MIB
from tests.bench.ingest import KNOWN, Ingest
from tests.bench.loads import BATCH, CHILDREN
from tests.bench.measure import Cost, how, middle, ratios
from tests.bench.report import met, place, spread, wrapped

NAME = "ingest"
DURABLE = "every batch is on disk before the next is begun, for the hub and for what it is held against"
LEAST_OF_COPY, LEAST_OF_LIBRARY, FLAT = 0.3, 2.0, 1.15
TITLES = {"roll": "the school census, by file", "http": f"a body of {BATCH} events over HTTP"}
LINES = (
    ("The hub: validated, resolved, sealed, durable", "hub"),
    ("Binary COPY of the same rows of the ledger", "copy"),
    ("The bare library: `Application.save`, unsealed", "library"),
    ("The bare library's recorder, given bytes", "recorder"),
)


def text(figures: Ingest) -> str:
    """The whole section, without its markers."""
    tables = [f"{_lead(figures, load)}\n\n{_table(figures, load)}" for load in TITLES]
    clock = f"Processor time is {how()}; what PostgreSQL's background processes write later is not counted."
    prose = [wrapped(part) for part in (_method(figures), clock, place(figures.machine, DURABLE))]
    memory = f"{wrapped(_memory(figures))}\n\n{_peaks(figures)}"
    return "\n\n".join(("## Taking records in", wrapped(WHAT), *tables, _targets(figures), memory, *prose))


WHAT = (
    "What it costs to take in one record: from the sender's bytes to events that are durable, whose person is resolved "
    "and whose personal content is sealed. Beside it, in the same run, the same rows of the ledger written by binary "
    "COPY, and as many events appended by the event-sourcing library alone, which checks, resolves and seals nothing."
)


def _lead(figures: Ingest, load: str) -> str:
    records, events = figures.records[load], figures.events[load]
    return wrapped(f"One record of {TITLES[load]} ({records:,} a round, {events:.1f} events each):")


def _table(figures: Ingest, load: str) -> str:
    rows = [
        "| Way | CPU µs, process | CPU µs, database | CPU, times the hub's | records a second by the clock |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for label, way in LINES:
        cost = middle(figures.costs[load][way])
        share = median(ratios(figures.costs[load][way], figures.costs[load]["hub"]))
        rows.append(
            f"| {label} | {cost.process * 1000:.0f} | {cost.database * 1000:.0f} | {share:.2f} "
            f"| {1000 / cost.elapsed:,.0f} |"
        )
    return "\n".join(rows)


def _targets(figures: Ingest) -> str:
    return "\n".join(wrapped(line, "  ") for load in TITLES for line in _held_against(figures, load))


def _held_against(figures: Ingest, load: str) -> list[str]:
    costs, hub = figures.costs[load], figures.costs[load]["hub"]
    copy, library = ratios(costs["copy"], hub), ratios(costs["library"], hub)
    recorder, clock = median(ratios(costs["recorder"], hub)), _by_the_clock(costs["copy"], hub)
    first = (
        f"- {_capital(TITLES[load])}. Target: at least {LEAST_OF_COPY:g} times as fast as binary COPY. Measured: "
        f"{median(copy):.3f} times ({spread(copy, 3)}); by the clock {clock:.3f}. "
        f"{met(met=median(copy) >= LEAST_OF_COPY)}"
    )
    second = (
        f"- {_capital(TITLES[load])}. Target: at least {LEAST_OF_LIBRARY:g} times as fast as the bare library. "
        f"Measured: {median(library):.2f} times ({spread(library, 2)}); {recorder:.2f} times its recorder alone. "
        f"{met(met=median(library) >= LEAST_OF_LIBRARY)}"
    )
    return [first, second]


def _by_the_clock(floor: list[Cost], hub: list[Cost]) -> float:
    return median(one.elapsed / other.elapsed for one, other in zip(floor, hub, strict=True))


def _memory(figures: Ingest) -> str:
    _, plain, long = figures.peaks
    beyond = (long.resident - long.size) / (plain.resident - plain.size)
    return (
        f"The most memory that `hub ingest` held, a process of its own for each file. Of a file "
        f"{long.records / plain.records:.0f} times as long it was {long.resident / plain.resident:.2f} times as much; "
        f"without the file's own bytes, which are held whole up to the limit of 64 MiB, {beyond:.2f} times. What still "
        f"grows is the list of outcomes. Target: flat, at most {FLAT:g} times without the file. "
        f"{met(met=beyond <= FLAT)}"
    )


def _peaks(figures: Ingest) -> str:
    rows = ["| Records in the file | file, MiB | most memory, MiB |", "| ---: | ---: | ---: |"]
    rows += [f"| {one.records:,} | {one.size / MIB:.1f} | {one.resident / MIB:.0f} |" for one in figures.peaks]
    return "\n".join(rows)


def _method(figures: Ingest) -> str:
    roll = "the published sample" if figures.published else "a generated roll of the published sample's shape"
    rounds = len(figures.costs["roll"]["hub"])
    return (
        f"Medians of {rounds} rounds after one that is not counted; each round takes in both loads, each followed by "
        f"its floors, and a ratio is the median of the rounds' own ratios of processor time. The roll is {roll}, every "
        "round under new ids, so that each row is a pupil of whom nothing was known: a child is opened, a person "
        "stated and linked, and a question asked about numbers that fail their check. The bodies are batches of "
        f"`hub-cloudevents` through the whole HTTP service in the same process ({CHILDREN:,} children are known from "
        f"{KNOWN} bodies sent before; each event is a new record); no network, and no client's work in the figures. "
        "Every record must be accepted and every copied row must be in the ledger, or nothing is reported. COPY "
        "writes into a table with the ledger's columns and indexes, a transaction for each of the hub's. What the hub "
        "writes beside the ledger (sealed originals, register, facts, receipts, notices, keys) is counted for the hub "
        "alone, and the read models that follow in the background are not counted. The library has its own PostgreSQL "
        "recorder with its normal settings, at most 500 events a call."
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
