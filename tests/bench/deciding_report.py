"""What deciding costs, in words and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench.deciding import Deciding, Step
from tests.bench.measure import Cost, how, middle, middle_half, ratios
from tests.bench.report import met, place, spread, wrapped

NAME: Final = "deciding"
FLAT: Final = 1.15
"""So much more may deciding cost with the most facts than with the fewest, as a ratio to the same plain read."""

LINES: Final = (
    ("The child's rows by one prepared statement, to whoever asks", "sql"),
    ("The hub decides: policy in force, facts, every kind of entry, and the second line told", "deciding"),
    ("Of that, asking for the facts", "facts"),
    ("casbin asked about each entry, given the facts", "casbin-entry"),
    ("casbin asked once for each kind of entry, given the facts", "casbin-kind"),
    ("Cedar asked once for each kind of entry, given the facts", "cedar-kind"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """A ratio of two ways' processor time, and what it should be: at most, or at least."""

    words: str
    way: str
    beside: str
    value: float
    at_most: bool


TARGETS: Final = (
    Target("Deciding, beside the plain read of the same rows", "deciding", "sql", 0.15, at_most=True),
    Target("Asking for the facts, beside the plain read", "facts", "sql", 0.10, at_most=True),
    Target("casbin for each entry, beside deciding", "casbin-entry", "deciding", 400, at_most=False),
    Target("casbin for each kind of entry, beside deciding", "casbin-kind", "deciding", 60, at_most=False),
    Target("Cedar for each kind of entry, beside deciding", "cedar-kind", "deciding", 25, at_most=False),
)


def text(figures: Deciding) -> str:
    """The whole section, without its markers."""
    clock = f"Processor time is {how()}; what PostgreSQL's background processes write later is not counted."
    durable = "the facts are on disk before they are decided by"
    prose = [wrapped(part) for part in (_method(figures), clock, place(figures.machine, durable))]
    parts = ("## Deciding", wrapped(_what(figures)), _table(figures), _targets(figures))
    return "\n\n".join((*parts, wrapped(_of_steps(figures)), _steps(figures), _flat(figures), *prose))


def _what(figures: Deciding) -> str:
    return (
        f"What it costs to decide what of a chronology of {figures.entries:,} entries a reader may see, beside one "
        f"plain read of it and beside other engines asked the same. The entries are of {figures.kinds} kinds (who "
        f"wrote them, on what, how sensitive, with or without a third person); the hub decides about "
        f"{figures.decided}, because it also decides how each counts once somebody is marked as restricted."
    )


def _table(figures: Deciding) -> str:
    rows = [
        "| Of one reading | CPU ms, process | CPU ms, database | CPU, times the read | CPU, times the hub's deciding |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for label, way in LINES:
        cost = middle(figures.costs[way])
        beside = (_middle(figures.costs, way, other) for other in ("sql", "deciding"))
        rows.append(f"| {label} | {cost.process:.2f} | {cost.database:.2f} | {' | '.join(map(_figure, beside))} |")
    return "\n".join(rows)


def _targets(figures: Deciding) -> str:
    return "\n".join(wrapped(_target(one, figures.costs), "  ") for one in TARGETS)


def _target(one: Target, costs: Mapping[str, list[Cost]]) -> str:
    found = ratios(costs[one.way], costs[one.beside])
    reached = median(found) <= one.value if one.at_most else median(found) >= one.value
    digits = 2 if one.at_most else 0
    words = (
        f"{one.words[0].upper()}{one.words[1:]}. Target: at {'most' if one.at_most else 'least'} {one.value:g} times."
    )
    return f"- {words} Measured: {_figure(median(found))} times ({spread(found, digits)}). {met(met=reached)}"


def _of_steps(figures: Deciding) -> str:
    return (
        "The same deciding with ever more facts on record, each beside the same plain read in its own rounds. Of the "
        "consents a tenth are of the child itself, given and withdrawn in turn, the rest of children about whom nobody "
        "asks; of the involvements, all are of the child, a third of them of the reader's own council."
    )


def _steps(figures: Deciding) -> str:
    rows = [
        "| Consents | of them the child's | its involvements | deciding, CPU ms | times the read | facts alone |",
        "| ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for step in figures.steps:
        cpu = middle(step.costs["deciding"]).cpu
        beside = " | ".join(_figure(_middle(step.costs, way, "sql")) for way in ("deciding", "facts"))
        rows.append(f"| {step.consents:,} | {step.own:,} | {step.involvements:,} | {cpu:.2f} | {beside} |")
    return "\n".join(rows)


def _flat(figures: Deciding) -> str:
    first, *_ = figures.steps
    consents = [step for step in figures.steps if step.involvements == first.involvements]
    most = consents[-1]
    lines = (
        _growth(f"From {first.consents:,} to {most.consents:,} consents", first, most),
        _growth(
            f"From {most.involvements:,} to {figures.steps[-1].involvements:,} involvements", most, figures.steps[-1]
        ),
    )
    return "\n".join(wrapped(line, "  ") for line in lines)


def _growth(words: str, few: Step, many: Step) -> str:
    grown = _middle(many.costs, "deciding", "sql") / _middle(few.costs, "deciding", "sql")
    low, high = _between(few, many)
    return (
        f"- {words}. Target: flat, at most {FLAT:g} times. Measured: {grown:.2f} times (the middle halves of the "
        f"rounds allow {low:.2f} to {high:.2f}). {met(met=grown <= FLAT)}"
    )


def _between(few: Step, many: Step) -> tuple[float, float]:
    """The least and the greatest growth that the middle halves of both steps' rounds allow."""
    low, high = middle_half(ratios(few.costs["deciding"], few.costs["sql"]))
    after = middle_half(ratios(many.costs["deciding"], many.costs["sql"]))
    return after[0] / high, after[1] / low


def _middle(costs: Mapping[str, list[Cost]], way: str, beside: str) -> float:
    return median(ratios(costs[way], costs[beside]))


def _figure(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def _method(figures: Deciding) -> str:
    rounds = len(figures.costs["sql"])
    return (
        f"Medians of {rounds} rounds; each round measures every way once, and a ratio is the median of the rounds' own "
        "ratios. Deciding is measured as the gate does it, again and again within one transaction; the read is the "
        "same columns of the same rows, all of them, as the tables' owner, for whom nothing is filtered. The other "
        "engines are given the facts and have their policies read beforehand; they are asked from the highest level "
        "down, and stop at the first that is allowed. casbin runs the policy's own model and rows; to Cedar an allow "
        "row is a permit and a deny row a forbid, and a level's questions go to it in one batch. Every way must come "
        f"to the hub's levels, Cedar in {figures.checked:,} questions, or nothing is reported. Consents are events of "
        "the ledger, and involvements parts of a record taken in, as in use."
    )
