"""How the pages speak of a matter's state, and of the parts of its record."""

from __future__ import annotations

from typing import Final

STATES: Final = {
    "waiting": "Asked, and not answered yet",
    "answered": "Asked, and answered",
    "to-release": "Decided; the Lead Professional is to release it",
    "shared": "Shared",
    "not-shared": "Not shared",
    "ended": "Shared, and ended",
    "closed": "Closed, because its entry became more private",
}
RECORD: Final = {
    "what": "What the decision is about",
    "reasons": "Reasons",
    "child_views": "The child's views",
    "parent_views": "Parents' or carers' views",
    "informed_why": "Why not told",
    "necessity": "Why necessary and proportionate",
    "withheld": "What is not shared, and why",
    "consulted": "Who was consulted",
    "answer": "Said to whoever asked",
    "ended": "Why it ended",
}
"""The record of a decision, by the names of its fields, in the order of Practice Guidance 4 §12."""
