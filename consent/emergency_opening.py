"""Who may open emergency access to which child: what the policy says, and the same questions whatever the answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from consent.deciding import Decided, Keys, decide
from consent.decision import Asked, DecisionKey, Facts, Level
from consent.emergency_shapes import REASON_WITHIN, Emergency
from consent.means import Means
from consent.policy import Policy
from hub.errors import NOTHING, NOTHING_NEXT, NothingToShow
from hub.identity import register
from hub.people import Agency, Practitioner
from projections import chronology, emergencies, second_line, story
from projections.emergencies import Held
from projections.session import Cursor

BASIS: Final = "vital-interests"
PURPOSES: Final = ("child-protection", "direct-care")
"""For what it may be opened, the first that the policy and the agreement allow."""

NOBODY: Final = UUID(int=0)
"""A child who does not exist."""

ORDINARY: Final = (
    (Agency.GP, "health"),
    (Agency.HEALTH_VISITING, "health"),
    (Agency.EDUCATION, "education"),
    (Agency.SOCIAL_WORK, "social-work"),
    (Agency.POLICE, "police"),
)
"""An ordinary entry of each agency."""


def duties(policy: Policy, asked: Asked, facts: Facts) -> tuple[str, ...] | None:
    """What the policy obliges the hub to do when this reader opens it; None where this reader may not.

    Whoever may would then see another agency's ordinary entries whole, and by a rule that asks for an emergency.
    """
    then = replace(facts, emergency="open")
    others = [(agency, of) for agency, of in ORDINARY if agency != asked.reader.agency]
    kinds = [DecisionKey(0, agency, of, "ordinary", third_party=False) for agency, of in others]
    answers = [policy.answer_of(asked, then, kind) for kind in kinds]
    opening = [one for one in answers if one.level >= Level.SHOWN and "emergency" in policy.looks_at(one.hits)]
    if not opening:
        return None
    return tuple(dict.fromkeys(duty for one in opening for duty in one.obligations))


def would_show(means: Means, session: Cursor, reader: Practitioner, child: UUID) -> bool:
    """Whether this reader may open it to this child, who exists, and of whom something would then be seen.

    A child of whom it would show nothing stays unknown: that there is such a child is sealed too. A refusal is
    recorded with all it rested on.
    """
    known = register.is_child(session, child)
    policy, kinds = means.policy(session), chronology.keys(session)
    questions = [Asked(reader, purpose, BASIS) for purpose in PURPOSES]
    facts = [means.facts(session, one, child) for one in questions]
    may = [duties(policy, *one) is not None for one in zip(questions, facts, strict=True)]
    chosen = may.index(True) if any(may) else 0
    asked, now = questions[chosen], facts[chosen]
    keys = Keys(kinds, released=bool(now.released))
    would = decide(asked, child, replace(now, emergency="open"), policy, keys)
    # Each is asked, whatever the other said: how long a refusal takes tells nobody from nothing.
    found = all([any(may), known, _anything(session, would)])
    if not found:
        means.record(session, decide(asked, child, now, policy, keys), "emergency", Counter(), found=False)
    return found


def record_opening(means: Means, reader: Practitioner, child: UUID, emergency: UUID) -> Held:
    """Write down that it was opened, with what it rests on from now on and what it obliges to; the emergency."""
    with means.reading() as session:
        second_line.about(session, reader, child)
        held = emergencies.one(session, emergency)
        decided = [means.decide(session, Asked(reader, purpose, BASIS), child) for purpose in PURPOSES]
        obliged = [duties(one.policy, one.asked, one.facts) for one in decided]
        chosen = next((n for n, found in enumerate(obliged) if found is not None), None)
        if held is None or chosen is None:
            raise NothingToShow(NOTHING, NOTHING_NEXT)
        means.record(session, decided[chosen], "emergency", Counter(), found=True, obliged=obliged[chosen] or ())
    return held


def _anything(session: Cursor, would: Decided) -> bool:
    levels = would.levels()
    story.confine(session, would.child, levels)
    return bool(story.read(session, story.Question(would.child, levels, limit=1)))


def under(session: Cursor, decided: Decided, now: datetime) -> Emergency | None:
    """The emergency access under which something was decided, None for none."""
    if not decided.emergency:
        return None
    held = emergencies.open_for(session, decided.child, decided.asked.reader.id, now)
    return emergency_of(held) if held else None


def emergency_of(held: Held) -> Emergency:
    """As it is told."""
    due = None if held.reasoned else held.opened_at + REASON_WITHIN
    who = (held.person, held.role, held.agency, held.organisation)
    return Emergency(held.emergency, held.child, *who, held.opened_at, held.over_at, due)
