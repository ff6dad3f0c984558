"""What must still be so when a decision to share is recorded, whatever happened since it was looked at.

It is asked for under the ledger's own lock: what changes after it closes what was opened, and what changed before is
seen here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from consent.acting_lead import acts_as_lead
from consent.decision import Facts
from consent.means import Means, without_emergency
from consent.releasing import Stand
from consent.sharing_checks import Checks
from consent.sharing_events import answered
from consent.sharing_terms import WORDS, Ask, Choice, Incomplete, tidy
from consent.sharing_view import State, state_of
from hub.errors import BadInput
from projections import matters
from projections.matters import Matter
from projections.session import Cursor


@dataclass(frozen=True, slots=True)
class Still:
    """Looks again."""

    means: Means
    checks: Checks

    def decided(self, session: Cursor, of: Stand, choice: Choice) -> None:
        """Raise BadInput where the entries, or where the person stands, are not what they were when they decided."""
        if not choice.shares:
            return
        seen = [(one, (it := of.held[one]).person_record, it.revision, it.restricted) for one in set(choice.entries)]
        if not self._stands(session, of) or not matters.unmoved(session, of.child, seen):
            raise answered()
        if faults := self.checks.of_terms(session, of, choice, {of.held[one].category for one in choice.entries}):
            raise Incomplete(faults)

    def released(self, session: Cursor, of: Stand, matter: Matter) -> None:
        """Raise BadInput where what was decided may not be opened any more, or not by this person."""
        if not self._stands(session, of):
            raise answered()
        if faults := self.checks.of_terms(session, of, matter, matters.categories(session, matter.matter)):
            raise Incomplete(faults)

    def _stands(self, session: Cursor, of: Stand) -> bool:
        """Whether the person stands where they stood."""
        same = all(_same(self.means.facts(session, one.asked, of.child), one.facts) for one in of.decided)
        lead = acts_as_lead(session, of.reader, of.child, self.means.today(), self.means.whose)
        return same and lead == of.leads


def _same(now: Facts, then: Facts) -> bool:
    return replace(without_emergency(now), ground=then.ground, sources=()) == replace(then, sources=())


def stands(matter: Matter | None, choice: Choice) -> State:
    """How a decision stands that is sent a second time. Raises BadInput where it was another one."""
    if matter is None or matter.asker:
        raise another()
    said = {name: getattr(matter, name) for name in ("outcome", "recipient", "purpose", "recipient_role", "informed")}
    days = {"since": choice.since, "until": choice.until} if choice.shares else {}
    same = all(getattr(choice, name) == value for name, value in said.items())
    same = same and all(getattr(matter, name) == value for name, value in days.items())
    same = same and set(matter.entries) == set(choice.entries if choice.shares else ())
    same = same and set(matter.bases) == set(choice.bases)
    if not same or any(tidy(getattr(choice, name, "")) != text for name, text in matter.words.items() if name in WORDS):
        raise another()
    return state_of(matter)


def waits(matter: Matter | None, ask: Ask) -> State:
    """How a request stands that is sent a second time. Raises BadInput where it was another one."""
    if matter is None or not matter.asker:
        raise another()
    then = (matter.asked, matter.asked_purpose, matter.asked_basis, matter.due)
    words = tidy(ask.wanted), tidy(ask.why)
    if then != (ask.asked, ask.purpose, ask.basis, ask.due) or words != tuple(map(matter.words.get, ("wanted", "why"))):
        raise another()
    return "answered" if matter.decided_at else "waiting"


def another() -> BadInput:
    """Said where the same id stands for something else."""
    return BadInput(
        "Something else was recorded under this id before, so this has not been recorded.",
        "Look at what is recorded of this child; send this again with an id of its own.",
    )
