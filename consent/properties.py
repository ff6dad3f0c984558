"""What must be true of any policy, whoever wrote it: the promises that no table may break.

Each is checked over the whole domain, and a broken one comes with an example that a person can read.
A change here is a decision about children's privacy and safety, and needs a decision record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from consent.decision import Level
from consent.policy import Policy
from consent.reach import Where, hit_pairs, hit_sets
from consent.table import CONDITIONS, Point


@dataclass(frozen=True, slots=True)
class Bound:
    """Within these parts of the domain the level is at most, and at least, this."""

    name: str
    parts: tuple[Where, ...]
    most: Level = Level.EXPORTABLE
    least: Level = Level.SEALED


@dataclass(frozen=True, slots=True)
class Change:
    """When one column changes from the first value to the second, the level does not rise.

    With `both` it does not fall either.
    """

    name: str
    column: str
    steps: tuple[tuple[str, str], ...]
    where: Where = field(default_factory=dict)
    both: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a property holds; if not, one example in words."""

    name: str
    holds: bool
    example: str = ""


_HEALTH_AND_SCHOOL = ("gp", "health-visitor", "school-nurse", "class-teacher", "head-teacher")
_PUBLIC = (*_HEALTH_AND_SCHOOL, "social-worker", "police-officer", "planner", "governance-lead", "administrator")
_ENQUIRERS = ("social-worker", "police-officer")
_STATUTORY = ("legal-obligation", "vital-interests", "public-task")
_OTHER_BASES = ("contract", *_STATUTORY, "legitimate-interests", "recognised-legitimate-interest")
_NOT_PROTECTION = ("child-plan", "direct-care", "audit", "planning")
_NOT_LIVE = ("none", "refused", "withdrawn", "expired", "without-capacity")
_SEALED = ("sexual-health", "gender-based-violence", "criminal", "adoption", "police-restricted", "restricted")
_UNTIED = ("none", "named-person")
_CONCERN = {
    "purpose": ("child-protection",),
    "protection": ("concern", "registered"),
    "basis": _STATUTORY,
    "agreement": ("current",),
    "sensitivity": ("ordinary", "concern"),
}

PROPERTIES: tuple[Bound | Change, ...] = (
    Bound("Without an agreement nothing opens", ({"agreement": ("none",)},), Level.SEALED),
    Bound("The reader's own family never opens", ({"relation": ("family",)},), Level.SEALED),
    Bound("Governance sees at most that an entry exists", ({"role": ("governance-lead",)},), Level.WITHHELD),
    Bound(
        "Planners, administrators and third-sector workers see no child's record",
        ({"role": ("planner", "administrator", "third-sector-worker")},),
        Level.SEALED,
    ),
    Bound("What says something of a third person is never exported", ({"third_party": ("yes",)},), Level.SHOWN),
    Bound("Another agency's entry is never exported", ({"own": ("no",)},), Level.SHOWN),
    Bound(
        "Outside child protection, another agency's words about a third person stay a summary at most",
        ({"own": ("no",), "third_party": ("yes",), "purpose": _NOT_PROTECTION},),
        Level.REDACTED,
    ),
    Bound(
        "The most private kinds of entry of another agency stay sealed",
        ({"own": ("no",), "sensitivity": _SEALED},),
        Level.SEALED,
    ),
    Bound(
        "Confidential health information of another agency is at most known to exist",
        ({"own": ("no",), "sensitivity": ("confidential-health",)},),
        Level.WITHHELD,
    ),
    Bound(
        "A reader with no tie to the child, or only the Named Person duty, opens nothing of another agency, "
        "save social work and police where a child protection concern is recorded",
        (
            {"relation": _UNTIED, "own": ("no",), "role": (*_HEALTH_AND_SCHOOL, "third-sector-worker")},
            {"relation": _UNTIED, "own": ("no",), "role": _ENQUIRERS, "purpose": _NOT_PROTECTION},
            {"relation": _UNTIED, "own": ("no",), "role": _ENQUIRERS, "protection": ("none",)},
        ),
        Level.SEALED,
    ),
    Bound(
        "Asking on consent that is not in force shows at most that an entry exists",
        ({"basis": ("consent",), "consent": _NOT_LIVE},),
        Level.WITHHELD,
    ),
    Bound(
        "Consent opens nothing to a reader with no tie to the child",
        ({"basis": ("consent",), "relation": (*_UNTIED, "family")},),
        Level.SEALED,
    ),
    Bound(
        "Legitimate interests, recognised or not, open nothing to public bodies",
        ({"role": _PUBLIC, "basis": ("legitimate-interests", "recognised-legitimate-interest")},),
        Level.SEALED,
    ),
    Bound(
        "Child protection needs no consent: those who must act see ordinary and concern entries",
        (
            {**_CONCERN, "role": _ENQUIRERS, "relation": ("none", "named-person", "involved", "allocated")},
            {
                **_CONCERN,
                "role": ("gp", "health-visitor", "school-nurse", "head-teacher"),
                "relation": ("involved", "allocated"),
            },
        ),
        least=Level.SHOWN,
    ),
    Change(
        "Refusing, withdrawing or outliving consent never raises a level",
        "consent",
        tuple((before, after) for before in ("given", "none") for after in ("refused", "withdrawn", "expired")),
    ),
    Change(
        "Consent changes nothing unless it is the basis",
        "consent",
        tuple(("given", state) for state in _NOT_LIVE),
        {"basis": _OTHER_BASES},
        both=True,
    ),
    Change(
        "For other agencies' entries the Named Person stands as anybody with no tie",
        "relation",
        (("none", "named-person"),),
        {"own": ("no",)},
        both=True,
    ),
    Change(
        "A weaker tie to the child never raises a level",
        "relation",
        (("allocated", "involved"), ("involved", "named-person"), ("involved", "none"), ("none", "family")),
    ),
    Change("A lapsed agreement never raises a level", "agreement", (("current", "none"),)),
    Change(
        "Less concern for a child's safety never raises a level",
        "protection",
        (("registered", "concern"), ("concern", "none")),
    ),
    Change(
        "A plan that ends never raises a level",
        "plan",
        (("multi-agency", "single-agency"), ("multi-agency", "none"), ("single-agency", "none")),
    ),
    Change(
        "More private never means more open",
        "sensitivity",
        (
            ("ordinary", "concern"),
            ("concern", "confidential-health"),
            *(("confidential-health", label) for label in _SEALED),
        ),
    ),
    Change("Naming a third person never raises a level", "third_party", (("no", "yes"),)),
)


def check(policy: Policy) -> tuple[Verdict, ...]:
    """Every property's verdict, over every point of the domain."""
    return tuple(verdict(policy, one) for one in PROPERTIES)


def verdict(policy: Policy, one: Bound | Change) -> Verdict:
    """One property's verdict; the example is the first point found where it fails."""
    missing = [f"{column} {value}" for column, value in _words(one) if value not in policy.domain[column]]
    if missing:
        # A property about a value that the domain lacks would hold for want of cases.
        return _broken(one, f"the domain does not know {', '.join(missing)}")
    return _bound(policy, one) if isinstance(one, Bound) else _change(policy, one)


def _words(one: Bound | Change) -> Iterator[tuple[str, str]]:
    """Every column and value that the property speaks of."""
    parts = one.parts if isinstance(one, Bound) else (one.where, {one.column: {v for step in one.steps for v in step}})
    for part in parts:
        for column, values in part.items():
            yield from ((column, value) for value in sorted(values))


def _bound(policy: Policy, bound: Bound) -> Verdict:
    for part in bound.parts:
        for hits, witness in hit_sets(policy, part).items():
            level = policy.answer(hits).level
            if not bound.least <= level <= bound.most:
                limit = f"at most {_word(bound.most)}" if level > bound.most else f"at least {_word(bound.least)}"
                return _broken(bound, f"{describe(witness)} is {_outcome(policy, hits)}; it must be {limit}")
    return Verdict(bound.name, holds=True)


def _change(policy: Policy, change: Change) -> Verdict:
    for before, after in change.steps:
        for (first, second), witness in hit_pairs(policy, change.column, before, after, change.where).items():
            was, becomes = policy.answer(first).level, policy.answer(second).level
            if becomes > was or (change.both and becomes < was):
                return _broken(
                    change,
                    f"{describe(witness)} is {_outcome(policy, first)}; "
                    f"with {change.column} {after} it becomes {_outcome(policy, second)}",
                )
    return Verdict(change.name, holds=True)


def _broken(one: Bound | Change, example: str) -> Verdict:
    return Verdict(one.name, holds=False, example=example)


def describe(point: Point) -> str:
    """The point in words: what a governance lead needs to look the case up in the table."""
    return ", ".join(f"{column} {getattr(point, column)}" for column in CONDITIONS)


def _outcome(policy: Policy, hits: int) -> str:
    answer = policy.answer(hits)
    return f"{_word(answer.level)} by {answer.rule or 'no rule'}"


def _word(level: Level) -> str:
    return level.name.lower()
