"""The policy's own words in the words of people: levels, conditions, readers, purposes; for pages and documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from consent.decision import Level
from consent.policy import Policy
from consent.table import ANY, CONDITIONS, DUTIES, Rule

LEVELS: Final = {
    Level.SEALED: "nothing",
    Level.WITHHELD: "that it exists",
    Level.REDACTED: "the summary",
    Level.SHOWN: "the whole entry",
    Level.EXPORTABLE: "the whole entry, and a copy",
}
"""What a reader gets at each level."""

LADDER: Final = {
    Level.SEALED: "Nothing at all: it is in no list, no count and no gap, as if there were no such entry.",
    Level.WITHHELD: "That there is an entry, whose it is and when; why it is held back, and who can help.",
    Level.REDACTED: "Its summary in shared words, not the agency's own.",
    Level.SHOWN: "All of it.",
    Level.EXPORTABLE: "All of it, and a copy may be taken out, for a meeting or a court.",
}
"""The same at length."""

DEFAULT_RULES: Final = {
    1: "Without a sharing agreement nothing opens",
    2: "An agency's own record, and health care",
    3: "Being the Named Person opens nothing by itself",
    4: "A live multi-agency plan",
    5: "Child protection needs no consent",
    6: "Third-sector services see what was shared with them",
    7: "What is most private stays with the agency that wrote it, unless it decides to share it",
    8: "Where consent is the basis it must be there, from somebody who could give it",
    9: "Refusing or withdrawing consent stops what rested on consent, and nothing else",
    10: "Emergency access: for three hours, announced and reviewed",
    11: "Planning works with counts",
    12: "Governance sees that entries exist",
    13: "Children and parents read their own record",
    14: "Nobody reads the record of their own family at work",
    15: "What no rule provides for stays closed",
}
"""The hub's fifteen default rules, each of which some rows of the table carry out."""

_ASIDE: Final = {
    "role": "Who asks",
    "registration": "Their registration",
    "relation": "Their tie to the child",
    "own": "The entry is from",
    "agreement": "Sharing agreement",
    "ground": "Purpose and basis together",
    "purpose": "They ask for",
    "basis": "On the basis of",
    "consent": "Consent to this kind of entry",
    "protection": "Child protection",
    "plan": "The plan",
    "emergency": "Emergency access of this reader",
    "released": "A recorded decision to share this entry",
    "category": "The entry is about",
    "sensitivity": "Its label",
    "third_party": "It speaks of another person",
    "safe_address": "An address to be kept secret",
}
_SAID: Final = {
    ("role", "gp"): "GP",
    ("agency", "gp"): "GP practice",
    ("registration", "active"): "in force",
    ("relation", "none"): "none",
    ("relation", "named-person"): "Named Person and no more",
    ("relation", "involved"): "works with the child",
    ("relation", "allocated"): "the child is allocated to them",
    ("relation", "family"): "of the child's own family",
    ("relation", "self"): "is the child",
    ("relation", "parental"): "has parental responsibilities",
    ("own", "yes"): "the reader's own kind of agency",
    ("own", "no"): "another agency",
    ("agreement", "current"): "in force for this purpose",
    ("agreement", "none"): "none in force for this purpose",
    ("ground", "valid"): "may be stated together",
    ("ground", "not-in-force"): "not in force that day",
    ("ground", "not-for-controller"): "not for this kind of organisation",
    ("ground", "not-for-purpose"): "do not go together",
    ("purpose", "child-plan"): "the child's plan",
    ("purpose", "own-record"): "their own record, or their child's",
    ("consent", "none"): "not recorded",
    ("consent", "without-capacity"): "from somebody who could not give it",
    ("consent", "expired"): "has run out",
    ("protection", "concern"): "an investigation is open",
    ("protection", "registered"): "on the register",
    ("protection", "none"): "nothing recorded",
    ("plan", "multi-agency"): "a multi-agency plan is live",
    ("plan", "single-agency"): "one agency's own plan",
    ("plan", "none"): "none",
    ("category", "involvement"): "who works with the child",
    ("safe_address", "set"): "there is one",
}


_USUAL: Final = {"registration": "active", "agreement": "current", "ground": "valid"}
"""What nearly every rule asks for: said once for all of them, and of a rule only where it asks for something else."""

USUALLY: Final = (
    "Unless a rule says otherwise, it supposes that the reader's registration is in force, that a sharing agreement of "
    "their organisation covers the purpose, and that purpose and basis may be stated together on that day."
)
_NUMBERS: Final = re.compile(r"(?:[A-Z]-[0-9]+ ?)+; ")
"""The numbers of the hub's own requirements, which stand before what is cited."""


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """One row of the table for people. conditions: what must hold, each with the values that will do.

    opens: it opens up to the level; else it closes above it. source: the law or guidance, cited.
    """

    rule: Rule
    opens: bool
    level: str
    conditions: tuple[tuple[str, str], ...]
    duties: tuple[str, ...]
    source: str


def rule_in_words(policy: Policy, rule: Rule) -> RuleInWords:
    """A row in words."""
    cited = _NUMBERS.sub("", rule.source, count=1)
    return RuleInWords(
        rule,
        rule.effect == "allow",
        LEVELS[rule.level],
        tuple(
            (_ASIDE[column], _values(column, cell))
            for column, cell in zip(CONDITIONS, rule.cells, strict=True)
            if cell != _USUAL.get(column, ANY)
        ),
        tuple(policy.domain[DUTIES][duty] for duty in rule.obligations),
        cited[:1].upper() + cited[1:],
    )


def _values(column: str, cell: str) -> str:
    return "makes no difference" if cell == ANY else one_of([said(column, value) for value in cell.split("|")])


def said(column: str, value: str) -> str:
    """One value of a column."""
    return _SAID.get((column, value), value.replace("-", " "))


def one_of(words: Sequence[str]) -> str:
    """`a, b or c`."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
