"""What somebody who records consent should know of it, in plain words, and nothing that they may not know.

Whether information will be shared anyway is said only to a reader to whom the policy itself tells it today; to all
others the general rule is said, which is the same for every child. Whether a consent counts is told to whoever works
with the child, because every decision on the basis of consent tells them as much.
"""

from __future__ import annotations

from datetime import date
from typing import Final
from uuid import UUID

from consent.capacity import Assessed, Child, born_on
from consent.decision import Asked, Level
from consent.means import CASEWORK, STATUTORY, Means
from consent.statements import ConsentSaid
from hub.people import Practitioner
from projections import standing
from projections.session import Cursor

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
    "The child's own consent is on record and does not count now: under 12, it counts only with an assessment that the "
    "child can decide, made for that day."
)
PARENT: Final = (
    "The parent's or carer's consent is on record and does not count now: from 12 on the child decides, unless an "
    "assessment made for that day says not yet. Ask the child."
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
            notes = self.before_asking(session, reader, child)
            known = self.child(session, reader, child)
        since = date.fromisoformat(said.since)
        if said.what == "give" and not known.could_give(said.given_by, since, self._means.today()):
            return (CHILD if said.given_by == "child" else PARENT, *notes)
        return notes

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

    def child(self, session: Cursor, reader: Practitioner, child: UUID) -> Child:
        """Who decides for this child: a birth date and what was assessed, for working it out and no further."""
        on, now = self._means.today().isoformat(), self._means.now()
        found = standing.facts(session, standing.Question(child, reader, CASEWORK[0], (), on, now))
        born = next((born_on(one.value) for one in found if one.kind == "born"), None)
        return Child(born, [Assessed(one.value, one.detail, one.more) for one in found if one.kind == "capacity"])
