"""What somebody who records consent should know of it, in plain words, and nothing that they may not know.

Whether information will be shared anyway, and how old the child is, is said only to a reader to whom the policy itself
tells it today; to everybody else the general rule is said, which is the same for every child.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from consent.decision import Asked, Level
from consent.means import CASEWORK, STATUTORY, Means
from consent.statements import ConsentSaid
from hub.people import Practitioner
from projections import story
from projections.session import Cursor

PRESUMED: Final = 12
"""From this birthday on a child is presumed able to decide (Data Protection Act 2018 s.208)."""

ANYWAY: Final = (
    "Ask for consent only where there is a real choice. Where information will be shared whatever the answer is, do "
    "not ask: say what is shared, why, with whom and how it helps, and listen to what they think."
)
PLAN: Final = (
    "This child has a live plan, and what the plan needs is shared on another basis than consent. Do not ask for "
    "consent to that: say what is shared, why, with whom and how it helps, and listen to what they think."
)
CONCERN: Final = (
    "A child protection concern is recorded, and what it needs is shared without consent. Do not ask for consent to "
    "that: unless it puts the child at risk, say what is shared and why, and listen to what they think."
)
CHILD: Final = (
    "A child's own consent counts from the 12th birthday on, unless an assessment says not yet; before it, only with "
    "an assessment that they can decide."
)
PARENT: Final = (
    "Consent by a parent or carer counts until the child's 12th birthday; from then on, only with an assessment that "
    "the child cannot yet decide."
)
CHILD_UNDER: Final = (
    "This child is under 12: their own consent is on record, and counts only with an assessment that they can decide."
)
PARENT_OVER: Final = (
    "This child is 12 or over: a parent's or carer's consent is on record, and counts only with an assessment that the "
    "child cannot yet decide. Ask the child."
)
_TELLING: Final = (
    ("child-protection", "protection", ("concern", "registered"), CONCERN),
    ("child-plan", "plan", ("multi-agency",), PLAN),
)


class Notes:
    """Sentences for whoever records or reads consent."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def of_consent(self, reader: Practitioner, child: UUID, said: ConsentSaid) -> tuple[str, ...]:
        """What to know of a decision just recorded by somebody who works with the child."""
        if said.what == "withdraw":
            return ()
        with self._means.reading() as session:
            return (*self._giver(session, reader, child, said), *self.before_asking(session, reader, child))

    def before_asking(self, session: Cursor, reader: Practitioner, child: UUID) -> tuple[str, ...]:
        """Why not to ask for consent, as far as this reader may know; else the general rule."""
        found = []
        for purpose, column, values, sentence in _TELLING:
            decided = self._means.decide(session, Asked(reader, purpose, STATUTORY), child)
            rules = {one.rule for one in decided.answers.values() if one.level > Level.SEALED}
            # What a rule that opens something looks at, its own sentence tells this reader of every entry it opens.
            told = any(column in decided.policy.looks_at((rule,)) for rule in rules)
            if told and getattr(decided.facts, column) in values:
                found.append(sentence)
        return tuple(found) or (ANYWAY,)

    def _giver(self, session: Cursor, reader: Practitioner, child: UUID, said: ConsentSaid) -> tuple[str, ...]:
        if said.what != "give":
            return ()
        born = self._born(session, reader, child)
        if not born:
            return (CHILD if said.given_by == "child" else PARENT,)
        over = _years(born, self._means.today()) >= PRESUMED
        if said.given_by == "child":
            return () if over else (CHILD_UNDER,)
        return (PARENT_OVER,) if over else ()

    def _born(self, session: Cursor, reader: Practitioner, child: UUID) -> str:
        """The whole birth date, where something of the child is open to this reader for the plan; else empty."""
        decided = self._means.decide(session, Asked(reader, CASEWORK[0], STATUTORY), child)
        levels = decided.levels()
        born = story.card(session, child, levels)[1] if levels.reach() >= Level.REDACTED else ""
        return born if len(born) == len("2026-01-31") else ""


def _years(born: str, on: date) -> int:
    birth = date.fromisoformat(born)
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
