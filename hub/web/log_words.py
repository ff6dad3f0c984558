"""How the pages speak of the access log: what was done, what came of it, and how many entries came out."""

from __future__ import annotations

from typing import Final

from consent.decision import Reading

ACTIONS: Final = {
    "access-log": "Looked at the access log",
    "answer": "Answered a request to share",
    "capacity": "Recorded whether the child can decide",
    "caseload": "Listed their own children",
    "chronology": "Read the chronology",
    "chronology-part": "Read some of the chronology",
    "compare-anew": "Took back what was said of two entries",
    "consent": "Recorded consent",
    "consents": "Looked at consent and duties",
    "correction-noted": "Took note of a correction",
    "corrections": "Was told of corrections",
    "decision": "Had a reading explained",
    "duty": "Recorded a duty",
    "edition": "Read an edition",
    "edition-change": "Changed an edition that they prepare",
    "edition-compare": "Compared two editions",
    "edition-freeze": "Froze an edition",
    "edition-prepare": "Prepared an edition",
    "edition-preview": "Looked what an edition would show",
    "edition-quoted": "Looked what an edition quotes",
    "edition-reviewed": "Looked when the story was last reviewed",
    "editions": "Looked at the list of editions",
    "emergency": "Opened emergency access",
    "emergency-own": "Looked at their own emergency access",
    "emergency-review": "Reviewed emergency access",
    "emergency-told": "Was told of emergency access",
    "entry-add": "Added to the chronology",
    "entry-correct": "Corrected an entry",
    "entry-form": "Began to add to the chronology",
    "entry-take-back": "Took an entry back",
    "explanation": "Asked why an entry is open or closed",
    "involvement": "Looked who works with the child",
    "quality": "Looked what could be better",
    "join": "Said that two entries are one happening",
    "keep-apart": "Said that two entries are two happenings",
    "recall": "Asked who was told otherwise of an entry",
    "recalls": "Looked at who was told otherwise",
    "replay": "Replayed the recorded decisions",
    "safe-address": "Recorded a secret address",
    "search": "Looked a child up by number",
    "sharing": "Looked at what is shared",
    "sharing-decision": "Decided whether to share",
    "sharing-end": "Ended what was shared",
    "sharing-not-shared": "Looked at what was not shared",
    "sharing-release": "Released what was decided to be shared",
    "sharing-request": "Asked for information",
    "sharing-unanswered": "Looked at requests without an answer",
    "sharing-waiting": "Looked at requests to answer",
    "tie": "Recorded a tie to the family",
    "views": "Looked at what follows from the entries",
    "what-if": "Tried a draft of the rules",
    "who-knew": "Asked who knew what when",
    "who-sees": "Asked who would be shown an entry",
}
_OUTCOMES: Final = {"nothing-to-show": "Nothing to show"}
_ALWAYS: Final = ("chronology", "explanation")


def action(name: str) -> str:
    """Write what was done in one reading; a kind that has no words yet is named as it is stored."""
    return ACTIONS.get(name, name.replace("-", " ").capitalize())


def outcome(name: str) -> str:
    """Write what came of it."""
    return _OUTCOMES.get(name, name.replace("-", " ").capitalize())


def entries(one: Reading) -> str:
    """Write how many entries came out; empty where it was no reading of entries and none did."""
    if one.action not in _ALWAYS and not (one.shown or one.redacted or one.withheld):
        return ""
    return f"{one.shown} shown, {one.redacted} in summary, {one.withheld} withheld"
