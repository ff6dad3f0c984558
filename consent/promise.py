"""The three kinds of promise that a table may not break, and the words in which promises are made."""

from __future__ import annotations

from dataclasses import dataclass, field

from consent.decision import Level
from consent.reach import Where


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
    parts: tuple[Where, ...] = ({},)
    both: bool = False


@dataclass(frozen=True, slots=True)
class Duty:
    """Wherever at least this level is reached within this part, the answer obliges the hub to all of this."""

    name: str
    duties: tuple[str, ...]
    where: Where = field(default_factory=dict)
    least: Level = Level.SEALED


Promise = Bound | Change | Duty

HEALTH = ("gp", "health-visitor", "school-nurse")
HEALTH_AND_SCHOOL = (*HEALTH, "class-teacher", "head-teacher")
ENQUIRERS = ("social-worker", "police-officer")
CASEWORKERS = (*HEALTH_AND_SCHOOL, *ENQUIRERS)
OFFICES = ("planner", "governance-lead", "administrator")
PUBLIC = (*CASEWORKERS, *OFFICES)
STAFF = (*PUBLIC, "third-sector-worker")
FAMILY = ("young-person", "parent")
CASEWORK = ("child-plan", "child-protection", "direct-care")
NOT_CASEWORK = ("audit", "planning", "own-record")
NOT_PROTECTION = ("child-plan", "direct-care", *NOT_CASEWORK)
DUTIES_IN_LAW = ("legal-obligation", "public-task")
STATUTORY = (*DUTIES_IN_LAW, "vital-interests")
INTERESTS = ("legitimate-interests", "recognised-legitimate-interest")
NOT_CONSENT = ("contract", *STATUTORY, *INTERESTS)
NOT_LIVE = ("none", "refused", "withdrawn", "expired", "without-capacity")
SEALED = ("sexual-health", "gender-based-violence", "criminal", "police-restricted", "restricted", "adoption")
PRIVATE = ("confidential-health", *SEALED)
EVERYDAY = ("ordinary", "concern")
UNTIED = ("none", "named-person")
WORKING = ("involved", "allocated")
OWN_TIE = ("self", "parental")
CONTENT = ("health", "education", "social-work", "police")
IN_ORDER = {"registration": ("active",), "agreement": ("current",), "ground": ("valid",)}
USUAL = {"own": ("no",), "emergency": ("none",), "released": ("no",)}
"""Another agency's entry, without an emergency and without a decision to share it."""

OTHERS = {"own": ("no",), "released": ("no",), "category": CONTENT}
CONCERN = {
    **IN_ORDER,
    "purpose": ("child-protection",),
    "protection": ("concern", "registered"),
    "basis": STATUTORY,
    "category": CONTENT,
    "sensitivity": EVERYDAY,
}
